"""Mapping: a source person goes in, what the mappings want the target user to be comes out.

An attribute that is not among the wanted values is left alone: it is mapped at creation only, its
source is empty and may not or shall not clear it, a default took its place at creation, or an
expression dropped it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from reconcile.expressions.compiling import expression
from reconcile.expressions.failures import EvaluationError
from reconcile.expressions.values import DROPPED, Dropped
from reconcile.expressions.values import Value as Evaluated
from reconcile.model.actions import Reference
from reconcile.model.attributes import Attribute, Kind, attribute_of, read_value, reader
from reconcile.model.jobs import Job
from reconcile.model.links import (
    AttributeMapping,
    Computed,
    Constant,
    Direct,
    Nulls,
    Unmapped,
    When,
)
from reconcile.model.users import User, Value
from reconcile.planning.fitting import Mapped, Unusable, fitted, objection

Wanted = Mapping[str, Value | Reference]
Wished = dict[str, Value | Reference | Unusable]

_HASH_SIZE: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One mapping, ready for any number of people.

    `clears` is whether an empty source empties. What is `redacted` is told by no sentence either.
    """

    mapping: AttributeMapping
    attribute: Attribute
    value: Callable[[Job, User], Mapped | Evaluated]
    default: Mapped
    clears: bool
    redacted: bool


def wanted_values(
    job: Job,
    user: User,
    *,
    creating: bool,
    seen: User | None = None,
) -> Wished:
    """The wanted value of each attribute that a write may concern.

    The manager is a `Reference` to a source person whose target user is not looked for yet. `seen`
    is the target user as read, for mappings that only fill what is empty there.
    """
    wanted: Wished = {}
    for rule in rules_of(job):
        if rule.mapping.when is When.CREATION and not creating:
            continue
        _want(wanted, rule, applied(rule, job, user), fills=creating or _fills(rule, seen))
    return wanted


def created_values(job: Job, user: User) -> tuple[Wished, Wished]:
    """What a person is created with, and what holds ever after, from one look at the person."""
    first: Wished = {}
    lasting: Wished = {}
    for rule in rules_of(job):
        value = applied(rule, job, user)
        _want(first, rule, value, fills=True)
        if rule.mapping.when is not When.CREATION:
            _want(lasting, rule, value, fills=False)
    return first, lasting


def _want(wanted: Wished, rule: Rule, value: Mapped | Dropped, *, fills: bool) -> None:
    """Add what one mapping made of a person; where it `fills`, a default stands for nothing."""
    if isinstance(value, Dropped):
        return
    if value is None and fills:
        value = rule.default
    if value is not None or rule.clears:
        wanted[rule.mapping.target] = value


def applied(rule: Rule, job: Job, user: User) -> Mapped | Dropped:
    """What one mapping makes of a person, before defaults."""
    try:
        value = rule.value(job, user)
    except EvaluationError as error:
        name = rule.mapping.target
        why = untold(name) if rule.redacted else f"{name} cannot be computed: {error}"
        return Unusable(why=why)
    if isinstance(value, Reference | Unusable) or value is DROPPED:
        return value
    found = fitted(value, rule.attribute)
    if rule.redacted and objection(rule.attribute, found):
        return Unusable(why=untold(rule.mapping.target))
    return found


def matching_values(job: Job, user: User) -> Iterator[tuple[str, str]]:
    """What a person is found by, in the order of precedence.

    It is what the mapping makes of the person at any time; a default is anybody's. Where that is
    nothing, the attribute finds nobody. What is not mapped is compared as the person has it.
    """
    for name, rule in _matching_rules(_Keyed(key=job.fingerprint, job=job)):
        value = applied(rule, job, user) if rule is not None else read_value(user, name)
        if isinstance(value, str):
            yield name, value


def rules_of(job: Job) -> tuple[Rule, ...]:
    """The rules of a job's mappings, made once for all people."""
    return _rules(_Keyed(key=job.fingerprint, job=job))


class _Keyed:
    """A job that is told from others by its fingerprint, which is cheaper than all of it."""

    __slots__ = ("job", "key")

    def __init__(self, *, key: str, job: Job) -> None:
        self.key, self.job = key, job

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Keyed) and self.key == other.key


