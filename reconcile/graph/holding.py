"""Policy objects held: what stands, what is wanted and what we left there enter, a change leaves.

Pure. Premise: a policy object belongs to its tenant, and we hold some of its keys.

- A key that we begin to hold may be filled in where nothing was chosen (null). Another choice is
  somebody's, and is replaced only in a takeover, which keeps it for the day when we let go.
- A key that we hold is mended when it was changed by hand. The exception is the target's own
  switch: it was on by our hand, it is found off, so the target has stopped the link. It is never
  switched on here again; `reopen` does that, at a person's word.
- A key that we let go is as it was before: what was taken over, else null.
- A key that we do not hold is never touched.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from reconcile.graph.settings import (
    CONSENT,
    MEMBERS,
    Difference,
    Keyed,
    Settings,
    keyed,
    nested,
    same,
    value_at,
)


class Kind(StrEnum):
    """The two policy objects that one tenant has for a partner."""

    PARTNER = "partner"
    SYNC = "identitySynchronization"

    @property
    def switch(self) -> str:
        """The key with which a target stops a link on its own."""
        return f"{CONSENT}.inboundAllowed" if self is Kind.PARTNER else SYNC_SWITCH


SYNC_SWITCH = "userSyncInbound.isSyncAllowed"

_DECLARED = frozenset(MEMBERS) | {
    "appServiceConnectInbound",
    "groupSyncInbound",
    "isServiceProvider",
    "m365CollaborationInbound",
    "m365CollaborationOutbound",
    "tenantRestrictions",
}
"""Settings that somebody else may have made; Graph answers members that nobody documents, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """An object as we left it or found it: the keys we hold, with their values as they stand.

    `before` is what a takeover replaced. `stopped` says that the target switched off what was on
    by our hand.
    """

    settings: Settings = field(default_factory=dict)
    before: Settings = field(default_factory=dict)
    stopped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is to be sent, what is held once it was, and what stands against it."""

    send: Keyed
    held: Held
    refused: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """How to let go: values to send, or to delete the object; `kept` are somebody else's keys."""

    send: Keyed = field(default_factory=dict)
    delete: bool = False
    kept: tuple[str, ...] = ()


NOTHING = Held()
"""What we hold of an object that we have never touched."""


def stopped(kind: Kind, standing: Settings, last: Held) -> bool:
    """Whether the target's switch, which was on by our hand, is off."""
    ours = last.stopped or keyed(last.settings).get(kind.switch) is True
    return ours and value_at(standing, kind.switch) is not True


def seen(kind: Kind, standing: Settings, last: Held) -> Held:
    """What we hold, with the values that stand now."""
    return Held(
        settings=_standing_at(standing, keyed(last.settings)),
        before=last.before,
        stopped=stopped(kind, standing, last),
    )


def change(
    kind: Kind, standing: Settings, wanted: Settings, last: Held, *, takeover: bool
) -> Change:
    """What brings an object from what stands to what is wanted, as far as that is ours to say."""
    values, ours = keyed(wanted), keyed(last.settings)
    restored = _restored(kind, standing, last)
    send = {key: restored.get(key) for key in ours if key not in values}
    before = {key: old for key, old in keyed(last.before).items() if key in values}
    closed = values.get(kind.switch) is True and stopped(kind, standing, last)
    refused: list[Difference] = []
    for key, new in values.items():
        old = value_at(standing, key)
        if same(old, new) or (closed and key == kind.switch):
            continue
        send[key] = new
        if key not in ours and old is not None:
            refused.append(Difference(key=key, old=old, new=new))
    if refused and takeover:
        # A run of ours that was broken off left everything as wanted. So where one value is
        # somebody's, all are, those that agree with ours too.
        refused.clear()
        before |= _chosen(standing, [key for key in values if key not in ours])
    send = {key: new for key, new in send.items() if not same(value_at(standing, key), new)}
    after = {key: send.get(key, value_at(standing, key)) for key in values}
    held = Held(settings=nested(after), before=nested(before), stopped=closed)
    return Change(send=send, held=held, refused=tuple(refused))


def release(kind: Kind, standing: Settings, last: Held) -> Release:
    """How to leave an object: as it was before us, and gone when it was made for us alone."""
    ours, before = keyed(last.settings), _restored(kind, standing, last)
    kept = tuple(key for key in _spoken(kind, standing) if key not in ours)
    if not last.before and not kept:
        return Release(delete=True)
    send = {key: before.get(key) for key in ours}
    differing = {key: new for key, new in send.items() if not same(value_at(standing, key), new)}
    return Release(send=differing, kept=kept)


def _spoken(kind: Kind, standing: Settings) -> list[str]:
    """The documented keys in which somebody chose a value."""
    found = [
        key
        for key, value in keyed(standing).items()
        if key.partition(".")[0] in _DECLARED and (value or (value is False and "." in key))
    ]
    # A member of a multitenant organization has its partner object from there.
    if standing.get("isInMultiTenantOrganization") is True:
        found.append("isInMultiTenantOrganization")
    if kind is Kind.PARTNER and standing.get(Kind.SYNC) is not None:
        found.append(Kind.SYNC.value)
    return sorted(found)


def _restored(kind: Kind, standing: Settings, last: Held) -> dict[str, Any]:
    """What comes back when we let go; a switch that the target switched off does not."""
    found = keyed(last.before)
    if stopped(kind, standing, last):
        found.pop(kind.switch, None)
    return found


def _chosen(standing: Settings, keys: Iterable[str]) -> Keyed:
    found = {key: value_at(standing, key) for key in keys}
    return {key: value for key, value in found.items() if value is not None}


def _standing_at(standing: Settings, keys: Mapping[str, Any]) -> dict[str, Any]:
    return nested({key: value_at(standing, key) for key in keys})
