"""Reopening of a link: what its target turned off and its topology wants enters, switches leave."""

from __future__ import annotations

from dataclasses import dataclass

from reconcile.cli import shell
from reconcile.cli.shell import Place
from reconcile.graph.client import GraphClient
from reconcile.graph.policies import Wish, compose, review
from reconcile.model.links import LinkName
from reconcile.model.tenants import Environment

SWITCHES = {
    "identitySynchronization.userSyncInbound.isSyncAllowed": "inbound user synchronization",
    "automaticUserConsentSettings.inboundAllowed": "automatic redemption (inbound)",
}
"""The target's switches by their keys, as people call them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """A wish of the topologies, and those of the target's switches that are off against it."""

    wish: Wish
    switches: tuple[str, ...]

    def __str__(self) -> str:
        return " and ".join(self.switches)


def inbound_wish(place: Place, environment: Environment, link: LinkName) -> Wish | None:
    """What the topologies want of a link's target; None of a link that no topology declares.

    Raises:
        TopologyError: the files are wrong.
    """
    links = shell.read_links(place, environment)
    if link not in {one.name for one in links}:
        return None
    by_tenants = {(one.tenant, one.partner): one for one in compose(links, environment)}
    return by_tenants[link.target, link.source]


async def closed(client: GraphClient, wish: Wish) -> Closed | None:
    """What the target turned off; None where nothing is off, or nothing was ever set.

    A partner that is not there was never set, or its administrator took everything away: a stack
    makes it, and nobody else.
    """
    found = await review(client, wish)
    off = tuple(
        SWITCHES[one.key] for one in found.changes if one.key in SWITCHES and one.new is True
    )
    return Closed(wish=wish, switches=off) if off and found.standing.partner is not None else None
