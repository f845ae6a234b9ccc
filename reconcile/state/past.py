"""What is remembered of cycles, links and people, in the shapes that reports read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from reconcile.model.cycles import HoldReason, LinkStatus
from reconcile.model.links import LinkName
from reconcile.model.reads import Step
from reconcile.model.tenants import ObjectId
from reconcile.state.links import LinkKey


@dataclass(frozen=True, slots=True, kw_only=True)
class PastCycle:
    """One cycle as it was recorded. `ended` None: it is running, or its run died."""

    link: LinkName
    number: int
    began: datetime
    ended: datetime | None
    applied: bool
    held: HoldReason | None
    detail: str
    fingerprint: str | None
    counts: Mapping[str, int]
    requests: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownLink:
    """One link's standing. `population` is the number of pairs when its last cycle closed."""

    key: LinkKey
    name: LinkName
    status: LinkStatus
    population: int
    waiting: int
    open_intents: int
    staged: int
    last: PastCycle | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiter:
    """One person with a problem, for people to read."""

    source: ObjectId
    name: str
    step: Step
    reason: str
    tries: int
    retry_at: datetime | None
    released: bool
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntry:
    """One line of the provisioning log. `state` is `sent` where no outcome was recorded."""

    link: LinkName
    cycle: int
    seq: int
    action: str
    state: str
    source: ObjectId
    target: ObjectId | None
    name: str
    address: str | None
    cause: str
    changes: Sequence[Mapping[str, Any]]
    step: Step
    code: str
    message: str
    request_id: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LogFilter:
    """Which lines of the log; None does not limit.

    `person` is an id of either side, or a part of a name or address. `before` is the place
    (cycle and seq) of the last line of the page that came before.
    """

    action: str | None = None
    states: frozenset[str] = frozenset()
    person: str | None = None
    cycle: int | None = None
    before: tuple[int, int] | None = None
    limit: int = 100
