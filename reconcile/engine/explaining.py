"""Explaining a round: planned lanes and the people who are asked about enter, explanations leave.

What the round read is looked at again, which is local. Beside it goes one look-up a link, in
batches, for what the round had no reason to ask: which groups assign somebody, and who people
are whom the scope does not list.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from reconcile.engine.lanes import Lane
from reconcile.engine.ports import Doors
from reconcile.errors import CredentialError, DirectoryError
from reconcile.model.explanations import Explanation
from reconcile.model.jobs import Job, Side
from reconcile.model.reads import Found, Import, RawUser, Sought
from reconcile.model.stamps import StampCarrier
from reconcile.model.tenants import ObjectId, TenantId
from reconcile.model.users import User, decode_user
from reconcile.planning.explaining import Evidence, explain, parts_of
from reconcile.planning.findings import Case


@dataclass(slots=True, kw_only=True)
class Explainer:
    """A witness of rounds: explains the `people` of each source tenant, by the link's slug."""

    people: Mapping[TenantId, Sequence[ObjectId]]
    explanations: dict[str, tuple[Explanation, ...]] = field(default_factory=dict)

    async def look(self, lanes: Sequence[Lane], whole: Import | None, doors: Doors) -> None:
        """Explain everybody on every lane.

        Raises:
            DirectoryError: a question about somebody on a link that is not held has no answer.
        """
        for lane in lanes:
            people = self.people.get(lane.job.source, ())
            self.explanations[lane.slug] = await _explained(lane, whole, doors, people)


async def _explained(
    lane: Lane, whole: Import | None, doors: Doors, people: Sequence[ObjectId]
) -> tuple[Explanation, ...]:
    if not people:
        return ()
    job, asked = lane.job, frozenset(people)
    answers = await _answers(lane, doors, asked)
    listed = _rows(lane.source, asked)
    pairs = lane.memory.agreements(Side.SOURCE, asked)
    targets = _rows(whole, {pair.target for pair in pairs.values()})
    cases = {case.source: case for case in lane.findings.cases} if lane.findings else {}
    found = lane.found or Found()
    parts = parts_of(lane.plan, people) if lane.plan is not None else {}
    explanations = []
    for person in people:
        answer, case = answers.leavers.get(person), cases.get(person)
        user = _user(listed.get(person), job.source_carrier) or (answer.user if answer else None)
        evidence = Evidence(
            person=person,
            user=user,
            listed=None if lane.source is None else person in listed,
            answer=answer,
            pair=pairs.get(person),
            case=case,
            target=_target(job, pairs[person].target, targets, found) if person in pairs else None,
            found=_about(found, case),
        )
        explanations.append(explain(job, evidence, parts.get(person), lane.held))
    return tuple(explanations)


async def _answers(lane: Lane, doors: Doors, people: frozenset[ObjectId]) -> Found:
    try:
        return await doors.sources[lane.slug].look_up(Sought(leavers=people))
    except (DirectoryError, CredentialError):
        if lane.open:
            raise
        return Found()


def _rows(read: Import | None, ids: frozenset[ObjectId] | set[ObjectId]) -> dict[ObjectId, RawUser]:
    """The rows of some users in a listing. Who is live and deleted in one read was deleted."""
    pages = read.pages() if read is not None and ids else ()
    return {one.id: one for page in pages for one in page if one.id in ids}


def _user(row: RawUser | None, carrier: StampCarrier | None) -> User | None:
    return decode_user(row.raw, carrier, deleted=row.deleted) if row is not None else None


def _target(
    job: Job, target: ObjectId, rows: Mapping[ObjectId, RawUser], found: Found
) -> User | None:
    """A pair's target user as listed, else as looked up."""
    return _user(rows.get(target), job.target_carrier) or found.targets.get(target)


def _about(found: Found, case: Case | None) -> Found:
    """The answers that are about one person."""
    if case is None:
        return Found()
    address = (case.address or "").lower()
    asked = [one.user.id for one in case.claims]
    asked += [case.agreement.target] if case.agreement is not None else []
    return Found(
        claimants={address: found.claimants.get(address, ())},
        targets={one: found.targets.get(one) for one in asked},
    )
