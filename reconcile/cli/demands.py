"""Named people in rounds: an estate and people enter, what is and was done with them leaves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reconcile.cli.consent import Planned
from reconcile.cli.people import People
from reconcile.cli.rounds import FAILED, HELD, Round, cycles_of, errors_of
from reconcile.cli.wiring import Errand, Estate
from reconcile.engine.explaining import Explainer
from reconcile.errors import InputError, ReconcileError
from reconcile.model.explanations import Explanation
from reconcile.report.provisioning import unreadable
from reconcile.report.steps import Demanded, End

AT_MOST = 20
"""So many people are provisioned on demand at once; more are a cycle's business."""

UNKNOWN = 2
_WELL = frozenset({End.PLANNED, End.DONE, End.REDUNDANT})
_WRONG = frozenset({End.FAILED, End.UNKNOWN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What rounds said of people. `unknown` are words that no tenant and no state knows."""

    people: People
    rounds: Sequence[Round]
    explanations: tuple[Explanation, ...]
    demanded: tuple[Demanded, ...] = ()

    @property
    def unknown(self) -> tuple[str, ...]:
        """Words that everybody who was asked knows nothing of, where nobody failed to answer."""
        known = {one.person for one in self.explanations}
        unanswered = bool(errors_of(self.rounds))
        return tuple(
            word
            for word in self.people.words
            if not known & self.people.of(word)
            and not self.people.errors
            and not (unanswered and self.people.of(word))
        )

    @property
    def errors(self) -> tuple[ReconcileError, ...]:
        found = [*self.people.errors, *errors_of(self.rounds)]
        return tuple({str(one): one for one in found}.values())


async def explain_people(estate: Estate, people: People) -> Answered:
    """Plan every link that concerns them, write nothing, and tell why the plans say so."""
    explainer = Explainer(people=people.by_tenant)
    rounds = await estate.rounds(Errand(witness=explainer))
    return _answered(people, rounds, explainer)


async def provision_people(estate: Estate, people: People, *, applies: bool) -> Answered:
    """The same for these people only; with `applies` their part of the plans is written.

    Raises:
        InputError: a word means several people of one tenant, or too many are named.
    """
    _refuse_doubtful(people)
    explainer = Explainer(people=people.by_tenant)
    only = frozenset(one for ids in people.by_tenant.values() for one in ids)
    errand = Errand(consent=_consent if applies else None, only=only, witness=explainer)
    return _answered(people, await estate.rounds(errand), explainer)


def _consent(plans: Planned) -> frozenset[str]:
    """`--apply` is the yes; a link with nothing to do needs no cycle."""
    return frozenset(plan.link.slug for plan, hold in plans if hold is None and plan.actions)


def _refuse_doubtful(people: People) -> None:
    if len(people.words) > AT_MOST:
        raise InputError(
            f"{len(people.words)} people are named, and {AT_MOST} are provisioned on demand at "
            "once. Let a cycle push them: `tenantry apply`."
        )
    for found in people.ids.values():
        for word, ids in found.items():
            if len(ids) > 1:
                raise InputError(f'"{word}" may be any of {", ".join(ids)}. Name one by id.')


def _answered(people: People, rounds: Sequence[Round], explainer: Explainer) -> Answered:
    found = [
        one
        for cycle in cycles_of(rounds)
        for one in explainer.explanations.get(cycle.link.slug, ())
        if one.known
    ]
    outcomes = [(cycle.link, outcome) for cycle in cycles_of(rounds) for outcome in cycle.outcomes]
    return Answered(
        people=people,
        rounds=rounds,
        explanations=tuple(found),
        demanded=tuple(
            Demanded(
                explanation=one,
                outcomes=tuple(
                    outcome
                    for link, outcome in outcomes
                    if link == one.link and outcome.action.person.source == one.person
                ),
            )
            for one in found
        ),
    )


def explain_code(answered: Answered) -> int:
    """The exit code of explaining: whatever is explained is well; a tenant may not have said."""
    for error in answered.errors:
        return error.exit_code
    if unreadable(answered.demanded):
        return FAILED
    return UNKNOWN if answered.unknown else 0


def provision_code(answered: Answered) -> int:
    """The exit code of provisioning: 3 where a link holds somebody, or no link may push them."""
    if any(one.end in _WRONG for one in answered.demanded):
        return FAILED
    code = explain_code(answered)
    if code:
        return code
    held = any(one.end is End.HELD for one in answered.demanded)
    return HELD if held or refused(answered) else 0


def refused(answered: Answered) -> list[Demanded]:
    """People as no link pushes them, whatever the word meant in other tenants."""
    found: list[Demanded] = []
    for word in answered.people.words:
        ids = answered.people.of(word)
        theirs = [one for one in answered.demanded if one.explanation.person in ids]
        if not any(one.end in _WELL | _WRONG | {End.HELD} for one in theirs):
            found += theirs
    return found
