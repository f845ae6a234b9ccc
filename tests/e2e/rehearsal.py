"""Days that can be lived again and again: a small estate enters, worlds as of a morning leave."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sandbox.clock import SystemClock
from sandbox.world import Sandbox
from tests.e2e.company import (
    SOURCE,
    TARGET,
    TOPOLOGY,
    a_day_passes,
    allow,
    estate,
    someone_leaves,
)
from tests.e2e.serving import Ran, Runs, Stage, runs, served, twin

FIRST_DAY, LATER_DAY = "first day", "later day"


@dataclass(slots=True, kw_only=True)
class Rehearsal:
    """A stage, a way to run against it, and mornings with their state to begin from."""

    stage: Stage
    runs: Runs
    folder: Path
    mornings: dict[str, Sandbox] = field(default_factory=dict)
    passed: float = 0.0

    @property
    def place(self) -> list[str]:
        return ["--env", "sandbox", "--topologies", str(self.folder / "topology.yaml")]

    def tenantry(self, *words: str, deadly: int = 0) -> Ran:
        """Run a command on the estate, now; `deadly` is the boundary at which it is killed."""
        state = ["--state", str(self.folder / "now" / "state.db")]
        return self.runs(*words, *self.place, *state, deadly=deadly, later=self.passed)

    def wait(self, seconds: float) -> None:
        """Let time pass in the tenants and for whoever runs next."""
        assert isinstance(self.stage.world.clock, SystemClock)
        self.stage.world.clock.advance(seconds)
        self.passed += seconds

    def remember(self, day: str) -> None:
        """Keep the world and the state as they are, as the morning of a day."""
        self.mornings[day] = twin(self.stage.world)
        shutil.copytree(self.folder / "now", self.folder / day)

    def begin(self, day: str) -> Sandbox:
        """The morning of a day anew; answers the world that now stands on the stage."""
        self.stage.world = twin(self.mornings[day])
        self.passed = 0.0
        shutil.rmtree(self.folder / "now")
        shutil.copytree(self.folder / day, self.folder / "now")
        return self.stage.world


@contextmanager
def rehearsal_in(folder: Path) -> Iterator[Rehearsal]:
    """An estate that is set up, and the mornings of its first cycle and of a later one."""
    (folder / "now").mkdir()
    (folder / "topology.yaml").write_text(TOPOLOGY)
    stage = Stage(Sandbox(estate=estate()))
    with served(stage, folder / "sandbox") as variables, runs(folder, variables) as run:
        made = Rehearsal(stage=stage, runs=run, folder=folder)
        _succeed(run("bootstrap", "--env", "sandbox", SOURCE, TARGET))
        allow(stage.world)
        made.remember(FIRST_DAY)
        _succeed(made.tenantry("apply", "--yes"))
        someone_leaves(stage.world)
        _succeed(made.tenantry("apply", "--yes"))
        a_day_passes(stage.world)
        made.remember(LATER_DAY)
        yield made


def _succeed(ran: Ran) -> None:
    assert ran.code == 0, ran.said
