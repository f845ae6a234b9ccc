"""The witness of all tests finds what it is there for."""

from __future__ import annotations

import pytest

from sandbox.routes.table import ROUTES
from tests import witness
from tests.sandbox.asking import Asker, a_user
from tests.sandbox.published import GRAPH, operation, resolved, schema_of_answer


def named(schema: object) -> str:
    """Return the last word of a reference to a schema, in the form of Microsoft's modules."""
    reference = schema.get("$ref", "") if isinstance(schema, dict) else ""
    word = str(reference).rsplit(".", 1)[-1]
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in word)


@pytest.mark.skipif(not GRAPH.exists(), reason="no OpenAPI beside the checkout")
def test_every_published_route_is_read_by_the_model_of_its_schema() -> None:
    wrong = []
    for name, route in ROUTES.items():
        method, path = name.split(" ", 1)
        published = operation(method, path, "v1.0")
        schema = None if route.beta or published is None else schema_of_answer(published, 200)
        word = named(schema).removesuffix("_collection_response")
        if schema and word and method in {"GET", "POST"}:
            wrong += [] if witness.model_of(name) == word else [(name, word)]

    assert wrong == []
    assert resolved({"type": "string"}) == {"type": "string"}


@pytest.mark.unwitnessed
@pytest.mark.skipif(not GRAPH.exists(), reason="no OpenAPI beside the checkout")
def test_an_answer_that_is_not_published_is_seen(contoso: Asker) -> None:
    contoso.world.tenant("contoso").add_user(a_user(99, displayName=7))

    contoso.get("/users?$select=displayName,id")

    assert [one.split(":")[0] for one in witness.taken()] == ["v1.0 GET /users"]


@pytest.mark.unwitnessed
def test_what_microsofts_model_leaves_over_is_seen(contoso: Asker) -> None:
    tenant = contoso.world.tenant("contoso")
    partner = contoso.world.tenant("fabrikam").tenant_id
    path = f"/policies/crossTenantAccessPolicy/partners/{partner}"
    contoso.ask("POST", "/policies/crossTenantAccessPolicy/partners", {"tenantId": partner})
    tenant.partners[partner]["somethingNew"] = True

    contoso.get(path)

    assert any("is left over by" in one for one in witness.taken())
