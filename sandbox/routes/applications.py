"""Routes of applications, their principals and assignments, and the gallery."""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.calls import (
    applications,
    assignments,
    federations,
    held_assignments,
    owners,
    passwords,
    principals,
    templates,
)
from sandbox.routes.route import Route, any_of

_FEDERATIONS = "/applications/{}/federatedIdentityCredentials"
_ASSIGNED = "/servicePrincipals/{}/appRoleAssignedTo"

_READ_APPS = any_of(
    "Application.Read.All Application.ReadWrite.All Application.ReadWrite.OwnedBy "
    "Directory.Read.All"
)
_WRITE_APPS = any_of("Application.ReadWrite.All Application.ReadWrite.OwnedBy")
_WRITE_PRINCIPALS = _WRITE_APPS | {"Directory.ReadWrite.All"}
_READ_APPS_BY_ID = _READ_APPS | {"Directory.ReadWrite.All"}
_ASSIGN = any_of("AppRoleAssignment.ReadWrite.All")
_READ_HELD: Mapping[str, frozenset[str]] = {
    "users": any_of("AppRoleAssignment.ReadWrite.All Directory.Read.All"),
    "groups": any_of("AppRoleAssignment.ReadWrite.All Directory.Read.All Directory.ReadWrite.All"),
    "servicePrincipals": _READ_APPS_BY_ID,
}

ROUTES: Mapping[str, Route] = {
    "GET /applications": Route(applications.list_applications, _READ_APPS),
    "POST /applications": Route(applications.create_application, _WRITE_APPS),
    "GET /applications/{}": Route(applications.get_application, _READ_APPS_BY_ID),
    "PATCH /applications/{}": Route(applications.patch_application, _WRITE_APPS),
    "DELETE /applications/{}": Route(applications.delete_application, _WRITE_APPS),
    "GET /applications/{}/extensionProperties": Route(
        applications.list_extensions, _READ_APPS_BY_ID
    ),
    "POST /applications/{}/extensionProperties": Route(
        applications.create_extension, _WRITE_PRINCIPALS
    ),
    "GET /applications/{}/extensionProperties/{}": Route(
        applications.get_extension, _WRITE_APPS | {"Application.Read.All"}
    ),
    "DELETE /applications/{}/extensionProperties/{}": Route(
        applications.delete_extension, _WRITE_PRINCIPALS
    ),
    "GET /applications/{}/owners": Route(owners.of_application, _READ_APPS_BY_ID),
    "POST /applications/{}/addPassword": Route(passwords.add_password, _WRITE_PRINCIPALS),
    "POST /applications/{}/removePassword": Route(passwords.remove_password, _WRITE_PRINCIPALS),
    # The published table lets Directory.Read.All write this; that cannot be meant.
    "POST /applications/{}/owners/$ref": Route(owners.add_to_application, _WRITE_PRINCIPALS),
    "DELETE /applications/{}/owners/{}/$ref": Route(
        owners.remove_from_application, _WRITE_PRINCIPALS
    ),
    f"GET {_FEDERATIONS}": Route(
        federations.list_federations, _WRITE_APPS | {"Application.Read.All"}
    ),
    f"POST {_FEDERATIONS}": Route(federations.create_federation, _WRITE_APPS),
    f"GET {_FEDERATIONS}/{{}}": Route(federations.get_federation, _WRITE_APPS),
    f"PATCH {_FEDERATIONS}/{{}}": Route(federations.patch_federation, _WRITE_APPS),
    f"DELETE {_FEDERATIONS}/{{}}": Route(federations.delete_federation, _WRITE_APPS),
    # Reading the gallery is in no published table.
    "GET /applicationTemplates": Route(templates.list_templates, _READ_APPS_BY_ID),
    "GET /applicationTemplates/{}": Route(templates.get_template, _READ_APPS_BY_ID),
    "POST /applicationTemplates/{}/instantiate": Route(templates.instantiate, _WRITE_PRINCIPALS),
    "GET /servicePrincipals": Route(principals.list_principals, _READ_APPS),
    "POST /servicePrincipals": Route(principals.create_principal, _WRITE_PRINCIPALS),
    "GET /servicePrincipals/{}": Route(principals.get_principal, _READ_APPS_BY_ID),
    "PATCH /servicePrincipals/{}": Route(principals.patch_principal, _WRITE_PRINCIPALS),
    "DELETE /servicePrincipals/{}": Route(principals.delete_principal, _WRITE_PRINCIPALS),
    "GET /servicePrincipals/{}/owners": Route(owners.of_principal, _READ_APPS_BY_ID),
    "POST /servicePrincipals/{}/owners/$ref": Route(owners.add_to_principal, _WRITE_PRINCIPALS),
    "DELETE /servicePrincipals/{}/owners/{}/$ref": Route(
        owners.remove_from_principal, _WRITE_PRINCIPALS
    ),
    **{
        f"GET /{kind}/{{}}/appRoleAssignments": Route(held_assignments.list_held, readers)
        for kind, readers in _READ_HELD.items()
    },
    **{
        f"POST /{kind}/{{}}/appRoleAssignments": Route(held_assignments.assign, _ASSIGN)
        for kind in _READ_HELD
    },
    **{
        f"DELETE /{kind}/{{}}/appRoleAssignments/{{}}": Route(held_assignments.withdraw, _ASSIGN)
        for kind in _READ_HELD
    },
    f"GET {_ASSIGNED}": Route(assignments.list_assigned, _READ_APPS_BY_ID),
    f"POST {_ASSIGNED}": Route(assignments.assign, _ASSIGN),
    f"GET {_ASSIGNED}/{{}}": Route(assignments.get_assigned, _READ_APPS_BY_ID),
    f"DELETE {_ASSIGNED}/{{}}": Route(assignments.withdraw, _ASSIGN),
}
