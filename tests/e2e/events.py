"""What people do in their tenants, by Microsoft's own clients: a word enters, ids or users leave.

A program of its own, because these clients read which authority to trust when they are loaded.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Callable, Coroutine
from typing import Any

from demo.administrator import Administrator, Person
from sandbox.seeds import sandbox_id

GROUP = sandbox_id("group:contoso:employees")


async def a_week() -> dict[str, str]:
    """Somebody is hired, moves, is blocked, leaves; and somebody in the target edits a copy."""
    async with _administrator("contoso") as hub, _administrator("fabrikam") as spoke:
        people = [await hub.look_at(sandbox_id(f"user:contoso:{number}")) for number in _LEAVES]
        mover, blocked, leaver, edited = [one for one in people if _ordinary(one)][:4]
        await hub.hire("Hedy Newcomer", "hedy.newcomer@contoso.com", GROUP, job_title="Engineer")
        await hub.change(mover.id, job_title="Design Lead")
        await hub.change(blocked.id, account_enabled=False)
        await hub.remove(leaver.id)
        copy = await spoke.find(str(edited.mail))
        await spoke.change(copy.id, department="Edited in Fabrikam")
    named = {"mover": mover, "blocked": blocked, "leaver": leaver, "edited": edited}
    return {"hired": "hedy.newcomer@contoso.com"} | {
        name: str(one.mail) for name, one in named.items()
    }


def _ordinary(one: Person) -> bool:
    at_home = (one.mail or "").endswith("@contoso.com")
    return at_home and one.account_enabled and one.user_type == "Member"


async def hire(local_part: str) -> str:
    async with _administrator("contoso") as hub:
        return await hub.hire(local_part.title(), f"{local_part}@contoso.com", GROUP)


async def look(*addresses: str) -> dict[str, Any]:
    """What stands in the target for each address; nothing for one that nobody has."""
    async with _administrator("fabrikam") as spoke:
        return {address: await _shown(spoke, address) for address in addresses}


async def _shown(spoke: Administrator, address: str) -> dict[str, Any] | None:
    try:
        found: Any = await spoke.find(address)
    except IndexError:
        return None
    return {
        "jobTitle": found.job_title,
        "department": found.department,
        "enabled": found.account_enabled,
        "userType": found.user_type,
    }


def _administrator(alias: str) -> Administrator:
    return Administrator(alias, os.environ)


_LEAVES = range(9, 24)
"""Far enough down the tree that nobody reports to them."""

_Event = Callable[..., Coroutine[Any, Any, Any]]
_EVENTS: dict[str, _Event] = {"a_week": a_week, "hire": hire, "look": look}

if __name__ == "__main__":
    print(json.dumps(asyncio.run(_EVENTS[sys.argv[1]](*sys.argv[2:]))))  # noqa: T201 - the answer
