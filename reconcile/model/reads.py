"""What reads return: imports in pages, memory of earlier cycles, questions and their answers."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import NamedTuple, NewType, Protocol

from reconcile.model.jobs import Side
from reconcile.model.stamps import Mark
from reconcile.model.tenants import ObjectId, TenantId
from reconcile.model.users import User

Watermark = NewType("Watermark", str)
SKEW = timedelta(minutes=5)
"""How far Graph's clock and ours may be apart."""

Seal = bytes
"""Eight bytes of `Job.seal`; empty where a pair is not settled yet."""


class Coverage(Enum):
    """How much an import saw. Absence means something only in a WHOLE read."""

    WHOLE = 1
    CHANGES = 2


class RawUser(NamedTuple):
    """One user as the listing answered it; it becomes a `User` only when it matters."""

    id: ObjectId
    raw: bytes
    deleted: bool = False


class Import(Protocol):
    """One finished read of one tenant. `holes` names scope groups that were missing or empty,
    and extensions that are gone.
    """

    @property
    def tenant(self) -> TenantId: ...
    @property
    def coverage(self) -> Coverage: ...
    @property
    def watermark(self) -> Watermark | None: ...
    @property
    def taken_at(self) -> datetime: ...
    @property
    def holes(self) -> Sequence[str]: ...

    def pages(self) -> Iterator[Sequence[RawUser]]:
        """Local and repeatable; in CHANGES the last one of an id wins."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """What both sides of a pair looked like when they last settled.

    `wanted` is a run of 4-byte hashes, one for each mapped attribute's last wanted value.
    `written_at` is when we last wrote to the target user; None when we never did, or long ago.
    """

    source: ObjectId
    target: ObjectId
    source_seal: Seal = b""
    target_seal: Seal = b""
    wanted: bytes = b""
    mark: Mark = Mark.NONE
    written_at: datetime | None = None


class Step(Enum):
    """Graph's `provisioningStepType`, so that our provisioning log reads like the portal's."""

    IMPORT = "import"
    SCOPING = "scoping"
    PROCESSING = "processing"
    MATCHING = "matching"
    REFERENCE_RESOLUTION = "referenceResolution"
    EXPORT = "export"


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A person with a problem of an earlier cycle. `released` is a person's word to start anew."""

    source: ObjectId
    step: Step
    reason: str
    tries: int = 0
    retry_at: datetime | None = None
    released: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """An invitation that was committed before it was sent, and whose outcome nobody recorded.

    `again` is when it was sent last, if that was more than once.
    """

    source: ObjectId
    address: str
    at: datetime
    again: datetime | None = None


class Memory(Protocol):
    """What is known of one link from earlier cycles; a dict in tests, `state` in production."""

    @property
    def rebuilt(self) -> bool:
        """True while a link that lost its state has not been allowed to delete again."""
        ...

    @property
    def population(self) -> int:
        """How many pairs the link has."""
        ...

    @property
    def fingerprint(self) -> str | None:
        """`Job.fingerprint` of the last cycle that was recorded; None before the first."""
        ...

    def seals(self, side: Side) -> Mapping[ObjectId, Seal]:
        """Every pair's seal, by the object id on that side. The mapping is complete."""
        ...

    def agreements(self, side: Side, ids: Collection[ObjectId]) -> Mapping[ObjectId, Agreement]: ...

    def waiting(self) -> Mapping[ObjectId, Waiting]: ...

    def intents(self) -> Mapping[ObjectId, Intent]:
        """Open intents, by source person."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """Questions that only point reads can answer.

    `leavers` are for the source tenant, the others for the target.
    """

    leavers: frozenset[ObjectId] = frozenset()
    addresses: frozenset[str] = frozenset()
    targets: frozenset[ObjectId] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.leavers or self.addresses or self.targets)


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaver:
    """What a point read says of a person who was not in the listing. `user` None: it is gone.

    `by` are the declared groups and names that assign the person, as far as they were asked for.
    """

    user: User | None
    assigned: bool
    by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Answers to `Sought`, confirmed absences included.

    `claimants` holds every target user, internal or external, live or soft-deleted, that answers
    to a sought address (lower-cased).
    """

    leavers: Mapping[ObjectId, Leaver] = field(default_factory=dict)
    claimants: Mapping[str, Sequence[User]] = field(default_factory=dict)
    targets: Mapping[ObjectId, User | None] = field(default_factory=dict)

    def __or__(self, other: Found) -> Found:
        return Found(
            leavers={**self.leavers, **other.leavers},
            claimants={**self.claimants, **other.claimants},
            targets={**self.targets, **other.targets},
        )
