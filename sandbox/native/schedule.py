"""When jobs work: starts, restarts and the passing of time enter, cycles that were due are run.

Nothing works in the background. Whenever the sandbox is asked, the cycles that have become due are
run first, each at the moment at which it was due. Of many that find nothing, only the last is run,
and the first after somebody deleted is gone for good.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from sandbox.clock import ManualClock
from sandbox.contents import GraphObject
from sandbox.logs import Actor, Audit
from sandbox.native.cycle import run_cycle
from sandbox.native.gate import closed, value_of
from sandbox.native.memory import JobMemory, Problem
from sandbox.native.run import memory_of, run_of
from sandbox.native.status import executed, failed, quarantine_reason, quarantined
from sandbox.store import KEPT_AFTER_DELETION, Directory, Store
from sandbox.sync_jobs import in_state

INTERVAL = timedelta(minutes=40)
# Entra begins within minutes; how many is not documented.
FIRST_AFTER = timedelta(seconds=60)
_RETRIES = (timedelta(hours=6), timedelta(hours=12), timedelta(hours=24))
_GIVES_UP_AFTER = timedelta(days=28)
_LOG = logging.getLogger(__name__)
_FABRIC = Actor(None, "Azure AD Provisioning Service")


def start(tenant: Directory, principal_id: str, job_id: str, *, lifts: bool = True) -> None:
    """Let a job work from now on; it knows what it knew, and leaves quarantine if that is lifted.

    A quarantine that is not lifted stands until the next cycle has gone well.
    """
    memory = memory_of(tenant, job_id)
    job = tenant.registrations.jobs[principal_id][job_id]
    quarantine = None if lifts else job["status"]["quarantine"]
    if quarantine is None:
        memory.leave_quarantine()
        job = in_state(job, active=True, code="NotRun" if memory.fresh else "Active")
    else:
        job = in_state(job, active=True, code="Quarantine")
        job["status"]["quarantine"] = quarantine
    _put(tenant, principal_id, job)
    wake(tenant, memory)


def wake(tenant: Directory, memory: JobMemory) -> None:
    """Make a job's next cycle due soon."""
    memory.due = tenant.clock.now() + FIRST_AFTER
    known = tenant.store.next_cycle
    tenant.store.next_cycle = min(known, memory.due) if known else memory.due


def pause(tenant: Directory, principal_id: str, job_id: str) -> None:
    """Let a job stand still; it forgets nothing."""
    memory_of(tenant, job_id).due = None
    job = tenant.registrations.jobs[principal_id][job_id]
    _put(tenant, principal_id, in_state(job, active=False, code="Paused"))


def run_due(store: Store) -> None:
    """Run every cycle that is due by now, the earliest first."""
    if store.next_cycle is None:
        return
    now = store.clock.now()
    if now < store.next_cycle:
        return
    while (found := _earliest(store)) is not None and found[0] <= now:
        due, tenant, principal_id, job_id = found
        quiet = _work(tenant, principal_id, job_id, due)
        memory = memory_of(tenant, job_id)
        if quiet and memory.due is not None and memory.quarantined_since is None:
            memory.due = _next_worth(memory.due, now, _gone_for_good(tenant, principal_id))
    store.next_cycle = found[0] if found else None


def _earliest(store: Store) -> tuple[datetime, Directory, str, str] | None:
    waiting = []
    for tenant in store.tenants.values():
        for principal_id, jobs in tenant.registrations.jobs.items():
            for job_id, job in jobs.items():
                memory = tenant.job_memory.get(job_id)
                if memory and memory.due and job["schedule"]["state"] == "Active":
                    waiting.append((memory.due, tenant, principal_id, job_id))
    return min(waiting, key=lambda one: (one[0], one[3]), default=None)


