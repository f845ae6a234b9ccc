"""A link with Entra's engine enters; its job stands, and starts when the target's side is ready."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_azuread as azuread

from reconcile.model.links import Link
from reconcile.topology.binding import Bound
from stacks.adoption import Found
from stacks.lookups import Lookups

_JOB_TEMPLATE = "Azure2Azure"


@dataclass(frozen=True, slots=True, kw_only=True)
class NativeJobArgs:
    """A link, its sync app, and the resources that must stand before the job starts."""

    bound: Bound
    principal: azuread.ServicePrincipal
    lookups: Lookups
    found: Found | None
    before_start: Sequence[pulumi.Resource]


def declare(args: NativeJobArgs, opts: pulumi.ResourceOptions) -> azuread.SynchronizationJob:
    """The job's settings, which Graph keeps as its secrets, and the job."""
    slug = args.bound.link.name.slug
    settings = azuread.SynchronizationSecret(
        slug,
        service_principal_id=args.principal.id,
        credentials=[
            azuread.SynchronizationSecretCredentialArgs(key=key, value=value)
            for key, value in sorted(_settings(args.bound).items())
        ],
        opts=opts,
    )
    known = args.found.job_import if args.found else None
    return azuread.SynchronizationJob(
        slug,
        # An import is compared before the principal's outputs are known.
        service_principal_id=args.found.principal_path
        if args.found and known
        else args.principal.id,
        template_id=_JOB_TEMPLATE,
        enabled=_enabled(args),
        opts=pulumi.ResourceOptions.merge(
            opts, pulumi.ResourceOptions(depends_on=[settings], import_=known)
        ),
    )


def _settings(bound: Bound) -> dict[str, str]:
    link = bound.link
    return {
        "AuthenticationType": "SyncPolicy",
        "CompanyId": bound.target.id,
        "SyncAll": "true" if link.scope.everyone else "false",
        "SyncNotificationSettings": json.dumps(_notification(link), separators=(",", ":")),
    }


def _notification(link: Link) -> dict[str, object]:
    """Entra's guard against accidental deletions; its members are known from answers of Graph."""
    limit = link.thresholds.deletes.count
    return {
        "Enabled": False,
        "DeleteThresholdEnabled": limit is not None,
        **({} if limit is None else {"DeleteThresholdValue": limit}),
        "HumanResourcesLookaheadQueryEnabled": False,
    }


def _enabled(args: NativeJobArgs) -> pulumi.Output[bool]:
    """Whether the job may run: asked of both tenants once everything before it stands.

    Here, and nowhere else, one tenant's resource waits for another's: a job that starts before
    the target allows it goes into quarantine.
    """
    link, source, target = args.bound.link, args.bound.source, args.bound.target

    async def ask(_: object) -> bool:
        if link.paused:
            return False
        closed = await args.lookups.closed(source, target)
        if closed:
            pulumi.log.warn(
                f"{link.name.slug}: Entra's own job stays disabled while these are off: "
                f"{', '.join(closed)}. `tenantry policies show` tells what is wanted.",
                args.principal,
            )
        return not closed

    standing = pulumi.Output.all(*[_made(one) for one in args.before_start])
    return standing.apply(ask)


def _made(resource: pulumi.Resource) -> pulumi.Output[str]:
    if not isinstance(resource, pulumi.CustomResource):
        raise TypeError(f"{resource} is no resource that is made")
    return resource.id
