"""A target directory that tells how far its writes have come."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from reconcile.engine.ports import TargetDirectory
from reconcile.model.actions import Action
from reconcile.model.cycles import Outcome
from reconcile.model.jobs import Job
from reconcile.model.reads import Found, Import, Sought, Watermark
from reconcile.model.rights import Check, unchecked


class WatchedTarget:
    """Passes everything on; after each batch `tell` hears how many actions were answered."""

    def __init__(self, target: TargetDirectory, tell: Callable[[int], None]) -> None:
        """Watch `target`."""
        self._target = target
        self._tell = tell

    async def read(self, since: Watermark | None = None) -> Import:
        return await self._target.read(since)

    async def look_up(self, sought: Sought) -> Found:
        return await self._target.look_up(sought)

    async def export(
        self, job: Job, actions: Sequence[Action], check: Check = unchecked
    ) -> Sequence[Outcome]:
        outcomes = await self._target.export(job, actions, check)
        self._tell(len(outcomes))
        return outcomes
