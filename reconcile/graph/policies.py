"""Cross-tenant access policy: what a tenant wants toward a partner enters, what changed leaves.

The partner configuration comes first and goes last: Graph refuses to delete a partner while its
identity synchronization exists. Everything can be repeated: what was made meanwhile is read
again and compared, and what is already gone needs no deletion.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from reconcile.errors import ConflictError, NotFoundError, PolicyConflictError
from reconcile.graph.calls import Call, query
from reconcile.graph.client import GraphClient
from reconcile.graph.settings import (
    Difference,
    Settings,
    before_image,
    change_body,
    differences,
    joined,
)
from reconcile.model.links import Link
from reconcile.model.tenants import Alias, Environment, TenantId

PARTNERS = "/policies/crossTenantAccessPolicy/partners"
SYNC = "identitySynchronization"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What one tenant is to say about one partner; `sync` None leaves synchronization unmanaged."""

    tenant: Alias
    partner: Alias
    partner_id: TenantId
    settings: Settings = field(default_factory=dict)
    sync: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a tenant says about a partner now; None where nothing is said."""

    partner: Settings | None
    sync: Settings | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A wish beside what stands: what differs, and which of it somebody else chose."""

    wish: Wish
    standing: Standing
    changes: tuple[Difference, ...]

    @property
    def contradicted(self) -> tuple[str, ...]:
        """Keys that hold another value than is wanted; taking them over is a person's decision."""
        return tuple(one.key for one in self.changes if one.contradicts)

    @property
    def before(self) -> dict[str, Any]:
        """What a takeover replaces, in the shape that restores it."""
        image = before_image(self.standing.partner or {}, self.wish.settings)
        if self.wish.sync is not None and self.standing.sync is not None:
            image[SYNC] = before_image(self.standing.sync, _sync_settings(self.wish))
        return image


def compose(links: Sequence[Link], environment: Environment) -> tuple[Wish, ...]:
    """One wish for each tenant and partner, from all links between them."""
    parts: dict[tuple[Alias, Alias], list[Settings]] = {}
    sync: dict[tuple[Alias, Alias], bool] = {}
    for link in links:
        source, target = link.name
        parts.setdefault((target, source), []).append(link.policy.target)
        parts.setdefault((source, target), []).append(link.policy.source)
        sync[target, source] = link.policy.user_sync_inbound
    return tuple(
        Wish(
            tenant=tenant,
            partner=partner,
            partner_id=environment.tenants[partner].id,
            settings=joined(settings),
            sync=sync.get((tenant, partner)),
        )
        for (tenant, partner), settings in sorted(parts.items())
    )


async def read(client: GraphClient, partner: TenantId) -> Standing:
    """What the tenant says about a partner; a partner that is not there is said nothing about."""
    try:
        found = await client.get_object(query(f"{PARTNERS}/{partner}", expand=SYNC))
    except NotFoundError:
        return Standing(partner=None, sync=None)
    sync = found.pop(SYNC, None)
    return Standing(partner=found, sync=sync)


async def review(client: GraphClient, wish: Wish) -> Review:
    """Compare a wish with what stands; nothing is written."""
    standing = await read(client, wish.partner_id)
    changes = list(differences(standing.partner or {}, wish.settings))
    if standing.partner is None and not wish.settings:
        changes.append(Difference(key="partner", old=None, new="created"))
    if wish.sync is not None:
        found = differences(standing.sync or {}, _sync_settings(wish))
        changes += [Difference(key=f"{SYNC}.{one.key}", old=one.old, new=one.new) for one in found]
    return Review(wish=wish, standing=standing, changes=tuple(changes))


async def settle(client: GraphClient, wish: Wish, *, takeover: bool = False) -> Review:
    """Get or create what is wanted; the answer holds what was changed and its before-image.

    Raises:
        PolicyConflictError: a key holds another value, and nobody said to take it over.
    """
    found = await review(client, wish)
    if found.contradicted and not takeover:
        raise conflict([found])
    try:
        await _write_partner(client, found)
        await _write_sync(client, found)
    except ConflictError:
        # Somebody made it between our look and our write; it is judged like any other.
        found = await review(client, wish)
        if found.contradicted and not takeover:
            raise conflict([found]) from None
        await _write_partner(client, found)
        await _write_sync(client, found)
    return found


async def _write_partner(client: GraphClient, found: Review) -> None:
    wish, standing = found.wish, found.standing
    if standing.partner is None:
        body = {"tenantId": wish.partner_id, **wish.settings}
        await client.write(Call(method="POST", path=PARTNERS, body=body))
        return
    body = change_body(standing.partner, wish.settings)
    if body:
        await client.write(Call(method="PATCH", path=f"{PARTNERS}/{wish.partner_id}", body=body))


async def _write_sync(client: GraphClient, found: Review) -> None:
    """PUT creates and PATCH changes; a second PUT would be a conflict."""
    wish, standing = found.wish, found.standing
    if wish.sync is None:
        return
    path = f"{PARTNERS}/{wish.partner_id}/{SYNC}"
    wanted = _sync_settings(wish)
    if standing.sync is None:
        body = {"displayName": wish.partner, **wanted}
        await client.write(Call(method="PUT", path=path, body=body))
        return
    body = change_body(standing.sync, wanted)
    if body:
        # Documented, and missing from the OpenAPI description and so from the SDK.
        await client.write(Call(method="PATCH", path=path, body=body))


async def remove(client: GraphClient, wish: Wish, before: Mapping[str, Any] | None = None) -> None:
    """Undo a wish: restore the before-image of what was taken over, else remove what was made."""
    path = f"{PARTNERS}/{wish.partner_id}"
    image = dict(before or {})
    sync = image.pop(SYNC, None)
    if wish.sync is not None:
        if sync:
            await client.write(Call(method="PATCH", path=f"{path}/{SYNC}", body=sync))
        elif sync is None:
            await _delete(client, f"{path}/{SYNC}")
    if image:
        await client.write(Call(method="PATCH", path=path, body=image))
    elif before is None:
        await _delete(client, path)


async def _delete(client: GraphClient, path: str) -> None:
    try:
        await client.write(Call(method="DELETE", path=path))
    except NotFoundError:
        return  # what is gone needs no deletion


def _sync_settings(wish: Wish) -> dict[str, Any]:
    return {"userSyncInbound": {"isSyncAllowed": wish.sync}}


def conflict(reviews: Sequence[Review]) -> PolicyConflictError:
    """Why nothing may be written: the keys that hold another value, tenant by tenant."""
    lines = [
        f"  {found.wish.tenant} toward {found.wish.partner}: {one.key} is {shown(one.old)}, "
        f"the topology wants {shown(one.new)}"
        for found in reviews
        for one in found.changes
        if one.contradicts
    ]
    keys = [key for found in reviews for key in found.contradicted]
    text = "\n".join(lines)
    return PolicyConflictError(
        f"A policy exists and differs from the topology. Nothing was changed.\n{text}\n"
        "Change the topology, or take these values over with "
        "`tenantry policies apply --takeover`.",
        keys=sorted(set(keys)),
    )


def shown(value: Any) -> str:
    """A setting as people read it; what is not set inherits the tenant's default."""
    return "not set" if value is None else msgspec.json.encode(value).decode()
