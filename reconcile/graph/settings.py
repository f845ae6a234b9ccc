"""Policy settings compared and merged: what exists and what is wanted enter, differences leave.

Pure. Settings have Graph's shapes; what is managed is a key in them, such as
`inboundTrust.isMfaAccepted`. A key has three states: absent from what is wanted it is unmanaged,
null is `inherit`, and anything else is a value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Settings = Mapping[str, Any]
Keyed = Mapping[str, Any]
"""Values by their keys: `{"inboundTrust.isMfaAccepted": True}`."""

CONSENT = "automaticUserConsentSettings"
_ACCESS = ("applications", "usersAndGroups")
MEMBERS: Mapping[str, tuple[str, ...]] = {
    CONSENT: ("inboundAllowed", "outboundAllowed"),
    "b2bCollaborationInbound": _ACCESS,
    "b2bCollaborationOutbound": _ACCESS,
    "b2bDirectConnectInbound": _ACCESS,
    "b2bDirectConnectOutbound": _ACCESS,
    "inboundTrust": (
        "isCompliantDeviceAccepted",
        "isHybridAzureADJoinedDeviceAccepted",
        "isMfaAccepted",
    ),
    "userSyncInbound": ("isSyncAllowed",),
}
"""The keys of each complex member, which is null when it inherits all of them."""


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class Difference:
    """One managed key, such as `inboundTrust.isMfaAccepted`, whose value is not what is wanted."""

    key: str
    old: Any
    new: Any

    @property
    def contradicts(self) -> bool:
        """Whether somebody chose the old value; null inherits the default, which nobody chose."""
        return self.old is not None


def keyed(settings: Settings) -> dict[str, Any]:
    """Every key that the settings speak about, sorted; a null member speaks about all of its keys.

    Who is allowed or blocked is one choice: an access type means nothing without its targets.
    """
    found: dict[str, Any] = {}
    for name, value in settings.items():
        if name.startswith("@odata."):
            continue
        if isinstance(value, Mapping) and "accessType" not in value and "mode" not in value:
            found.update({f"{name}.{key}": one for key, one in keyed(value).items()})
        elif value is None and name in MEMBERS:
            found.update({f"{name}.{key}": None for key in MEMBERS[name]})
        else:
            found[name] = plain(value)
    return dict(sorted(found.items()))


def nested(values: Keyed) -> dict[str, Any]:
    """The settings that hold these values, in Graph's shapes."""
    found: dict[str, Any] = {}
    for key, value in values.items():
        *path, name = key.split(".")
        place = found
        for step in path:
            place = place.setdefault(step, {})
        place[name] = value
    return found


def value_at(settings: Settings, key: str) -> Any:
    """The value of a key, null where nothing is said."""
    value: Any = settings
    for name in key.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return plain(value)


def same(one: Any, other: Any) -> bool:
    """Whether two values mean the same: the order of targets and the case of ids do not count."""
    return bool(_comparable(plain(one)) == _comparable(plain(other)))


def differences(existing: Settings, wanted: Settings) -> tuple[Difference, ...]:
    """Every managed key that differs, sorted; what is unknown or unmanaged is not compared."""
    return tuple(
        Difference(key=key, old=value_at(existing, key), new=new)
        for key, new in keyed(wanted).items()
        if not same(value_at(existing, key), new)
    )


def change_body(existing: Settings, values: Keyed) -> dict[str, Any]:
    """The body of a PATCH that sets these values.

    Graph replaces complex members whole, so what exists in them is laid under what changes.
    """
    body: dict[str, Any] = {}
    for name, new in nested(dict(sorted(values.items()))).items():
        whole = _laid_over(existing.get(name), new)
        # A member that inherits everything is null where Graph answers it so, too.
        empty = isinstance(whole, Mapping) and name != CONSENT and plain(whole) is None
        body[name] = None if empty else whole
    return body


def _laid_over(existing: Any, new: Any) -> Any:
    if not isinstance(existing, Mapping) or not isinstance(new, Mapping) or "accessType" in new:
        return new
    kept = {name: value for name, value in existing.items() if not name.startswith("@odata.")}
    return {**kept, **{name: _laid_over(existing.get(name), one) for name, one in new.items()}}


def joined(parts: Sequence[Settings]) -> dict[str, Any]:
    """The settings of several links laid together; validation refused those that disagree."""
    return nested({key: value for part in parts for key, value in keyed(part).items()})


def before_image(existing: Settings, wanted: Settings) -> dict[str, Any]:
    """What somebody chose and is about to be replaced, in the shape that restores it."""
    return nested({one.key: one.old for one in differences(existing, wanted) if one.contradicts})


def plain(value: Any) -> Any:
    """A value without OData's remarks; a complex member of nothing but nulls is null itself."""
    if isinstance(value, Mapping):
        members = {k: plain(v) for k, v in value.items() if not k.startswith("@odata.")}
        return members if any(member is not None for member in members.values()) else None
    return value


def _comparable(value: Any) -> Any:
    """A value in which the order of targets and the case of ids do not count."""
    if isinstance(value, Mapping):
        return {k: _comparable(v) for k, v in value.items() if v is not None}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return sorted((_comparable(one) for one in value), key=repr)
    return value.lower() if isinstance(value, str) else value
