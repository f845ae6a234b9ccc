"""Policy settings compared and merged: what exists and what is wanted enter, differences leave.

Pure. A key has three states: absent from what is wanted it is unmanaged, null is `inherit`, and
anything else is a value. Graph's complex members are replaced whole, so they are merged before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Settings = Mapping[str, Any]


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


def differences(existing: Settings, wanted: Settings) -> tuple[Difference, ...]:
    """Every managed key that differs, sorted; what is unknown or unmanaged is not compared."""
    return tuple(sorted(_compare("", existing, wanted), key=lambda one: one.key))


def _compare(path: str, existing: Settings, wanted: Settings) -> list[Difference]:
    found: list[Difference] = []
    for name, new in wanted.items():
        key, old = f"{path}{name}", plain(existing.get(name))
        if isinstance(new, Mapping) and new and _is_plain(new):
            found += _compare(f"{key}.", old if isinstance(old, Mapping) else {}, new)
        elif _comparable(old) != _comparable(plain(new)):
            found.append(Difference(key=key, old=old, new=new))
    return found


def _is_plain(value: Settings) -> bool:
    """Whether a complex member is a set of switches, each managed alone.

    Who is allowed or blocked is one choice: an access type means nothing without its targets.
    """
    return "accessType" not in value and "mode" not in value


def change_body(existing: Settings, wanted: Settings) -> dict[str, Any]:
    """The body of a PATCH: each top-level key that differs, its complex value merged and whole."""
    keys = {one.key.partition(".")[0] for one in differences(existing, wanted)}
    return {key: merged(existing.get(key), wanted[key]) for key in sorted(keys)}


def merged(existing: Any, wanted: Any) -> Any:
    """What is wanted laid over what exists; members nobody manages keep their values."""
    if not isinstance(wanted, Mapping) or not isinstance(existing, Mapping):
        return wanted
    if not _is_plain(wanted):
        return wanted
    kept = {name: value for name, value in existing.items() if not name.startswith("@odata.")}
    return {
        **kept,
        **{name: merged(existing.get(name), value) for name, value in wanted.items()},
    }


def joined(parts: Sequence[Settings]) -> dict[str, Any]:
    """The settings of several links laid together; validation refused those that disagree."""
    result: dict[str, Any] = {}
    for part in parts:
        for name, value in part.items():
            result[name] = merged(result.get(name), value) if name in result else value
    return result


def before_image(existing: Settings, wanted: Settings) -> dict[str, Any]:
    """The top-level values that are about to be replaced, as a PATCH that restores them."""
    keys = {one.key.partition(".")[0] for one in differences(existing, wanted)}
    return {key: plain(existing.get(key)) for key in sorted(keys)}


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
