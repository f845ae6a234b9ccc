"""Policy objects in Graph, one at a time: what is to stand enters, what stands then leaves.

A partner configuration comes first and goes last: Graph refuses to delete a partner while its
identity synchronization exists. Everything can be repeated: what was made meanwhile is read again
and judged, and what is already gone needs no deletion.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from reconcile.errors import ConflictError, NotFoundError, PolicyConflictError
from reconcile.graph.calls import Call, query
from reconcile.graph.client import GraphClient
from reconcile.graph.holding import (
    NOTHING,
    SYNC_SWITCH,
    Change,
    Held,
    Kind,
    change,
    release,
    seen,
    stopped,
)
from reconcile.graph.settings import Difference, Settings, change_body, keyed, nested
from reconcile.model.links import LinkName
from reconcile.model.tenants import Alias, TenantId

PARTNERS = "/policies/crossTenantAccessPolicy/partners"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one policy object of a tenant is to say about a partner."""

    kind: Kind
    tenant: Alias
    partner: Alias
    partner_id: TenantId
    settings: Settings = field(default_factory=dict)
    takeover: bool = False

    @property
    def inbound(self) -> LinkName:
        """The link that this tenant, as its target, can stop with a switch in this object."""
        return LinkName(self.partner, self.tenant)

    @property
    def path(self) -> str:
        partner = f"{PARTNERS}/{self.partner_id}"
        return partner if self.kind is Kind.PARTNER else f"{partner}/{Kind.SYNC}"


async def find(client: GraphClient, part: Part) -> Settings | None:
    """The object as it stands, or None."""
    return await _found(client, part.path)


async def look(client: GraphClient, part: Part, last: Held) -> Held | None:
    """What we hold of the object, as it stands now; None once it is gone.

    A synchronization that was deleted while it was on and its partner stands has been closed by
    the target, as if it had been switched off.
    """
    standing = await find(client, part)
    if standing is None and stopped(part.kind, {}, last) and await _closed(client, part):
        standing = {}
    return None if standing is None else seen(part.kind, standing, last)


async def weigh(client: GraphClient, part: Part, last: Held) -> None:
    """See beforehand whether `hold` would refuse; nothing is written.

    Raises:
        PolicyConflictError: a key that is new to us holds another value.
    """
    _judged(part, await find(client, part) or {}, last)


async def take(client: GraphClient, part: Part) -> Held:
    """Get or create the object, so that it says what is wanted.

    Raises:
        PolicyConflictError: a key holds another value, and nobody said to take it over.
    """
    return await hold(client, part, NOTHING)


async def hold(client: GraphClient, part: Part, last: Held) -> Held:
    """Bring the object from what stands to what is wanted; nothing else is written.

    Raises:
        PolicyConflictError: a key that is new to us holds another value.
    """
    standing = await find(client, part)
    if standing is None and stopped(part.kind, {}, last) and await _closed(client, part):
        return seen(part.kind, {}, replace(last, settings=part.settings, stopped=True))
    if standing is None:
        return await _made(client, part)
    return await _changed(client, part, standing, last)


async def _made(client: GraphClient, part: Part) -> Held:
    try:
        await client.write(_creation(part, part.settings))
    except ConflictError:
        # Somebody made it between our look and our write; it is judged like any other.
        standing = await find(client, part)
        return await _changed(client, part, standing or {}, NOTHING)
    return Held(settings=nested(keyed(part.settings)))


async def _changed(client: GraphClient, part: Part, standing: Settings, last: Held) -> Held:
    found = _judged(part, standing, last)
    await _patch(client, part, change_body(standing, found.send))
    return found.held


def _judged(part: Part, standing: Settings, last: Held) -> Change:
    found = change(part.kind, standing, part.settings, last, takeover=part.takeover)
    if found.refused:
        raise refusal(part, found.refused)
    return found


async def let_go(client: GraphClient, part: Part, last: Held) -> tuple[str, ...]:
    """Leave the object as it was before us; the answer names the keys that keep it there."""
    # Somebody's synchronization, or one that was taken over, keeps its partner.
    expand = Kind.SYNC if part.kind is Kind.PARTNER else None
    standing = await _found(client, query(part.path, expand=expand))
    if standing is None:
        return ()
    found = release(part.kind, standing, last)
    if not found.delete:
        await _patch(client, part, change_body(standing, found.send))
        return found.kept
    try:
        await client.write(Call(method="DELETE", path=part.path))
    except NotFoundError:
        return ()  # what is gone needs no deletion
    return ()


async def reopen(client: GraphClient, part: Part) -> bool:
    """Switch on again what the target switched off and the topology wants on."""
    if keyed(part.settings).get(part.kind.switch) is not True:
        return False
    standing = await find(client, part)
    on = {part.kind.switch: True}
    if standing is None:
        await client.write(_creation(part, nested(on)))
        return True
    if not stopped(part.kind, standing, Held(settings=nested(on))):
        return False
    await _patch(client, part, change_body(standing, on))
    return True


async def _closed(client: GraphClient, part: Part) -> bool:
    """Whether a synchronization is gone from a partner that still stands."""
    return (
        part.kind is Kind.SYNC and await _found(client, f"{PARTNERS}/{part.partner_id}") is not None
    )


async def _found(client: GraphClient, path: str) -> Settings | None:
    try:
        return await client.get_object(path)
    except NotFoundError:
        return None


def _creation(part: Part, settings: Settings) -> Call:
    """POST makes a partner, PUT a synchronization; a second PUT would be a conflict."""
    chosen = nested({key: one for key, one in keyed(settings).items() if one is not None})
    if part.kind is Kind.PARTNER:
        return Call(method="POST", path=PARTNERS, body={"tenantId": part.partner_id, **chosen})
    return Call(method="PUT", path=part.path, body={"displayName": part.partner, **chosen})


async def _patch(client: GraphClient, part: Part, body: dict[str, Any]) -> None:
    """PATCH of a synchronization is documented, and missing from the OpenAPI description."""
    if body:
        await client.write(Call(method="PATCH", path=part.path, body=body))


def refusal(part: Part, refused: Sequence[Difference]) -> PolicyConflictError:
    """Why nothing was written: the keys that hold another value, and the ways on."""
    text = "\n".join(
        f"  {named(part.kind, one.key)} is {shown(one.old)}, the topology wants "
        f"{'inherit' if one.new is None else shown(one.new)}"
        for one in refused
    )
    return PolicyConflictError(
        f"{part.tenant} toward {part.partner}: a policy stands that differs from the topology. "
        f"Nothing was changed in it.\n{text}\n"
        "Change the topology (`tenantry policies import LINK` writes down what stands), or say "
        "`takeover: true` in the link's policy: what it replaces comes back when the link goes.",
        keys=[named(part.kind, one.key) for one in refused],
    )


def named(kind: Kind, key: str) -> str:
    """A key with the object that it is in, where that is not the partner itself."""
    return key if kind is Kind.PARTNER else f"{kind}.{key}"


def shown(value: Any) -> str:
    """A setting as people read it; what is not set inherits the tenant's default."""
    return "not set" if value is None else msgspec.json.encode(value).decode()


def sync_settings(*, allowed: bool | None) -> dict[str, Any]:
    """The settings of an identity synchronization that allows users, or does not."""
    return nested({SYNC_SWITCH: allowed})
