"""Settling: when we wrote last goes in, whether what listings show may be older comes out."""

from __future__ import annotations

from datetime import datetime

from reconcile.model.jobs import Job
from reconcile.model.reads import Agreement


def settling(job: Job, agreement: Agreement | None, now: datetime) -> bool:
    """Whether a pair was written so lately that a listing may not show it yet."""
    return (
        agreement is not None
        and agreement.written_at is not None
        and now - agreement.written_at < job.settle
    )