@lru_cache(maxsize=64)
def _rules(keyed: _Keyed) -> tuple[Rule, ...]:
    link = keyed.job.link
    return tuple(_rule(mapping, link.nulls) for mapping in link.mappings)


@lru_cache(maxsize=64)
def _matching_rules(keyed: _Keyed) -> tuple[tuple[str, Rule | None], ...]:
    mapped = {
        rule.mapping.target: rule
        for rule in _rules(keyed)
        if not isinstance(rule.mapping.source, Unmapped)
    }
    return tuple((name, mapped.get(name)) for name in keyed.job.link.matching)


def _rule(mapping: AttributeMapping, nulls: Nulls) -> Rule:
    attribute = attribute_of(mapping.target)
    bare = mapping.default is None and not isinstance(mapping.source, Unmapped)
    default = fitted(mapping.default, attribute)
    return Rule(
        mapping=mapping,
        attribute=attribute,
        value=_source(mapping, attribute),
        default=default,
        # A default stands for the empty value since creation, so it is not cleared afterwards.
        clears=nulls is Nulls.CLEAR and attribute.clears and bare,
        redacted=isinstance(mapping.source, Computed) and mapping.source.redacted,
    )


def _source(
    mapping: AttributeMapping, attribute: Attribute
) -> Callable[[Job, User], Mapped | Evaluated]:
    match mapping.source:
        case Constant(value=value):
            return lambda _job, _user: value
        case Direct() if attribute.kind is Kind.REFERENCE:
            return lambda _job, user: _manager(user)
        case Direct(attribute=name):
            read = reader(name)
            return lambda _job, user: read(user)
        case Computed(expression=text):
            evaluate = expression(text).bound(reader)
            target = mapping.target
            return lambda job, user: evaluate(user, job.at, f"{job.source}\0{user.id}\0{target}")
        case Unmapped():
            return lambda _job, _user: None


def _manager(user: User) -> Reference | None:
    return Reference(source=user.manager) if user.manager is not None else None


def _fills(rule: Rule, seen: User | None) -> bool:
    """Whether a mapping of type None finds its attribute empty in the target."""
    return (
        isinstance(rule.mapping.source, Unmapped)
        and seen is not None
        and read_value(seen, rule.mapping.target) is None
    )


def invalid_values(wanted: Wished) -> dict[str, str]:
    """The attributes whose value Graph would refuse, and why, in one sentence each."""
    return dict(_objections(wanted))


def untold(name: str) -> str:
    """What to say of an invalid value that a sentence about it would give away."""
    return f"{name} is not what Graph takes; its value is redacted."


def _objections(wanted: Wished) -> Iterator[tuple[str, str]]:
    for name, value in wanted.items():
        sentence = objection(attribute_of(name), value)
        if sentence is not None:
            yield name, sentence


def silent_flags(job: Job) -> frozenset[str]:
    """Truth values that Graph may take and answer null for: no drift is seen in that."""
    return frozenset(
        rule.mapping.target
        for rule in rules_of(job)
        if rule.attribute.kind is Kind.FLAG
        and (isinstance(rule.mapping.source, Constant) or rule.attribute.silent)
    )


def wanted_hash(attribute: str, value: Value) -> bytes:
    """Four bytes that tell one wanted value of an attribute from another."""
    text = f"{attribute}\0{'' if value is None else value}"
    return hashlib.blake2b(text.encode(), digest_size=_HASH_SIZE).digest()


def wanted_hashes(wanted: Wanted) -> bytes:
    """`Agreement.wanted`; a manager whose target user is unknown counts as none."""
    return b"".join(wanted_hash(name, _plain(wanted[name])) for name in sorted(wanted))


def split_hashes(hashes: bytes) -> frozenset[bytes]:
    """The hashes in an `Agreement.wanted`."""
    return frozenset(
        hashes[start : start + _HASH_SIZE] for start in range(0, len(hashes), _HASH_SIZE)
    )


def _plain(value: Value | Reference) -> Value:
    if isinstance(value, Reference):
        return value.source if value.target is not None else None
    return value
