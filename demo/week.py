"""A week in the life of two tenants: administrators change people, and say what they did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from demo.administrator import Administrator, Person
from demo.narration import say
from sandbox.seeds import sandbox_id

HUB, SPOKE, SPOKES = "contoso", "fabrikam", 3
_FIRST = 300  # far enough down the tree that nobody reports to them


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """What the week means for the targets, counted over all of them."""

    created: int = SPOKES
    updated: int = 3 * SPOKES  # moved, blocked, and one with a new manager
    deleted: int = SPOKES
    drifted: int = 1


async def pass_week(variables: Mapping[str, str]) -> Week:
    """Let a week pass in contoso, and an administrator of fabrikam edit a synchronized person."""
    async with Administrator(HUB, variables) as hub, Administrator(SPOKE, variables) as spoke:
        mover, leaver, suspect, report, edited = await _ordinary_people(hub, 5)
        group = sandbox_id(f"group:{HUB}:employees")
        await hub.hire(
            "Hedy Newcomer",
            "hedy.newcomer@contoso.com",
            group,
            department="Research",
            job_title="Engineer",
        )
        say.line("  hired      Hedy Newcomer joins Research and the group employees")
        await hub.change(mover.id, department="Design", job_title="Design Lead")
        say.line(f"  moved      {mover.display_name} becomes Design Lead in Design")
        await hub.remove(leaver.id)
        say.line(f"  left       the account of {leaver.display_name} is deleted")
        await hub.change(suspect.id, account_enabled=False)
        say.line(f"  blocked    {suspect.display_name} may not sign in any more")
        await hub.set_manager(report.id, mover.id)
        say.line(f"  reporting  {report.display_name} reports to {mover.display_name}")
        copy = await spoke.find(edited.mail or "")
        await spoke.change(copy.id, job_title="Edited in Fabrikam")
        say.line(f"  drift      in fabrikam somebody edits the job title of {edited.display_name}")
    return Week()


async def _ordinary_people(hub: Administrator, count: int) -> list[Person]:
    """Members who may sign in and have an address; nothing else is known of them."""
    found: list[Person] = []
    number = _FIRST
    while len(found) < count:
        person = await hub.look_at(sandbox_id(f"user:{HUB}:{number}"))
        number += 1
        at_home = (person.mail or "").endswith("@contoso.com")
        if at_home and person.account_enabled and person.user_type == "Member":
            found.append(person)
    return found
