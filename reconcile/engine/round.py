"""A round: every due link into one target, from the lease to the report.

What enters are jobs and doors, what leaves is one `Cycle` a link. The order is the safety:
the gate before any read, whole reads before any judgement, every link's plan before any write,
leavers before newcomers, an intent before each send, and an outcome after it.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import timedelta

from reconcile.engine.export import export_lanes
from reconcile.engine.focus import Focus, Witness
from reconcile.engine.gates import pass_gate
from reconcile.engine.lanes import Lane
from reconcile.engine.ledger import close_lane, open_lane
from reconcile.engine.ports import Consent, Doors, Lease
from reconcile.engine.together import kept_alive, together
from reconcile.errors import CredentialError, DirectoryError, StalePlanError
from reconcile.model.cycles import Cycle, Hold, HoldReason
from reconcile.model.jobs import Job
from reconcile.model.plans import Plan
from reconcile.model.reads import Import, Sought
from reconcile.model.tenants import ObjectId, TenantId
from reconcile.planning.collisions import dispute
from reconcile.planning.guard import guard
from reconcile.planning.narrowing import narrow
from reconcile.planning.plan import plan_cycle
from reconcile.planning.sift import sift

FRESH = timedelta(minutes=2)
"""How long a plan is believed while a person reads it; after that both tenants are read again."""

_UNREADABLE = (DirectoryError, CredentialError)


async def run_round(
    target: TenantId,
    jobs: Sequence[Job],
    doors: Doors,
    *,
    consent: Consent | None = None,
    limit: int | None = None,
    only: frozenset[ObjectId] | None = None,
    witness: Witness | None = None,
) -> tuple[Cycle, ...]:
    """Plan every link into `target`; write what `consent` allows, and without it nothing.

    Without consent no lease is taken and nothing is remembered. `limit` is the greatest number of
    people acted on for each link; with `only`, nobody but these source people is.

    Raises:
        LeaseHeldError: another run writes to this target, or took over while we did.
        StalePlanError: `consent` found a plan that nobody reviewed.
    """
    focus = Focus(limit=limit, only=only, witness=witness)
    async with AsyncExitStack() as stack:
        lease: Lease | None = None
        if consent is not None:
            lease = doors.store.acquire(target, doors.holder)
            stack.callback(lease.release)
            await stack.enter_async_context(kept_alive(lease))
        lanes = await plan_lanes(jobs, doors, focus, remember=lease is not None)
        if consent is not None and lease is not None:
            asked = doors.clock.now()
            agreed = consent([(lane.plan, lane.held) for lane in lanes if lane.plan is not None])
            lease.check()
            if doors.clock.now() - asked > FRESH:
                again = await plan_lanes(jobs, doors, focus, remember=True)
                _refuse_changed(lanes, again, agreed)
                lanes = again
            # A held link for a few named people leaves no trace: nobody judged the others.
            named = [lane for lane in lanes if only is None or lane.slug in agreed]
            await _write(named, doors, lease, agreed)
        return tuple(lane.cycle(doors.clock.now()) for lane in lanes)


async def plan_lanes(
    jobs: Sequence[Job], doors: Doors, focus: Focus, *, remember: bool
) -> list[Lane]:
    """Gates, reads, plans and verdicts of all links; nothing is written to any tenant."""
    lanes = [_lane(job, doors) for job in sorted(jobs, key=lambda job: job.name)]
    await together(*(pass_gate(lane, doors, remember=remember) for lane in lanes))
    whole = await _read(lanes, doors)
    if whole is not None:
        for lane in lanes:
            await _plan(lane, whole, doors, focus)
    _settle_disputes(lanes)
    for lane in lanes:
        if focus.only is not None and lane.plan is not None:
            lane.plan = narrow(lane.plan, focus.only)
        _guard(lane, doors)
    if focus.witness is not None:
        await focus.witness.look(lanes, whole, doors)
    return lanes


def _lane(job: Job, doors: Doors) -> Lane:
    return Lane(
        job=job,
        memory=doors.store.memory(job),
        status=doors.store.status(job),
        began=doors.clock.now(),
    )


async def _read(lanes: Sequence[Lane], doors: Doors) -> Import | None:
    """The target once and each open link's source; a failed read holds the links it concerns."""
    wanted = [lane for lane in lanes if lane.open]
    if not wanted:
        return None
    reads = [_read_target(wanted, doors), *(_read_source(lane, doors) for lane in wanted)]
    return (await together(*reads))[0]


