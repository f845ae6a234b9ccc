"""Cross-tenant access policy: links enter, what each tenant is to say about its partners leaves.

What is wanted is compared with what stands here; `partners` writes it, one policy object at a
time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from reconcile.errors import NotFoundError
from reconcile.graph import partners
from reconcile.graph.calls import query
from reconcile.graph.client import GraphClient
from reconcile.graph.holding import Kind
from reconcile.graph.partners import PARTNERS, Part, shown, sync_settings
from reconcile.graph.settings import Difference, Settings, before_image, differences, joined
from reconcile.model.links import Link
from reconcile.model.tenants import Alias, Environment, TenantId

__all__ = ["Review", "Standing", "Wish", "compose", "read", "reopen", "review", "shown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What one tenant is to say about one partner; `sync` None leaves synchronization unmanaged.

    `takeover` lets it replace what somebody else chose.
    """

    tenant: Alias
    partner: Alias
    partner_id: TenantId
    settings: Settings = field(default_factory=dict)
    sync: bool | None = None
    takeover: bool = False

    @property
    def parts(self) -> tuple[Part, ...]:
        """The policy objects that say it, in the order in which they are made."""
        wanted = {Kind.PARTNER: self.settings}
        if self.sync is not None:
            wanted[Kind.SYNC] = sync_settings(allowed=self.sync)
        return tuple(
            Part(
                kind=kind,
                tenant=self.tenant,
                partner=self.partner,
                partner_id=self.partner_id,
                settings=settings,
                takeover=self.takeover,
            )
            for kind, settings in wanted.items()
        )


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
        """What a takeover would replace, in the shape that restores it."""
        image = before_image(self.standing.partner or {}, self.wish.settings)
        sync = before_image(self.standing.sync or {}, _wanted_sync(self.wish))
        return {**image, Kind.SYNC.value: sync} if sync else image


def compose(links: Sequence[Link], environment: Environment) -> tuple[Wish, ...]:
    """One wish for each tenant and partner, from all links between them.

    One policy object holds what both directions want, so a takeover of one is a takeover of both.
    """
    parts: dict[tuple[Alias, Alias], list[Settings]] = {}
    sync: dict[tuple[Alias, Alias], bool] = {}
    takeover: set[frozenset[Alias]] = set()
    for link in links:
        source, target = link.name
        parts.setdefault((target, source), []).append(link.policy.target)
        parts.setdefault((source, target), []).append(link.policy.source)
        sync[target, source] = link.policy.user_sync_inbound
        if link.policy.takeover:
            takeover.add(frozenset(link.name))
    return tuple(
        Wish(
            tenant=tenant,
            partner=partner,
            partner_id=environment.tenants[partner].id,
            settings=joined(settings),
            sync=sync.get((tenant, partner)),
            takeover=frozenset((tenant, partner)) in takeover,
        )
        for (tenant, partner), settings in sorted(parts.items())
    )


async def read(client: GraphClient, partner: TenantId) -> Standing:
    """What the tenant says about a partner; a partner that is not there is said nothing about."""
    try:
        found = await client.get_object(query(f"{PARTNERS}/{partner}", expand=Kind.SYNC.value))
    except NotFoundError:
        return Standing(partner=None, sync=None)
    sync = found.pop(Kind.SYNC, None)
    return Standing(partner=found, sync=sync)


async def review(client: GraphClient, wish: Wish) -> Review:
    """Compare a wish with what stands; nothing is written."""
    standing = await read(client, wish.partner_id)
    changes = list(differences(standing.partner or {}, wish.settings))
    if standing.partner is None and not wish.settings:
        changes.append(Difference(key="partner", old=None, new="created"))
    found = differences(standing.sync or {}, _wanted_sync(wish))
    changes += [Difference(key=f"{Kind.SYNC}.{one.key}", old=one.old, new=one.new) for one in found]
    return Review(wish=wish, standing=standing, changes=tuple(changes))


async def reopen(client: GraphClient, wish: Wish) -> tuple[str, ...]:
    """Switch on what the target switched off and the wish wants on; the answer names the keys.

    Nothing else is written, so a person who resumes a link decides about nothing but the link.
    """
    opened = [part for part in wish.parts if await partners.reopen(client, part)]
    return tuple(partners.named(part.kind, part.kind.switch) for part in opened)


def _wanted_sync(wish: Wish) -> Settings:
    return {} if wish.sync is None else sync_settings(allowed=wish.sync)
