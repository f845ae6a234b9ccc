"""What stands still: the engine's state enters, what was made and what was taken over leaves."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Resource = Mapping[str, Any]

_WORDS = {
    "Partner": "cross-tenant access policies toward a partner",
    "IdentitySync": "permissions to synchronize into a target",
    "ApplicationFromTemplate": "sync apps",
    "ServicePrincipal": "their settings",
    "AppRoleAssignment": "groups assigned to them",
}


def made(resources: Sequence[Resource]) -> str:
    """How many of what, in words."""
    kinds = Counter(str(one["type"]).rpartition(":")[2] for one in resources if one.get("custom"))
    return "\n".join(f"{kinds[kind]:>8}  {words}" for kind, words in _WORDS.items())


def taken_over(resources: Sequence[Resource]) -> dict[str, list[str]]:
    """The settings that somebody else had made, by the name of the policy."""
    return {
        str(one["urn"]).rpartition("::")[2]: list(_settings(before))
        for one in resources
        if (before := one.get("outputs", {}).get("before"))
    }


def _settings(before: Mapping[str, Any], path: str = "") -> Iterator[str]:
    for name, value in before.items():
        if isinstance(value, Mapping):
            yield from _settings(value, f"{path}{name}.")
        else:
            yield f"{path}{name} was {json.dumps(value)}"
