"""The application that deploys accepts the tokens that the environment declares."""

from __future__ import annotations

from reconcile.model.tenants import Cloud, Federation, ObjectId
from tests.stacks.worlds import ONE, declared, with_tenant

APPLICATION = ObjectId("2d7f0c5b-9a41-4e86-b3d8-c6e1f0a9755d")
SUBJECTS = {"preview": "repo:a/b:pull_request", "production": "repo:a/b:environment:production"}
FEDERATION = Federation(
    application=APPLICATION, issuer="https://token.actions.githubusercontent.com", subjects=SUBJECTS
)


def test_each_subject_is_a_federated_credential() -> None:
    environment = with_tenant("contoso", federation=FEDERATION)

    found = declared(ONE, environment=environment).of_kind("ApplicationFederatedIdentityCredential")

    assert {one.inputs["displayName"]: one.inputs["subject"] for one in found} == SUBJECTS
    assert {one.inputs["applicationId"] for one in found} == {f"/applications/{APPLICATION}"}
    assert found[0].inputs["audiences"] == ["api://AzureADTokenExchange"]


def test_they_are_made_one_after_the_other() -> None:
    environment = with_tenant("contoso", federation=FEDERATION)

    first, second = declared(ONE, environment=environment).of_kind(
        "ApplicationFederatedIdentityCredential"
    )

    assert (first.after, second.after) == ((), (first.title,))


def test_a_tenant_without_links_may_be_federated() -> None:
    environment = with_tenant("wingtip", federation=FEDERATION)

    engine = declared(ONE, environment=environment)

    assert "wingtip" in {one.name for one in engine.of_kind("azuread")}
    assert "wingtip" in engine.outputs["tenants"]


def test_a_national_cloud_has_an_audience_of_its_own() -> None:
    cloud = Cloud(
        name="usgov",
        authority="https://login.microsoftonline.us",
        graph="https://graph.microsoft.us",
    )
    environment = with_tenant("contoso", federation=FEDERATION, cloud=cloud)

    found = declared(ONE, environment=environment).of_kind("ApplicationFederatedIdentityCredential")

    assert found[0].inputs["audiences"] == ["api://AzureADTokenExchangeUSGov"]
