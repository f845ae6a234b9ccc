"""Applications and service principals whole: what nobody set, in each version of Graph."""

from __future__ import annotations

import pytest

from sandbox.registered import APPLICATION, PRINCIPAL, whole_application, whole_principal
from tests.sandbox.asking import Asker
from tests.sandbox.compared import properties
from tests.sandbox.published import GRAPH, openapi

TEMPLATE = "518e5f48-1fc8-4c48-9387-9fdf28b0dfe7"
# Beta's examples show these; the published subset of beta does not declare them.
SHOWN_IN_BETA = {
    "application": {"addIns", "applicationTemplateId", "oauth2RequirePostResponse"},
    "servicePrincipal": {"api"},
}


def test_what_was_set_of_a_complex_member_leaves_the_rest_as_it_was() -> None:
    app = whole_application({"web": {"homePageUrl": "https://stamp.example"}}, "v1.0")

    assert app["web"]["homePageUrl"] == "https://stamp.example"
    assert app["web"]["implicitGrantSettings"]["enableIdTokenIssuance"] is False


def test_members_of_beta_are_not_told_in_v1() -> None:
    assert "windows" not in whole_application({}, "v1.0")
    assert "windows" in whole_application({}, "beta")
    assert "publisherName" not in whole_principal({"publisherName": "Contoso"}, "v1.0")
    assert whole_principal({"publisherName": "Contoso"}, "beta")["publisherName"] == "Contoso"


@pytest.mark.skipif(not GRAPH.exists(), reason="no OpenAPI beside the checkout")
@pytest.mark.parametrize("version", ["v1.0", "beta"])
@pytest.mark.parametrize(
    ("kind", "names"), [("application", APPLICATION), ("servicePrincipal", PRINCIPAL)]
)
def test_every_member_is_one_of_the_version(
    kind: str, names: dict[str, frozenset[str]], version: str
) -> None:
    schema = openapi(version)["components"]["schemas"][f"microsoft.graph.{kind}"]
    shown = SHOWN_IN_BETA[kind] if version == "beta" else set()

    assert names[version] - set(properties(schema)) - shown == set()


def test_the_gallery_lists_its_template(fabrikam: Asker) -> None:
    assert fabrikam.ids("/applicationTemplates") == [TEMPLATE]
    assert fabrikam.ids("/applicationTemplates?$filter=displayName eq 'Slack'") == []
