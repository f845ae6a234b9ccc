"""Changed rules: whom they mean nothing new for need not be judged, and the plan is the same."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reconcile.model.actions import changes_of
from reconcile.model.jobs import Job
from reconcile.model.links import AttributeMapping, Computed, Constant, When
from reconcile.model.plans import Plan
from reconcile.model.reads import Memory, Sought
from reconcile.planning.plan import plan_cycle
from reconcile.planning.sift import sift
from tests.fakes import FakeSource, FakeTarget
from tests.planning.events import settled_worlds, worlds
from tests.planning.rounds import run_pair
from tests.strategies import Pair, a_clause_filter, direct

slow_worlds = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@dataclass
class Opaque:
    """A memory that knows that the rules changed, and not which."""

    inner: Memory
    fingerprint: str = "scope=?;rest=?;select=?"

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)


async def _planned(pair: Pair, job: Job, memory: Any) -> Plan:
    source, target = FakeSource(pair.source, job), FakeTarget(pair.target, [job])
    findings = sift(job, await source.read(), await target.read(), memory)
    sought = findings.sought
    found = await source.look_up(Sought(leavers=sought.leavers)) | await target.look_up(
        Sought(addresses=sought.addresses, targets=sought.targets)
    )
    return plan_cycle(job, findings, found, memory, now=pair.clock.now())


def planned(pair: Pair, job: Job, *, opaque: bool = False) -> Plan:
    memory = pair.store.memory(job)
    return asyncio.run(_planned(pair, job, Opaque(memory) if opaque else memory))


def revised(job: Job, *mappings: AttributeMapping, **rest: Any) -> Job:
    """The job with other mappings in the place of those of the same targets."""
    held: Mapping[str, AttributeMapping] = {one.target: one for one in job.link.mappings}
    made = {**held, **{one.target: one for one in mappings}}
    changed = tuple(made[name] for name in sorted(made))
    return replace(job, link=replace(job.link, mappings=changed, **rest))


def computed(target: str, expression: str) -> AttributeMapping:
    """A mapping that reads what the default one of its target reads, and no more."""
    return AttributeMapping(
        target=target, source=Computed(expression=expression, attributes=(target,))
    )


MAPPINGS = st.lists(
    st.sampled_from(
        [
            computed("jobTitle", "ToUpper([jobTitle])"),
            computed("jobTitle", "CDate([jobTitle])"),
            computed("department", 'Switch([department], [department], "Sales", "")'),
            computed("department", 'Switch([department], [department], "Law", "Lex")'),
            replace(direct("department"), when=When.CREATION),
            replace(direct("department"), default="Nowhere"),
            direct("department", "city"),
            direct("jobTitle", "department"),
            AttributeMapping(target="city", source=Constant(value="Oslo")),
            AttributeMapping(target="jobTitle", source=Constant(value="Lead"), when=When.CREATION),
            computed("displayName", "ToUpper([displayName])"),
            computed("department", "IgnoreFlowIfNullOrEmpty([department])"),
        ]
    ),
    max_size=3,
)
SCOPES = st.sampled_from([None, a_clause_filter("department", "Sales", "IT")])


@slow_worlds
@given(pair=worlds(), mappings=MAPPINGS, narrowed=SCOPES)
def test_a_plan_by_changed_rules_is_that_of_judging_everybody(
    pair: Pair, mappings: list[AttributeMapping], narrowed: Any
) -> None:
    assert_the_same(pair, mappings, narrowed)


@slow_worlds
@given(pair=settled_worlds(), mappings=MAPPINGS, narrowed=SCOPES)
def test_so_is_that_of_people_who_settled_and_then_changed(
    pair: Pair, mappings: list[AttributeMapping], narrowed: Any
) -> None:
    assert_the_same(pair, mappings, narrowed)


def assert_the_same(pair: Pair, mappings: list[AttributeMapping], narrowed: Any) -> None:
    scope = (
        pair.job.link.scope
        if narrowed is None
        else replace(pair.job.link.scope, filters=(narrowed,))
    )
    job = revised(pair.job, *mappings, scope=scope)

    quick, whole = planned(pair, job), planned(pair, job, opaque=True)

    assert (quick.actions, quick.skips) == (whole.actions, whole.skips)
    assert (quick.in_scope, quick.unchanged) == (whole.in_scope, whole.unchanged)
    assert quick.forgotten == whole.forgotten
    assert seals(quick) >= {one for one in seals(whole) if one[1]}


def seals(plan: Plan) -> set[tuple[str, bytes, bytes]]:
    """What is remembered of who settled. Judging everybody, whoever has a manager that leaves now
    gets no seal of the source; by changed rules they keep it, since the target tells of it later.
    """
    return {(one.source, one.source_seal, one.target_seal) for one in plan.settled}


def settled_pair() -> Pair:
    pair = Pair()
    for number in range(5):
        pair.hire(f"person{number}", department="Sales" if number else "IT", city="Oslo")
    run_pair(pair)
    run_pair(pair)
    return pair


def test_only_whom_a_changed_mapping_means_something_else_for_is_judged() -> None:
    pair = settled_pair()
    expression = 'Switch([department], [department], "IT", "Technology")'
    job = revised(pair.job, computed("department", expression))

    plan = planned(pair, job)

    assert plan.revised == (5, 1)
    assert [one.new for action in plan.actions for one in changes_of(action)] == ["Technology"]


def test_with_another_attribute_to_read_everybody_is_judged() -> None:
    pair = settled_pair()
    kept = tuple(one for one in pair.job.link.mappings if one.target != "jobTitle")

    plan = planned(pair, replace(pair.job, link=replace(pair.job.link, mappings=kept)))

    assert (plan.revised, plan.actions, plan.unchanged) == (None, (), 5)


def test_a_narrower_scope_concerns_whom_it_leaves_out() -> None:
    pair = settled_pair()
    scope = replace(pair.job.link.scope, filters=(a_clause_filter("department", "Sales"),))

    plan = planned(pair, revised(pair.job, scope=scope))

    assert (plan.revised, plan.totals) == ((5, 1), {"delete": 1})


def test_a_manager_who_leaves_by_changed_rules_is_set_again_once_they_are_back() -> None:
    pair = Pair()
    boss, ada = pair.hire("boss", department="IT"), pair.hire("ada", department="Sales")
    pair.source.set_manager(ada, boss)
    for _ in range(3):
        run_pair(pair)
    scope = replace(pair.job.link.scope, filters=(a_clause_filter("department", "Sales"),))
    pair.job = revised(pair.job, scope=scope)
    left = run_pair(pair)
    run_pair(pair)
    pair.source.edit(boss, department="Sales")

    for _ in range(2):
        run_pair(pair)

    assert left.totals == {"delete": 1}
    assert pair.target.managers == {pair.copy_of(ada): pair.copy_of(boss)}


def test_what_is_carried_over_is_not_judged_again_in_the_next_cycle() -> None:
    pair = settled_pair()
    pair.job = revised(pair.job, direct("jobTitle", "department"))

    run_pair(pair)
    run_pair(pair)

    again = planned(pair, pair.job)
    assert (again.revised, again.actions, again.settled) == (None, (), ())


@pytest.mark.parametrize(
    "rest", [{"matching": ("mail", "employeeId")}, {"address": "userPrincipalName"}]
)
def test_who_is_found_by_what_concerns_everybody(rest: dict[str, Any]) -> None:
    pair = settled_pair()

    plan = planned(pair, revised(pair.job, **rest))

    assert plan.revised is None
