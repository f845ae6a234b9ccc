"""All eight types through the life of a stack, and the requests that are sent for them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sandbox.spawned import spawn
from tests.sandbox_plugin.recording import TRACE, by_resource, recording
from tests.sandbox_plugin.stacks import Request, a_stack, recorded
from tests.sandbox_plugin.story import COMPANY, all_types, let_in
from tests.served import Served

PHASES = ("create", "noop", "update", "refresh", "destroy")


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """What a stack's life did: changes the engine counted, requests, what stood in the middle."""

    changes: dict[str, dict[str, int]]
    requests: dict[str, list[Request]]
    written: str
    standing: dict[str, Any]
    left: list[dict[str, Any]]


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory, engine: Path) -> Iterator[Life]:
    folder = tmp_path_factory.mktemp("life")
    with spawn(folder / "sandbox", "--people", "40") as sandbox:
        served = Served(sandbox=sandbox, folder=folder)
        let_in(served)
        with recorded(served) as (log, variables):
            stack = a_stack(folder / "stack", engine, {**sandbox.variables, **variables})
            first, later = all_types(served), all_types(served, notes="v2", started=True)
            changes: dict[str, dict[str, int]] = {}
            requests: dict[str, list[Request]] = {}
            steps = {
                "create": lambda: stack.up(first),
                "noop": lambda: stack.up(first),
                "update": lambda: stack.up(later),
                "refresh": stack.refresh,
                "destroy": stack.destroy,
            }
            standing, written = {}, ""
            for phase, step in steps.items():
                changes[phase] = step()
                requests[phase] = log.take()
                if phase == "refresh":
                    standing, written = _standing(served, stack.outputs()), stack.written()
        left = served.graph("contoso", "GET", "/applications")["value"]
        yield Life(
            changes=changes, requests=requests, written=written, standing=standing, left=left
        )


def _standing(served: Served, outputs: dict[str, Any]) -> dict[str, Any]:
    place = f"/servicePrincipals/{outputs['principal']}/synchronization"
    return {
        "jobs": served.graph("contoso", "GET", f"{place}/jobs")["value"],
        "secrets": served.graph("contoso", "GET", f"{place}/secrets")["value"],
    }


def test_all_types_are_made(life: Life) -> None:
    assert life.changes["create"] == {"create": 10}


def test_what_stands_is_left_alone(life: Life) -> None:
    assert life.changes["noop"] == {"same": 10}


def test_only_what_differs_is_changed(life: Life) -> None:
    assert life.changes["update"] == {"same": 8, "update": 2}


def test_a_refresh_finds_what_was_made(life: Life) -> None:
    assert life.changes["refresh"] == {"same": 10}


def test_a_job_starts_when_the_program_wants_it(life: Life) -> None:
    (job,) = life.standing["jobs"]

    assert job["schedule"]["state"] == "Active"


def test_everything_is_destroyed(life: Life) -> None:
    assert life.changes["destroy"] == {"delete": 10}
    assert [app for app in life.left if app["displayName"] in {"c2f", "contoso to fabrikam"}] == []


def test_credentials_are_secret_in_the_state(life: Life) -> None:
    assert COMPANY in str(life.standing["secrets"])
    assert COMPANY not in life.written


@pytest.mark.skipif(not TRACE.exists(), reason="no trace beside the checkout")
@pytest.mark.parametrize("phase", PHASES)
def test_it_asks_what_the_official_provider_asked(life: Life, phase: str) -> None:
    ours = by_resource(life.requests)[phase]
    theirs = by_resource(recording())[phase]

    assert ours == theirs


def test_it_waits_until_what_it_made_has_replicated(tmp_path: Path, engine: Path) -> None:
    with spawn(tmp_path / "sandbox", "--people", "0", "--replication-delay", "0.5") as sandbox:
        served = Served(sandbox=sandbox, folder=tmp_path)
        let_in(served)
        with recorded(served) as (_, variables):
            stack = a_stack(tmp_path / "stack", engine, {**sandbox.variables, **variables})

            made = stack.up(all_types(served))
            lost = stack.destroy()

    assert made == {"create": 10}
    assert lost == {"delete": 10}
