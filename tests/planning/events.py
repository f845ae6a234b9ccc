"""What happens to two tenants and what is remembered of them, one small event at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

from hypothesis import note
from hypothesis import strategies as st

from reconcile.model.links import Adopt, Drift, DriftRule, Nulls, Scope
from reconcile.model.reads import Intent
from reconcile.model.stamps import Mark, Stamp
from reconcile.model.tenants import ObjectId
from tests.planning.rounds import run_pair
from tests.strategies import COMPUTED, EVERYONE, Pair, a_clause_filter, a_job, default_mappings

Event = Callable[[Pair, int, int], None]


def _pick(users: Sequence[ObjectId], index: int) -> ObjectId | None:
    return sorted(users)[index % len(users)] if users else None


def _person(pair: Pair, index: int) -> ObjectId | None:
    return _pick(list(pair.source.users), index)


def _copy(pair: Pair, index: int) -> ObjectId | None:
    return _pick(list(pair.target.users), index)


def hire(pair: Pair, one: int, other: int) -> None:
    pair.hire(f"person{one}", department=["Sales", None, "Law"][other % 3])


def hire_a_disabled(pair: Pair, one: int, other: int) -> None:
    pair.hire(f"person{one}", accountEnabled=False, jobTitle="x" * (129 if other == 5 else 3))


def hire_oddly(pair: Pair, one: int, other: int) -> None:
    odd: list[dict[str, str | None]] = [
        {"mail": f"plus+{one}@contoso.example"},
        {"mail": f"person{one}@elsewhere.example"},
        {"mail": None, "userPrincipalName": None},
        {"mail": None},
        {"mail": f"PERSON{one}@contoso.example"},
    ]
    pair.hire(f"odd{one}", **odd[other % len(odd)])


def bring_a_guest(pair: Pair, one: int, other: int) -> None:
    guest = pair.source.add_guest(f"guest{one}@other.example")
    pair.source.groups[EVERYONE].add(guest)


def edit(pair: Pair, one: int, other: int) -> None:
    if person := _person(pair, one):
        pair.source.edit(person, department=["Sales", None, "Law"][other % 3], jobTitle=f"{other}")


def toggle(pair: Pair, one: int, other: int) -> None:
    if person := _person(pair, one):
        pair.source.edit(person, accountEnabled=bool(other % 2))


def rename(pair: Pair, one: int, other: int) -> None:
    if person := _person(pair, one):
        pair.source.edit(person, mail=f"person{other}@contoso.example")


def report_to(pair: Pair, one: int, other: int) -> None:
    person, manager = _person(pair, one), _person(pair, other)
    if person and manager:
        pair.source.set_manager(person, None if other == 5 else manager)


def unassign(pair: Pair, one: int, other: int) -> None:
    if person := _person(pair, one):
        members = pair.source.groups[EVERYONE]
        (members.discard if other % 2 else members.add)(person)


def fire(pair: Pair, one: int, other: int) -> None:
    if person := _person(pair, one):
        pair.source.remove(person)


def rehire(pair: Pair, one: int, other: int) -> None:
    if person := _pick(list(pair.source.bin), one):
        pair.source.restore(person)


def become_external(pair: Pair, one: int, other: int) -> None:
    if person := _person(pair, one):
        pair.source.edit(person, externalUserState="Accepted" if other % 2 else None)


def drift(pair: Pair, one: int, other: int) -> None:
    if copy := _copy(pair, one):
        pair.target.edit(copy, jobTitle=f"drift{other}", department="Law")


def block(pair: Pair, one: int, other: int) -> None:
    if copy := _copy(pair, one):
        pair.target.edit(copy, accountEnabled=bool(other % 2))


def boss_in_target(pair: Pair, one: int, other: int) -> None:
    copy, manager = _copy(pair, one), _copy(pair, other)
    if copy and manager:
        pair.target.set_manager(copy, manager)


def delete_in_target(pair: Pair, one: int, other: int) -> None:
    if copy := _copy(pair, one):
        pair.target.remove(copy)
        if other == 5:
            pair.target.purge(copy)


def restore_in_target(pair: Pair, one: int, other: int) -> None:
    if copy := _pick(list(pair.target.bin), one):
        pair.target.restore(copy)


def change_stamp(pair: Pair, one: int, other: int) -> None:
    copy, person = _copy(pair, one), _person(pair, other)
    if copy and person:
        stamp = Stamp(pair.job.source, person, [Mark.NONE, Mark.ADOPTED, Mark.BLOCKED][one % 3])
        pair.target.write_stamp(copy, stamp if other % 2 else None)


def change_source_stamp(pair: Pair, one: int, other: int) -> None:
    if person := _person(pair, one):
        stamp = Stamp(pair.job.target, ObjectId("2" * 36))
        pair.source.write_stamp(person, stamp if other % 2 else None)


def forget_flag(pair: Pair, one: int, other: int) -> None:
    if copy := _copy(pair, one):
        pair.target.edit(copy, showInAddressList=None)


def spoil(pair: Pair, one: int, other: int) -> None:
    if person := _person(pair, one):
        pair.source.edit(person, employeeId="9" * (17 if other % 2 else 3))


def invite_by_hand(pair: Pair, one: int, other: int) -> None:
    domain = "elsewhere" if other == 5 else "contoso"
    pair.target.add_guest(f"person{one}@{domain}.example")


def local_account(pair: Pair, one: int, other: int) -> None:
    pair.target.add(f"local{one}", mail=f"person{other}@contoso.example")


def forget(pair: Pair, one: int, other: int) -> None:
    memory = pair.store.memory(pair.job)
    if person := _pick(list(memory.pairs), one):
        del memory.pairs[person]
    if other == 5:
        memory.fingerprint = None


def unseal(pair: Pair, one: int, other: int) -> None:
    memory = pair.store.memory(pair.job)
    memory.fingerprint = ["other", memory.fingerprint][other % 2]


def break_off(pair: Pair, one: int, other: int) -> None:
    """An invitation was about to be sent, and nobody knows whether it was."""
    memory = pair.store.memory(pair.job)
    person = _person(pair, one)
    if person is None or person in memory.pairs or person in memory.open:
        return
    address = f"person{other}@contoso.example"
    memory.open[person] = Intent(source=person, address=address, at=pair.clock.now())
    if other % 2:
        pair.clock.advance(timedelta(seconds=2))
        pair.target.add_guest(address)


def refuse(pair: Pair, one: int, other: int) -> None:
    if copy := _copy(pair, one):
        pair.target.refusals = {copy: "Authorization_RequestDenied"} if other % 2 else {}


def release(pair: Pair, one: int, other: int) -> None:
    if person := _pick(list(pair.store.memory(pair.job).people), one):
        pair.store.release(pair.job, person)


def wait_a_while(pair: Pair, one: int, other: int) -> None:
    pair.clock.advance(timedelta(minutes=1 + 13 * one * other))


def cycle(pair: Pair, one: int, other: int) -> None:
    run_pair(pair)


EVENTS: tuple[Event, ...] = (
    hire,
    hire,
    hire_a_disabled,
    hire_oddly,
    bring_a_guest,
    edit,
    toggle,
    rename,
    report_to,
    unassign,
    fire,
    rehire,
    become_external,
    drift,
    block,
    boss_in_target,
    delete_in_target,
    restore_in_target,
    change_stamp,
    change_source_stamp,
    forget_flag,
    spoil,
    invite_by_hand,
    local_account,
    forget,
    unseal,
    break_off,
    refuse,
    release,
    wait_a_while,
    cycle,
    cycle,
    cycle,
)

_number = st.integers(0, 5)
_steps = st.lists(st.tuples(st.sampled_from(EVENTS), _number, _number), max_size=30)

jobs = st.builds(
    a_job,
    mappings=st.sampled_from([default_mappings(), (*default_mappings(), *COMPUTED)]),
    adopt=st.sampled_from(Adopt),
    nulls=st.sampled_from(Nulls),
    drift=st.builds(
        Drift,
        default=st.sampled_from(DriftRule),
        attributes=st.dictionaries(
            st.sampled_from(["jobTitle", "accountEnabled", "manager"]), st.sampled_from(DriftRule)
        ),
    ),
    scope=st.sampled_from(
        [
            Scope(groups=("everyone",)),
            Scope(groups=("everyone",), filters=(a_clause_filter("department", "Sales", "Law"),)),
        ]
    ),
)


@st.composite
def worlds(draw: st.DrawFn) -> Pair:
    """Two tenants and a memory after some events, some cycles among them."""
    pair = Pair(job=draw(jobs))
    for number in range(3):
        pair.hire(f"person{number}", department="Sales")
    for event, one, other in draw(_steps):
        note(f"{event.__name__}({one}, {other})")
        event(pair, one, other)
    return pair


LATELY: tuple[Event, ...] = (
    edit,
    rename,
    toggle,
    report_to,
    unassign,
    become_external,
    drift,
    fire,
)


@st.composite
def settled_worlds(draw: st.DrawFn) -> Pair:
    """A world whose pairs have settled, in which a little happened since."""
    pair = draw(worlds())
    for department in ("Law", None):
        pair.hire(f"of {department}", department=department, mail=f"{department}@contoso.example")
    pair.target.refusals = {}
    for _ in range(2):
        pair.clock.advance(timedelta(hours=1))
        run_pair(pair)
    pair.clock.advance(timedelta(hours=1))
    events = st.tuples(st.sampled_from(LATELY), _number, _number)
    for event, one, other in draw(st.lists(events, max_size=3)):
        note(f"lately {event.__name__}({one}, {other})")
        event(pair, one, other)
    return pair