def _next_worth(due: datetime, now: datetime, change: datetime | None) -> datetime:
    """Return the moment of a job's rhythm that follows a change, else the last that is not to come.

    Where both are in the future it is the next one.
    """
    if change is not None and change <= now:
        after = due + max(-((due - change) // INTERVAL), 0) * INTERVAL
        if after <= now:
            return after
    return due + max((now - due) // INTERVAL, 0) * INTERVAL


def _gone_for_good(tenant: Directory, principal_id: str) -> datetime | None:
    """Return when the next one of the deleted in either tenant is gone for good."""
    target = tenant.store.tenants.get(_target_id(tenant, principal_id))
    deleted = [
        one["deletedDateTime"]
        for each in (tenant, target)
        if each is not None
        # Whoever was deleted first stands first.
        for one in list(each.deleted_users.values())[:1]
    ]
    return datetime.fromisoformat(min(deleted)) + KEPT_AFTER_DELETION if deleted else None


@contextmanager
def _at(moment: datetime, *tenants: Directory) -> Iterator[None]:
    """Let tenants take a past moment for the present."""
    clocks = [(tenant, tenant.clock) for tenant in tenants]
    for tenant in tenants:
        tenant.clock = ManualClock(moment)
    try:
        yield
    finally:
        for tenant, clock in clocks:
            tenant.clock = clock


def _work(tenant: Directory, principal_id: str, job_id: str, at: datetime) -> bool:
    """Run one cycle at its moment; says whether it wrote nothing."""
    memory_of(tenant, job_id).due = at + INTERVAL
    problem = closed(tenant, _target_id(tenant, principal_id))
    if problem is None:
        try:
            return _cycle(tenant, principal_id, job_id, at)
        except Exception as broken:  # noqa: BLE001 - nothing of this job may reach others
            # Whoever asks next may belong to another tenant; this job alone bears what breaks it.
            _LOG.exception("cycle broke", extra={"tenant": tenant.alias, "job": job_id})
            problem = Problem("Unknown", f"The cycle broke: {type(broken).__name__}: {broken}")
    _fail(tenant, principal_id, job_id, at, problem)
    return True


def _target_id(tenant: Directory, principal_id: str) -> str:
    secrets = tenant.registrations.secrets.get(principal_id, ())
    return (value_of(secrets, "CompanyId") or "").lower()


def _cycle(tenant: Directory, principal_id: str, job_id: str, at: datetime) -> bool:
    memory = memory_of(tenant, job_id)
    principal = tenant.registrations.service_principals[principal_id]
    run = run_of(tenant, principal, job_id)
    memory.fresh = False
    memory.cycles += 1
    cycle = run.unique("cycle", memory.cycles)
    with _at(at, tenant, run.target):
        tenant.expire()
        run.target.expire()
        counts = run_cycle(run, cycle)
    job = tenant.registrations.jobs[principal_id][job_id]
    users = sum(not pair.deleted for pair in memory.pairs.values())
    job = executed(job, counts, cycle=cycle, at=at, users=users)
    reason = quarantine_reason(counts)
    if reason is None:
        memory.leave_quarantine()
        _put(tenant, principal_id, job)
    else:
        _put(tenant, principal_id, _quarantined(tenant, job, at, reason, None))
    return counts.quiet


def _fail(
    tenant: Directory, principal_id: str, job_id: str, at: datetime, problem: Problem
) -> None:
    job = tenant.registrations.jobs[principal_id][job_id]
    job = failed(job, problem, cycle="", at=at)
    reason = "EncounteredQuarantineException"
    _put(tenant, principal_id, _quarantined(tenant, job, at, reason, problem))


def _quarantined(
    tenant: Directory, job: GraphObject, at: datetime, reason: str, problem: Problem | None
) -> GraphObject:
    """Put a job into quarantine: it tries ever less often, and is disabled after four weeks."""
    memory = memory_of(tenant, job["id"])
    if memory.quarantined_since is None:
        memory.quarantined_since = at
        tenant.audits.add(_quarantine_note(at, job, reason))
    memory.attempts += 1
    memory.due = at + _RETRIES[min(memory.attempts, len(_RETRIES)) - 1]
    if at - memory.quarantined_since >= _GIVES_UP_AFTER:
        memory.due = None
        job = {**job, "schedule": {**job["schedule"], "state": "Disabled"}}
    return quarantined(
        job,
        reason,
        problem,
        at=at,
        since=memory.quarantined_since,
        next_attempt=memory.due,
        attempts=memory.attempts,
    )


def _quarantine_note(at: datetime, job: GraphObject, reason: str) -> Audit:
    return Audit(
        at=at,
        category="ProvisioningManagement",
        activity="Quarantine",
        service="Account Provisioning",
        actor=_FABRIC,
        target_type="Other",
        target_id=job["id"],
        target_name=job["templateId"],
        reason=reason,
    )


def _put(tenant: Directory, principal_id: str, job: GraphObject) -> None:
    tenant.registrations.jobs[principal_id][job["id"]] = job
