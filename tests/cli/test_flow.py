"""One link from its policy to its drift, by the commands that a person types."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.cli.conftest import standing_in
from tests.served import Ran, Served


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """What each command answered, in the order in which they ran."""

    first: Ran
    declined: Ran
    canary: Ran
    stale: Ran
    pinned: Ran
    quiet: Ran
    writes_when_quiet: int
    status: Ran
    logs: Ran
    rebuilt: Ran
    strict: Ran


@pytest.fixture(scope="module")
def flow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flow]:
    with standing_in(tmp_path_factory.mktemp("flow")) as served:
        yield _run(served)


def _run(served: Served) -> Flow:
    files = served.place("contoso", "fabrikam")
    place = [*files, *served.state("flow")]
    first = served.tenantry("plan", "--output", "json", *place)
    declined = served.tenantry("apply", *place)
    canary = served.tenantry("apply", "--yes", "--limit", "3", *place)
    reviewed = first.json["links"][0]["plan"]["fingerprint"]
    stale = served.tenantry("apply", "--plan", reviewed, *place)
    now = served.tenantry("plan", "--output", "json", *place)
    pinned = served.tenantry(
        "apply", "-o", "json", "--plan", now.json["links"][0]["plan"]["fingerprint"], *place
    )
    served.sandbox.control("POST", "reset")
    quiet = served.tenantry("apply", "--yes", *place)
    writes = served.sandbox.state()["writes"]
    link = "contoso-to-fabrikam"
    return Flow(
        first=first,
        declined=declined,
        canary=canary,
        stale=stale,
        pinned=pinned,
        quiet=quiet,
        writes_when_quiet=writes,
        status=served.tenantry("status", "-o", "json", *place),
        logs=served.tenantry("logs", link, "--cycle", "1", "-o", "json", *place),
        rebuilt=served.tenantry("state", "rebuild", "--yes", *files, *served.state("anew")),
        strict=served.tenantry("plan", "--expect-no-changes", *files, *served.state("anew")),
    )


def test_a_plan_writes_nothing_and_ends_with_zero(flow: Flow) -> None:
    link = flow.first.json["links"][0]

    assert (flow.first.code, link["applied"], link["cycle"]) == (0, False, None)
    assert link["plan"]["totals"]["create"] > 30


def test_without_a_terminal_nobody_can_say_yes(flow: Flow) -> None:
    assert flow.declined.code == 2
    assert "Nobody is there to answer. Use `--yes`, or `--plan FINGERPRINT`" in flow.declined.err


def test_the_first_push_warns_of_mail(flow: Flow) -> None:
    assert "First push of contoso → fabrikam" in flow.canary.err
    assert "`--limit 5`" in flow.canary.err


def test_a_limit_pushes_a_few(flow: Flow) -> None:
    assert flow.canary.code == 0
    assert flow.canary.out.endswith("Done: 3 created.\n")
    assert "for a later cycle: the limit is reached" in flow.canary.out


def test_a_plan_that_changed_since_its_review_is_refused(flow: Flow) -> None:
    reviewed = flow.first.json["links"][0]["plan"]["fingerprint"]

    assert flow.stale.code == 3
    assert f"the plan is not one that was reviewed ({reviewed} → " in flow.stale.err
    assert "Nothing was applied to fabrikam." in flow.stale.err


def test_a_reviewed_plan_is_applied_without_asking(flow: Flow) -> None:
    link = flow.pinned.json["links"][0]

    assert (flow.pinned.code, link["applied"], link["failed"]) == (0, True, 0)
    assert {outcome["result"] for outcome in link["outcomes"]} == {"done"}


def test_apply_right_after_a_cycle_sends_no_write(flow: Flow) -> None:
    assert flow.quiet.out.endswith("Done: nothing to change.\n")
    assert flow.writes_when_quiet == 0


def test_status_tells_each_link_s_health(flow: Flow) -> None:
    link = flow.status.json["links"][0]

    assert (link["link"], link["health"]) == ("contoso-to-fabrikam", "active")
    assert link["last"]["cycle"] == 3


def test_the_log_tells_who_was_created_in_a_cycle(flow: Flow) -> None:
    entries = flow.logs.json["entries"]

    assert [entry["cycle"] for entry in entries] == [1, 1, 1]
    assert {entry["state"] for entry in entries} == {"done"}


def test_lost_state_is_rebuilt_from_the_stamps(flow: Flow) -> None:
    assert flow.rebuilt.code == 0
    assert "pairs. Deletes are held until one person allows them." in flow.rebuilt.out


def test_a_rebuilt_link_has_nothing_to_change(flow: Flow) -> None:
    assert flow.strict.code == 0, flow.strict.out
