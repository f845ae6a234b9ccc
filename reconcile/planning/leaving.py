"""Leaving: one case of somebody who left and what was looked up go in; their fate comes out."""

from __future__ import annotations

from reconcile.model.actions import Why
from reconcile.model.plans import Reason
from reconcile.model.reads import Agreement
from reconcile.model.stamps import Mark
from reconcile.model.users import User
from reconcile.planning.fates import Ends, Fate, Leaves, wait
from reconcile.planning.findings import Case
from reconcile.planning.judging import (
    Bench,
    agreed_target,
    confirmed_why,
    finished_guests,
    invitation_settling,
    mark_of_both,
    not_confirmed,
    of_source,
    several,
    untouchable,
)
from reconcile.planning.settling import settling


def judge_leaver(bench: Bench, case: Case) -> Fate:
    """The fate of someone who seems to have left and has a pair, a stamp or an open intent."""
    why = confirmed_why(bench, case)
    pair = case.agreement
    if pair is None:
        return _judge_orphan(bench, case, why)
    if why is None:
        return not_confirmed(case)
    target = agreed_target(bench, case, pair)
    if target is None or target.deleted:
        return _judge_deleted(bench, case, pair)
    waits = untouchable(bench, case, target)
    if waits is not None:
        return waits
    mark = mark_of_both(bench, pair, target) | Mark.DELETED
    return Leaves(target=target.id, name=target.name, mark=mark, why=why)


def _judge_deleted(bench: Bench, case: Case, pair: Agreement) -> Fate:
    """The person left and nobody is there to delete, unless listings are older than our write."""
    known = case.target is not None or pair.target in bench.found.targets
    if known and not settling(bench.job, pair, bench.now):
        return Ends()
    return wait(
        case,
        Reason.SETTLING,
        "The person left; the target user was written so lately that it cannot be seen yet.",
    )


def _judge_orphan(bench: Bench, case: Case, why: Why | None) -> Fate:
    """Without a pair, a stamp or an open intent says that a target user was made for the person.

    A listing may still show what is gone, so the target user is read again before it is deleted.
    """
    orphans = [
        user
        for claim in case.claims
        if (user := bench.found.targets.get(claim.user.id)) is not None
        and not user.deleted
        and user.external
        and user.stamp is not None
        and not bench.owned_by_other(case, user)
    ]
    if not orphans:
        orphans = finished_guests(bench, case)
    if not orphans:
        return _judge_nobody(bench, case)
    if why is None:
        return not_confirmed(case)
    if len(orphans) > 1:
        return several(case, orphans)
    target = orphans[0]
    mark = target.stamp.mark if target.stamp else Mark.NONE
    # While the intent is open, our own deletion may have broken off after the mark.
    sure = bench.released(case) or case.intent is not None
    doubt = None if sure else _doubt(bench, mark, target)
    if doubt is not None:
        return wait(case, Reason.DISPUTED_MATCH, doubt, target=target)
    return Leaves(target=target.id, name=target.name, mark=mark | Mark.DELETED, why=why)


def _doubt(bench: Bench, mark: Mark, target: User) -> str | None:
    """Why a stamp alone does not suffice to delete somebody for a person who left."""
    if not of_source(bench, target):
        return (
            "This user carries our stamp for a person who left, but no address of the source. "
            "Remove the stamp, or release the person if the user may go."
        )
    if Mark.DELETED in mark:
        return (
            "We deleted this user, and somebody restored it although the person is gone. Remove "
            "the stamp to keep the user, or release the person if the user may go."
        )
    return None


def _judge_nobody(bench: Bench, case: Case) -> Fate:
    """Nobody stands in the target for who left, unless an invitation is still on its way."""
    intent = case.intent
    if intent is not None and bench.now - (intent.again or intent.at) < bench.job.settle:
        return invitation_settling(case)
    if case.refusal is not None:
        return wait(case, case.refusal.reason, case.refusal.detail)
    return Ends()
