"""Collisions: the plans of all links into one target go in, plans that cannot collide come out.

Two links may each be right and both together wrong: they claim one address, or one target user.
Nobody of those concerned is acted on; the dispute waits for a person.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from reconcile.model.actions import Action, Adopt, Create, completes, count
from reconcile.model.jobs import Job
from reconcile.model.plans import Plan, Reason, Skip
from reconcile.planning.skips import skip

_Claim = tuple[Reason, str]


def dispute(plans: Sequence[Plan], jobs: Sequence[Job]) -> tuple[Plan, ...]:
    """The plans without the actions that claim an address or a target user of another action.

    Actions that are deferred claim, too: they come in a later cycle.
    """
    names = {job.source: job.name.source for job in jobs}
    claimants: dict[_Claim, list[tuple[str, str]]] = defaultdict(list)
    for plan in plans:
        for action in (*plan.actions, *plan.later):
            for claim in _claims(action):
                claimants[claim].append((names[plan.source], action.person.name))
    return tuple(_without_disputed(plan, claimants) for plan in plans)


def _claims(action: Action) -> Iterator[_Claim]:
    person = action.person
    if isinstance(action, Create | Adopt) and person.address is not None:
        yield Reason.DISPUTED_ADDRESS, person.address.lower()
    if person.target is not None:
        yield Reason.DISPUTED_MATCH, person.target


def _without_disputed(plan: Plan, claimants: dict[_Claim, list[tuple[str, str]]]) -> Plan:
    kept: list[Action] = []
    disputed: list[Action] = []
    skips: list[Skip] = []
    for action in plan.actions:
        contested = next((one for one in _claims(action) if len(claimants[one]) > 1), None)
        if contested is None:
            kept.append(action)
        else:
            disputed.append(action)
            skips.append(_skip(action, contested, claimants[contested]))
    if not disputed:
        return plan
    gone = count(disputed)
    return replace(
        plan,
        actions=tuple(kept),
        skips=(*plan.skips, *skips),
        completing=plan.completing - sum(map(completes, disputed)),
        totals={
            verb: number - gone.get(verb, 0)
            for verb, number in plan.totals.items()
            if number > gone.get(verb, 0)
        },
    )


def _skip(action: Action, contested: _Claim, claimants: list[tuple[str, str]]) -> Skip:
    reason, claimed = contested
    who = ", ".join(sorted(f"{name} of {tenant}" for tenant, name in claimants))
    return skip(
        reason,
        f"{claimed} is claimed by several people at once: {who}. Nobody gets it until that is "
        "settled at the source.",
        name=action.person.name,
        source=action.person.source,
        target=action.person.target,
    )
