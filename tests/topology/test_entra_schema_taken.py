"""The sandbox's own job takes what is exported, and answers what is imported."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from reconcile.model.links import BARE
from reconcile.model.people import answered_user
from reconcile.planning.scoping import scope
from reconcile.planning.trials import unbound_job
from reconcile.topology.entra_export import export_schema
from reconcile.topology.entra_import import import_schema
from reconcile.topology.entra_schema import OPERATORS
from sandbox.native.attributes import Person
from sandbox.native.scoping import judge
from tests.sandbox.asking import a_sandbox
from tests.sandbox.pushing import a_job, a_running_job
from tests.topology.carrying import a_link

NOW = datetime(2026, 3, 1, tzinfo=UTC)
EXTENSION = f"extension_{'a' * 32}_badge"
CHANGES: Any = {
    "set": {
        "companyName": {"constant": "Contoso"},
        "jobTitle": {"expression": 'Append([jobTitle], " (Contoso)")', "when": "creation"},
        "department": {"direct": "department", "default": "Unknown"},
    },
    "remove": ["employeeId"],
}
FILTERS: Any = [
    {
        "name": "North",
        "clauses": [
            {"attribute": "country", "operator": "in", "values": ["DE", "DK"]},
            {"attribute": "accountEnabled", "operator": "is-true"},
        ],
    }
]


def test_a_job_takes_a_whole_schema_that_was_exported() -> None:
    push = a_job(a_sandbox())
    schema = export_schema(a_link(mappings=CHANGES, scope={"filters": FILTERS}))

    answer = push.source.ask("PUT", f"{push.path}/schema", schema)

    assert answer.status == 204, answer.body


def test_a_job_s_schema_tells_what_was_put_there() -> None:
    push = a_job(a_sandbox())
    link = a_link(mappings=CHANGES, scope={"filters": FILTERS})
    schema = export_schema(link, push.schema(), "job.json")
    assert push.source.ask("PUT", f"{push.path}/schema", schema).status == 204

    found = import_schema(push.schema(), "schema.json")

    assert a_link(mappings=dict(found.mappings)).mappings == link.mappings
    assert [one["name"] for one in found.filters] == ["North: DE", "North: DK"]


def test_a_job_s_first_schema_comes_to_nothing() -> None:
    found = import_schema(a_job(a_sandbox()).schema(), "schema.json")

    assert (found.mappings, found.filters) == ({}, ())


def test_a_job_that_took_an_export_writes_what_the_link_would() -> None:
    push = a_running_job(a_sandbox())
    schema = export_schema(a_link(mappings=CHANGES), push.schema(), "job.json")
    assert push.source.ask("PUT", f"{push.path}/schema", schema).status == 204

    push.passes()

    companies = {user["companyName"] for user in push.pushed().values()}
    assert companies == {"Contoso"}


@pytest.mark.parametrize("operator", sorted(OPERATORS))
@pytest.mark.parametrize("held", [None, "1", "3", "4", "true", "False", "x3", "3x"])
def test_an_operator_means_the_same_to_a_job(operator: str, held: str | None) -> None:
    clause = {"attribute": "extensionAttribute1", "operator": operator}
    if operator not in BARE:
        clause["value"] = "3"
    # Ours takes truth from attributes of true or false only; a directory extension may be one.
    if operator in {"is-true", "is-false"}:
        clause["attribute"] = EXTENSION
    link = a_link(scope={"filters": [{"name": "North", "clauses": [clause]}]})
    answered = {
        "id": "1",
        "userPrincipalName": "ada@contoso.com",
        "onPremisesExtensionAttributes": {"extensionAttribute1": held},
        EXTENSION: held,
    }
    (users,) = export_schema(link)["synchronizationRules"][0]["objectMappings"]

    there = judge(Person(tenant_id="t", user=answered), users, assigned=True, guests_too=False)
    here = scope(unbound_job(link, NOW), answered_user(answered))

    assert there.passed == (here is None)
