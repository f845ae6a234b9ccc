"""Inspection of an estate: tenants and links enter, what is well and what is not leaves."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet

from reconcile.cli import shell
from reconcile.cli.wiring import Estate
from reconcile.errors import NotFoundError, ReconcileError
from reconcile.graph.apps import SyncApp, assigned_to, jobs_of, of_link, sync_apps
from reconcile.graph.calls import query, segment
from reconcile.graph.checks import Finding, Role, check_stacks, check_tenant
from reconcile.graph.client import GraphClient
from reconcile.graph.extensions import extension_types, owner_of
from reconcile.model.attributes import directory_extensions
from reconcile.model.cycles import Gate
from reconcile.model.jobs import Job, Side
from reconcile.model.links import Engine, Link
from reconcile.model.tenants import Alias, ObjectId
from reconcile.planning.fitting import takes, written_type
from reconcile.report.checks import Checked

Look = Callable[[GraphClient, frozenset[Role]], Awaitable[Sequence[Finding]]]


async def inspect_tenants(estate: Estate, wanted: AbstractSet[Alias]) -> list[Checked]:
    """Everything that the reconciler needs in the wanted tenants of the links, or in all."""
    return await _inspect(estate, wanted, check_tenant)


async def inspect_rights(estate: Estate, wanted: AbstractSet[Alias]) -> list[Checked]:
    """The rights that the stacks need in the wanted tenants of the links, or in all."""

    async def look(client: GraphClient, roles: frozenset[Role]) -> Sequence[Finding]:
        return await check_stacks(client, frozenset(role.side for role in roles))

    return await _inspect(estate, wanted, look)


async def _inspect(estate: Estate, wanted: AbstractSet[Alias], look: Look) -> list[Checked]:
    roles: dict[Alias, set[Role]] = {}
    for link in estate.links:
        roles.setdefault(link.name.source, set()).add(Role(link.engine, Side.SOURCE))
        roles.setdefault(link.name.target, set()).add(Role(link.engine, Side.TARGET))
    found: list[Checked] = []
    for alias in sorted(wanted or set(roles)):
        try:
            client = estate.clients.of(alias)
        except ReconcileError as error:
            found.append(Checked(subject=alias, topic="credential", well=False, detail=str(error)))
            continue
        found += [
            Checked(subject=alias, topic=one.topic, well=one.well, detail=one.detail)
            for one in await look(client, frozenset(roles.get(alias, ())))
        ]
    return found


async def inspect_links(
    estate: Estate, wanted: AbstractSet[Alias], tenants: Sequence[Checked]
) -> list[Checked]:
    """Gate, scope and sync app of each link that touches a wanted tenant and can be asked for."""
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
            found += _gate(link, await estate.gate(job), shell.up(estate.environment))
            groups = [*zip(link.scope.groups, job.groups, strict=True), *job.memberships]
            found += [await _group(estate, job, *one) for one in dict.fromkeys(groups)]
            found += [one async for one in _extensions(estate, link)]
        except ReconcileError as error:
            found.append(_of(link, "gate", well=False, detail=str(error)))
            continue
        found += [one async for one in _sync_app(estate, job)]
    return found


def _gate(link: Link, gate: Gate, up: str) -> Iterator[Checked]:
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
        detail = f"{'; '.join(lacking)}. Set it with `{up}`."
        if not (gate.sync_allowed and gate.inbound_consent):
            detail += (
                f" If {target} turned it off itself, `tenantry resume {link.name.slug}` turns it "
                "on again."
            )
        yield _of(link, "gate", well=False, detail=detail)
    else:
        yield _of(link, "gate", well=True, detail="Open on both sides.")
    if gate.native_job is not None and link.engine is Engine.RECONCILER:
        detail = f"Entra's own job {gate.native_job} pushes to {target} too. Pause it."
        yield _of(link, "native job", well=False, detail=detail)


async def _group(estate: Estate, job: Job, name: str, group: ObjectId) -> Checked:
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


async def _extensions(estate: Estate, link: Link) -> AsyncIterator[Checked]:
    """Whether each tenant has the directory extensions that the link reads or writes there."""
    source, target = link.name.source, link.name.target
    read = directory_extensions(link.sources)
    declared = await extension_types(estate.clients.of(source), read)
    for name in sorted(read):
        yield _extension(link, source, name, declared.get(name), wrong=None)
    made = {mapping.target: mapping for mapping in link.mappings}
    written = directory_extensions(made)
    held = await extension_types(estate.clients.of(target), written)
    for name in sorted(written):
        wrong = _unfit(held[name], written_type(made[name], declared)) if name in held else None
        yield _extension(link, target, name, held.get(name), wrong=wrong)


def _unfit(kind: str, writes: str | None) -> str | None:
    """Why an extension cannot be written by a mapping. Graph would refuse the whole person."""
    if takes(kind, writes):
        return None
    what = writes or "String or Boolean"
    return f"The mapping writes {what}, and Graph would refuse it. Map it onto another extension."


def _extension(
    link: Link, alias: Alias, name: str, kind: str | None, *, wrong: str | None
) -> Checked:
    if kind is None:
        detail = (
            f"{alias} has no extension {name} that holds one value of a user. Make it with its "
            f"owner, {owner_of(name)}, or map another attribute."
        )
    else:
        detail = f"{alias} has the extension {name}, which holds one {kind}."
    told = f"{detail} {wrong}" if wrong else detail
    return _of(link, "extension", well=kind is not None and wrong is None, detail=told)


async def _sync_app(estate: Estate, job: Job) -> AsyncIterator[Checked]:
    """The app that shows the link's scope to administrators, and Entra's job where it pushes."""
    client = estate.clients.of(job.name.source)
    try:
        app = of_link(await sync_apps(client), job.name)
        yield _of(job.link, "sync app", well=True, detail=f"{app}.")
        yield await _assignments(client, job, app, shell.up(estate.environment))
        if job.link.engine is Engine.ENTRA:
            yield await _native_job(client, job, app)
    except ReconcileError as error:
        yield _of(job.link, "sync app", well=False, detail=str(error))


async def _assignments(client: GraphClient, job: Job, app: SyncApp, up: str) -> Checked:
    scope = job.link.scope
    declared = dict(zip(job.groups, scope.groups, strict=True))
    declared |= dict(zip(job.users, scope.users, strict=True))
    found = {one.id: one for one in await assigned_to(client, app)}
    lacking = [name for key, name in declared.items() if key not in found]
    more = [f"{one.kind} {one.name}" for key, one in found.items() if key not in declared]
    parts = []
    if lacking:
        parts.append(f"Not assigned: {', '.join(sorted(lacking))}. Assign them with `{up}`.")
    if more:
        listed = ", ".join(sorted(more))
        parts.append(f"Assigned, and not declared: {listed}. Remove or declare what is meant.")
    if parts:
        return _of(job.link, "assignments", well=False, detail=" ".join(parts))
    detail = f"As declared: {', '.join(sorted(declared.values())) or 'nobody by name'}."
    return _of(job.link, "assignments", well=True, detail=detail)


async def _native_job(client: GraphClient, job: Job, app: SyncApp) -> Checked:
    """How Entra's own job stands; we only watch it."""
    jobs = await jobs_of(client, app)
    if not jobs:
        detail = "The sync app has no job of Entra's, which is to push this link. Run `pulumi up`."
        return _of(job.link, "native job", well=False, detail=detail)
    codes = ", ".join(sorted({one.code for one in jobs}))
    runs = any(one.runs and one.code != "Quarantine" for one in jobs)
    return _of(job.link, "native job", well=runs or job.link.paused, detail=f"It is {codes}.")


def _of(link: Link, topic: str, *, well: bool, detail: str) -> Checked:
    return Checked(subject=str(link.name), topic=topic, well=well, detail=detail)
