"""Schemas of synchronization jobs: requests enter, schemas and what may stand in them leave."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox import odata
from sandbox.calls.objects import listed, required
from sandbox.calls.principals import find_principal
from sandbox.calls.synchronization import (
    find_job,
    formed,
    get_template,
    note,
    tail,
    written,
)
from sandbox.calls.user_rules import body_of
from sandbox.calls.users import missing
from sandbox.clock import stamp
from sandbox.contents import GraphObject
from sandbox.native import forms, schedule
from sandbox.native.attributes import Value, text_of
from sandbox.native.expressions import ExpressionError, Node, as_source, evaluate, parse
from sandbox.native.functions import FUNCTIONS
from sandbox.native.gate import value_of
from sandbox.native.run import memory_of, schema_of
from sandbox.native.schema import (
    DIRECTORY_IDS,
    SOURCE,
    SchemaError,
    checked,
    directory,
    operator_schemas,
)
from sandbox.store import Directory
from sandbox.wire import Answer, Request, refuse


def get_schema(tenant: Directory, request: Request) -> Answer:
    """GET /servicePrincipals/{id}/synchronization/jobs/{id}/schema."""
    principal = find_principal(tenant, request)
    job = find_job(tenant, request, principal)
    place = f"jobs('{job['id']}')/schema"
    return odata.entity(request, schema_of(tenant, job["id"]), tail=tail(principal, place))


def put_schema(tenant: Directory, request: Request) -> Answer:
    """PUT …/schema, which replaces it whole and makes the job look at everybody anew."""
    principal = written(tenant, request)
    job = find_job(tenant, request, principal)
    try:
        _change(tenant, job, checked(body_of(request.body), job["id"]))
    except SchemaError as problem:
        raise refuse(400, problem.code, str(problem)) from problem
    note(tenant, request, principal, "Update attribute mappings or scope")
    return Answer(status=204)


def delete_schema(tenant: Directory, request: Request) -> Answer:
    """DELETE …/schema, which brings the template's back."""
    principal = written(tenant, request)
    job = find_job(tenant, request, principal)
    _change(tenant, job, None)
    note(tenant, request, principal, "Update attribute mappings or scope")
    return Answer(status=204)


def _change(tenant: Directory, job: GraphObject, schema: GraphObject | None) -> None:
    memory = memory_of(tenant, job["id"])
    memory.schema = schema
    memory.forget(pairs=False)
    if memory.due is not None:
        schedule.wake(tenant, memory)


def list_functions(tenant: Directory, request: Request) -> Answer:
    """GET …/schema/functions(), of a job or of a template."""
    principal, place = _schema_place(tenant, request)
    value = [
        {"id": name, "parameters": [_parameter(one) for one in parameters]}
        for name, parameters in FUNCTIONS.items()
    ]
    return listed(request, tail(principal, f"{place}/functions"), value)


def _parameter(written_as: str) -> GraphObject:
    return {
        "name": written_as.rstrip("?*"),
        "allowMultipleOccurrences": written_as.endswith("*"),
        "required": not written_as.endswith(("?", "*")),
        "type": "String",
    }


def list_operators(tenant: Directory, request: Request) -> Answer:
    """GET …/schema/filterOperators(), of a job or of a template."""
    principal, place = _schema_place(tenant, request)
    return listed(request, tail(principal, f"{place}/filterOperators"), operator_schemas())


def parse_expression(tenant: Directory, request: Request) -> Answer:
    """POST …/schema/parseExpression, of a job or of a template."""
    _schema_place(tenant, request)
    body = body_of(request.body)
    formed(body, forms.Expression)
    text = str(required(body, "expression", "parseExpression"))
    result: GraphObject = {
        "@odata.context": odata.context(request, "microsoft.graph.parseExpressionResponse"),
        "error": None,
        "evaluationResult": [],
        "evaluationSucceeded": False,
        "parsedExpression": None,
        "parsingSucceeded": False,
    }
    try:
        node = parse(text)
        result |= {"parsingSucceeded": True, "parsedExpression": as_source(node)}
        if body.get("testInputObject") is not None:
            result |= _evaluated(node, body["testInputObject"])
    except ExpressionError as problem:
        # Which codes Graph has for this is not documented.
        result["error"] = {"code": "InvalidExpression", "message": str(problem)}
    return Answer(status=200, body=result)


def _evaluated(node: Node, given: Mapping[str, Any]) -> GraphObject:
    values = {one.get("key"): one.get("value") for one in given.get("properties") or ()}

    def value(name: str) -> Value:
        return text_of(values.get(name))

    found = evaluate(node, value)
    results = found if isinstance(found, list) else [found]
    return {
        "evaluationSucceeded": True,
        "evaluationResult": [one for one in results if one is not None],
    }


def discover(tenant: Directory, request: Request) -> Answer:
    """POST …/schema/directories/{id}/discover, which finds directory extensions."""
    principal = written(tenant, request)
    job = find_job(tenant, request, principal)
    schema = schema_of(tenant, job["id"])
    for number, known in enumerate(schema["directories"]):
        if known.get("id") == request.keys[2] and known.get("name") in DIRECTORY_IDS:
            found = _discovered(tenant, principal, known["name"])
            directories = [*schema["directories"]]
            directories[number] = found
            memory_of(tenant, job["id"]).schema = {**schema, "directories": directories}
            context = odata.context(request, "microsoft.graph.directoryDefinition")
            return Answer(status=200, body={"@odata.context": context, **found})
    raise missing(request.keys[2])


def _discovered(tenant: Directory, principal: GraphObject, name: str) -> GraphObject:
    secrets = tenant.registrations.secrets.get(principal["id"], ())
    target = tenant.store.tenants.get((value_of(secrets, "CompanyId") or "").lower())
    where = tenant if name == SOURCE else target
    extensions = where.registrations.extension_names() if where else ()
    return {**directory(name, extensions), "discoveryDateTime": stamp(tenant.clock.now())}


def _schema_place(tenant: Directory, request: Request) -> tuple[GraphObject, str]:
    """Return the service principal and where under it the schema is, which must be there."""
    principal = find_principal(tenant, request)
    if "/jobs/" in request.path:
        job = find_job(tenant, request, principal)
        return principal, f"jobs('{job['id']}')/schema"
    template = get_template(tenant, request).body
    return principal, f"templates('{template['id']}')/schema"
