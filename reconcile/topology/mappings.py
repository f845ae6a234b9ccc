"""Changes to mappings enter, the attribute mappings of one link leave: Entra's defaults, changed.

The defaults are those of Entra's cross-tenant synchronization as far as Graph lets them be written:
`alternativeSecurityIds` and `userPrincipalName` cannot be, and `IsSoftDeleted` is what the
reconciler does by deleting and restoring. See
https://learn.microsoft.com/microsoft-365/enterprise/sync-users-multi-tenant-orgs.
"""

from __future__ import annotations

from reconcile.expressions.compiling import expression
from reconcile.model.links import AttributeMapping, Computed, Constant, Direct, Unmapped, When
from reconcile.topology.expand import Settings
from reconcile.topology.schemas import defaults

_DIRECT = (
    "accountEnabled",
    "city",
    "country",
    "department",
    "displayName",
    "employeeId",
    "givenName",
    "jobTitle",
    "mail",
    "mailNickname",
    "manager",
    "physicalDeliveryOfficeName",
    "postalCode",
    "preferredLanguage",
    "state",
    "streetAddress",
    "surname",
    "telephoneNumber",
)

ENTRA_DEFAULTS = {
    **{name: AttributeMapping(target=name, source=Direct(attribute=name)) for name in _DIRECT},
    "showInAddressList": AttributeMapping(target="showInAddressList", source=Constant(value=True)),
    "userType": AttributeMapping(
        target="userType", source=Constant(value="Member"), when=When.CREATION
    ),
}


def attribute_mappings(changes: Settings) -> tuple[AttributeMapping, ...]:
    """The mappings of a link, sorted by target attribute."""
    mapped = dict(ENTRA_DEFAULTS)
    for target in changes.get("remove", ()):
        mapped.pop(target, None)
    for target, how in changes.get("set", {}).items():
        mapped[target] = attribute_mapping(target, how)
    return tuple(mapped[target] for target in sorted(mapped))


def attribute_mapping(target: str, how: Settings) -> AttributeMapping:
    """One mapping as `set` says it."""
    return AttributeMapping(
        target=target,
        source=_source(how),
        when=When(how.get("when", defaults("mapping")["when"])),
        default=how.get("default"),
    )


def _source(how: Settings) -> Direct | Constant | Computed | Unmapped:
    if "direct" in how:
        return Direct(attribute=how["direct"])
    if "constant" in how:
        return Constant(value=how["constant"])
    if "expression" not in how:
        return Unmapped()
    made = expression(how["expression"])
    return Computed(
        expression=made.text,
        attributes=tuple(sorted(made.attributes)),
        timely=made.timely,
        redacted=made.redacted,
    )
