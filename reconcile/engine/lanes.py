"""A lane: what one round knows of one link so far, from its gate to its verdict."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from reconcile.model.cycles import Cycle, Hold, HoldReason, LinkStatus, Outcome, Proceed, Verdict
from reconcile.model.jobs import Job
from reconcile.model.plans import Plan
from reconcile.model.reads import Found, Import, Memory
from reconcile.planning.findings import Findings


@dataclass(slots=True, kw_only=True)
class Lane:
    """One link on its way through a round. Mutable, and seen by nobody outside the engine.

    `findings` and `found` are kept only while somebody is to be explained.
    """

    job: Job
    memory: Memory
    status: LinkStatus
    began: datetime
    verdict: Verdict = field(default_factory=Proceed)
    source: Import | None = None
    findings: Findings | None = None
    found: Found | None = None
    plan: Plan | None = None
    number: int = 0
    outcomes: list[Outcome] = field(default_factory=list)
    late: list[Outcome] = field(default_factory=list)
    applied: bool = False

    @property
    def slug(self) -> str:
        return self.job.name.slug

    @property
    def open(self) -> bool:
        return isinstance(self.verdict, Proceed)

    @property
    def held(self) -> Hold | None:
        return self.verdict if isinstance(self.verdict, Hold) else None

    def hold(self, reason: HoldReason, detail: str) -> None:
        """Nothing more is read or written for this link; the first reason stands."""
        if self.open:
            self.verdict = Hold(reason=reason, detail=detail)

    def cycle(self, ended: datetime) -> Cycle:
        """The lane as the value that reports and state keep."""
        return Cycle(
            link=self.job.name,
            source=self.job.source,
            target=self.job.target,
            number=self.number,
            began=self.began,
            ended=ended,
            verdict=self.verdict,
            plan=self.plan,
            applied=self.applied,
            outcomes=tuple(self.outcomes) + tuple(o for o in self.late if o.result != "done"),
        )
