"""What a job remembers between its cycles: outcomes enter, pairs and what was seen leave."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from sandbox.contents import GraphObject


class Problem(NamedTuple):
    """Why something failed, in the words of logs and statuses."""

    code: str
    message: str


class Seen(NamedTuple):
    """What the source said about somebody when the job was last done with them.

    Users are replaced, never changed in place, so keeping one costs nothing.
    """

    user: GraphObject
    manager: str | None
    assigned: bool


@dataclass(slots=True, kw_only=True)
class Pair:
    """Somebody's user in the target, and whether this job deleted it."""

    target: str
    deleted: bool = False


@dataclass(slots=True, kw_only=True)
class JobMemory:
    """A job's own schema, its place in time, and everybody it knows by their id in the source."""

    schema: GraphObject | None = None
    due: datetime | None = None
    fresh: bool = True
    cycles: int = 0
    demands: int = 0
    pairs: dict[str, Pair] = field(default_factory=dict)
    seen: dict[str, Seen] = field(default_factory=dict)
    escrows: dict[str, Problem] = field(default_factory=dict)
    force_deletes: bool = False
    quarantined_since: datetime | None = None
    attempts: int = 0

    def forget(self, *, pairs: bool) -> None:
        """Look at everybody anew in the next cycle; without pairs also match anew."""
        self.fresh = True
        self.seen.clear()
        if pairs:
            self.pairs.clear()

    def leave_quarantine(self) -> None:
        """End the series of attempts."""
        self.quarantined_since = None
        self.attempts = 0
