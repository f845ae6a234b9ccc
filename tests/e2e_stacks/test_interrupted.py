"""An engine that is killed between a create and its checkpoint: the next `up` converges."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.e2e_stacks.engine import Ran
from tests.e2e_stacks.project import SYNC, Project, project_in

pytestmark = pytest.mark.timeout(300)

TOPOLOGY = """\
version: 1
name: trial
shape: single-to-single
source: contoso
target: fabrikam
sync: {scope: {assigned: {groups: [employees]}}}
policy: {automatic_redemption: true}
"""
POLICY = "pulumi-python:dynamic/tenantry:Partner::fabrikam-toward-contoso"
APPLICATION = "azuread:index/applicationFromTemplate:ApplicationFromTemplate::contoso-to-fabrikam"
STEPS = ["cancel", "up", "quiet", "assigned again", "found again", "quiet again", "destroy"]
_HELD_BACK = 6  # seconds in which the engine is killed, on a busy machine too
_CALM = 7.0  # seconds without a write after which nothing is under way any more


@dataclass(slots=True, kw_only=True)
class Killed:
    """A project whose engine was killed, and what was said then and afterwards."""

    project: Project
    ran: dict[str, Ran] = field(default_factory=dict)
    seen: dict[str, Any] = field(default_factory=dict)

    def see(self, moment: str) -> None:
        """Remember what stands in both tenants."""
        self.seen[f"{moment} apps"] = self.project.sync_apps("contoso")
        self.seen[f"{moment} fabrikam"] = self.project.partner("fabrikam", "contoso")
        self.seen[f"{moment} contoso"] = self.project.partner("contoso", "fabrikam")


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory, engine: Path) -> Iterator[Killed]:
    with project_in(tmp_path_factory.mktemp("interrupted"), engine) as project:
        told = Killed(project=project)
        _it_is_killed(told)
        _it_is_run_again(told)
        _an_assignment_is_forgotten(told)
        _the_whole_state_is_lost(told)
        yield told


def _it_is_killed(story: Killed) -> None:
    """While an application and a policy are made: the engine never hears that they were.

    A refusal holds each provider back for a while, and in that while the engine stops. What is
    held back of a policy is the second look at it: the first one is that of the check.
    """
    project = story.project
    project.topology(TOPOLOGY)
    project.tenantry("bootstrap", "fabrikam").fine()
    project.fault("storm", tenant="contoso", path="/applications/", retry_after=_HELD_BACK)
    project.fault("storm", tenant="fabrikam", path="/partners", nth=2, retry_after=_HELD_BACK)
    project.pulumi.dies(
        *("up", "-s", "sandbox", "--yes", "--skip-preview"),
        when=lambda: project.served.sandbox.state()["faults"]["struck"] == 2,
        once=calm(project),
    )
    story.seen["known"] = {one["urn"].rpartition("$")[2] for one in project.resources()}
    story.see("killed")


def _it_is_run_again(story: Killed) -> None:
    project = story.project
    story.ran["locked"] = project.up("--skip-preview")
    story.ran["cancel"] = project.pulumi("cancel", "-s", "sandbox", "--yes")
    story.ran["up"] = project.up("--skip-preview")
    story.ran["quiet"] = project.preview("--expect-no-changes")
    story.see("afterwards")
    story.ran["check"] = project.tenantry("check", "contoso", "fabrikam")


def _an_assignment_is_forgotten(story: Killed) -> None:
    """What a kill between its create and its checkpoint leaves: it stands, and no state has it."""
    project = story.project
    (assigned,) = (one for one in project.resources() if one["type"].endswith(":AppRoleAssignment"))
    project.pulumi("state", "delete", assigned["urn"], "-s", "sandbox", "--yes").fine()
    story.seen["assigned"] = assigned["id"]
    story.ran["assigned again"] = project.up("--skip-preview")
    story.seen["ids"] = project.ids()


def _the_whole_state_is_lost(story: Killed) -> None:
    project = story.project
    project.pulumi("stack", "rm", "sandbox", "--force", "--yes", "--preserve-config").fine()
    project.pulumi("stack", "init", "sandbox").fine()
    story.ran["foreseen"] = project.preview()
    story.ran["found again"] = project.up("--skip-preview")
    story.ran["quiet again"] = project.preview("--expect-no-changes")
    story.see("found again")
    story.ran["destroy"] = project.destroy("--skip-preview")
    story.see("destroyed")


def calm(project: Project) -> Callable[[], bool]:
    """Whether no write was done for a while."""
    last, since = -1, 0.0

    def seen() -> bool:
        nonlocal last, since
        done = project.served.sandbox.state()["writesDone"]
        if done != last:
            last, since = done, time.monotonic()
        return time.monotonic() - since > _CALM

    return seen


def test_what_was_made_last_is_not_in_the_state(killed: Killed) -> None:
    assert len(killed.seen["killed apps"]) == 1
    assert killed.seen["killed fabrikam"] is not None
    assert killed.seen["known"] & {POLICY, APPLICATION} == set()


def test_the_engine_says_how_its_lock_is_removed(killed: Killed) -> None:
    assert killed.ran["locked"].code != 0
    assert "pulumi cancel" in killed.ran["locked"].said


@pytest.mark.parametrize("step", STEPS)
def test_the_next_run_converges(killed: Killed, step: str) -> None:
    assert killed.ran[step].code == 0, killed.ran[step].said


def test_policies_that_were_made_are_taken(killed: Killed) -> None:
    fabrikam, contoso = killed.seen["afterwards fabrikam"], killed.seen["afterwards contoso"]

    assert fabrikam[SYNC]["userSyncInbound"]["isSyncAllowed"] is True
    assert fabrikam["automaticUserConsentSettings"]["inboundAllowed"] is True
    assert contoso["automaticUserConsentSettings"]["outboundAllowed"] is True


def test_an_application_that_was_made_is_taken_up(killed: Killed) -> None:
    assert killed.seen["afterwards apps"] == killed.seen["killed apps"]
    assert killed.ran["check"].code == 0, killed.ran["check"].said


def test_an_assignment_that_no_state_knows_is_taken_up(killed: Killed) -> None:
    assert killed.seen["assigned"].rpartition("/")[2] in killed.seen["ids"]


def test_nothing_is_made_twice_after_the_state_was_lost(killed: Killed) -> None:
    assert killed.ran["foreseen"].code == 0, killed.ran["foreseen"].said
    assert killed.seen["found again apps"] == killed.seen["killed apps"]


def test_destroy_leaves_nothing(killed: Killed) -> None:
    left = {name: killed.seen[f"destroyed {name}"] for name in ("apps", "fabrikam", "contoso")}

    assert left == {"apps": [], "fabrikam": None, "contoso": None}
