"""Reviews of policies: what differs enters, text for people and JSON data for programs leave."""

from __future__ import annotations

from typing import Any

from reconcile.graph.policies import Review, shown


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


def review_document(found: Review, *, applied: bool) -> dict[str, Any]:
    """One policy for programs; `before` restores what a takeover replaced."""
    return {
        "tenant": found.wish.tenant,
        "partner": found.wish.partner,
        "exists": found.standing.partner is not None,
        "changes": [
            {"key": one.key, "old": one.old, "new": one.new, "contradicts": one.contradicts}
            for one in found.changes
        ],
        "applied": applied and bool(found.changes),
        "before": found.before,
    }
