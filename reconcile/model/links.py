"""A link: one directed arrow from a source to a target tenant, as topologies compile to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from reconcile.model.tenants import Alias


class LinkName(NamedTuple):
    """The two aliases of a link. `str` is for people, `slug` for the shell, `tag` for Graph."""

    source: Alias
    target: Alias

    def __str__(self) -> str:
        return f"{self.source} → {self.target}"

    @property
    def slug(self) -> str:
        return f"{self.source}-to-{self.target}"

    @property
    def title(self) -> str:
        """How the name of the link's sync app begins."""
        return f"Tenantry: {self.source} to {self.target}"

    @property
    def tag(self) -> str:
        """What the link's sync app is found by in the source tenant."""
        return f"tenantry:{self.source}->{self.target}"


TIMELY = frozenset({"older-than", "newer-than"})
"""Operators of filters that compare a date with today."""


BARE = frozenset({"is-false", "is-not-null", "is-null", "is-true"})
"""Operators of filters that compare with no value."""


MEMBERSHIP = frozenset({"member-of", "not-member-of"})
"""Operators of filters that ask for groups, which are named in the place of values."""


class Engine(StrEnum):
    RECONCILER = "reconciler"
    ENTRA = "entra"


class When(StrEnum):
    """When a mapping is applied: always, or only when the target user is created."""

    ALWAYS = "always"
    CREATION = "creation"


class Adopt(StrEnum):
    REPORT = "report"
    AUTO = "auto"


class DriftRule(StrEnum):
    CORRECT = "correct"
    REPORT = "report"
    IGNORE = "ignore"


class Nulls(StrEnum):
    """What an empty source value does to the target: clears it, or leaves it as Entra does."""

    CLEAR = "clear"
    KEEP = "keep"


class Leavers(StrEnum):
    SOFT_DELETE = "soft-delete"


@dataclass(frozen=True, slots=True, kw_only=True)
class Direct:
    attribute: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Constant:
    value: str | bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Computed:
    """An expression of Entra's mapping language, as it is printed, which was found right before.

    It reads `attributes` of the source. With `timely`, the time decides, too; `redacted` values
    are shown nowhere.
    """

    expression: str
    attributes: tuple[str, ...] = ()
    timely: bool = False
    redacted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmapped:
    """Entra's type None: what the target has stays, and the default fills what is empty there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributeMapping:
    """How one target attribute is made. `default` is used at creation when the source is empty."""

    target: str
    source: Direct | Constant | Computed | Unmapped
    when: When = When.ALWAYS
    default: str | None = None

    @property
    def reads(self) -> tuple[str, ...]:
        """The source attributes that the value is made of."""
        match self.source:
            case Direct(attribute=name):
                return (name,)
            case Computed(attributes=names):
                return names
            case _:
                return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """One condition; `negated` holds exactly where the condition does not.

    With the operators `member-of` and `not-member-of`, `values` are names of groups and there is
    no attribute.
    """

    attribute: str
    operator: str
    values: tuple[str, ...] = ()
    negated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopingFilter:
    """All clauses of a filter must hold; any one filter suffices."""

    name: str
    clauses: tuple[Clause, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Who may be pushed, by the names that the environment binds to object ids.

    With `nested`, members of groups in the groups are assigned, too; Entra knows direct members.
    """

    everyone: bool = False
    groups: tuple[str, ...] = ()
    users: tuple[str, ...] = ()
    nested: bool = False
    filters: tuple[ScopingFilter, ...] = ()

    @property
    def memberships(self) -> tuple[str, ...]:
        """The names of groups that filters ask about."""
        clauses = [clause for one in self.filters for clause in one.clauses]
        asking = [clause for clause in clauses if clause.operator in MEMBERSHIP]
        return tuple(sorted({name for clause in asking for name in clause.values}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A threshold by count and by share in percent; None does not limit."""

    count: int | None = None
    share: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    deletes: Limit = Limit(count=50, share=10)
    updates: Limit = Limit(share=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    default: DriftRule = DriftRule.CORRECT
    attributes: Mapping[str, DriftRule] = field(default_factory=dict)

    def rule(self, attribute: str) -> DriftRule:
        return self.attributes.get(attribute, self.default)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkPolicy:
    """The settings this link owns, in Graph's property names and shapes.

    `target` is sent to the target's partner object for the source (inbound settings), `source` to
    the source's partner object for the target (outbound settings). An absent key is unmanaged;
    None is `inherit` and is sent as null. `takeover` lets these settings replace what somebody
    else chose; what they replace is kept, and put back when the link goes.
    """

    source: Mapping[str, Any] = field(default_factory=dict)
    target: Mapping[str, Any] = field(default_factory=dict)
    user_sync_inbound: bool = True
    takeover: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One compiled link. `origin` is `file:line` of the entry that declared it last."""

    name: LinkName
    topology: str
    origin: str
    engine: Engine = Engine.RECONCILER
    paused: bool = False
    scope: Scope
    mappings: tuple[AttributeMapping, ...]
    address: str = "mail"
    matching: tuple[str, ...] = ("mail",)
    adopt: Adopt = Adopt.REPORT
    drift: Drift = Drift()
    nulls: Nulls = Nulls.CLEAR
    leavers: Leavers = Leavers.SOFT_DELETE
    thresholds: Thresholds = Thresholds()
    interval: timedelta = timedelta(minutes=40)
    policy: LinkPolicy = LinkPolicy()

    @property
    def timely(self) -> bool:
        """Whether the time decides on who is in scope or on what is written."""
        clauses = [clause for one in self.scope.filters for clause in one.clauses]
        sources = [one.source for one in self.mappings]
        return any(clause.operator in TIMELY for clause in clauses) or any(
            isinstance(source, Computed) and source.timely for source in sources
        )

    @property
    def sources(self) -> frozenset[str]:
        """The source attributes that mappings, filters, the address and matching read.

        What is matched by is a target attribute, which only without a mapping is read as it is.
        """
        read = {name for mapping in self.mappings for name in mapping.reads}
        made = {one.target for one in self.mappings if not isinstance(one.source, Unmapped)}
        clauses = {clause.attribute for one in self.scope.filters for clause in one.clauses}
        return frozenset({*read, *clauses, self.address, *(set(self.matching) - made)}) - {""}

    @property
    def redacted(self) -> frozenset[str]:
        """The target attributes whose values are shown nowhere."""
        return frozenset(
            one.target
            for one in self.mappings
            if isinstance(one.source, Computed) and one.source.redacted
        )
