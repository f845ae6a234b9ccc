"""What was recorded, as text and JSON: links, people who wait, the provisioning log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from reconcile.model.cycles import Health, HoldReason, LinkStatus
from reconcile.model.links import LinkName
from reconcile.model.reads import Step
from reconcile.model.tenants import ObjectId
from reconcile.report.columns import columns, pad, safe, shorten, wrap
from reconcile.report.words import VERBS

_GLYPHS = {
    Health.NEW: "o",
    Health.ACTIVE: "=",
    Health.QUARANTINE: "!",
    Health.STOPPED: "x",
}


class RecordedCycle(Protocol):
    """One cycle as state remembers it."""

    @property
    def number(self) -> int: ...
    @property
    def began(self) -> datetime: ...
    @property
    def ended(self) -> datetime | None: ...
    @property
    def applied(self) -> bool: ...
    @property
    def held(self) -> HoldReason | None: ...
    @property
    def detail(self) -> str: ...
    @property
    def counts(self) -> Mapping[str, int]: ...


class RecordedLink(Protocol):
    """One link as state remembers it."""

    @property
    def name(self) -> LinkName: ...
    @property
    def status(self) -> LinkStatus: ...
    @property
    def population(self) -> int: ...
    @property
    def waiting(self) -> int: ...
    @property
    def open_intents(self) -> int: ...
    @property
    def staged(self) -> int: ...
    @property
    def last(self) -> RecordedCycle | None: ...


class WaitingPerson(Protocol):
    """One person with a problem."""

    @property
    def source(self) -> ObjectId: ...
    @property
    def name(self) -> str: ...
    @property
    def step(self) -> Step: ...
    @property
    def reason(self) -> str: ...
    @property
    def tries(self) -> int: ...
    @property
    def retry_at(self) -> datetime | None: ...
    @property
    def released(self) -> bool: ...
    @property
    def since(self) -> datetime: ...


class LoggedAction(Protocol):
    """One line of the provisioning log."""

    @property
    def link(self) -> LinkName: ...
    @property
    def cycle(self) -> int: ...
    @property
    def seq(self) -> int: ...
    @property
    def action(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def source(self) -> ObjectId: ...
    @property
    def target(self) -> ObjectId | None: ...
    @property
    def name(self) -> str: ...
    @property
    def address(self) -> str | None: ...
    @property
    def cause(self) -> str: ...
    @property
    def changes(self) -> Sequence[Mapping[str, Any]]: ...
    @property
    def step(self) -> Step: ...
    @property
    def code(self) -> str: ...
    @property
    def message(self) -> str: ...
    @property
    def request_id(self) -> str: ...
    @property
    def at(self) -> datetime: ...


def moment(at: datetime) -> str:
    """A moment as people read it, in UTC."""
    return f"{at:%Y-%m-%d %H:%M}Z"


def link_lines(link: RecordedLink) -> Iterator[str]:
    """One link's standing."""
    status = link.status
    yield f"{_GLYPHS[status.health]} {link.name}   {status.health}   {link.population:,} pairs"
    if status.reason is not None:
        yield from wrap(f"{safe(status.detail)} ({status.reason})", first="    ", rest="    ")
    if status.rebuilt:
        yield "    rebuilt: deletes are held until one person allows them"
    if link.last is not None:
        yield f"    last     {_cycle_words(link.last)}"
    for count, words in (
        (link.waiting, "wait with a problem"),
        (link.open_intents, "invitations without a known outcome"),
        (link.staged, "staged removals"),
    ):
        if count:
            yield f"    {count:>6,}   {words}"


def _cycle_words(cycle: RecordedCycle) -> str:
    when = moment(cycle.began)
    if cycle.ended is None:
        return f"cycle {cycle.number}, {when}, not ended: it is running, or its run died"
    if cycle.held is not None:
        return f"cycle {cycle.number}, {when}, held: {cycle.held}"
    # These are the plan's totals: what was wanted, of which some may have failed or waited.
    wanted = {word.future: cycle.counts.get(kind, 0) for kind, word in VERBS.items()}
    wanted |= {"failed": cycle.counts.get("failed", 0), "wait": cycle.counts.get("deferred", 0)}
    told = [f"{count:,} {word}" for word, count in wanted.items() if count]
    return f"cycle {cycle.number}, {when}, {', '.join(told) or 'nothing to change'}"


