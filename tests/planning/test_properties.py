"""What holds in every world, whatever happened before."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from itertools import permutations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reconcile.model.actions import Action
from reconcile.model.plans import Plan, Reason
from reconcile.model.stamps import Stamp
from reconcile.model.tenants import ObjectId
from reconcile.planning.collisions import dispute
from tests.fakes import FakeStore, FakeTenant, VirtualClock
from tests.planning.events import worlds
from tests.planning.rounds import plan_pair, run_links, run_pair
from tests.strategies import EVERYONE, Pair, a_job, a_tenant

slow_worlds = settings(suppress_health_check=[HealthCheck.too_slow])

STILL = {Reason.DRIFT_REPORTED, Reason.BLOCKED_BY_TARGET}
"""Remarks that may stand beside an action of the same person."""


def _key(action: Action) -> tuple[str, str]:
    return type(action).__name__, action.person.source


@slow_worlds
@given(pair=worlds())
def test_after_quiet_cycles_there_is_nothing_left_to_do(pair: Pair) -> None:
    pair.target.refusals.clear()
    pair.clock.advance(timedelta(days=2))
    for _ in range(4):
        run_pair(pair)

    plan = plan_pair(pair)

    assert plan.actions == ()
    assert plan.settled == ()


@slow_worlds
@given(pair=worlds())
def test_everyone_who_is_assigned_is_paired_or_skipped_or_forgotten(pair: Pair) -> None:
    plan = run_pair(pair)

    settled = {agreement.source for agreement in plan.settled}
    concerned = {skip.source for skip in plan.skips} | {one.person.source for one in plan.actions}
    pairs = pair.store.memory(pair.job).pairs.keys()
    for person in pair.source.groups[EVERYONE] & pair.source.users.keys():
        assert person in pairs | concerned | settled | set(plan.forgotten)


@slow_worlds
@given(pair=worlds())
def test_no_two_actions_concern_one_person_one_target_user_or_one_address(pair: Pair) -> None:
    (plan,) = dispute([plan_pair(pair)], [pair.job])

    people = Counter(one.person.source for one in plan.actions)
    targets = Counter(one.person.target for one in plan.actions if one.person.target)
    assert all(number == 1 for number in (people | targets).values())


@slow_worlds
@given(pair=worlds())
def test_who_waits_is_never_acted_on(pair: Pair) -> None:
    plan = plan_pair(pair)
    doubles = {claim.target for claim in plan.skips if claim.reason is Reason.DISPUTED_MATCH}

    waiting = {skip.source for skip in plan.skips if skip.waits and skip.target not in doubles}

    assert waiting.isdisjoint(one.person.source for one in plan.actions)


@slow_worlds
@given(pair=worlds())
def test_nobody_who_is_not_ours_is_touched(pair: Pair) -> None:
    memory = pair.store.memory(pair.job)
    ours = {agreement.target for agreement in memory.pairs.values()}
    ours |= {user for user in _stamped(pair.target) if pair.target.stamp_of(user)}
    before = {user: dict(record) for user, record in pair.target.users.items()}
    plan = plan_pair(pair)
    taken = {one.person.target for one in plan.actions}

    run_pair(pair)

    for user, record in before.items():
        if user not in ours and user not in taken:
            assert pair.target.users[user] == record


@slow_worlds
@given(pair=worlds())
def test_internal_accounts_are_never_written(pair: Pair) -> None:
    plan = plan_pair(pair)

    for action in plan.actions:
        record = pair.target.users.get(action.person.target or ObjectId(""), {})
        assert not record or record.get("creationType") == "Invitation"


@slow_worlds
@given(pair=worlds(), limit=st.integers(0, 5))
def test_a_window_is_the_beginning_of_the_whole_plan(pair: Pair, limit: int) -> None:
    whole, window = plan_pair(pair), plan_pair(pair, limit=limit)

    assert window.actions == whole.actions[:limit]
    assert window.totals == whole.totals
    assert window.deferred == len(whole.actions) - len(window.actions)


@slow_worlds
@given(pair=worlds())
def test_a_lost_memory_invites_nobody_twice(pair: Pair) -> None:
    run_pair(pair), run_pair(pair)
    invited = list(pair.target.invited)
    unclear = _plan_creates(plan_pair(pair))
    pairs = pair.store.memory(pair.job).pairs
    # Of whom the target purged for good, or stamped for somebody else, only the lost memory knew.
    forgotten = sum(_stamped_for(pair.target, one.target) != one.source for one in pairs.values())
    pairs.clear()

    run_pair(pair)

    assert len(pair.target.invited) <= len(invited) + unclear + forgotten


def _plan_creates(plan: Plan) -> int:
    return plan.totals.get("create", 0)


def _stamped(tenant: FakeTenant) -> list[ObjectId]:
    return [*tenant.users, *tenant.bin]


def _stamped_for(tenant: FakeTenant, user: ObjectId) -> ObjectId | None:
    stamp = tenant.stamp_of(user) if user in _stamped(tenant) else None
    return stamp.person if stamp else None


_tenants = st.integers(2, 4)
_changes = st.lists(
    st.tuples(st.sampled_from(["fire", "edit", "drift", "round", "forget"]), st.integers(0, 9)),
    max_size=8,
)


@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow])
@given(number=_tenants, people=st.integers(1, 3), changes=_changes)
def test_in_a_mesh_everyone_has_at_most_one_object_a_tenant(
    number: int, people: int, changes: list[tuple[str, int]]
) -> None:
    mesh = Mesh(number, people)
    mesh.round()

    for change, index in changes:
        mesh.apply(change, index)
    mesh.round()
    mesh.round()

    assert mesh.most_objects_of_one_person() <= number
    assert mesh.stamps_are_unique()


class Mesh:
    """All links between some tenants; everyone who is seen in a tenant is in the source's scope."""

    def __init__(self, number: int, people: int) -> None:
        self.clock = VirtualClock()
        self.names = [f"tenant{one}" for one in range(number)]
        self.tenants = {name: a_tenant(name, self.clock) for name in self.names}
        self.jobs = [a_job(source, target) for source, target in permutations(self.names, 2)]
        self.stores = {name: FakeStore() for name in self.names}
        self.originals = [
            (name, tenant.add(f"person{one}"))
            for name, tenant in self.tenants.items()
            for one in range(people)
        ]

    def round(self) -> None:
        for name in self.names:
            for tenant in self.tenants.values():
                tenant.groups[EVERYONE] = set(tenant.users)
            jobs = [job for job in self.jobs if job.name.target == name]
            links = [(job, self.tenants[job.name.source]) for job in jobs]
            run_links(links, self.tenants[name], self.stores[name])

    def apply(self, change: str, index: int) -> None:
        name, person = self.originals[index % len(self.originals)]
        tenant = self.tenants[name]
        if change == "round":
            self.round()
        elif change == "forget":
            self.stores[name].shelves.clear()
        elif change == "fire" and person in tenant.users:
            tenant.remove(person)
        elif change == "edit" and person in tenant.users:
            tenant.edit(person, department=f"{index}")
        elif change == "drift":
            tenant.edit(sorted(tenant.users)[index % len(tenant.users)], jobTitle="drift")

    def _stamps(self, name: str) -> list[Stamp]:
        tenant = self.tenants[name]
        return [stamp for user in tenant.users if (stamp := tenant.stamp_of(user)) is not None]

    def most_objects_of_one_person(self) -> int:
        copies = Counter(stamp.person for name in self.names for stamp in self._stamps(name))
        return 1 + max(copies.values(), default=0)

    def stamps_are_unique(self) -> bool:
        return all(
            max(Counter(stamp.source for stamp in self._stamps(name)).values(), default=1) == 1
            for name in self.names
        )
