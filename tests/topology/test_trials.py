"""Files of mapping tests: what is read of them, and everything that is wrong in them at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconcile.errors import TopologyError
from reconcile.model.trials import Trial
from reconcile.topology.load import read_document
from reconcile.topology.trials import trials_from
from tests.topology.carrying import a_link

WRONG = Path(__file__).parent / "invalid_trials"
HEAD = "version: 1\nlinks: [contoso -> fabrikam]\ntests:\n"


def read(text: str) -> tuple[Trial, ...]:
    return trials_from([read_document(text, "a.yaml")], [a_link()])


def test_a_test_says_where_each_expectation_stands() -> None:
    (trial,) = read(
        HEAD
        + "  - name: Ada\n"
        + "    person: {city: Oslo, otherMails: [a@b.example], accountEnabled: true}\n"
        + "    created: {city: Oslo}\n"
        + "    later:\n"
        + "      city: null\n"
        + "    left_alone: [userType]\n"
    )

    assert (trial.name, trial.in_scope, trial.at) == ("Ada", True, None)
    assert trial.user.properties["otherMails"] == ["a@b.example"]
    assert [(one.spot.line, one.attribute, one.moment) for one in trial.expectations] == [
        (6, "city", "created"),
        (8, "city", "later"),
        (9, "userType", "later"),
    ]


def test_a_directory_extension_may_be_true_or_text() -> None:
    name = f"extension_{'a' * 32}_badge"

    (trial,) = read(f"{HEAD}  - {{name: Ada, person: {{{name}: true}}, later: {{{name}: text}}}}\n")

    assert trial.user.properties[name] is True


def test_links_are_named_by_themselves_or_by_their_topology() -> None:
    text = "version: 1\nlinks: [one]\ntests:\n  - {name: Ada, person: {}}\n"
    other = "  - {name: Eve, person: {}, links: [contoso -> fabrikam]}\n"

    first, second = read(text + other)

    assert first.links == second.links == (a_link().name,)


@pytest.mark.parametrize(
    "path", [pytest.param(path, id=path.stem) for path in sorted(WRONG.glob("*.yaml"))]
)
def test_a_wrong_file_says_all_that_is_wrong(path: Path) -> None:
    clauses = [{"operator": "member-of", "values": ["staff"]}]
    link = a_link(scope={"filters": [{"name": "North", "clauses": clauses}]})
    document = read_document(path.read_text("utf-8"), path.name)

    with pytest.raises(TopologyError) as refused:
        trials_from([document], [link])

    assert f"{refused.value}\n" == path.with_suffix(".txt").read_text("utf-8")
