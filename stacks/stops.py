"""A policy resource enters; a warning in every preview leaves if its tenant stopped a link."""

from __future__ import annotations

import pulumi

from stacks.dynamic.identity_sync import IdentitySync
from stacks.dynamic.partner import Partner


def tell(resource: Partner | IdentitySync) -> None:
    """Warn where a tenant switched off what was on by our hand."""

    def warn(stopped: str | None) -> None:
        if stopped:
            pulumi.log.warn(stopped, resource)

    resource.stopped.apply(warn)
