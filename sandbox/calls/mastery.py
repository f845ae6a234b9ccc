"""Objects that an on-premises directory masters: what is written of them enters, a refusal leaves.

graph-docs user-update says that the source of authority decides; the refusal is widely quoted, its
extent is not documented. What Entra Connect writes by default counts as mastered on-premises, but
for names and `accountEnabled`, which administrators are told to change in both directories.
"""

from __future__ import annotations

from collections.abc import Iterable

from sandbox.contents import GraphObject
from sandbox.wire import refuse

_USERS = frozenset(
    {
        "businessPhones",
        "city",
        "companyName",
        "country",
        "department",
        "displayName",
        "employeeId",
        "faxNumber",
        "givenName",
        "jobTitle",
        "mail",
        "mailNickname",
        "manager",
        "mobilePhone",
        "officeLocation",
        "onPremisesExtensionAttributes",
        "onPremisesImmutableId",
        "postalCode",
        "preferredLanguage",
        "state",
        "streetAddress",
        "surname",
    }
)
_GROUPS = frozenset(
    {"description", "displayName", "mailEnabled", "mailNickname", "members", "securityEnabled"}
)


def refuse_mastered_user(user: GraphObject, names: Iterable[str]) -> None:
    """Refuse properties of a synchronized user that the on-premises directory masters."""
    _refuse(user, _USERS, names)


def refuse_mastered_group(group: GraphObject, names: Iterable[str]) -> None:
    """Refuse properties of a synchronized group that the on-premises directory masters."""
    _refuse(group, _GROUPS, names)


def _refuse(item: GraphObject, mastered: frozenset[str], names: Iterable[str]) -> None:
    if item.get("onPremisesSyncEnabled") and not mastered.isdisjoint(names):
        raise refuse(
            400,
            "Request_BadRequest",
            "Unable to update the specified properties for on-premises mastered Directory Sync "
            "objects or objects currently undergoing migration.",
        )
