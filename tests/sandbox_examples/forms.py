"""Two bodies: the documented and the answered one enter, the differences of their form leave."""

from __future__ import annotations

from typing import Any

_FREE = frozenset({"innerError", "details"})


def differences(expected: Any, answered: Any, where: str = "") -> list[str]:
    """Return members that are missing and values of another kind.

    Null says nothing of a kind, an empty list nothing of its items. Annotations are compared where
    they say how to go on; what an answer has beyond the documented members is no difference.
    """
    if expected is None or answered is None:
        return []
    if isinstance(expected, dict) and isinstance(answered, dict):
        return [one for name in expected for one in _member(name, expected, answered, where)]
    if isinstance(expected, list) and isinstance(answered, list):
        if not expected or not answered:
            return []
        return differences(expected[0], answered[0], f"{where}[]")
    return [] if _kind(expected) == _kind(answered) else [f"{where}: {_kind(answered)}"]


def _member(name: str, expected: dict[str, Any], answered: dict[str, Any], where: str) -> list[str]:
    if name in _FREE or (("@" in name or name.startswith("#")) and name != "@odata.count"):
        return []
    if name not in answered:
        return [f"{where}.{name}"]
    return differences(expected[name], answered[name], f"{where}.{name}")


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "flag"
    if isinstance(value, int | float):
        return "number"
    return type(value).__name__
