"""Mapping: a source person goes in, what the mappings want the target user to be comes out.

An attribute that is not among the wanted values is left alone: it is mapped at creation only, its
source is empty and may not or shall not clear it, or a default took its place at creation.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from reconcile.model.attributes import ATTRIBUTES, Attribute, Kind, read_value
from reconcile.model.jobs import Job
from reconcile.model.links import AttributeMapping, Constant, Nulls, When
from reconcile.model.plans import Reference
from reconcile.model.users import User, Value

Wanted = Mapping[str, Value | Reference]

_HASH_SIZE = 4
_TRUTH = {"true": True, "false": False}


def wanted_values(job: Job, user: User, *, creating: bool) -> dict[str, Value | Reference]:
    """The wanted value of each attribute that a write may concern.

    The manager is a `Reference` to a source person whose target user is not looked for yet.
    """
    wanted: dict[str, Value | Reference] = {}
    for mapping in job.link.mappings:
        if mapping.when is When.CREATION and not creating:
            continue
        attribute = ATTRIBUTES[mapping.target]
        value = _value(mapping, attribute, user)
        if value is None and creating:
            value = _default(mapping, attribute)
        if value is None and not _clears(job, mapping, attribute):
            continue
        wanted[mapping.target] = value
    return wanted


def invalid_values(wanted: Wanted) -> dict[str, str]:
    """The attributes whose value Graph would refuse, and why, in one sentence each."""
    return {
        name: sentence
        for name, value in wanted.items()
        if (sentence := _objection(ATTRIBUTES[name], value)) is not None
    }


def constant_flags(job: Job) -> frozenset[str]:
    """Truth values that no source value decides on."""
    return frozenset(
        mapping.target
        for mapping in job.link.mappings
        if isinstance(mapping.source, Constant) and ATTRIBUTES[mapping.target].kind is Kind.FLAG
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


def _value(mapping: AttributeMapping, attribute: Attribute, user: User) -> Value | Reference:
    if isinstance(mapping.source, Constant):
        return _fitted(mapping.source.value, attribute)
    if attribute.kind is Kind.REFERENCE:
        return Reference(source=user.manager) if user.manager is not None else None
    return _fitted(read_value(user, mapping.source.attribute), attribute)


def _fitted(value: Value, attribute: Attribute) -> Value:
    """Text where Graph takes text, as Entra writes truth values; truth where it takes truth."""
    if attribute.kind is Kind.FLAG:
        return _TRUTH.get(value.lower(), value) if isinstance(value, str) else value
    return str(value) if isinstance(value, bool) else value


def _default(mapping: AttributeMapping, attribute: Attribute) -> Value:
    return _fitted(mapping.default, attribute)


def _clears(job: Job, mapping: AttributeMapping, attribute: Attribute) -> bool:
    """Whether an empty source empties the target. Entra's own job never does.

    A default stands for the empty value since creation, so it is not cleared afterwards.
    """
    return job.link.nulls is Nulls.CLEAR and attribute.clears and mapping.default is None


def _objection(attribute: Attribute, value: Value | Reference) -> str | None:
    if attribute.kind is Kind.FLAG and not isinstance(value, bool | None):
        return f"{attribute.name} takes true or false, not {value!r}."
    if attribute.limit is not None and isinstance(value, str) and len(value) > attribute.limit:
        return f"{attribute.name} takes {attribute.limit} characters, not {len(value)}."
    return None
