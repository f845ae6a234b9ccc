"""Consent to write: plans enter, the links that may be written leave."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from reconcile.cli import console
from reconcile.errors import StalePlanError
from reconcile.model.cycles import Hold
from reconcile.model.plans import Plan
from reconcile.report.columns import wrap
from reconcile.report.plans import notice_of_mail

Planned = Sequence[tuple[Plan, Hold | None]]
_OTHERWISE = "Use `--yes`, or `--plan FINGERPRINT` of a plan that was reviewed."


@dataclass(slots=True, kw_only=True)
class ApplyConsent:
    """Shows each round's plans and gets a yes: from `--yes`, from `--plan`, or from a person.

    `show` puts plans before a person, `expect` hears how many actions follow, `refused` tells
    afterwards that somebody said no.
    """

    show: Callable[[Planned], None]
    expect: Callable[[int], None]
    yes: bool = False
    reviewed: frozenset[str] = frozenset()
    options: str = ""
    refused: bool = field(default=False, init=False)

    @property
    def asks(self) -> bool:
        """Whether a person is asked, one target after the other."""
        return not (self.yes or self.reviewed)

    def __call__(self, plans: Planned) -> frozenset[str]:
        """The slugs of the links that may be written.

        Raises:
            StalePlanError: plans were reviewed, and this is another one.
            InputError: nobody is there to answer.
        """
        open_plans = [plan for plan, hold in plans if hold is None]
        writing = [plan for plan in open_plans if plan.actions]
        if self.reviewed:
            for plan in writing:
                self._check(plan)
        self.show(plans)
        for plan in writing:
            notice = notice_of_mail(plan)
            if notice is not None:
                console.talk("\n".join(wrap(notice)) + "\n")
        if writing and self.asks and not self._asked(writing):
            self.refused = True
            return frozenset(plan.link.slug for plan in open_plans if not plan.actions)
        self.expect(sum(len(plan.actions) for plan in writing))
        return frozenset(plan.link.slug for plan in open_plans)

    def _check(self, plan: Plan) -> None:
        if plan.fingerprint in self.reviewed:
            return
        reviewed = sorted(self.reviewed)
        raise StalePlanError(
            f"{plan.link}: the plan is not one that was reviewed "
            f"({', '.join(reviewed)} → {plan.fingerprint}). Nothing was applied to "
            f"{plan.link.target}. Review it again with `tenantry plan{self.options}`.",
            reviewed=reviewed,
            computed=plan.fingerprint,
        )

    def _asked(self, writing: Sequence[Plan]) -> bool:
        count = sum(len(plan.actions) for plan in writing)
        target = writing[0].link.target
        return console.ask(
            f"Apply {count:,} {'action' if count == 1 else 'actions'} to {target}?",
            otherwise=_OTHERWISE,
        )
