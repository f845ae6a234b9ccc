"""Matching: someone in scope without a pair goes in; the target user to take, or none, comes out.

The stamp goes before everything: a user stamped for the person is theirs. Then an open intent: a
guest who came of it is finished. Then everyone who answers to the address or to a matching
attribute is looked at together, external and internal, live and soft-deleted. Only if nobody is
there, the person is invited. Whatever is not clear is disputed and waits for a person.
"""

from __future__ import annotations

from reconcile.model.links import Adopt
from reconcile.model.plans import Reason
from reconcile.model.stamps import Mark
from reconcile.model.users import User
from reconcile.planning.addresses import refused_address
from reconcile.planning.fates import Entry, Fate, Joins, Stays, wait
from reconcile.planning.findings import Case
from reconcile.planning.judging import (
    Bench,
    deleted_by_target,
    deleted_by_us,
    finished_guests,
    invitation_settling,
    of_source,
    several,
)


def judge_newcomer(bench: Bench, case: Case, user: User) -> Fate:
    """The fate of someone in scope who has no pair, or starts anew."""
    claimed = _judge_stamped(bench, case, user)
    if claimed is not None:
        return claimed
    refusal = refused_address(bench.job, case.address)
    if refusal is not None:
        return wait(case, *refusal)
    address = case.address or ""
    guests = finished_guests(bench, case)
    if len(guests) > 1:
        return several(case, guests)
    if guests:
        return Joins(user=user, address=address, target=guests[0].id)
    rivals = _rivals(bench, case)
    if rivals:
        return wait(
            case,
            Reason.DISPUTED_ADDRESS,
            f"{address} is the address of other people of the source, too: {', '.join(rivals)}. "
            "Give each their own, or release one.",
        )
    return _judge_candidates(bench, case, user, address)


def _judge_stamped(bench: Bench, case: Case, user: User) -> Fate | None:
    """The fate of someone whose stamp was found; a live user goes before deleted ones."""
    stamped = [
        one
        for one in _candidates(bench, case)
        if one.external and one.stamp is not None and not bench.owned_by_other(case, one)
    ]
    live = [one for one in stamped if not one.deleted]
    chosen = live or stamped
    if not chosen:
        return None
    if len(chosen) > 1:
        return several(case, chosen)
    target = chosen[0]
    mark = target.stamp.mark if target.stamp else Mark.NONE
    if target.deleted and not bench.released(case) and not deleted_by_us(mark, target):
        return deleted_by_target(case, target)
    return Stays(
        user=user,
        target=target.id,
        seen=target,
        mark=mark & ~Mark.DELETED,
        entry=Entry.RESTORED if target.deleted else Entry.PAIRED,
    )


def _judge_candidates(bench: Bench, case: Case, user: User, address: str) -> Fate:
    """The fate of someone by those who answer to their address; nobody is stamped for them."""
    candidates = _candidates(bench, case)
    if bench.released(case):
        candidates = [one for one in candidates if not one.deleted]
    for one in candidates:
        if not one.external and not one.deleted:
            return _internal(case, one, address)
    external = [one for one in candidates if one.external]
    for one in external:
        if bench.owned_by_other(case, one):
            return _taken(case, one)
    if len(external) > 1:
        return several(case, external)
    if external:
        return _judge_match(bench, case, user, external[0])
    return _invite(bench, case, user, address)


def _judge_match(bench: Bench, case: Case, user: User, target: User) -> Fate:
    """The fate of someone whom exactly one unstamped external user matches."""
    if target.deleted:
        return deleted_by_target(case, target)
    if bench.job.link.adopt is Adopt.AUTO:
        return Stays(
            user=user, target=target.id, seen=target, mark=Mark.ADOPTED, entry=Entry.ADOPTED
        )
    return wait(
        case,
        Reason.NOT_ADOPTED,
        "An external user matches this person already. `adopt: auto` would take it over.",
        target=target,
    )


def _invite(bench: Bench, case: Case, user: User, address: str) -> Fate:
    intent = case.intent
    if intent is not None and bench.now - (intent.again or intent.at) < bench.job.settle:
        return invitation_settling(case)
    return Joins(user=user, address=address)


def _candidates(bench: Bench, case: Case) -> list[User]:
    """Everyone in the target who may be the person; what was looked up is newer than the listing.

    A matching attribute that is no address may be anybody's, so that such a match counts only
    with an address in a verified domain of the source.
    """
    address = (case.address or "").lower()
    listed = [claim.user for claim in case.claims]
    listed += [one for one in case.matches if of_source(bench, one)]
    found = {one.id: one for one in [*listed, *bench.found.claimants.get(address, ())]}
    return [found[one] for one in sorted(found)]


def _rivals(bench: Bench, case: Case) -> list[str]:
    """Others with the address; a released person goes before people who wait without a pair."""
    if not bench.released(case):
        return list(case.rivals)
    waiting = bench.waiting
    return [rival for rival in case.rivals if rival not in waiting or waiting[rival].released]


def _internal(case: Case, target: User, address: str) -> Fate:
    if target.stamp is not None:
        return wait(
            case,
            Reason.STAMPED_INTERNAL,
            f"An internal account answers to {address} and carries a stamp, which is only a "
            "claim. It is never touched.",
            target=target,
        )
    return wait(
        case,
        Reason.INTERNAL_ACCOUNT,
        f"An internal account of the target answers to {address}. It is never touched; give it "
        "another address, or leave the person out of scope.",
        target=target,
    )


def _taken(case: Case, target: User) -> Fate:
    owner = target.stamp.source if target.stamp else "somebody else"
    state = " (deleted)" if target.deleted else ""
    return wait(
        case,
        Reason.DISPUTED_MATCH,
        f"The target user{state} with this address stands for {owner}. Decide whose it is: "
        "correct the stamp, or release this person once the other is gone.",
        target=target,
    )
