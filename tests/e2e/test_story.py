"""The whole way over a served sandbox, with Microsoft's clients as they are, and under faults."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.served import ROOT, Ran, Served, served_in
from tests.standing import stand

TOPOLOGY = """\
version: 1
name: story
shape: single-to-single
source: contoso
target: fabrikam
sync: {scope: {assigned: {groups: [employees]}}}
policy: {automatic_redemption: true}
"""

pytestmark = pytest.mark.timeout(240)


@dataclass(slots=True, kw_only=True)
class Story:
    """A served sandbox whose link was set up and pushed once, and what each step answered."""

    served: Served
    steps: dict[str, Ran] = field(default_factory=dict)
    people: dict[str, str] = field(default_factory=dict)

    def tenantry(self, *words: str) -> Ran:
        topology = ["--topologies", str(self.served.folder / "topology.yaml")]
        return self.served.tenantry(*words, "--env", "sandbox", *topology)

    def apply(self) -> Ran:
        return self.tenantry("apply", "--yes", "-o", "json", *self.served.state("story"))

    def happens(self, event: str, *about: str) -> Any:
        """Something in a tenant, done or seen through Microsoft's clients."""
        ran = subprocess.run(
            [sys.executable, "-m", "tests.e2e.events", event, *about],
            cwd=ROOT,
            env={**os.environ, **self.served.sandbox.variables},
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr
        return json.loads(ran.stdout)

    def fault(self, *words: str) -> None:
        home = ["--home", str(self.served.folder / "sandbox")]
        armed = self.served.tenantry("sandbox", "fault", *words, *home)
        assert armed.code == 0, armed.err

    def invitations(self) -> int:
        """How many invitations reached the sandbox since it was started."""
        return int(self.served.sandbox.state()["byRoute"].get("POST /invitations", 0))


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    with served_in(tmp_path_factory.mktemp("story")) as served:
        (served.folder / "topology.yaml").write_text(TOPOLOGY)
        told = Story(served=served)
        told.steps["bootstrap"] = served.tenantry("bootstrap", "--env", "sandbox")
        stand(served, "contoso", "fabrikam")
        told.steps["check"] = told.tenantry("check", "contoso", "fabrikam")
        told.steps["plan"] = told.tenantry("plan", "-o", "json", *served.state("story"))
        told.steps["first"] = told.apply()
        told.people = told.happens("a_week")
        told.steps["second"] = told.apply()
        told.steps["third"] = told.apply()
        yield told


@pytest.fixture
def calm(story: Story) -> Iterator[Story]:
    """The story, without faults before and after."""
    story.fault("clear")
    yield story
    story.fault("clear")


def totals(ran: Ran) -> dict[str, int]:
    (cycle,) = ran.json["links"]
    found: dict[str, int] = cycle["plan"]["totals"]
    return found


def results(ran: Ran) -> Counter[str]:
    (cycle,) = ran.json["links"]
    return Counter(one["result"] for one in cycle["outcomes"])


def test_every_step_succeeds(story: Story) -> None:
    assert {name: (ran.code, ran.err) for name, ran in story.steps.items() if ran.code} == {}


def test_the_plan_is_what_is_applied(story: Story) -> None:
    (planned,) = story.steps["plan"].json["links"]
    (applied,) = story.steps["first"].json["links"]

    assert planned["plan"]["fingerprint"] == applied["plan"]["fingerprint"]
    assert results(story.steps["first"]) == {"done": totals(story.steps["first"])["create"]}


def test_the_week_is_followed(story: Story) -> None:
    week = {"create": 1, "update": 2, "disable": 1, "delete": 1}

    assert totals(story.steps["second"]) == week
    seen = story.happens("look", *story.people.values())
    stands = {name: seen[address] for name, address in story.people.items()}
    assert stands["leaver"] is None
    assert stands["hired"]["userType"] == "Member"
    assert stands["mover"]["jobTitle"] == "Design Lead"
    assert not stands["blocked"]["enabled"]
    assert stands["edited"]["department"] != "Edited in Fabrikam"


def test_then_there_is_nothing_left_to_do(story: Story) -> None:
    assert totals(story.steps["third"]) == {}


def test_nobody_is_mailed(story: Story) -> None:
    assert not [one for one in story.served.sandbox.state()["mails"] if one["kind"] == "invitation"]


def test_a_storm_of_429_is_waited_out(calm: Story) -> None:
    calm.happens("hire", "stormy")
    calm.fault("storm", "--tenant", "fabrikam", "--count", "6", "--retry-after", "1")

    ran = calm.apply()

    assert (ran.code, totals(ran), results(ran)) == (0, {"create": 1}, {"done": 1})


def test_an_invitation_whose_answer_was_lost_is_finished_and_not_sent_again(calm: Story) -> None:
    calm.happens("hire", "dropped")
    before = calm.invitations()
    calm.fault("drop", "--tenant", "fabrikam")

    lost, mended = calm.apply(), calm.apply()

    assert (lost.code, results(lost)) == (1, {"unknown": 1})
    assert (mended.code, results(mended)) == (0, {"done": 1})
    assert calm.invitations() == before + 1
    assert calm.happens("look", "dropped@contoso.com")["dropped@contoso.com"] is not None


def test_a_page_that_was_cut_once_is_read_again(calm: Story) -> None:
    calm.fault("truncate", "--path", "/members/microsoft.graph.user")

    ran = calm.apply()

    assert (ran.code, totals(ran)) == (0, {})


@pytest.mark.slow  # half a minute of patience, in real time
def test_a_listing_that_never_comes_whole_removes_nobody(calm: Story) -> None:
    users = calm.served.sandbox.state()["tenants"]
    calm.fault("truncate", "--path", "/members/microsoft.graph.user", "--count", "50")

    ran = calm.apply()

    (cycle,) = ran.json["links"]
    assert (ran.code, cycle["plan"]) == (1, None)
    assert cycle["held"]["reason"] == "EncounteredQuarantineException"
    assert calm.served.sandbox.state()["tenants"] == users
    calm.fault("clear")
    assert (calm.apply().code, totals(calm.apply())) == (0, {})


def test_a_folder_without_a_state_learns_of_everyone_from_the_stamps(
    calm: Story, tmp_path: Path
) -> None:
    ran = calm.tenantry("apply", "--yes", "-o", "json", "--state", str(tmp_path / "new.db"))

    assert (ran.code, totals(ran)) == (0, {})
