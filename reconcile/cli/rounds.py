"""What came of a run: one round a target, and the exit code that they make together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reconcile.errors import ReconcileError
from reconcile.model.cycles import AS_DECLARED, Cycle, HoldReason
from reconcile.model.tenants import Alias

FAILED, HELD, CHANGES = 1, 3, 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What came of one target: its links' cycles, or why it could not be finished."""

    target: Alias
    cycles: tuple[Cycle, ...] = ()
    error: ReconcileError | None = None


def cycles_of(rounds: Sequence[Round]) -> list[Cycle]:
    """Every cycle, in the order of targets and links."""
    return [cycle for one in rounds for cycle in one.cycles]


def errors_of(rounds: Sequence[Round]) -> list[ReconcileError]:
    """Every refusal once; what fails in a source fails for each of its targets."""
    found = {str(one.error): one.error for one in rounds if one.error is not None}
    return list(found.values())


def plan_code(rounds: Sequence[Round], *, expect_no_changes: bool) -> int:
    """The exit code of a run that writes nothing."""
    cycles = cycles_of(rounds)
    changes = any(cycle.plan is not None and cycle.plan.actions for cycle in cycles)
    return _trouble(rounds) or (CHANGES if changes and expect_no_changes else 0)


def apply_code(rounds: Sequence[Round], *, refused: bool) -> int:
    """The exit code of a run that writes; `refused` is a person's no."""
    if any(cycle.failed for cycle in cycles_of(rounds)):
        return FAILED
    return _trouble(rounds) or (FAILED if refused else 0)


def _trouble(rounds: Sequence[Round]) -> int:
    """The code of the first error, else of a hold; one that the topology wants is none."""
    for error in errors_of(rounds):
        return error.exit_code
    holds = {cycle.held.reason for cycle in cycles_of(rounds) if cycle.held is not None}
    if HoldReason.UNREADABLE in holds:
        return FAILED
    return HELD if holds - AS_DECLARED else 0
