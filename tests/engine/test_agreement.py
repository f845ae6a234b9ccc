"""`explain` agrees with `plan`, and `plan` with `apply`, whatever stands in two tenants."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reconcile.engine.explaining import Explainer
from reconcile.model.actions import Reference
from reconcile.model.attributes import read_value
from reconcile.model.explanations import Explanation, Treatment
from reconcile.model.links import Adopt
from reconcile.model.plans import Plan
from reconcile.model.tenants import ObjectId
from reconcile.model.users import User
from sandbox.seeds import sandbox_id
from tests.engine.estates import Estate
from tests.engine.test_quiet import a_link
from tests.strategies import a_clause_filter

GROUP = sandbox_id("group:contoso:employees")
slow_estates = settings(
    max_examples=15, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)

_persons = st.fixed_dictionaries(
    {
        "department": st.sampled_from(["Sales", "Works", None]),
        "jobTitle": st.sampled_from(["Lead", None, "x" * 129]),
        "accountEnabled": st.booleans(),
        "mail": st.sampled_from(["own", "own", "own", "shared@contoso.com", "a@gmail.com", None]),
    }
)
_EVENTS = ("edit", "leave", "unassign", "block", "drift", "remove", "invite")
_events = st.lists(st.tuples(st.sampled_from(_EVENTS), st.integers(0, 5)), max_size=6)


def peopled(persons: list[dict[str, str | bool | None]], adopt: Adopt) -> Estate:
    """An estate in which some people of the source are known to the target already."""
    link = a_link()
    scope = replace(link.scope, filters=(a_clause_filter("department", "Sales", "Works"),))
    estate = Estate(links=[replace(link, scope=scope, adopt=adopt)])
    estate.hire("contoso", "anchor", department="Works")
    for number, properties in enumerate(persons):
        mail = properties["mail"]
        address = f"person{number}@contoso.com" if mail == "own" else mail
        estate.hire("contoso", f"person{number}", **{**properties, "mail": address})
    return estate


def happen(estate: Estate, event: str, number: int) -> None:
    """One small thing that changes what the next cycle finds."""
    source = estate.sandbox.tenant("contoso")
    user = source.user_by_name(f"person{number}@contoso.com")
    if event in {"invite", "drift", "remove"}:
        _happen_in_target(estate, event, number)
    elif user is None:
        return
    elif event == "unassign":
        source.remove_member(GROUP, user["id"])
    elif event == "leave":
        source.delete_user(user["id"])
    else:
        changes = {"edit": {"department": "Sales", "jobTitle": "Chief"}}
        source.patch_user(user["id"], changes.get(event, {"accountEnabled": False}))


def _happen_in_target(estate: Estate, event: str, number: int) -> None:
    target, address = estate.sandbox.tenant("fabrikam"), f"person{number}@contoso.com"
    copies = sorted(target.users)
    if event == "invite":
        if not target.index.find("proxyAddresses", f"smtp:{address}"):
            estate.add("fabrikam", f"guest{number}", mail=address, creationType="Invitation")
    elif copies and event == "drift":
        target.patch_user(copies[number % len(copies)], {"department": "Elsewhere"})
    elif copies:
        target.delete_user(copies[number % len(copies)])


def asked(estate: Estate) -> tuple[Plan, dict[ObjectId, Explanation]]:
    """The plan of a dry run, and what it explains of everybody whom the source ever had."""
    source = estate.sandbox.tenant("contoso")
    people = [ObjectId(one) for one in sorted({*source.users, *source.deleted_users})]
    (job,) = estate.jobs()
    explainer = Explainer(people={job.source: people})
    (cycle,) = estate.cycle(dry=True, witness=explainer)
    assert cycle.plan is not None
    return cycle.plan, {one.person: one for one in explainer.explanations[job.name.slug]}


def assert_they_agree(estate: Estate) -> None:
    plan, explained = asked(estate)
    actions = {one.person.source: one for one in plan.actions}

    assert {one.person: one.action for one in explained.values() if one.action} == actions
    for person, one in explained.items():
        assert list(one.skips) == [skip for skip in plan.skips if skip.source == person]

    (cycle,) = estate.cycle()

    assert cycle.plan is not None
    assert cycle.plan.fingerprint == plan.fingerprint
    if cycle.held is None:
        assert {one.action.person.source: one.action for one in cycle.outcomes} == actions
        assert {one.result for one in cycle.outcomes} <= {"done"}
        for outcome in cycle.outcomes:
            user = estate.sandbox.tenant("fabrikam").users.get(outcome.target or "")
            if user is not None:
                assert_written(explained[outcome.action.person.source], user)


def assert_written(one: Explanation, user: dict[str, object]) -> None:
    """The target has what the explanation said it would, changed or not."""
    read = User(id=one.person, properties=user)
    for traced in one.attributes:
        shown = not traced.hidden and not isinstance(traced.value, Reference)
        if shown and traced.treatment in {Treatment.WRITTEN, Treatment.CLEARED, Treatment.SAME}:
            assert read_value(read, traced.mapping.target) == traced.value


@slow_estates
@given(
    persons=st.lists(_persons, min_size=1, max_size=6),
    adopt=st.sampled_from(Adopt),
    before=_events,
    after=_events,
)
def test_what_is_explained_is_planned_and_what_is_planned_is_done(
    persons: list[dict[str, str | bool | None]],
    adopt: Adopt,
    before: list[tuple[str, int]],
    after: list[tuple[str, int]],
) -> None:
    with peopled(persons, adopt) as estate:
        for event, number in before:
            happen(estate, event, number)
        assert_they_agree(estate)
        for event, number in after:
            happen(estate, event, number)
        assert_they_agree(estate)
