"""Named people, by the commands that explain them and that provision them on demand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from reconcile.report.columns import width
from sandbox.seeds import sandbox_id
from tests.cli.conftest import standing_in
from tests.served import Ran, Served

EXTERNAL = "milan@adatum.com"
NESTED = "nestor.nested@contoso.com"
NO_ID = "00000000-0000-0000-0000-00000000dead"
PLACE = "contoso-to-fabrikam"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What each command answered, in the order in which they ran."""

    plan: Ran
    explained: Ran
    everyone: Ran
    reads: int
    dry: Ran
    writes_when_dry: int
    applied: Ran
    redundant: Ran
    outside: Ran
    external: Ran
    nobody: Ran
    a_group: Ran
    crowd: Ran
    after: Ran
    leaver: Ran
    logs: Ran
    person: dict[str, Any]


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    with standing_in(tmp_path_factory.mktemp("people")) as served:
        yield _run(served)


def _run(served: Served) -> Asked:
    place = [*served.place("contoso", "fabrikam"), *served.state("people")]
    json = ["-o", "json", *place]
    plan = served.tenantry("plan", *json)
    actions = plan.json["links"][0]["plan"]["actions"]
    managed = {"manager"}
    person = next(a for a in actions if managed.isdisjoint(c["attribute"] for c in a["changes"]))
    name = person["address"]
    explained = served.tenantry("explain", name, "--link", PLACE, *place)
    users = served.graph("contoso", "GET", "/users?$top=80&$select=id")["value"]
    file = served.folder / "people.txt"
    file.write_text("# everybody\n" + "\n".join(user["id"] for user in users))
    served.sandbox.control("POST", "reset")
    everyone = served.tenantry("explain", "--people", str(file), *json)
    reads = served.sandbox.state()["requests"]
    served.sandbox.control("POST", "reset")
    dry = served.tenantry("provision", name, *place)
    writes = served.sandbox.state()["writes"]
    applied = served.tenantry("provision", name, "--apply", *json)
    redundant = served.tenantry("provision", person["source"], "--apply", *json)
    outside = served.tenantry("provision", NESTED, "--apply", *place)
    external = served.tenantry("provision", EXTERNAL, *json)
    nobody = served.tenantry("explain", "nobody@contoso.com", NO_ID, *place)
    group = sandbox_id("group:contoso:employees")
    a_group = served.tenantry("provision", group, *place)
    crowd = served.tenantry(
        "provision", *(f"p{number}@contoso.com" for number in range(21)), *place
    )
    after = served.tenantry("plan", *json)
    served.graph("contoso", "DELETE", f"/groups/{group}/members/{person['source']}/$ref")
    leaver = served.tenantry("provision", name, "--apply", *json)
    return Asked(
        plan=plan,
        explained=explained,
        everyone=everyone,
        reads=reads,
        dry=dry,
        writes_when_dry=writes,
        applied=applied,
        redundant=redundant,
        outside=outside,
        external=external,
        nobody=nobody,
        a_group=a_group,
        crowd=crowd,
        after=after,
        leaver=leaver,
        logs=served.tenantry("logs", PLACE, *json),
        person=person,
    )


def test_everybody_is_explained_with_the_action_and_the_skip_of_the_plan(asked: Asked) -> None:
    plan = asked.plan.json["links"][0]["plan"]
    found = {one["person"]: one for one in asked.everyone.json["explanations"]}

    assert asked.everyone.code == 0
    for action in plan["actions"]:
        assert found[action["source"]]["action"] == action
    for skip in plan["skips"]:
        reasons = [one["reason"] for one in found[skip["source"]]["skips"]]
        assert skip["reason"] in reasons
    acting = [one for one in found.values() if one["action"] is not None]
    assert len(acting) == len(plan["actions"])


def test_many_people_are_read_in_batches(asked: Asked) -> None:
    people = asked.everyone.json["people"]

    assert len(people) == 60
    assert asked.reads < 40


