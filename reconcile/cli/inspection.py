"""Inspection of an estate: tenants and links enter, what is well and what is not leaves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet

from reconcile.cli.wiring import Estate
from reconcile.errors import NotFoundError, ReconcileError
from reconcile.graph.calls import query, segment
from reconcile.graph.checks import check_tenant
from reconcile.model.cycles import Gate
from reconcile.model.jobs import Job, Side
from reconcile.model.links import Link
from reconcile.model.tenants import Alias
from reconcile.report.checks import Checked


async def inspect_tenants(estate: Estate, wanted: AbstractSet[Alias]) -> list[Checked]:
    """Everything that the wanted tenants of the links need, or all of them."""
    sides: dict[Alias, set[Side]] = {}
    for link in estate.links:
        sides.setdefault(link.name.source, set()).add(Side.SOURCE)
        sides.setdefault(link.name.target, set()).add(Side.TARGET)
    found: list[Checked] = []
    for alias in sorted(wanted or set(sides)):
        try:
            client = estate.clients.of(alias)
        except ReconcileError as error:
            found.append(Checked(subject=alias, topic="credential", well=False, detail=str(error)))
            continue
        found += [
            Checked(subject=alias, topic=one.topic, well=one.well, detail=one.detail)
            for one in await check_tenant(client, frozenset(sides.get(alias, ())))
        ]
    return found


async def inspect_links(
    estate: Estate, wanted: AbstractSet[Alias], tenants: Sequence[Checked]
) -> list[Checked]:
    """The gate and the scope of each link that touches a wanted tenant and can be asked for."""
    mute = {one.subject for one in tenants if one.topic == "credential" and not one.well}
    found: list[Checked] = []
    for link in estate.links:
        if wanted and not wanted & set(link.name):
            continue
        if mute & set(link.name):
            detail = f"Not asked: {', '.join(sorted(mute & set(link.name)))} gives no token."
            found.append(_of(link, "gate", well=False, detail=detail))
            continue
        try:
            job = await estate.job(link)
            found += _gate(link, await estate.gate(job))
            found += [await _group(estate, job, name) for name in link.scope.groups]
        except ReconcileError as error:
            found.append(_of(link, "gate", well=False, detail=str(error)))
    return found


def _gate(link: Link, gate: Gate) -> Iterator[Checked]:
    source, target = link.name
    lacking = [
        text
        for well, text in (
            (gate.sync_allowed, f"{target} does not allow inbound user synchronization"),
            (gate.inbound_consent, f"{target} does not redeem invitations automatically"),
            (gate.outbound_consent, f"{source} does not let invitations be redeemed automatically"),
        )
        if not well
    ]
    if lacking:
        detail = f"{'; '.join(lacking)}. Set it with `tenantry policies apply`."
        yield _of(link, "gate", well=False, detail=detail)
    else:
        yield _of(link, "gate", well=True, detail="Open on both sides.")
    if gate.native_job is not None:
        detail = f"Entra's own job {gate.native_job} pushes to {target} too. Pause it."
        yield _of(link, "native job", well=False, detail=detail)


async def _group(estate: Estate, job: Job, name: str) -> Checked:
    group = job.groups[job.link.scope.groups.index(name)]
    client = estate.clients.of(job.name.source)
    try:
        found = await client.get_object(query(f"/groups/{segment(group)}", select="displayName"))
    except NotFoundError:
        detail = (
            f"{job.name.source} has no group {group}, which the environment calls {name}. "
            "Correct the environment."
        )
        return _of(job.link, "scope", well=False, detail=detail)
    detail = f"The group {name} is {found.get('displayName')} ({group})."
    return _of(job.link, "scope", well=True, detail=detail)


def _of(link: Link, topic: str, *, well: bool, detail: str) -> Checked:
    return Checked(subject=str(link.name), topic=topic, well=well, detail=detail)
