"""A cycle: one run of one link, its verdict, what came of each action, and the link's health."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from reconcile.model.actions import Action, verb
from reconcile.model.links import LinkName
from reconcile.model.plans import Plan
from reconcile.model.reads import Step
from reconcile.model.tenants import ObjectId, TenantId


class HoldReason(StrEnum):
    """Why a link is held; Entra's quarantine reasons where it has one."""

    TOO_MANY_DELETES = "TooManyDeletes"
    TOO_MANY_UPDATES = "TooManyUpdates"
    REBUILT = "DeletesHeldAfterRebuild"
    EMPTY_SCOPE = "EmptyScope"
    PAUSED = "Paused"
    PUSHED_BY_ENTRA = "PushedByEntra"
    STOPPED_BY_TARGET = "StoppedByTarget"
    SYNC_NOT_ALLOWED = "AzureActiveDirectoryCrossTenantSyncPolicyCheckFailure"
    INVITATIONS_NOT_ALLOWED = "AzureActiveDirectoryForbidden"
    NATIVE_JOB = "NativeJobEnabled"
    UNREADABLE = "EncounteredQuarantineException"
    ESCROW_PROPORTION = "EncounteredEscrowProportionThreshold"


STANDING = frozenset({HoldReason.PAUSED, HoldReason.PUSHED_BY_ENTRA, HoldReason.STOPPED_BY_TARGET})
"""Reasons that say nothing about a link's health: a person wants it held, or its target does."""

AS_DECLARED = frozenset({HoldReason.PAUSED, HoldReason.PUSHED_BY_ENTRA})
"""Reasons that the topology itself gives, so that nothing is wrong."""


@dataclass(frozen=True, slots=True)
class Proceed:
    """The guard's yes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """The guard's no: nothing is written for this link. `detail` is one sentence for a person."""

    reason: HoldReason
    detail: str


Verdict = Proceed | Hold


class Removal(NamedTuple):
    """What a person allows: one verb on one target user."""

    verb: str
    target: ObjectId


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowedDeletes:
    """A person's yes to what one cycle staged, good once, and for these removals only."""

    removals: frozenset[Removal]
    who: str
    why: str

    @property
    def targets(self) -> frozenset[ObjectId]:
        return frozenset(one.target for one in self.removals)

    def covers(self, action: Action) -> bool:
        """Whether an action is one of these; whoever may be deleted may be disabled instead."""
        target, wanted = action.person.target, verb(action)
        if target is None:
            return False
        milder = wanted == "disable" and Removal("delete", target) in self.removals
        return milder or Removal(wanted, target) in self.removals


class Health(StrEnum):
    """The standing of a link. `STOPPED` is the target's word; only `resume` ends it."""

    NEW = "new"
    ACTIVE = "active"
    QUARANTINE = "quarantine"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkStatus:
    """What is remembered of a link beside its pairs.

    `opened` tells that inbound sync and consent were found true by our hand at least once, so
    that finding them false later means that the target stopped the link.
    """

    health: Health = Health.NEW
    reason: HoldReason | None = None
    detail: str = ""
    opened: bool = False
    rebuilt: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """Whether a link may be pushed at all, as read from both tenants before anything else."""

    sync_allowed: bool
    inbound_consent: bool
    outbound_consent: bool
    invitations_allowed: bool = True
    native_job: str | None = None

    @property
    def open(self) -> bool:
        return self.sync_allowed and self.inbound_consent and self.outbound_consent


class Result(StrEnum):
    """What came of one action. `UNKNOWN`: it was sent and no answer came."""

    DONE = "done"
    FAILED = "failed"
    UNKNOWN = "unknown"
    NOT_SENT = "notSent"
    STAGED = "staged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one action. `target` is the target user's id once it is known.

    `invited` is True when an invitation was sent and answered, even if a later step failed.
    `transient` failures are tried again next cycle without waiting.
    """

    action: Action
    result: Result
    target: ObjectId | None = None
    step: Step = Step.EXPORT
    code: str = ""
    message: str = ""
    request_id: str = ""
    invited: bool = False
    transient: bool = False
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Cycle:
    """One link's cycle as it ended. `number` is 0 for a plan that was never recorded."""

    link: LinkName
    source: TenantId
    target: TenantId
    number: int = 0
    began: datetime
    ended: datetime
    verdict: Verdict
    plan: Plan | None = None
    applied: bool = False
    outcomes: Sequence[Outcome] = ()
    requests: Mapping[str, int] = field(default_factory=dict)

    @property
    def failed(self) -> int:
        return sum(outcome.result in {Result.FAILED, Result.UNKNOWN} for outcome in self.outcomes)

    @property
    def held(self) -> Hold | None:
        return self.verdict if isinstance(self.verdict, Hold) else None
