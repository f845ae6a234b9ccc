"""The sandbox's own job takes what is exported, and answers what is imported."""

from __future__ import annotations

from typing import Any

from reconcile.topology.entra_export import export_schema
from reconcile.topology.entra_import import import_schema
from tests.sandbox.asking import a_sandbox
from tests.sandbox.pushing import a_job, a_running_job
from tests.topology.carrying import a_link

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
