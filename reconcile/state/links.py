"""Links in state: two tenants go in, the row that stands for their link comes out."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, insert, select, update

from reconcile.model.cycles import Health, HoldReason, LinkStatus
from reconcile.model.jobs import Job
from reconcile.model.links import LinkName
from reconcile.model.tenants import Alias, TenantId
from reconcile.state.tables import link

LinkRow = Row[Any]


class LinkKey(NamedTuple):
    """The two tenants of a link. Aliases may change, and two environments may share a database."""

    source: TenantId
    target: TenantId


def key_of(job: Job) -> LinkKey:
    return LinkKey(job.source, job.target)


def key_in(row: LinkRow) -> LinkKey:
    return LinkKey(TenantId(row.source_tenant), TenantId(row.target_tenant))


def find_link(connection: Connection, key: LinkKey) -> LinkRow | None:
    return connection.execute(
        select(link).where(link.c.source_tenant == key.source, link.c.target_tenant == key.target)
    ).one_or_none()


def ensure_link(connection: Connection, job: Job) -> int:
    """The id of the job's link; a link that is new joins, one that was renamed is renamed."""
    return ensure_named(connection, key_of(job), job.name)


def ensure_named(connection: Connection, key: LinkKey, name: LinkName) -> int:
    """The id of the link between two tenants, as `ensure_link` answers it."""
    found = find_link(connection, key)
    aliases = {"source_alias": name.source, "target_alias": name.target}
    if found is None:
        return _add_link(connection, key, aliases)
    if name_of(found) != name:
        connection.execute(update(link).where(link.c.id == found.id).values(aliases))
    return int(found.id)


def name_of(row: LinkRow) -> LinkName:
    return LinkName(Alias(row.source_alias), Alias(row.target_alias))


def status_of(row: LinkRow) -> LinkStatus:
    return LinkStatus(
        health=Health(row.health),
        reason=HoldReason(row.reason) if row.reason else None,
        detail=row.detail,
        opened=row.opened,
        rebuilt=row.rebuilt,
    )


def _add_link(connection: Connection, key: LinkKey, aliases: dict[str, Alias]) -> int:
    new = LinkStatus()
    added = connection.execute(
        insert(link)
        .values(
            source_tenant=key.source,
            target_tenant=key.target,
            **aliases,
            health=new.health.value,
            detail=new.detail,
            opened=new.opened,
            rebuilt=new.rebuilt,
            population=0,
        )
        .returning(link.c.id)
    )
    return int(added.scalar_one())
