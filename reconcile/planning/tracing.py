"""Tracing: a person and their part of a plan go in; what becomes of each attribute comes out.

Nothing is decided here. The values are those of `mapping`, what is written is what the plan says;
what is not written is told by the rule that keeps it as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from reconcile.expressions.values import DROPPED
from reconcile.model.actions import REDACTED, Action, Change, Reference, changes_of
from reconcile.model.attributes import read_value
from reconcile.model.explanations import Traced, Treatment
from reconcile.model.jobs import Job
from reconcile.model.links import (
    Computed,
    DriftRule,
    Link,
    Nulls,
    Unmapped,
    When,
)
from reconcile.model.users import User, Value
from reconcile.planning.diffing import ENABLED
from reconcile.planning.fitting import Unusable
from reconcile.planning.mapping import (
    Rule,
    Wished,
    applied,
    invalid_values,
    rules_of,
    untold,
    wanted_values,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """How the plan stands to a person: the target user as read, if there is one, and the action.

    `acts` tells that the person was judged and nothing keeps them waiting.
    """

    seen: User | None
    action: Action | None
    creating: bool
    acts: bool


def trace(job: Job, user: User, role: Role) -> tuple[Traced, ...]:
    """Every mapping of a link for one person, in the order of the mappings."""
    wished = wanted_values(job, user, creating=role.creating, seen=role.seen)
    invalid = invalid_values(wished)
    changes = {one.attribute: one for one in changes_of(role.action)} if role.action else {}
    secret = secrets(job.link)
    return tuple(
        _traced(job, user, role, _Findings(rule, wished, invalid, changes.get(_name(rule))), secret)
        for rule in rules_of(job)
    )


def secrets(link: Link) -> frozenset[str]:
    """Attributes whose values are not shown: those that a redaction reads."""
    return frozenset(
        name
        for one in link.mappings
        if isinstance(one.source, Computed) and one.source.redacted
        for name in one.source.attributes
    )


@dataclass(frozen=True, slots=True)
class _Findings:
    """What mapping and plan say of one rule."""

    rule: Rule
    wished: Wished
    invalid: Mapping[str, str]
    change: Change | None


def _name(rule: Rule) -> str:
    return rule.mapping.target


def _traced(job: Job, user: User, role: Role, found: _Findings, secret: frozenset[str]) -> Traced:
    mapping, name = found.rule.mapping, _name(found.rule)
    made = applied(found.rule, job, user)
    value = found.wished.get(name, made)
    treatment, why = _treatment(job, role, found, made)
    hidden = found.rule.redacted or not secret.isdisjoint((name, *mapping.reads))
    held = read_value(role.seen, name) if role.seen is not None else None
    shown = None if isinstance(value, Unusable) or value is DROPPED else value
    if hidden and treatment is Treatment.INVALID:
        why = untold(name)
    return Traced(
        mapping=mapping,
        treatment=treatment,
        sources=tuple((one, _shown(read_value(user, one), hidden=hidden)) for one in mapping.reads),
        value=_shown_value(shown, hidden=hidden),
        held=_shown(held, hidden=hidden),
        cause=found.change.cause if found.change else None,
        why=why,
        hidden=hidden,
    )


def _treatment(job: Job, role: Role, found: _Findings, made: object) -> tuple[Treatment, str]:
    """What is done with an attribute, and why where the word does not say it."""
    name = _name(found.rule)
    if name in found.invalid:
        return Treatment.INVALID, found.invalid[name]
    if found.change is not None:
        return _written(found.change, made)
    if made is DROPPED and not _creation_only(role, found.rule):
        return Treatment.DROPPED, "The expression says that nothing is written."
    if name not in found.wished:
        return Treatment.LEFT_ALONE, " ".join(_reasons(job, role, found.rule))
    return _unwritten(job, role, name, found.wished[name])


def _written(change: Change, made: object) -> tuple[Treatment, str]:
    if change.new is None:
        return Treatment.CLEARED, ""
    if isinstance(change.new, Reference) and change.new.target is None:
        return Treatment.WRITTEN, "Written once the manager is in the target."
    return Treatment.WRITTEN, "" if made is not None else "The default takes the place of nothing."


def _creation_only(role: Role, rule: Rule) -> bool:
    return rule.mapping.when is When.CREATION and not role.creating


def _reasons(job: Job, role: Role, rule: Rule) -> Iterator[str]:
    """Why an attribute is not among the wanted ones."""
    if _creation_only(role, rule):
        yield "It is mapped at creation only."
    elif isinstance(rule.mapping.source, Unmapped):
        yield "Nothing is mapped: the target keeps what it has."
    elif rule.mapping.default is not None:
        yield "The source is empty; a default is written at creation only."
    elif job.link.nulls is Nulls.KEEP:
        yield "The source is empty, and the link keeps what the target has."
    else:
        yield "The source is empty, and Graph lets nobody clear this."


def _unwritten(job: Job, role: Role, name: str, wanted: object) -> tuple[Treatment, str]:
    """What is wanted and not written: it is there already, nobody acts, or a rule keeps it."""
    held = read_value(role.seen, name) if role.seen is not None else None
    alike = held is not None if isinstance(wanted, Reference) else wanted == held
    if role.seen is not None and alike:
        return Treatment.SAME, ""
    if not role.acts:
        return Treatment.WAITING, ""
    if role.creating and not isinstance(wanted, Reference):
        return Treatment.SAME, "A new user has this already."
    return Treatment.LEFT_ALONE, _rule(job, name, wanted)


def _rule(job: Job, name: str, wanted: object) -> str:
    """Which rule keeps what differs from being written."""
    rule = job.link.drift.rule(name)
    if isinstance(wanted, Reference):
        return "The manager has no user in the target by this link."
    if name == ENABLED and wanted is True:
        return "Sign-in was blocked in the target, and not by us."
    if rule is not DriftRule.CORRECT:
        return f"It drifted in the target; the link's rule is `{rule}`."
    return "We wrote it, and the target does not show it."


def _shown(value: Value, *, hidden: bool) -> Value:
    return REDACTED if hidden and value is not None else value


def _shown_value(value: object, *, hidden: bool) -> Value | Reference:
    if hidden and value is not None:
        return REDACTED
    return value if isinstance(value, str | bool | Reference) else None
