"""The provisioning log: intents, outcomes and staged removals go in, open intents come out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, true, update

from reconcile.model.actions import (
    REDACTED,
    Action,
    Create,
    Delete,
    Release,
    action_data,
    changes_of,
    verb,
)
from reconcile.model.attributes import ATTRIBUTES
from reconcile.model.cycles import Outcome, Removal, Result
from reconcile.model.reads import Intent, Step
from reconcile.model.tenants import ObjectId
from reconcile.state.pairs import chunks
from reconcile.state.tables import export

SENT = "sent"
"""The state of an action that was committed and whose outcome nobody recorded yet."""


def add_actions(
    connection: Connection,
    link: int,
    cycle: int,
    actions: Sequence[Action],
    at: datetime,
    *,
    state: str = SENT,
) -> None:
    """Log actions before they are sent, or that they are staged instead."""
    _insert(
        connection,
        link,
        cycle,
        [
            {**_row(one, at), "state": state, "invites": state == SENT and _invites(one)}
            for one in actions
        ],
    )


def add_outcomes(
    connection: Connection, link: int, cycle: int, outcomes: Sequence[Outcome]
) -> None:
    """Give the logged actions their outcomes; an action that was never intended is logged now."""
    sent = _sent(connection, link, cycle, [one.action for one in outcomes])
    told: list[dict[str, Any]] = []
    untold: list[dict[str, Any]] = []
    for outcome in outcomes:
        action = outcome.action
        seq = sent.get((action.person.source, verb(action)))
        if seq is None:
            untold.append({**_row(action, outcome.at), **_came(outcome)})
        else:
            told.append({"at_seq": seq, **_came(outcome)})
    if told:
        place = (
            export.c.link == link,
            export.c.cycle == cycle,
            export.c.seq == bindparam("at_seq"),
        )
        connection.execute(update(export).where(*place), told)
    _insert(connection, link, cycle, untold)
    finished = [
        one.action.person.source
        for one in outcomes
        if one.result is Result.DONE and isinstance(one.action, Create)
    ]
    close_intents(connection, link, finished)


def open_intents(connection: Connection, link: int) -> dict[ObjectId, Intent]:
    """Invitations that may have happened. Of several for one person the oldest tells since when,
    the newest until when.
    """
    rows = connection.execute(
        select(export.c.source, export.c.address, export.c.at)
        .where(export.c.link == link, export.c.invites == true())
        .order_by(export.c.cycle.desc(), export.c.seq.desc())
    )
    found: dict[ObjectId, Intent] = {}
    for row in rows:
        source = ObjectId(row.source)
        newer = found.get(source)
        again = None if newer is None else newer.again or newer.at
        found[source] = Intent(source=source, address=row.address or "", at=row.at, again=again)
    return found


def close_intents(connection: Connection, link: int, sources: Collection[ObjectId]) -> None:
    for chunk in chunks(sources):
        connection.execute(
            update(export)
            .where(export.c.link == link, export.c.source.in_(chunk), export.c.invites == true())
            .values(invites=False)
        )


def staged_removals(connection: Connection, link: int, cycle: int) -> frozenset[Removal]:
    """What a cycle staged, and of which target users."""
    rows = connection.execute(
        select(export.c.action, export.c.target).where(
            export.c.link == link,
            export.c.cycle == cycle,
            export.c.state == Result.STAGED.value,
            export.c.target.is_not(None),
        )
    )
    return frozenset(Removal(row.action, ObjectId(row.target)) for row in rows)


def last_staged(connection: Connection, link: int) -> tuple[int, datetime] | None:
    """The newest cycle that staged anything, and when it did."""
    row = connection.execute(
        select(export.c.cycle, export.c.at)
        .where(export.c.link == link, export.c.state == Result.STAGED.value)
        .order_by(export.c.cycle.desc(), export.c.seq.desc())
        .limit(1)
    ).one_or_none()
    return (int(row.cycle), row.at) if row is not None else None


def _row(action: Action, at: datetime) -> dict[str, Any]:
    person = action.person
    return {
        "action": verb(action),
        "source": person.source,
        "target": person.target,
        "name": person.name,
        "address": person.address,
        "cause": _cause(action),
        "changes": [_redact(change) for change in action_data(action)["changes"]],
        "step": Step.EXPORT.value,
        "code": "",
        "message": "",
        "request_id": "",
        "at": at,
    }


def _came(outcome: Outcome) -> dict[str, Any]:
    """What an outcome changes in a row. The time stays that of the intent, so that a guest that
    was invited under it is never older than it.
    """
    return {
        "state": outcome.result.value,
        "invites": _may_be_invited(outcome),
        "target": outcome.target or outcome.action.person.target,
        "step": outcome.step.value,
        "code": outcome.code,
        "message": outcome.message,
        "request_id": outcome.request_id,
    }


def _invites(action: Action) -> bool:
    """A creation that only finishes an earlier invitation is covered by that one's intent."""
    return isinstance(action, Create) and action.person.target is None


def _may_be_invited(outcome: Outcome) -> bool:
    """Whether a guest may stand in the target that nobody has finished."""
    if not _invites(outcome.action) or outcome.result is Result.DONE:
        return False
    return outcome.invited or outcome.result is Result.UNKNOWN


def _cause(action: Action) -> str:
    if isinstance(action, Delete | Release):
        return action.why.value
    return ", ".join(sorted({change.cause.value for change in changes_of(action)}))


def _redact(change: dict[str, Any]) -> dict[str, Any]:
    """Telephone numbers are nobody's business in a log; that they changed is."""
    attribute = ATTRIBUTES.get(change["attribute"])
    if attribute is None or not attribute.sensitive:
        return change
    hidden = {
        side: REDACTED for side in ("old", "new") if isinstance(change[side], str) and change[side]
    }
    return {**change, **hidden}


def _insert(connection: Connection, link: int, cycle: int, rows: Iterable[dict[str, Any]]) -> None:
    last = connection.execute(
        select(func.max(export.c.seq)).where(export.c.link == link, export.c.cycle == cycle)
    ).scalar_one()
    numbered = [
        {"link": link, "cycle": cycle, "seq": seq, **row}
        for seq, row in enumerate(rows, start=(last or 0) + 1)
    ]
    if numbered:
        connection.execute(insert(export), numbered)


def _sent(
    connection: Connection, link: int, cycle: int, actions: Sequence[Action]
) -> dict[tuple[str, str], int]:
    """Where the actions are logged; of two alike for one person, the later one was sent last."""
    found: dict[tuple[str, str], int] = {}
    for chunk in chunks({one.person.source for one in actions}):
        rows = connection.execute(
            select(export.c.source, export.c.action, export.c.seq)
            .where(
                export.c.link == link,
                export.c.cycle == cycle,
                export.c.state == SENT,
                export.c.source.in_(chunk),
            )
            .order_by(export.c.seq)
        )
        found.update({(row.source, row.action): row.seq for row in rows})
    return found
