"""Judging: one case and the answers of the look-up go in, the person's fate comes out.

Premise: nobody is judged by absence alone. Who is missing, or was turned away by scoping, is
looked up, and only what the look-up confirms makes a leaver. Who is in scope and has no pair is
matched before anybody is invited.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from reconcile.model.actions import Why
from reconcile.model.jobs import Job
from reconcile.model.plans import Reason
from reconcile.model.reads import SKEW, Agreement, Found, Waiting
from reconcile.model.stamps import Mark
from reconcile.model.tenants import ObjectId
from reconcile.model.users import User
from reconcile.planning.fates import Entry, Fate, Stays, Waits, wait
from reconcile.planning.findings import Case
from reconcile.planning.scoping import UNCLEAR, scope
from reconcile.planning.settling import settling

LONGEST_INVITATION = timedelta(minutes=30)
"""How long after an intent its guest may appear, retries of a throttled request included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What every judgement needs to know beside its case."""

    job: Job
    found: Found
    waiting: Mapping[ObjectId, Waiting]
    owners: Mapping[ObjectId, Agreement]
    now: datetime

    def released(self, case: Case) -> bool:
        """Whether a person gave their word that this one is to start anew."""
        waiting = self.waiting.get(case.source)
        return waiting is not None and waiting.released

    def owned_by_other(self, case: Case, user: User) -> bool:
        """Whether a target user belongs to somebody else, by its stamp or by what we remember."""
        owner = self.owners.get(user.id)
        if owner is not None and owner.source != case.source:
            return True
        stamp = user.stamp
        return stamp is not None and (stamp.tenant, stamp.person) != (self.job.source, case.source)


def confirmed_why(bench: Bench, case: Case) -> Why | None:
    """Why a person left, as the look-up confirms it; None if it does not."""
    answer = bench.found.leavers.get(case.source)
    if answer is None:
        return None
    if answer.user is None or answer.user.deleted:
        return Why.DELETED
    if not answer.assigned and not bench.job.link.scope.everyone:
        return Why.UNASSIGNED
    refusal = scope(bench.job, answer.user)
    if refusal is None or refusal.reason in UNCLEAR:
        return None
    return Why.FILTERED if refusal.reason is Reason.OUT_OF_SCOPE else Why.NOT_A_SOURCE_PERSON


def present_user(bench: Bench, case: Case) -> User | None:
    """The person as listed or, where the read only told changes, as looked up and in scope."""
    if case.left:
        return None
    if case.person is not None:
        return case.person.user
    answer = bench.found.leavers.get(case.source)
    if answer is None or answer.user is None or confirmed_why(bench, case) is not None:
        return None
    return answer.user if scope(bench.job, answer.user) is None else None


def not_confirmed(case: Case) -> Waits:
    return wait(
        case,
        Reason.NOT_CONFIRMED,
        "The listing and a point read disagree about this person. Nothing is done until they "
        "agree.",
        target=case.target.user if case.target else None,
    )


def agreed_target(bench: Bench, case: Case, pair: Agreement) -> User | None:
    """The target user of a pair as listed, or else as looked up."""
    return case.target.user if case.target else bench.found.targets.get(pair.target)


def judge_pair(bench: Bench, case: Case, pair: Agreement, user: User) -> Fate | None:
    """The fate of someone in scope who has a pair; None if they are to start anew."""
    target = agreed_target(bench, case, pair)
    if target is None:
        return _judge_lost_target(bench, case, pair, user)
    waits = untouchable(bench, case, target)
    if waits is not None:
        return waits
    young = settling(bench.job, pair, bench.now)
    mark = mark_of_both(bench, pair, target)
    if not target.deleted or young:
        seen = None if target.deleted else target
        return Stays(user=user, target=target.id, seen=seen, mark=mark, entry=Entry.PAIRED)
    if bench.released(case) or deleted_by_us(pair.mark, target):
        return Stays(user=user, target=target.id, seen=target, mark=mark, entry=Entry.RESTORED)
    return deleted_by_target(case, target)


def _judge_lost_target(bench: Bench, case: Case, pair: Agreement, user: User) -> Fate | None:
    if settling(bench.job, pair, bench.now):
        mark = pair.mark & ~Mark.DELETED
        return Stays(user=user, target=pair.target, seen=None, mark=mark, entry=Entry.PAIRED)
    if pair.target not in bench.found.targets:
        return not_confirmed(case)
    return None if bench.released(case) else deleted_by_target(case, None)


def mark_of_both(bench: Bench, pair: Agreement, target: User) -> Mark:
    """What we did to a target user that stands: adopted if either says so, blocked by the stamp.

    Block and stamp are one write, and a run that died after it remembered neither. What is read
    shortly after a write may be older than what is remembered.
    """
    if target.stamp is None:
        return pair.mark & ~Mark.DELETED
    blocked = pair.mark if settling(bench.job, pair, bench.now) else target.stamp.mark
    return (pair.mark | target.stamp.mark) & Mark.ADOPTED | blocked & Mark.BLOCKED


def untouchable(bench: Bench, case: Case, target: User) -> Waits | None:
    """Why a pair's target user is not touched any more, whatever we remember of it."""
    if not target.external:
        return wait(
            case,
            Reason.STAMPED_INTERNAL,
            "The target user is an internal account by now; internal accounts are never touched.",
            target=target,
        )
    if bench.owned_by_other(case, target):
        owner = target.stamp.source if target.stamp else "somebody else"
        return wait(
            case,
            Reason.DISPUTED_MATCH,
            f"The target user carries the stamp of {owner}. Decide whose it is, and correct the "
            "stamp.",
            target=target,
        )
    return None


def of_source(bench: Bench, user: User) -> bool:
    """Whether a target user has an address in a verified domain of the source."""
    domains = bench.job.source_domains
    return any(address.rpartition("@")[2] in domains for address in user.addresses)


def finished_guests(bench: Bench, case: Case) -> list[User]:
    """Guests who came of the person's open intent: invited to its address when it was, unstamped.

    Graph tells the time of creation in whole seconds, and by its own clock. Whoever was invited
    later was not invited by us.
    """
    intent = case.intent
    if intent is None:
        return []
    since = intent.at.replace(microsecond=0) - SKEW
    until = (intent.again or intent.at) + LONGEST_INVITATION
    return [
        user
        for user in bench.found.claimants.get(intent.address.lower(), ())
        if user.text("creationType") == "Invitation"
        and not user.deleted
        and user.stamp is None
        and user.id not in bench.owners
        and (born := user.text("createdDateTime")) is not None
        and since <= datetime.fromisoformat(born) <= until
    ]


def deleted_by_us(mark: Mark, target: User) -> bool:
    return Mark.DELETED in mark or (target.stamp is not None and Mark.DELETED in target.stamp.mark)


def deleted_by_target(case: Case, target: User | None) -> Waits:
    return wait(
        case,
        Reason.DELETED_BY_TARGET,
        "The target user was deleted, and not by us. The person is neither restored nor invited "
        "until somebody releases them.",
        target=target,
    )


def several(case: Case, users: list[User]) -> Waits:
    ids = ", ".join(sorted(user.id for user in users))
    return wait(
        case,
        Reason.DISPUTED_MATCH,
        f"Several target users match: {ids}. Leave one of them the address or the stamp.",
    )


def invitation_settling(case: Case) -> Waits:
    return wait(
        case,
        Reason.SETTLING,
        "An invitation was sent and nobody knows what came of it; the target may not show it yet.",
    )
