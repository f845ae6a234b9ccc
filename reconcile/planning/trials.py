"""Trials: a person, a link and what is expected enter; what comes out otherwise leaves.

The rules are those of a cycle. Who is assigned is not asked, and the target is empty.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime

from reconcile.model.actions import REDACTED, Reference
from reconcile.model.jobs import Job
from reconcile.model.links import Link
from reconcile.model.stamps import StampCarrier
from reconcile.model.tenants import TenantId
from reconcile.model.trials import Expectation, Miss, Moment, Trial
from reconcile.model.users import Value
from reconcile.planning.mapping import Wished, invalid_values, wanted_values
from reconcile.planning.scoping import scope

_ALONE = "(left alone)"
_NOTHING = "(nothing)"


def unbound_job(link: Link, at: datetime) -> Job:
    """The job of a link that no environment binds: it can judge people, and reach nobody."""
    return Job(
        link=link,
        source=TenantId(link.name.source),
        target=TenantId(link.name.target),
        at=at,
        source_domains=frozenset(),
        target_carrier=StampCarrier(owner=""),
    )


def misses(trial: Trial, link: Link, now: datetime) -> Iterator[Miss]:
    """What a link makes of the person that the trial does not expect."""
    job = unbound_job(link, trial.at or now)
    refusal = scope(job, trial.user)
    if (refusal is None) != trial.in_scope:
        yield Miss(
            spot=trial.scope_spot,
            trial=trial.name,
            link=link.name,
            attribute=None,
            moment=None,
            expected="in scope" if trial.in_scope else "out of scope",
            found=f"out of scope. {refusal.detail}" if refusal else "in scope",
        )
    if refusal is not None or not trial.in_scope:
        return
    wished = {
        Moment.CREATED: wanted_values(job, trial.user, creating=True),
        Moment.LATER: wanted_values(job, trial.user, creating=False),
    }
    for one in trial.expectations:
        yield from _compared(one, wished[one.moment], trial, link)


def _compared(one: Expectation, wished: Wished, trial: Trial, link: Link) -> Iterator[Miss]:
    expected = _ALONE if one.alone else _shown(one.value)
    found = _found(one, wished)
    # Whoever is created has nothing where nothing is written.
    if one.moment is Moment.CREATED and found == _ALONE:
        found = _NOTHING
    if found == expected:
        return
    yield Miss(
        spot=one.spot,
        trial=trial.name,
        link=link.name,
        attribute=one.attribute,
        moment=one.moment,
        expected=expected,
        found=REDACTED if one.attribute in link.redacted else found,
    )


def _found(one: Expectation, wished: Wished) -> str:
    """What the link wants of an attribute, as it is compared and shown."""
    name = one.attribute
    if name not in wished:
        return _ALONE
    unusable: Mapping[str, str] = invalid_values({name: wished[name]})
    if name in unusable:
        return f"(unusable) {unusable[name]}"
    value = wished[name]
    if isinstance(value, Reference):
        return _shown(value.source)
    return _shown(value) if isinstance(value, str | bool | None) else _NOTHING


def _shown(value: Value) -> str:
    return _NOTHING if value is None else json.dumps(value, ensure_ascii=False)
