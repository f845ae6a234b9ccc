"""Reviews of policies: what differs or stands enters, text for people and JSON data leave."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import yaml

from reconcile.graph.policies import Review, shown
from reconcile.model.links import LinkName
from reconcile.report.columns import wrap
from reconcile.report.documents import document
from reconcile.topology.standing import Spoken


def review_text(found: Review) -> str:
    """One policy, and line by line what is to change in it."""
    title = f"{found.wish.tenant} toward {found.wish.partner}"
    if not found.changes:
        return f"{title}: as the topologies want it"
    glyph = "+" if found.standing.partner is None else "~"
    changes = [
        f"  {glyph} {one.key}: {shown(one.old)} → {shown(one.new)}"
        f"{'   (somebody else chose this)' if one.contradicts else ''}"
        for one in found.changes
    ]
    return "\n".join([title, *changes])


def review_advice(reviews: Sequence[Review], up: str) -> str:
    """What to do about what differs; nothing to say where nothing does."""
    lines = [f"Set what differs with `{up}`."] if any(one.changes for one in reviews) else []
    if any(one.contradicted for one in reviews):
        lines += wrap(
            "It leaves alone what somebody else chose, unless the link's policy says "
            "`takeover: true`; `tenantry policies import LINK` writes such values down. What a "
            "target turned off itself, only `tenantry resume LINK` turns on."
        )
    return "\n".join(lines)


def review_document(found: Review) -> dict[str, Any]:
    """One policy for programs; `before` is what a takeover would replace."""
    return {
        "tenant": found.wish.tenant,
        "partner": found.wish.partner,
        "exists": found.standing.partner is not None,
        "changes": [
            {"key": one.key, "old": one.old, "new": one.new, "contradicts": one.contradicts}
            for one in found.changes
        ],
        "before": found.before,
    }


_PLACE = (
    "For a topology of one link it is the whole `policy:`. In a link's entry it is merged over the "
    "topology's own `policy:`: what that says and this does not stays managed for this link, too."
)


def imported_text(link: LinkName, found: Spoken) -> str:
    """YAML to paste into a topology, with what it does not say as comments."""
    block = yaml.safe_dump(
        {"policy": dict(found.policy)}, sort_keys=False, default_flow_style=None, width=78
    )
    lines = [f"# {link}, as it stands in both tenants."]
    lines += wrap(_PLACE, first="# ", rest="# ")
    lines.append(block.rstrip())
    if found.unsaid:
        lines.append("# Not said above, and so unmanaged:")
    for one in found.unsaid:
        text = f"{one.tenant}: {one.key} is {shown(one.value)} ({one.why})"
        lines += wrap(text, first="# - ", rest="#   ")
    return "\n".join(lines)


def imported_document(environment: str, link: LinkName, found: Spoken) -> dict[str, Any]:
    """The same for programs."""
    unsaid = [
        {"tenant": one.tenant, "key": one.key, "value": one.value, "why": one.why}
        for one in found.unsaid
    ]
    return document(
        "imported policy",
        environment=environment,
        link=link.slug,
        policy=dict(found.policy),
        unsaid=unsaid,
    )
