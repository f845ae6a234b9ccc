"""What was checked, as text and JSON: findings enter, one line for what is well, more if not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from reconcile.report.columns import pad, safe, wrap
from reconcile.report.documents import document

_TOPIC = 13


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """One thing that was looked at, in a tenant or a link."""

    subject: str
    topic: str
    well: bool
    detail: str


def checks_text(
    tenants: Sequence[Checked], links: Sequence[Checked], *, then: str = "tenantry plan"
) -> str:
    """What was found, tenant by tenant and link by link, and how much is not well.

    `then` is the command to type next where all is well.
    """
    lines: list[str] = []
    subject = ""
    for one in (*tenants, *links):
        if one.subject != subject:
            lines += [""] if lines else []
            lines.append(one.subject)
            subject = one.subject
        lines += _finding_lines(one)
    bad = sum(not one.well for one in (*tenants, *links))
    lines += ["", f"{bad} to mend." if bad else f"All is well. Next: {then}"]
    return "\n".join(lines)


def _finding_lines(one: Checked) -> Iterator[str]:
    head = f"  {'= ok  ' if one.well else 'x mend'} {pad(one.topic, _TOPIC)}"
    yield from wrap(safe(one.detail), first=head, rest=" " * 22)


def checks_document(
    environment: str, tenants: Sequence[Checked], links: Sequence[Checked]
) -> dict[str, Any]:
    """The same for programs."""
    return document(
        "check",
        environment=environment,
        tenants=[asdict(one) for one in tenants],
        links=[asdict(one) for one in links],
        well=all(one.well for one in (*tenants, *links)),
    )
