"""Whatever happens in the source: when things are quiet, the target has who belongs there."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sandbox.asking import EMPLOYEES, a_sandbox
from tests.sandbox.pushing import CYCLE, Push, a_running_job, person

STEPS = st.lists(
    st.tuples(st.sampled_from(["join", "leave", "rename", "delete", "wait"]), st.integers(0, 11)),
    max_size=25,
)


def take(push: Push, step: str, number: int) -> None:
    contoso = push.world.tenant("contoso")
    members = contoso.members[EMPLOYEES]
    there = person(number) in contoso.users
    match step:
        case "join" if there and person(number) not in members:
            push.joins(number)
        case "leave" if person(number) in members and there:
            push.leaves(number)
        case "rename" if there:
            push.changes(number, displayName=f"Renamed {contoso.log.end}")
        case "delete" if there:
            push.source.ask("DELETE", f"/users/{person(number)}")
        case "delete":
            push.source.ask("POST", f"/directory/deletedItems/{person(number)}/restore")
        case _:
            push.passes(CYCLE)


@settings(max_examples=60, deadline=None)
@given(steps=STEPS)
def test_the_target_has_who_belongs_there_once_and_as_they_are(
    steps: list[tuple[str, int]],
) -> None:
    push = a_running_job(a_sandbox())
    for step, number in steps:
        take(push, step, number)

    push.passes(2 * CYCLE)

    contoso = push.world.tenant("contoso")
    members = contoso.members[EMPLOYEES]
    wanted = {
        user["mail"]: user["displayName"]
        for user in contoso.users.values()
        if user["id"] in members
    }
    found = [(user["mail"], user["displayName"]) for user in push.pushed().values()]
    assert sorted(found) == sorted(wanted.items())
    assert push.status()["code"] == "Active"
