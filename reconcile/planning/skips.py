"""Skips: a reason and whom it concerns go in, an entry of the plan comes out."""

from __future__ import annotations

from reconcile.model.plans import Reason, Skip
from reconcile.model.reads import Step
from reconcile.model.tenants import ObjectId

STEPS = {
    Reason.EXTERNAL: Step.SCOPING,
    Reason.OUT_OF_SCOPE: Step.SCOPING,
    Reason.NOT_CONFIRMED: Step.SCOPING,
    Reason.UNDECIDED: Step.SCOPING,
    Reason.NO_ADDRESS: Step.PROCESSING,
    Reason.REFUSED_ADDRESS: Step.PROCESSING,
    Reason.UNVERIFIED_DOMAIN: Step.PROCESSING,
    Reason.INVALID_VALUE: Step.PROCESSING,
    Reason.DISPUTED_ADDRESS: Step.MATCHING,
    Reason.DISPUTED_MATCH: Step.MATCHING,
    Reason.NOT_ADOPTED: Step.MATCHING,
    Reason.INTERNAL_ACCOUNT: Step.MATCHING,
    Reason.STAMPED_INTERNAL: Step.MATCHING,
    Reason.DELETED_BY_TARGET: Step.MATCHING,
    Reason.SETTLING: Step.MATCHING,
    Reason.BLOCKED_BY_TARGET: Step.PROCESSING,
    Reason.DRIFT_REPORTED: Step.PROCESSING,
    Reason.ESCROWED: Step.EXPORT,
}
"""The step at which somebody is left alone, in Graph's words."""

WAITING = frozenset(
    {
        Reason.NO_ADDRESS,
        Reason.REFUSED_ADDRESS,
        Reason.UNVERIFIED_DOMAIN,
        Reason.INVALID_VALUE,
        Reason.DISPUTED_ADDRESS,
        Reason.DISPUTED_MATCH,
        Reason.NOT_ADOPTED,
        Reason.INTERNAL_ACCOUNT,
        Reason.STAMPED_INTERNAL,
        Reason.UNDECIDED,
        Reason.DELETED_BY_TARGET,
        Reason.ESCROWED,
    }
)
"""Reasons that are somebody's problem until it is solved; the others are remarks of one cycle."""


def skip(
    reason: Reason,
    detail: str,
    *,
    name: str,
    source: ObjectId | None,
    target: ObjectId | None = None,
    remark: bool = False,
) -> Skip:
    """An entry of the plan; a `remark` makes nobody wait, since the person is acted on."""
    return Skip(
        source=source,
        target=target,
        name=name,
        step=STEPS[reason],
        reason=reason,
        detail=detail,
        waits=reason in WAITING and not remark,
    )