def waiting_lines(people: Sequence[WaitingPerson]) -> Iterator[str]:
    """Who waits, why, and until when."""
    yield from columns(
        [(safe(shorten(one.name, 26)), one.reason, _until(one)) for one in people],
        indent="    ",
        gap=2,
    )


def _until(one: WaitingPerson) -> str:
    if one.released:
        return "released"
    if one.retry_at is not None:
        return f"tried {one.tries}x, again {moment(one.retry_at)}"
    return f"since {one.since:%Y-%m-%d}"


def log_lines(entries: Sequence[LoggedAction]) -> Iterator[str]:
    """The provisioning log, one action a paragraph."""
    for entry in entries:
        glyph = VERBS[entry.action].glyph
        name = safe(shorten(entry.name, 34))
        head = f"{moment(entry.at)}  {pad(f'cycle {entry.cycle}', 9)}  {glyph} {entry.action:<8}"
        yield f"{head} {pad(entry.state, 7)}  {name}"
        for change in entry.changes:
            old, new = (_value(change.get(side)) for side in ("old", "new"))
            yield shorten(f"    {change['cause']:<9} {change['attribute']}  {old} → {new}", 80)
        if not entry.changes and entry.cause:
            yield f"    {entry.cause}"
        if entry.code or entry.message:
            request = f" (request {entry.request_id})" if entry.request_id else ""
            text = f"{entry.code} {safe(entry.message)}{request}".strip()
            yield from wrap(text, first="    ", rest="    ")


def _value(value: object) -> str:
    if isinstance(value, Mapping):
        return str(value.get("source"))
    return "(nothing)" if value is None else safe(str(value))


def link_members(link: RecordedLink, people: Sequence[WaitingPerson]) -> dict[str, Any]:
    """One link's standing as JSON."""
    status, last = link.status, link.last
    return {
        "link": link.name.slug,
        "health": status.health.value,
        "reason": status.reason.value if status.reason else None,
        "detail": status.detail,
        "rebuilt": status.rebuilt,
        "population": link.population,
        "open_intents": link.open_intents,
        "staged": link.staged,
        "last": _cycle_members(last) if last is not None else None,
        "waiting": [_waiting_members(one) for one in people],
    }


def _cycle_members(cycle: RecordedCycle) -> dict[str, Any]:
    return {
        "cycle": cycle.number,
        "began": cycle.began.isoformat(),
        "ended": cycle.ended.isoformat() if cycle.ended else None,
        "applied": cycle.applied,
        "held": cycle.held.value if cycle.held else None,
        "detail": cycle.detail,
        "counts": dict(sorted(cycle.counts.items())),
    }


def _waiting_members(one: WaitingPerson) -> dict[str, Any]:
    return {
        "source": one.source,
        "name": one.name,
        "step": one.step.value,
        "reason": one.reason,
        "tries": one.tries,
        "retry_at": one.retry_at.isoformat() if one.retry_at else None,
        "released": one.released,
        "since": one.since.isoformat(),
    }


def log_members(entry: LoggedAction) -> dict[str, Any]:
    """One line of the provisioning log as JSON."""
    return {
        "link": entry.link.slug,
        "cycle": entry.cycle,
        "seq": entry.seq,
        "at": entry.at.isoformat(),
        "action": entry.action,
        "state": entry.state,
        "source": entry.source,
        "target": entry.target,
        "name": entry.name,
        "address": entry.address,
        "cause": entry.cause,
        "changes": [dict(change) for change in entry.changes],
        "step": entry.step.value,
        "code": entry.code,
        "message": entry.message,
        "request_id": entry.request_id,
    }
