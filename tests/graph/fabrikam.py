"""A target for tests of policies: a world enters, what fabrikam says about contoso leaves."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from reconcile.graph.holding import Held, Kind
from reconcile.graph.partners import Part, take
from reconcile.graph.policies import Wish
from reconcile.graph.settings import Settings
from reconcile.model.tenants import Alias
from tests.graph.worlds import World, in_world, tenant

CONTOSO = tenant("contoso").id
WANTED: dict[str, Any] = {
    "automaticUserConsentSettings": {"inboundAllowed": True},
    "inboundTrust": {"isMfaAccepted": True},
}
BY_HAND = {"inboundTrust": {"isMfaAccepted": False, "isCompliantDeviceAccepted": True}}
CLOSED = {"automaticUserConsentSettings": {"inboundAllowed": False}}
CLOSED_SYNC = {"userSyncInbound": {"isSyncAllowed": False}}


def a_wish(settings: Settings = WANTED, *, sync: bool | None = True) -> Wish:
    return Wish(
        tenant=Alias("fabrikam"),
        partner=Alias("contoso"),
        partner_id=CONTOSO,
        settings=settings,
        sync=sync,
    )


def a_part(settings: Settings = WANTED, *, takeover: bool = False) -> Part:
    """What fabrikam's partner configuration for contoso is to say."""
    return replace(a_wish(settings).parts[0], takeover=takeover)


SYNC = a_wish().parts[1]


class Fabrikam:
    """The target in a world: what it holds, and what its administrator does there."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.client = world.client("fabrikam")
        self.directory = world.sandbox.tenant("fabrikam")

    @property
    def partner(self) -> dict[str, Any] | None:
        return self.directory.partners.get(CONTOSO)

    @property
    def sync(self) -> dict[str, Any] | None:
        return self.directory.identity_sync.get(CONTOSO)

    @property
    def writes(self) -> int:
        return self.world.sandbox.requests.writes

    def sets(self, settings: Settings) -> None:
        self.directory.partners[CONTOSO].update(settings)

    async def made(self, wish: Wish) -> dict[Kind, Held]:
        return {part.kind: await take(self.client, part) for part in wish.parts}


def in_fabrikam(play: Callable[[Fabrikam], Awaitable[None]]) -> None:
    async def main(world: World) -> None:
        await play(Fabrikam(world))

    in_world(main)
