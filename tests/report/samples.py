"""Plans and cycles for reports: keywords enter, values of the model leave."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from reconcile.model.actions import (
    Action,
    Cause,
    Change,
    Create,
    Delete,
    Disable,
    Person,
    Reference,
    Terms,
    Update,
    Why,
    count,
)
from reconcile.model.cycles import Cycle, Hold, HoldReason, Outcome, Proceed, Result
from reconcile.model.links import LinkName
from reconcile.model.plans import Plan, Reason, Skip
from reconcile.model.reads import Step
from reconcile.model.stamps import Mark
from reconcile.model.tenants import Alias, ObjectId, TenantId

LINK = LinkName(Alias("contoso"), Alias("fabrikam"))
SOURCE, TARGET = TenantId("1" * 36), TenantId("2" * 36)
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
TERMS = Terms(source_seal=b"", wanted=b"")


def a_person(name: str) -> Person:
    return Person(
        source=ObjectId(f"source of {name}"),
        target=ObjectId(f"target of {name}"),
        name=f"{name}@contoso.com",
        address=f"{name}@contoso.com",
    )


def a_change(attribute: str, old: Any, new: Any, cause: Cause = Cause.SOURCE) -> Change:
    return Change(attribute=attribute, old=old, new=new, cause=cause)


def a_create(name: str) -> Create:
    return Create(person=a_person(name), changes=(), terms=TERMS)


def an_update(name: str, *changes: Change) -> Update:
    return Update(person=a_person(name), changes=changes, terms=TERMS)


def a_block(name: str) -> Disable:
    change = a_change("accountEnabled", old=True, new=False)
    return Disable(person=a_person(name), changes=(change,), terms=TERMS)


def a_delete(name: str, why: Why = Why.UNASSIGNED) -> Delete:
    return Delete(person=a_person(name), why=why, mark=Mark.DELETED)


def a_skip(name: str, reason: Reason, detail: str = "") -> Skip:
    return Skip(
        source=ObjectId(name),
        name=f"{name}@contoso.com",
        step=Step.MATCHING,
        reason=reason,
        detail=detail,
    )


def a_week() -> tuple[Action, ...]:
    manager = a_change("manager", None, Reference(source=a_person("ada").source))
    return (
        a_create("ada"),
        a_create("grace"),
        a_create("barbara"),
        a_create("frances"),
        an_update("alan", a_change("jobTitle", "Engineer", "Lead"), manager),
        an_update("kurt", a_change("city", "Wien", None, Cause.DRIFT)),
        a_block("emmy"),
        a_delete("john"),
    )


def a_plan(*actions: Action, skips: tuple[Skip, ...] = (), **more: Any) -> Plan:
    return Plan(
        link=LINK,
        source=SOURCE,
        target=TARGET,
        actions=actions,
        skips=skips,
        totals=count(actions),
        **{"in_scope": 412, "unchanged": 404, "population": 409, **more},
    )


def a_cycle(plan: Plan | None, *outcomes: Outcome, held: Hold | None = None, **more: Any) -> Cycle:
    return Cycle(
        link=LINK,
        source=SOURCE,
        target=TARGET,
        began=NOON,
        ended=NOON + timedelta(seconds=3),
        verdict=held or Proceed(),
        plan=plan,
        outcomes=outcomes,
        **more,
    )


def an_outcome(action: Action, result: Result = Result.DONE, **more: Any) -> Outcome:
    return Outcome(action=action, result=result, target=action.person.target, at=NOON, **more)


def too_many() -> Hold:
    return Hold(
        reason=HoldReason.TOO_MANY_DELETES,
        detail="41 deletions are over the limit of 20 per cycle.",
    )
