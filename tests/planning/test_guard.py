"""When a plan is held, and what the refusal says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconcile.model.actions import (
    Action,
    Adopt,
    Cause,
    Change,
    Delete,
    Disable,
    Person,
    Release,
    Terms,
    Update,
    Why,
    count,
)
from reconcile.model.cycles import AllowedDeletes, Hold, HoldReason, Proceed, Removal, Verdict
from reconcile.model.links import Limit, Thresholds
from reconcile.model.plans import Plan
from reconcile.model.stamps import Mark
from reconcile.model.tenants import ObjectId
from reconcile.planning.guard import guard
from tests.strategies import a_job

LOOSE = Thresholds(deletes=Limit(), updates=Limit())


def _person(number: int) -> Person:
    return Person(source=ObjectId(f"s{number}"), target=ObjectId(f"t{number}"), name=f"{number}")


def deletes(number: int, *, start: int = 0) -> list[Action]:
    return [
        Delete(person=_person(start + one), why=Why.DELETED, mark=Mark.DELETED)
        for one in range(number)
    ]


def disables(number: int) -> list[Action]:
    terms = Terms(source_seal=b"", wanted=b"")
    return [Disable(person=_person(100 + one), changes=(), terms=terms) for one in range(number)]


def updates(number: int) -> list[Action]:
    terms = Terms(source_seal=b"", wanted=b"")
    return [Update(person=_person(200 + one), changes=(), terms=terms) for one in range(number)]


def releases(number: int) -> list[Action]:
    return [Release(person=_person(300 + one), why=Why.DELETED) for one in range(number)]


def adoptions(number: int, *, blocking: bool = False) -> list[Action]:
    terms = Terms(source_seal=b"", wanted=b"")
    block = Change(attribute="accountEnabled", old=True, new=False, cause=Cause.ADOPTION)
    changes = (block,) if blocking else ()
    return [Adopt(person=_person(400 + one), changes=changes, terms=terms) for one in range(number)]


def a_plan(
    actions: list[Action],
    population: int = 100,
    *,
    later: list[Action] | None = None,
    rebuilt: bool = False,
) -> Plan:
    job, later = a_job(), later or []
    return Plan(
        link=job.name,
        source=job.source,
        target=job.target,
        actions=tuple(actions),
        population=population,
        totals=count([*actions, *later]),
        deferred=len(later),
        later=tuple(later),
        rebuilt=rebuilt,
    )


def allow(*numbers: int, verb: str = "delete") -> AllowedDeletes:
    removals = frozenset(Removal(verb, ObjectId(f"t{number}")) for number in numbers)
    return AllowedDeletes(removals=removals, who="ada", why="they moved")


def limits(count: int | None = None, share: int | None = None) -> Thresholds:
    return Thresholds(deletes=Limit(count=count, share=share), updates=Limit())


@pytest.mark.parametrize(
    ("plan", "thresholds", "reason", "detail"),
    [
        (
            a_plan([*deletes(2), *disables(1)]),
            limits(count=2),
            HoldReason.TOO_MANY_DELETES,
            (
                "3 people would be deleted, disabled or released, over the limit of 2 per cycle "
                "(population 100). Look at who it is, then mend the scope or "
                "allow these deletes."
            ),
        ),
        (
            a_plan(deletes(11)),
            limits(share=10),
            HoldReason.TOO_MANY_DELETES,
            (
                "11 people would be deleted, disabled or released, over the limit of 10 % per "
                "cycle (population 100). Look at who it is, then mend the "
                "scope or allow these deletes."
            ),
        ),
        (
            a_plan(deletes(1, start=1)),
            limits(count=0),
            HoldReason.TOO_MANY_DELETES,
            (
                "1 person would be deleted, disabled or released, over the limit of 0 per cycle "
                "(population 100). Look at who it is, then mend the scope or "
                "allow these deletes."
            ),
        ),
        (
            a_plan(updates(31)),
            Thresholds(),
            HoldReason.TOO_MANY_UPDATES,
            (
                "31 people would be updated or adopted, over the limit of 30 % per cycle "
                "(population 100). Look at what changes, then mend the "
                "mappings or raise the limit."
            ),
        ),
        (
            a_plan([*releases(2), *adoptions(1, blocking=True)]),
            limits(count=2),
            HoldReason.TOO_MANY_DELETES,
            (
                "3 people would be deleted, disabled or released, over the limit of 2 per cycle "
                "(population 100). Look at who it is, then mend the scope or "
                "allow these deletes."
            ),
        ),
        (
            a_plan(deletes(5), population=9),
            limits(share=10),
            HoldReason.TOO_MANY_DELETES,
            (
                "5 people would be deleted, disabled or released, over the limit of 50 % for fewer "
                "than 10 people (population 9). Look at who it is, then mend "
                "the scope or allow these deletes."
            ),
        ),
        (
            a_plan([*updates(20), *adoptions(11)]),
            Thresholds(),
            HoldReason.TOO_MANY_UPDATES,
            (
                "31 people would be updated or adopted, over the limit of 30 % per cycle "
                "(population 100). Look at what changes, then mend the "
                "mappings or raise the limit."
            ),
        ),
        (
            a_plan(deletes(1), rebuilt=True),
            LOOSE,
            HoldReason.REBUILT,
            (
                "The link lost its state, and 1 person of 100 would be deleted by what the stamps "
                "say alone. Look at who it is, then allow these deletes."
            ),
        ),
    ],
)
def test_a_refusal_names_the_number_the_limit_and_the_population(
    plan: Plan, thresholds: Thresholds, reason: HoldReason, detail: str
) -> None:
    assert guard(plan, thresholds, None) == Hold(reason=reason, detail=detail)


@pytest.mark.parametrize(
    ("plan", "thresholds"),
    [
        (a_plan(deletes(10)), limits(count=10, share=10)),
        (a_plan(deletes(4), population=9), limits(share=10)),
        (a_plan(deletes(2), population=2), limits(share=10)),
        (a_plan(deletes(6), population=9), limits(share=70)),
        (a_plan(deletes(9), population=9), LOOSE),
        (a_plan(adoptions(5, blocking=True)), Thresholds(updates=Limit(count=0))),
        (a_plan(updates(30)), Thresholds()),
        (a_plan(updates(300)), LOOSE),
        (a_plan(disables(3), rebuilt=True), LOOSE),
        (a_plan(releases(1)), limits(count=1)),
    ],
)
def test_what_is_at_the_limit_proceeds(plan: Plan, thresholds: Thresholds) -> None:
    assert guard(plan, thresholds, None) == Proceed()


def test_allowed_deletes_are_not_counted() -> None:
    plan = a_plan(deletes(3))

    assert guard(plan, limits(count=1), allow(0, 1)) == Proceed()
    assert isinstance(guard(plan, limits(count=1), allow(0, 99)), Hold)


def test_one_person_may_allow_the_deletes_of_a_rebuilt_link() -> None:
    plan = a_plan(deletes(2), rebuilt=True)

    assert guard(plan, LOOSE, allow(0, 1)) == Proceed()
    assert isinstance(guard(plan, LOOSE, allow(0)), Hold)


@pytest.mark.parametrize(
    ("allowed", "planned", "proceeds"),
    [
        ("delete", disables(1), True),
        ("delete", deletes(1, start=100), True),
        ("disable", deletes(1, start=100), False),
        ("disable", disables(1), True),
        ("release", deletes(1, start=100), False),
    ],
)
def test_a_yes_to_a_delete_is_one_to_a_block_and_never_the_reverse(
    allowed: str, planned: list[Action], *, proceeds: bool
) -> None:
    verdict = guard(a_plan(planned), limits(count=0), allow(100, verb=allowed))

    assert isinstance(verdict, Proceed) is proceeds


def test_a_window_does_not_hide_what_is_deferred() -> None:
    plan = a_plan(deletes(1), later=deletes(20, start=1))

    assert isinstance(guard(plan, limits(count=5), None), Hold)


def test_deferred_deletes_that_were_allowed_are_not_counted() -> None:
    plan = a_plan(deletes(1), later=deletes(3, start=50))

    assert guard(plan, limits(count=0), allow(0, 50, 51, 52)) == Proceed()
    assert isinstance(guard(plan, limits(count=0), allow(0, 50, 51)), Hold)


def test_a_yes_to_others_excuses_nobody_who_is_deferred() -> None:
    plan = a_plan(deletes(1), later=deletes(3, start=50))

    assert isinstance(guard(plan, limits(count=1), allow(*range(60, 90))), Hold)


_limit = st.none() | st.integers(0, 30)


@given(
    gone=st.integers(0, 30),
    population=st.integers(0, 60),
    count=_limit,
    share=_limit,
    more=st.integers(0, 30),
)
def test_a_looser_threshold_never_turns_proceed_into_hold(
    gone: int, population: int, count: int | None, share: int | None, more: int
) -> None:
    plan = a_plan(deletes(gone), population=population)
    tight = guard(plan, limits(count, share), None)

    looser: list[Verdict] = [
        guard(plan, limits(None if count is None else count + more, share), None),
        guard(plan, limits(count, None if share is None else share + more), None),
        guard(plan, LOOSE, None),
    ]

    assert isinstance(tight, Hold) or looser == [Proceed()] * 3
