"""Gates: whether a link may be pushed at all, decided before anybody is read."""

from __future__ import annotations

from dataclasses import replace

from reconcile.engine.lanes import Lane
from reconcile.engine.ports import Doors
from reconcile.errors import CredentialError, DirectoryError
from reconcile.model.cycles import Gate, Health, HoldReason
from reconcile.model.links import Engine


async def pass_gate(lane: Lane, doors: Doors, *, remember: bool) -> None:
    """Hold the lane unless both tenants allow the push and nobody else does it.

    With `remember`, a link first seen open is remembered as opened, and one that the target
    closed afterwards as stopped: only a person's `resume` reopens it.
    """
    if lane.job.link.paused:
        lane.hold(HoldReason.PAUSED, "The topology says `paused: true`.")
        return
    if lane.job.link.engine is Engine.ENTRA:
        lane.hold(
            HoldReason.PUSHED_BY_ENTRA,
            "The topology says `engine: entra`, so Entra's own job pushes this link.",
        )
        return
    if lane.status.health is Health.STOPPED:
        lane.hold(HoldReason.STOPPED_BY_TARGET, lane.status.detail)
        return
    try:
        gate = await doors.gate(lane.job)
    except (DirectoryError, CredentialError) as error:
        lane.hold(HoldReason.UNREADABLE, str(error))
        return
    _judge(lane, gate)
    if not remember:
        return
    if lane.held is not None and lane.held.reason is HoldReason.STOPPED_BY_TARGET:
        lane.status = replace(
            lane.status,
            health=Health.STOPPED,
            reason=HoldReason.STOPPED_BY_TARGET,
            detail=lane.held.detail,
        )
        doors.store.set_status(lane.job, lane.status)
    elif gate.open and not lane.status.opened:
        lane.status = replace(lane.status, opened=True)
        doors.store.set_status(lane.job, lane.status)


def _judge(lane: Lane, gate: Gate) -> None:
    name = lane.job.name
    closed = _closed_by_target(gate)
    if closed and lane.status.opened:
        lane.hold(
            HoldReason.STOPPED_BY_TARGET,
            f"{name.target} turned off {closed} for {name.source}. Nobody there was touched; "
            f"`tenantry resume {name.slug}` turns it on and starts again.",
        )
    elif not gate.open:
        missing = closed or f"automatic redemption (outbound) in {name.source}"
        lane.hold(
            HoldReason.SYNC_NOT_ALLOWED,
            f"{missing} is not on yet. Set it with `pulumi up`.",
        )
    elif gate.native_job is not None:
        lane.hold(
            HoldReason.NATIVE_JOB,
            f"Entra's own job {gate.native_job} in {name.source} pushes to {name.target} too. "
            "Pause it, or set `engine: entra` for this link.",
        )
    elif not gate.invitations_allowed:
        lane.hold(
            HoldReason.INVITATIONS_NOT_ALLOWED,
            f"{name.target} lets no application invite (its authorization policy, "
            "`allowInvitesFrom`). An administrator there has to allow it.",
        )


def _closed_by_target(gate: Gate) -> str:
    """What the target alone could have turned off, in words."""
    closed = []
    if not gate.sync_allowed:
        closed.append("inbound user synchronization")
    if not gate.inbound_consent:
        closed.append("automatic redemption (inbound)")
    return " and ".join(closed)
