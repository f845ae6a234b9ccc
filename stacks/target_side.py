"""A link enters; what its target has for it alone stands: the permission to be written to."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

from reconcile.graph.policies import Wish
from reconcile.topology.binding import Bound
from stacks import names
from stacks.dynamic.identity_sync import IdentitySync
from stacks.stops import tell
from stacks.tenant import Tenant


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetSideArgs:
    """A link, its target, and what the target is to say about the source."""

    bound: Bound
    wish: Wish
    target: Tenant


class TargetSide(pulumi.ComponentResource):
    """A link as its target sees it."""

    synchronization: IdentitySync

    def __init__(self, args: TargetSideArgs) -> None:
        """Declare the identity synchronization, which goes before the partner it stands in."""
        link = args.bound.link.name
        aliases = names.former(names.link_name, args.bound.source, args.bound.target)
        super().__init__(
            "tenantry:index:TargetSide",
            link.slug,
            None,
            pulumi.ResourceOptions(parent=args.target, aliases=aliases),
        )
        self.synchronization = IdentitySync(
            link.slug,
            tenant=args.bound.target,
            wish=args.wish,
            opts=pulumi.ResourceOptions(
                parent=self, aliases=aliases, depends_on=[args.target.partners[link.source]]
            ),
        )
        tell(self.synchronization)
        self.register_outputs({"stopped": self.synchronization.stopped})
