"""Jobs, people, actions and outcomes for tests of state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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
    Terms,
    Update,
    Why,
)
from reconcile.model.cycles import Cycle, Hold, HoldReason, Outcome, Proceed, Result
from reconcile.model.jobs import Job
from reconcile.model.links import AttributeMapping, Direct, Link, LinkName, Scope
from reconcile.model.plans import Plan, Reason, Skip
from reconcile.model.reads import Agreement, Step
from reconcile.model.stamps import Mark, StampCarrier
from reconcile.model.tenants import Alias, ObjectId, TenantId

CONTOSO = TenantId("c0000000-0000-4000-8000-000000000001")
FABRIKAM = TenantId("f0000000-0000-4000-8000-000000000002")
TAILSPIN = TenantId("70000000-0000-4000-8000-000000000003")
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@dataclass(slots=True)
class HandClock:
    """A clock that moves when a test says so."""

    moment: datetime = NOON

    def now(self) -> datetime:
        return self.moment

    async def sleep(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


def person_id(number: int) -> ObjectId:
    return ObjectId(f"a0000000-0000-4000-8000-{number:012x}")


def target_id(number: int) -> ObjectId:
    return ObjectId(f"b0000000-0000-4000-8000-{number:012x}")


def a_job(*, source: str = "contoso", attribute: str = "department") -> Job:
    tenants = {"contoso": CONTOSO, "tailspin": TAILSPIN}
    link = Link(
        name=LinkName(Alias(source), Alias("fabrikam")),
        topology="hub",
        origin="hub.yaml:1",
        scope=Scope(everyone=True),
        mappings=(AttributeMapping(target=attribute, source=Direct(attribute=attribute)),),
    )
    return Job(
        at=NOON,
        link=link,
        source=tenants[source],
        target=FABRIKAM,
        source_domains=frozenset({"contoso.com"}),
        target_carrier=StampCarrier(attribute="extensionAttribute15"),
    )


def a_person(number: int, *, target: int | None = None) -> Person:
    return Person(
        source=person_id(number),
        target=None if target is None else target_id(target),
        name=f"person{number}@contoso.com",
        address=f"person{number}@contoso.com",
    )


def a_change(attribute: str = "department", **keys: Any) -> Change:
    return Change(
        **({"attribute": attribute, "old": None, "new": "Sales", "cause": Cause.SOURCE} | keys)
    )


def some_terms(**keys: Any) -> Terms:
    given: dict[str, Any] = {"source_seal": b"8 bytes.", "wanted": b"wantwant", **keys}
    return Terms(**given)


def a_create(number: int, *, target: int | None = None, terms: Terms | None = None) -> Create:
    """A creation; with `target` the invitation was sent in an earlier cycle."""
    person = a_person(number, target=target)
    return Create(person=person, changes=(a_change(),), terms=terms or some_terms())


def an_update(number: int, *changes: Change, terms: Terms | None = None) -> Update:
    person = a_person(number, target=number)
    return Update(person=person, changes=changes or (a_change(),), terms=terms or some_terms())


def a_delete(number: int) -> Delete:
    return Delete(person=a_person(number, target=number), why=Why.DELETED, mark=Mark.NONE)


def a_disable(number: int) -> Disable:
    block = a_change("accountEnabled", old=True, new=False)
    return Disable(person=a_person(number, target=number), changes=(block,), terms=some_terms())


def came(action: Action, result: Result = Result.DONE, **keys: Any) -> Outcome:
    target = action.person.target or target_id(int(action.person.source[-12:], 16))
    known = target if result is Result.DONE or keys.get("invited") else action.person.target
    return Outcome(**({"action": action, "result": result, "target": known, "at": NOON} | keys))


def an_agreement(number: int, **keys: Any) -> Agreement:
    return Agreement(
        **(
            {
                "source": person_id(number),
                "target": target_id(number),
                "source_seal": b"source..",
                "target_seal": b"target..",
                "wanted": b"want",
            }
            | keys
        )
    )


def a_skip(number: int, reason: Reason = Reason.DISPUTED_ADDRESS, *, waits: bool = True) -> Skip:
    return Skip(
        source=person_id(number),
        name=f"person{number}@contoso.com",
        step=Step.MATCHING,
        reason=reason,
        waits=waits,
    )


def a_plan(job: Job, actions: Sequence[Action] = (), **keys: Any) -> Plan:
    return Plan(link=job.name, source=job.source, target=job.target, actions=tuple(actions), **keys)


def a_cycle(job: Job, number: int, **keys: Any) -> Cycle:
    """A cycle that ran to its end and judged everyone."""
    given: dict[str, Any] = {
        "verdict": Proceed(),
        "plan": a_plan(job),
        "applied": True,
        "began": NOON,
        "ended": NOON,
        **keys,
    }
    return Cycle(link=job.name, source=job.source, target=job.target, number=number, **given)


def a_hold() -> Hold:
    return Hold(reason=HoldReason.TOO_MANY_DELETES, detail="41 deletions are over the limit of 20.")
