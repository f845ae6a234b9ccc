"""The status that a job shows: cycles and their counts enter, Graph's job objects leave."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sandbox.clock import stamp
from sandbox.contents import GraphObject
from sandbox.native.cycle import Counts
from sandbox.native.memory import Problem
from sandbox.sync_jobs import NEVER, blank_execution

_FEWEST_FAILURES = 5_000  # below which nothing is judged
_BASE, _TOTAL = 40_000, 60_000
_SHARE = 40


def executed(
    job: GraphObject, counts: Counts, *, cycle: str, at: datetime, users: int
) -> GraphObject:
    """Return a job after a cycle that ran to its end."""
    execution = _execution(counts, cycle, at)
    status = {
        **job["status"],
        "code": "Active",
        "countSuccessiveCompleteFailures": 0,
        "lastExecution": execution,
        "lastSuccessfulExecution": execution,
        "quarantine": None,
        "steadyStateLastAchievedTime": stamp(at),
        "synchronizedEntryCountByType": [{"key": "User", "value": users}],
        # What units Entra counts progress in is not documented.
        "progress": [
            {
                "completedUnits": counts.looked_at,
                "totalUnits": counts.looked_at,
                "units": "Users",
                "progressObservationDateTime": stamp(at),
            }
        ],
    }
    if counts.exported:
        status["lastSuccessfulExecutionWithExports"] = execution
    if status["steadyStateFirstAchievedTime"] == NEVER:
        status["steadyStateFirstAchievedTime"] = stamp(at)
    return {**job, "status": status}


def _execution(counts: Counts, cycle: str, at: datetime) -> GraphObject:
    return {
        "activityIdentifier": cycle,
        "countEntitled": counts.in_scope,
        "countEntitledForProvisioning": counts.in_scope,
        "countEscrowed": counts.failed,
        "countEscrowedRaw": counts.failed,
        "countExported": counts.exported,
        "countExports": counts.attempted,
        "countImported": counts.looked_at,
        "countImportedDeltas": counts.looked_at,
        "countImportedReferenceDeltas": counts.references,
        "state": "EntryLevelErrors" if counts.failed else "Succeeded",
        "timeBegan": stamp(at),
        "timeEnded": stamp(at),
        "error": None,
    }


def failed(job: GraphObject, problem: Problem, *, cycle: str, at: datetime) -> GraphObject:
    """Return a job after a cycle that could not begin."""
    execution = {
        **blank_execution(),
        "activityIdentifier": cycle,
        "timeBegan": stamp(at),
        "timeEnded": stamp(at),
        "error": error_of(problem),
    }
    status = {
        **job["status"],
        "countSuccessiveCompleteFailures": job["status"]["countSuccessiveCompleteFailures"] + 1,
        "lastExecution": execution,
    }
    return {**job, "status": status}


def error_of(problem: Problem) -> dict[str, Any]:
    """Return Graph's `synchronizationError`."""
    return {"code": problem.code, "message": problem.message, "tenantActionable": True}


def quarantine_reason(counts: Counts) -> str | None:
    """Return why a cycle puts its job into quarantine, if it does."""
    if counts.staged:
        return "TooManyDeletes"
    if counts.failed < _FEWEST_FAILURES:
        return None
    if counts.failed > _TOTAL:
        return "EncounteredTotalEscrowThreshold"
    if counts.failed > _BASE:
        return "EncounteredBaseEscrowThreshold"
    # Of everybody in scope: after the first cycle few others than those who fail are looked at.
    if counts.failed * 100 > counts.in_scope * _SHARE:
        return "EncounteredEscrowProportionThreshold"
    return None


def quarantined(
    job: GraphObject,
    reason: str,
    problem: Problem | None,
    *,
    at: datetime,
    since: datetime,
    next_attempt: datetime | None,
    attempts: int,
) -> GraphObject:
    """Return a job in quarantine."""
    quarantine = {
        "reason": reason,
        "error": error_of(problem) if problem else None,
        "currentBegan": stamp(at),
        "nextAttempt": stamp(next_attempt) if next_attempt else NEVER,
        "seriesBegan": stamp(since),
        "seriesCount": attempts,
    }
    return {**job, "status": {**job["status"], "code": "Quarantine", "quarantine": quarantine}}
