"""A change of rules, previewed from another checkout: whom it concerns; nothing is written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import standing_in
from tests.served import Ran, Served


@dataclass(frozen=True, slots=True, kw_only=True)
class Previews:
    """What `plan` said of other checkouts, and how much was written meanwhile."""

    mapping: Ran
    wrong: Ran
    text: Ran
    without: Ran
    narrowed: Ran
    writes: int
    state: bytes
    state_after: bytes


@pytest.fixture(scope="module")
def previews(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Previews]:
    with standing_in(tmp_path_factory.mktemp("preview")) as served:
        yield _run(served)


def _run(served: Served) -> Previews:
    files, state = served.place("contoso", "fabrikam"), served.state("preview")
    served.tenantry("apply", "--yes", *files, *state)
    served.tenantry("apply", "--yes", *files, *state)
    served.sandbox.control("POST", "reset")
    before = (served.folder / "preview.db").read_bytes()
    topology = Path(files[3])

    def plan(name: str, more: str, *words: str) -> Ran:
        changed = topology.with_name(name)
        text = topology.read_text("utf-8")
        changed.write_text(text.replace("  thresholds:", f"{more}\n  thresholds:"), "utf-8")
        return served.tenantry("plan", *words, *files[:3], str(changed), *state)

    expression = 'IIF([department]="IT", "Technology", [department])'
    mapping = f"  mappings: {{set: {{department: {{expression: '{expression}'}}}}}}"
    other = topology.with_name("other.yaml")
    turned = topology.read_text("utf-8").replace("source: contoso", "source: fabrikam")
    other.write_text(turned.replace("target: fabrikam", "target: contoso"), "utf-8")
    elsewhere = ["plan", *files[:3], str(other), *state]
    return Previews(
        mapping=plan("mapping.yaml", mapping, "-o", "json"),
        wrong=plan("wrong.yaml", "  mappings: {set: {department: {expression: 'Upper([x])'}}}"),
        text=plan("text.yaml", mapping),
        without=served.tenantry(*elsewhere),
        narrowed=served.tenantry(*elsewhere, "-o", "json", "--link", "fabrikam-to-contoso"),
        writes=served.sandbox.state()["writes"],
        state=before,
        state_after=(served.folder / "preview.db").read_bytes(),
    )


def planned(ran: Ran) -> dict[str, Any]:
    link: dict[str, Any] = ran.json["links"][0]["plan"]
    return link


def test_a_changed_mapping_asks_everybody_by_it_alone_and_names_whom_it_concerns(
    previews: Previews,
) -> None:
    plan = planned(previews.mapping)

    changed = {change["attribute"] for action in plan["actions"] for change in action["changes"]}
    # People whose manager is not in the target are judged in every cycle.
    assert plan["in_scope"] * 0.8 < plan["revised"]["asked"] <= plan["in_scope"]
    assert plan["revised"]["concerned"] == len(plan["actions"]) > 0
    assert changed == {"department"}


def test_the_text_says_how_many_were_asked_in_eighty_columns(previews: Previews) -> None:
    asked = planned(previews.mapping)["revised"]["asked"]

    assert f"? rules  {asked:>6,}   unchanged people asked about" in previews.text.out
    lines = [line for line in previews.text.out.splitlines() if not line.startswith("Next:")]
    assert max(map(len, lines)) <= 80


def test_a_wrong_expression_ends_with_two_and_a_caret(previews: Previews) -> None:
    assert previews.wrong.code == 2
    assert "there is no function Upper. Did you mean ToUpper?" in previews.wrong.err
    assert "    Upper([x])\n    ^" in previews.wrong.err


def test_a_link_that_is_no_longer_declared_is_told_with_its_people(previews: Previews) -> None:
    pairs = planned(previews.mapping)["population"]
    told = " ".join(previews.without.out.split())

    assert previews.mapping.json["undeclared"] == []
    assert (
        "contoso → fabrikam: no topology that was read declares it, so nobody pushes it. "
        f"{pairs} people in fabrikam stay as they are."
    ) in told


def test_whoever_asks_about_one_link_is_not_told_about_others(previews: Previews) -> None:
    assert previews.narrowed.json["undeclared"] == []


def test_a_preview_writes_nothing_to_tenants_or_state(previews: Previews) -> None:
    assert previews.writes == 0
    assert previews.state_after == previews.state
