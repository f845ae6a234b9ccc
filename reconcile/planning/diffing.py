"""Diffing: wanted values and a target user as read go in; changes with their causes come out.

A difference has three possible causes, and memory tells them apart: if what is wanted is what was
wanted when both sides last agreed, the target drifted; otherwise the rules changed, or the source
did. A link that remembers nothing of a pair blames the target for every difference, so that what
its drift rules protect stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from reconcile.model.actions import Cause, Change, Reference
from reconcile.model.attributes import read_value
from reconcile.model.links import Drift, DriftRule
from reconcile.model.stamps import Mark
from reconcile.model.users import User, Value
from reconcile.planning.mapping import Wanted, wanted_hash

ENABLED = "accountEnabled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terrain:
    """What decides on causes: `known` hashes of wanted values, or a `fixed` cause for all.

    `settling` means that the target may differ from what was read, so that only attributes
    whose wanted value changed are written. `strict` keeps blocked users blocked. `silent` are
    the flags that may read as null, `redacted` what no report may show.
    """

    drift: Drift
    known: frozenset[bytes] = frozenset()
    fixed: Cause | None = None
    new_rules: bool = False
    settling: bool = False
    strict: bool = False
    silent: frozenset[str] = frozenset()
    redacted: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What to write, the mark that results, and what is only reported."""

    changes: tuple[Change, ...] = ()
    mark: Mark = Mark.NONE
    reported: tuple[str, ...] = ()
    blocked: bool = False


def creation_changes(wanted: Wanted, redacted: frozenset[str]) -> tuple[Change, ...]:
    """What a new user is given; a guest is born with nothing, and enabled."""
    return tuple(
        Change(
            attribute=name,
            old=None,
            new=wanted[name],
            cause=Cause.CREATION,
            hidden=name in redacted,
        )
        for name in sorted(wanted)
        if wanted[name] is not None and (name, wanted[name]) != (ENABLED, True)
    )


def differ(terrain: Terrain, wanted: Wanted, seen: User | None, mark: Mark) -> Difference:
    """What differs between the wanted values and a user as read (None: it cannot be seen yet)."""
    changes: list[Change] = []
    reported: list[str] = []
    blocked = False
    for change in _differences(terrain, wanted, seen):
        if change.attribute == ENABLED and change.new is True:
            blocked = terrain.strict or Mark.BLOCKED not in mark
            if not blocked:
                changes.append(change)
            continue
        rule = terrain.drift.rule(change.attribute)
        if change.cause is not Cause.DRIFT or rule is DriftRule.CORRECT:
            changes.append(change)
        elif rule is DriftRule.REPORT:
            reported.append(change.attribute)
    return Difference(
        changes=tuple(changes),
        mark=_mark(wanted, changes, mark, blocked=blocked),
        reported=tuple(reported),
        blocked=blocked and seen is not None and not terrain.settling,
    )


def _differences(terrain: Terrain, wanted: Wanted, seen: User | None) -> Iterator[Change]:
    for name in sorted(wanted):
        value = wanted[name]
        # A manager is told from another by the source person, whose target user may come later.
        plain = value.source if isinstance(value, Reference) else value
        unchanged = wanted_hash(name, plain) in terrain.known
        if terrain.settling and unchanged:
            continue
        old = read_value(seen, name) if seen is not None else None
        if _same(value, old) and not terrain.settling:
            continue
        cause = _cause(terrain, unchanged=unchanged)
        # Graph may answer null for a flag that it took, such as showInAddressList.
        if cause is Cause.DRIFT and old is None and name in terrain.silent:
            continue
        hidden = name in terrain.redacted
        yield Change(attribute=name, old=old, new=value, cause=cause, hidden=hidden)


def _same(value: Value | Reference, old: Value) -> bool:
    """A manager without a target user is written later, so it always differs."""
    if isinstance(value, Reference):
        return value.target is not None and value.target == old
    return value == old


def _cause(terrain: Terrain, *, unchanged: bool) -> Cause:
    if terrain.fixed is not None:
        return terrain.fixed
    if unchanged or not terrain.known:
        return Cause.DRIFT
    return Cause.RULES if terrain.new_rules else Cause.SOURCE


def _mark(wanted: Wanted, changes: list[Change], mark: Mark, *, blocked: bool) -> Mark:
    """Blocked by us while we block, no longer once the source is enabled and nothing is blocked."""
    if any(change.attribute == ENABLED and change.new is False for change in changes):
        return mark | Mark.BLOCKED
    if wanted.get(ENABLED) is True and not blocked:
        return mark & ~Mark.BLOCKED
    return mark