def test_an_explanation_fits_a_terminal(asked: Asked) -> None:
    assert asked.explained.code == 0
    assert max(width(line) for line in asked.explained.out.splitlines()) <= 80
    assert "In scope    assigned by group employees" in asked.explained.out
    assert "Next cycle  + create" in asked.explained.out


def test_a_dry_run_shows_the_steps_and_writes_nothing(asked: Asked) -> None:
    assert (asked.dry.code, asked.writes_when_dry) == (0, 0)
    assert max(width(line) for line in asked.dry.out.splitlines()) <= 80
    assert "5. export     planned  Would create in fabrikam." in asked.dry.out


def test_on_demand_one_person_is_created_and_nobody_else(asked: Asked) -> None:
    (one,) = asked.applied.json["provisioned"]

    assert (asked.applied.code, one["end"], one["action"]) == (0, "done", asked.person)
    assert [(step["type"], step["status"]) for step in one["steps"]] == [
        ("import", "success"),
        ("scoping", "success"),
        ("matching", "success"),
        ("processing", "success"),
        ("export", "success"),
    ]
    assert {change["attribute"] for change in one["modified"]} == {
        change["attribute"] for change in asked.person["changes"]
    }


def test_on_demand_the_rest_of_the_plan_stays_what_it_was(asked: Asked) -> None:
    before, after = (one.json["links"][0]["plan"]["actions"] for one in (asked.plan, asked.after))

    left = [one for one in before if one["source"] != asked.person["source"]]
    assert {one["source"]: one["action"] for one in after} == {
        one["source"]: one["action"] for one in left
    }


def test_whoever_is_as_they_should_be_is_redundant(asked: Asked) -> None:
    (one,) = asked.redundant.json["provisioned"]

    assert (asked.redundant.code, one["end"], one["reason"]) == (0, "redundant", "RedundantExport")


def test_whoever_is_out_of_scope_ends_with_three_and_the_reason(asked: Asked) -> None:
    assert asked.outside.code == 3
    assert f"contoso → fabrikam: {NESTED}: not in scope. Not assigned." in asked.outside.err
    assert "2. scoping    skipped" in asked.outside.out


def test_an_external_user_of_the_source_is_skipped_at_scoping(asked: Asked) -> None:
    (one,) = asked.external.json["provisioned"]

    assert (asked.external.code, one["end"], one["reason"]) == (3, "skipped", "ExternalUser")
    assert [step["type"] for step in one["steps"]] == ["import", "scoping"]


def test_whoever_no_tenant_knows_ends_with_two(asked: Asked) -> None:
    assert asked.nobody.code == 2
    assert "nobody@contoso.com: no source tenant of these links has a user" in asked.nobody.err
    assert asked.nobody.err.splitlines()[-1] == (
        f"{NO_ID}: no source tenant of these links has a user of this object id, and no link "
        "remembers one."
    )


def test_a_group_is_nobody_to_provision(asked: Asked) -> None:
    assert asked.a_group.code == 2
    assert "no source tenant of these links has a user" in asked.a_group.err


def test_more_people_than_a_call_takes_are_refused(asked: Asked) -> None:
    assert asked.crowd.code == 2
    assert "21 people are named, and 20 are provisioned on demand at once." in asked.crowd.err


def test_a_leaver_is_deleted_on_demand_as_a_cycle_would(asked: Asked) -> None:
    (one,) = asked.leaver.json["provisioned"]

    assert (asked.leaver.code, one["end"], one["next"]) == (0, "done", "delete")
    assert one["action"]["why"] == "no longer assigned"


def test_the_log_holds_what_was_done_on_demand(asked: Asked) -> None:
    entries = asked.logs.json["entries"]

    assert [(entry["action"], entry["state"]) for entry in entries] == [
        ("delete", "done"),
        ("create", "done"),
    ]
    assert {entry["source"] for entry in entries} == {asked.person["source"]}
