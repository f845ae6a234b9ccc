"""What was recorded reads as people ask for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from inline_snapshot import snapshot

from reconcile.model.cycles import Health, HoldReason, LinkStatus
from reconcile.model.links import LinkName
from reconcile.model.reads import Step
from reconcile.model.tenants import ObjectId
from reconcile.report.history import link_lines, log_lines, waiting_lines
from tests.report.samples import LINK, NOON

ADA, HER_COPY = ObjectId("1"), ObjectId("2")


@dataclass(frozen=True, kw_only=True)
class Past:
    number: int = 7
    began: datetime = NOON
    ended: datetime | None = NOON
    applied: bool = True
    held: HoldReason | None = None
    detail: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Known:
    name: LinkName = LINK
    status: LinkStatus = field(default_factory=lambda: LinkStatus(health=Health.ACTIVE))
    population: int = 412
    waiting: int = 0
    open_intents: int = 0
    staged: int = 0
    last: Past | None = None


@dataclass(frozen=True, kw_only=True)
class Waits:
    source: ObjectId = ADA
    name: str = "ada@contoso.com"
    step: Step = Step.EXPORT
    reason: str = "Request_BadRequest"
    tries: int = 2
    retry_at: datetime | None = None
    released: bool = False
    since: datetime = NOON


@dataclass(frozen=True, kw_only=True)
class Logged:
    link: LinkName = LINK
    cycle: int = 7
    seq: int = 1
    action: str = "update"
    state: str = "done"
    source: ObjectId = ADA
    target: ObjectId | None = HER_COPY
    name: str = "ada@contoso.com"
    address: str | None = None
    cause: str = "source"
    changes: Sequence[Mapping[str, Any]] = ()
    step: Step = Step.EXPORT
    code: str = ""
    message: str = ""
    request_id: str = ""
    at: datetime = NOON


def test_a_cycle_tells_what_was_wanted_and_what_failed() -> None:
    link = Known(last=Past(counts={"create": 40, "failed": 3, "deferred": 9, "inScope": 412}))

    assert "\n".join(link_lines(link)) == snapshot(
        """\
= contoso → fabrikam   active   412 pairs
    last     cycle 7, 2026-03-02 12:00Z, 40 create, 3 failed, 9 wait\
"""
    )


def test_a_stopped_link_says_why() -> None:
    status = LinkStatus(
        health=Health.STOPPED, reason=HoldReason.STOPPED_BY_TARGET, detail="It was closed."
    )

    assert list(link_lines(Known(status=status, staged=4, waiting=2)))[1:] == [
        "    It was closed. (StoppedByTarget)",
        "         2   wait with a problem",
        "         4   staged removals",
    ]


def test_a_cycle_that_did_not_end_is_told_as_such() -> None:
    (_, line) = link_lines(Known(last=Past(ended=None)))

    assert line.endswith("not ended: it is running, or its run died")


def test_who_waits_is_told_with_the_next_try() -> None:
    people = [
        Waits(retry_at=NOON + timedelta(hours=1)),
        Waits(name="grace@contoso.com", reason="DisputedMatch"),
        Waits(name="alan@contoso.com", released=True),
    ]

    assert "\n".join(waiting_lines(people)) == snapshot(
        """\
    ada@contoso.com    Request_BadRequest  tried 2x, again 2026-03-02 13:00Z
    grace@contoso.com  DisputedMatch       since 2026-03-02
    alan@contoso.com   Request_BadRequest  released\
"""
    )


def test_the_log_tells_what_changed_and_what_went_wrong() -> None:
    change = {"attribute": "jobTitle", "old": None, "new": "Lead", "cause": "source"}
    failed = Logged(
        state="failed", code="Request_BadRequest", message="Too long.", request_id="8f1c"
    )
    entries = [Logged(changes=[change]), failed, Logged(action="delete", cause="deleted in source")]

    assert "\n".join(log_lines(entries)) == snapshot(
        """\
2026-03-02 12:00Z  cycle 7    ~ update   done     ada@contoso.com
    source    jobTitle  (nothing) → Lead
2026-03-02 12:00Z  cycle 7    ~ update   failed   ada@contoso.com
    source
    Request_BadRequest Too long. (request 8f1c)
2026-03-02 12:00Z  cycle 7    - delete   done     ada@contoso.com
    deleted in source\
"""
    )
