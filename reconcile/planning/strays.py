"""The target side of sifting: a listing goes in, changed pairs and relevant strangers come out.

A stranger is a target user that no pair remembers. One is relevant when it carries the stamp of
this source, or answers to something that a newcomer would be found by; all others are dropped at
once, so that a tenant full of other people's guests costs time but no memory.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from reconcile.model.attributes import read_value
from reconcile.model.jobs import Job
from reconcile.model.plans import Reason, Skip
from reconcile.model.reads import Coverage, Import, RawUser, Seal
from reconcile.model.tenants import ObjectId
from reconcile.model.users import User, decode_user
from reconcile.planning.findings import Listed
from reconcile.planning.mapping import matching_values
from reconcile.planning.revising import Revision
from reconcile.planning.skips import skip

Key = tuple[str, str]
"""A matching attribute and a value of it, lower-cased; any address counts as `mail`."""

_ADDRESSES = frozenset({"mail", "userPrincipalName"})


@dataclass(slots=True, kw_only=True)
class TargetSide:
    """What one pass over the target's listing kept."""

    listed: dict[ObjectId, Listed]
    missing: set[ObjectId]
    claims: dict[ObjectId, list[Listed]] = field(default_factory=lambda: defaultdict(list))
    matches: dict[Key, list[User]] = field(default_factory=lambda: defaultdict(list))
    internal: list[Skip] = field(default_factory=list)


def sift_target(
    job: Job,
    read: Import,
    seals: Mapping[ObjectId, Seal],
    needed: Collection[ObjectId],
    keys: Collection[Key],
    revised: Revision | None = None,
) -> TargetSide:
    """One pass: pairs that changed or are `needed`, users with our stamp, users with a key."""
    listed: dict[ObjectId, Listed] = {}
    missing = set(seals)
    whole = read.coverage is Coverage.WHOLE
    for raw in rows(read):
        missing.discard(raw.id)
        known = listed.get(raw.id)
        # Live and deleted in one read: it was deleted meanwhile, since the bin is listed last.
        if whole and known is not None and known.user.deleted:
            continue
        seal = job.seal(raw.raw)
        paired = seals.get(raw.id)
        if paired == seal and not raw.deleted and raw.id not in needed:
            listed.pop(raw.id, None)
            continue
        if (
            revised is not None
            and not raw.deleted
            and raw.id not in needed
            and revised.holds(raw, paired)
        ):
            revised.keep_target(raw.id, seal)
            listed.pop(raw.id, None)
            continue
        user = decode_user(raw.raw, job.target_carrier, deleted=raw.deleted)
        if paired is not None or _relevant(job, user, keys):
            listed[raw.id] = Listed(user=user, seal=seal)
        else:
            listed.pop(raw.id, None)
    side = TargetSide(listed=listed, missing=missing if whole else set())
    for one in listed.values():
        if one.user.id not in seals:
            _place(job, side, one, keys)
    return side


def match_keys(job: Job, user: User) -> tuple[Key, ...]:
    """What a newcomer is found by, in the order of precedence."""
    return tuple(_key(name, value) for name, value in matching_values(job, user))


def target_keys(job: Job, user: User) -> frozenset[Key]:
    """What a target user answers to."""
    keys = {("mail", address) for address in user.addresses}
    for name in job.link.matching:
        if name not in _ADDRESSES and isinstance(value := read_value(user, name), str):
            keys.add(_key(name, value))
    return frozenset(keys)


def _key(name: str, value: str) -> Key:
    return ("mail" if name in _ADDRESSES else name, value.lower())


def rows(read: Import) -> Iterator[RawUser]:
    """Every row of every page, in the order of the read."""
    for page in read.pages():
        yield from page


def _ours(job: Job, user: User) -> bool:
    return user.stamp is not None and user.stamp.tenant == job.source


def _relevant(job: Job, user: User, keys: Collection[Key]) -> bool:
    return _ours(job, user) or (bool(keys) and not target_keys(job, user).isdisjoint(keys))


def _place(job: Job, side: TargetSide, one: Listed, keys: Collection[Key]) -> None:
    user = one.user
    if user.stamp is not None and _ours(job, user):
        if user.external:
            side.claims[user.stamp.person].append(one)
        elif not user.deleted:
            side.internal.append(stamped_internal(user, user.stamp.person))
    for key in target_keys(job, user).intersection(keys):
        side.matches[key].append(user)


def stamped_internal(user: User, person: ObjectId) -> Skip:
    return skip(
        Reason.STAMPED_INTERNAL,
        "An internal account carries our stamp, which is only a claim. It is never touched; "
        "remove the stamp.",
        name=user.name,
        source=person,
        target=user.id,
        remark=True,
    )
