"""A link that Entra's own job pushes: it runs while its target allows it, and we keep out of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.e2e_stacks.engine import Ran
from tests.e2e_stacks.project import SYNC, Project, policy_path, project_in

pytestmark = pytest.mark.timeout(300)

LINK = "contoso-to-fabrikam"
TOPOLOGY = """\
version: 1
name: trial
shape: single-to-single
source: contoso
target: fabrikam
sync: {engine: entra, scope: {assigned: {groups: [employees]}}}
policy: {automatic_redemption: true}
"""


@dataclass(slots=True, kw_only=True)
class Native:
    """What each step said, and the jobs that the source had after it."""

    project: Project
    ran: dict[str, Ran] = field(default_factory=dict)
    jobs: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def up(self, moment: str) -> None:
        self.ran[moment] = self.project.up("--skip-preview")
        self.jobs[moment] = self.project.jobs("contoso")


@pytest.fixture(scope="module")
def native(tmp_path_factory: pytest.TempPathFactory, engine: Path) -> Iterator[Native]:
    with project_in(tmp_path_factory.mktemp("native"), engine) as project:
        told = Native(project=project)
        project.topology(TOPOLOGY)
        told.up("up")
        told.ran["quiet"] = project.preview("--expect-no-changes")
        told.ran["bootstrap"] = project.tenantry("bootstrap", "fabrikam")
        told.ran["plan"] = project.tenantry("plan", "--link", LINK)
        told.ran["apply"] = project.tenantry("apply", "--link", LINK, "--yes")
        closed = {"userSyncInbound": {"isSyncAllowed": False}}
        project.by_hand("fabrikam", "PATCH", policy_path("contoso", SYNC), closed)
        told.up("closed")
        told.ran["resume"] = project.tenantry("resume", LINK, "--why", "agreed", "--yes")
        told.up("resumed")
        _the_job_is_forgotten(told)
        told.up("found")
        told.ran["destroy"] = project.destroy("--skip-preview")
        told.jobs["destroyed"] = project.jobs("contoso")
        yield told


def _the_job_is_forgotten(told: Native) -> None:
    """What a kill between its making, its start and the checkpoint leaves."""
    project = told.project
    (job,) = (one for one in project.resources() if one["type"].endswith(":SynchronizationJob"))
    project.pulumi("state", "delete", job["urn"], "-s", "sandbox", "--yes").fine()
    project.by_hand("contoso", "POST", f"{job['id']}/pause")


@pytest.mark.parametrize("step", ["up", "quiet", "closed", "resume", "resumed", "found", "destroy"])
def test_every_step_ends_well(native: Native, step: str) -> None:
    assert native.ran[step].code == 0, native.ran[step].said


def test_the_job_runs_once_both_sides_allow_it(native: Native) -> None:
    expected = {
        "application": "Tenantry: contoso to fabrikam",
        "target": native.project.id_of("fabrikam"),
        "state": "Active",
    }

    assert native.jobs["up"] == [expected]


@pytest.mark.parametrize("command", ["plan", "apply"])
def test_the_reconciler_leaves_the_link_to_the_job(native: Native, command: str) -> None:
    ran = native.ran[command]

    assert ran.code == 0, ran.said
    assert "Entra's own job pushes this link" in " ".join(ran.said.split())


def test_nobody_is_pushed_by_us(native: Native) -> None:
    state = native.project.served.sandbox.state()

    assert state["byRoute"].get("POST /invitations", 0) == 0


def test_the_job_stands_still_when_the_target_closes(native: Native) -> None:
    assert [job["state"] for job in native.jobs["closed"]] == ["Disabled"]
    assert "stays disabled" in native.ran["closed"].said


def test_the_job_runs_again_when_the_link_is_resumed(native: Native) -> None:
    assert [job["state"] for job in native.jobs["resumed"]] == ["Active"]


def test_a_job_that_no_state_knows_is_taken_up_and_started(native: Native) -> None:
    assert [job["state"] for job in native.jobs["found"]] == ["Active"]


def test_destroy_leaves_no_job(native: Native) -> None:
    assert native.jobs["destroyed"] == []