async def _read_target(lanes: Sequence[Lane], doors: Doors) -> Import | None:
    try:
        return await doors.target.read()
    except _UNREADABLE as error:
        for lane in lanes:
            lane.hold(HoldReason.UNREADABLE, str(error))
        return None


async def _read_source(lane: Lane, doors: Doors) -> None:
    try:
        lane.source = await doors.sources[lane.slug].read()
    except _UNREADABLE as error:
        lane.hold(HoldReason.UNREADABLE, str(error))
        return
    if lane.source.holes:
        lane.hold(
            HoldReason.EMPTY_SCOPE,
            f"In {lane.job.name.source}, {', '.join(lane.source.holes)}. An empty scope would "
            "remove everyone, so nobody was judged. Mend the scope, or pause the link.",
        )


async def _plan(lane: Lane, whole: Import, doors: Doors, focus: Focus) -> None:
    if not lane.open or lane.source is None:
        return
    findings = sift(lane.job, lane.source, whole, lane.memory)
    sought = findings.sought
    try:
        in_source, in_target = await together(
            doors.sources[lane.slug].look_up(Sought(leavers=sought.leavers)),
            doors.target.look_up(Sought(addresses=sought.addresses, targets=sought.targets)),
        )
    except _UNREADABLE as error:
        lane.hold(HoldReason.UNREADABLE, str(error))
        return
    found = in_source | in_target
    if focus.witness is not None:
        lane.findings, lane.found = findings, found
    lane.plan = plan_cycle(
        lane.job, findings, found, lane.memory, now=doors.clock.now(), limit=focus.limit
    )


def _settle_disputes(lanes: Sequence[Lane]) -> None:
    """Look at all links' plans together: two of them may claim one address or one target user."""
    planned = [lane for lane in lanes if lane.open and lane.plan is not None]
    plans: list[Plan] = [lane.plan for lane in planned if lane.plan is not None]
    settled = dispute(plans, [lane.job for lane in planned])
    for lane, plan in zip(planned, settled, strict=True):
        lane.plan = plan


def _guard(lane: Lane, doors: Doors) -> None:
    if not lane.open or lane.plan is None:
        return
    verdict = guard(lane.plan, lane.job.link.thresholds, doors.store.allowed(lane.job))
    if isinstance(verdict, Hold):
        lane.verdict = verdict


def _refuse_changed(lanes: Sequence[Lane], again: Sequence[Lane], agreed: frozenset[str]) -> None:
    """A yes is for the plan that was shown; a link that is held by now stays so and needs none."""
    for lane, later in zip(lanes, again, strict=True):
        if lane.slug not in agreed or lane.plan is None or later.plan is None or not later.open:
            continue
        shown, computed = lane.plan.fingerprint, later.plan.fingerprint
        if shown != computed:
            name = lane.job.name
            raise StalePlanError(
                f"{name}: the plan changed while it was read ({shown} → {computed}). Nothing was "
                f"applied to {name.target}. Review it again with `tenantry plan`.",
                reviewed=[shown],
                computed=computed,
            )


async def _write(lanes: Sequence[Lane], doors: Doors, lease: Lease, agreed: frozenset[str]) -> None:
    """Write every link that was agreed to; links that are held are only remembered."""
    for lane in lanes:
        if not lane.open or lane.slug in agreed:
            open_lane(lane, doors)
    await export_lanes([lane for lane in lanes if lane.applied], doors, lease)
    for lane in lanes:
        if lane.number:
            close_lane(lane, doors)
