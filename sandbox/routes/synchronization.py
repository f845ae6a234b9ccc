"""Routes of Entra's own synchronization: templates, jobs and secrets of a sync app."""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.calls import provision_on_demand, sync_schemas, synchronization
from sandbox.routes.route import Route, any_of

_SYNCHRONIZATION = "/servicePrincipals/{}/synchronization"
_JOBS = "/servicePrincipals/{}/synchronization/jobs"

_READ_SYNC = any_of(
    "Application.ReadWrite.OwnedBy Synchronization.Read.All Synchronization.ReadWrite.All"
)
_WRITE_SYNC = any_of("Application.ReadWrite.OwnedBy Synchronization.ReadWrite.All")
# Directory.ReadWrite.All allows this one and no other.
_DISCOVER = any_of("Application.ReadWrite.OwnedBy Directory.ReadWrite.All")
_SCHEMAS = (f"{_JOBS}/{{}}/schema", f"{_SYNCHRONIZATION}/templates/{{}}/schema")

ROUTES: Mapping[str, Route] = {
    f"GET {_SYNCHRONIZATION}/templates": Route(synchronization.list_templates, _READ_SYNC),
    f"GET {_SYNCHRONIZATION}/templates/{{}}": Route(synchronization.get_template, _READ_SYNC),
    f"GET {_JOBS}": Route(synchronization.list_jobs, _READ_SYNC),
    f"POST {_JOBS}": Route(synchronization.create_job, _WRITE_SYNC),
    f"POST {_JOBS}/validateCredentials": Route(
        synchronization.validate_credentials, _WRITE_SYNC, asks=True
    ),
    f"GET {_JOBS}/{{}}": Route(synchronization.get_job, _READ_SYNC),
    f"DELETE {_JOBS}/{{}}": Route(synchronization.delete_job, _WRITE_SYNC),
    f"POST {_JOBS}/{{}}/start": Route(synchronization.start_job, _WRITE_SYNC),
    f"POST {_JOBS}/{{}}/pause": Route(synchronization.pause_job, _WRITE_SYNC),
    f"POST {_JOBS}/{{}}/restart": Route(synchronization.restart_job, _WRITE_SYNC),
    f"POST {_JOBS}/{{}}/validateCredentials": Route(
        synchronization.validate_credentials, _WRITE_SYNC, asks=True
    ),
    f"POST {_JOBS}/{{}}/provisionOnDemand": Route(
        provision_on_demand.provision_on_demand, _WRITE_SYNC
    ),
    f"GET {_SCHEMAS[0]}": Route(sync_schemas.get_schema, _READ_SYNC),
    f"PUT {_SCHEMAS[0]}": Route(sync_schemas.put_schema, _WRITE_SYNC),
    f"DELETE {_SCHEMAS[0]}": Route(sync_schemas.delete_schema, _WRITE_SYNC),
    f"POST {_SCHEMAS[0]}/directories/{{}}/discover": Route(sync_schemas.discover, _DISCOVER),
    f"GET {_SCHEMAS[1]}": Route(synchronization.get_template_schema, _READ_SYNC),
    **{
        f"GET {schema}/functions": Route(sync_schemas.list_functions, _WRITE_SYNC)
        for schema in _SCHEMAS
    },
    **{
        f"GET {schema}/filterOperators": Route(sync_schemas.list_operators, _WRITE_SYNC)
        for schema in _SCHEMAS
    },
    **{
        f"POST {schema}/parseExpression": Route(
            sync_schemas.parse_expression, _WRITE_SYNC, asks=True
        )
        for schema in _SCHEMAS
    },
    # Reading secrets is documented on beta only and is in no published table.
    f"GET {_SYNCHRONIZATION}/secrets": Route(synchronization.list_secrets, _READ_SYNC),
    f"PUT {_SYNCHRONIZATION}/secrets": Route(synchronization.put_secrets, _WRITE_SYNC),
}
