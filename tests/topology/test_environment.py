"""An environment binds aliases to tenants, and names to object ids; it holds no secret."""

from datetime import timedelta
from pathlib import Path

import pytest

from reconcile.errors import TopologyError
from reconcile.model.tenants import (
    Alias,
    Environment,
    Federation,
    GitHubFederation,
    ObjectId,
    SecretFromFile,
    SecretFromVariable,
    StampChoice,
    WorkloadTokenFile,
)
from reconcile.topology import links_from
from reconcile.topology.binding import bind
from reconcile.topology.environment import load_environment

ROOT = Path(__file__).parents[2]
ENVIRONMENTS = ROOT / "stacks" / "environments"


def production() -> Environment:
    return load_environment(ENVIRONMENTS / "production.example.yaml", {})


def test_the_sandbox_is_at_its_usual_origin() -> None:
    found = load_environment(ENVIRONMENTS / "sandbox.yaml", {})

    assert {tenant.cloud.graph for tenant in found.tenants.values()} == {"https://127.0.0.1:8443"}
    assert found.settle == timedelta(0)


def test_a_variable_moves_the_sandbox() -> None:
    variables = {"TENANTRY_SANDBOX_ORIGIN": "https://127.0.0.1:9000/"}

    found = load_environment(ENVIRONMENTS / "sandbox.yaml", variables).tenants[Alias("contoso")]

    assert (found.cloud.authority, found.cloud.graph) == (
        "https://127.0.0.1:9000",
        "https://127.0.0.1:9000",
    )


def test_a_tenant_may_be_in_another_cloud() -> None:
    tenants = production().tenants

    assert tenants[Alias("contoso")].cloud.graph == "https://graph.microsoft.com"
    assert tenants[Alias("wingtip")].cloud.authority == "https://login.microsoftonline.us"


def test_every_kind_of_credential_is_a_reference() -> None:
    kinds = [type(tenant.credential) for tenant in production().tenants.values()]

    assert kinds == [GitHubFederation, SecretFromVariable, SecretFromFile, WorkloadTokenFile]


def test_an_environment_may_name_its_topologies() -> None:
    sandbox = load_environment(ENVIRONMENTS / "sandbox.yaml", {})

    assert production().topologies == ("topologies/subsidiaries.yaml",)
    assert sandbox.topologies == ("topologies",)


def test_a_tenant_remembers_its_former_names() -> None:
    assert production().tenants[Alias("tailspin")].formerly == ("adatum",)


def test_a_federation_trusts_github_unless_it_says_whom() -> None:
    tenants = production().tenants

    assert tenants[Alias("fabrikam")].federation is None
    assert tenants[Alias("contoso")].federation == Federation(
        application=ObjectId("2d7f0c5b-9a41-4e86-b3d8-c6e1f0a9755d"),
        issuer="https://token.actions.githubusercontent.com",
        subjects={"production": "repo:contoso@1234/tenants@5678:environment:production"},
    )


def test_stamps_are_kept_where_the_tenant_says() -> None:
    tenants = production().tenants

    assert tenants[Alias("fabrikam")].stamp == StampChoice(attribute="extensionAttribute15")
    assert tenants[Alias("contoso")].stamp == StampChoice()


def test_ids_are_lower_case(tmp_path: Path) -> None:
    file = tmp_path / "shouting.yaml"
    guid = "7C9E6679-7425-40DE-944B-E07FC1F90AE7"
    file.write_text(
        f"version: 1\nname: shouting\ntenants:\n  contoso:\n    id: {guid}\n"
        f"    credential: {{client_id: {guid}, github: true}}\n    stamp: {{owner: {guid}}}\n"
        f"    groups: {{employees: {guid}}}\n"
    )

    found = load_environment(file, {}).tenants[Alias("contoso")]

    assert {found.id, found.credential.client_id, found.stamp.owner, found.groups["employees"]} == {
        guid.lower()
    }


def test_links_are_bound_to_tenants_and_object_ids() -> None:
    environment = load_environment(ENVIRONMENTS / "sandbox.yaml", {})

    (bound,) = bind(
        links_from([ROOT / "topologies" / "acquisition.yaml"], environment), environment
    )

    wingtip = environment.tenants[Alias("wingtip")]
    assert (bound.source, bound.target.alias) == (wingtip, "contoso")
    assert bound.groups == (wingtip.groups["employees"],)
    assert bound.users == (wingtip.users["ceo"],)


def test_the_examples_are_bound_in_the_sandbox() -> None:
    environment = load_environment(ENVIRONMENTS / "sandbox.yaml", {})

    assert links_from([ROOT / "topologies"], environment)


def test_a_missing_environment_is_a_problem() -> None:
    with pytest.raises(TopologyError, match="there is no such file"):
        load_environment(Path("nowhere.yaml"), {})


@pytest.mark.parametrize("alias", ["a-to-b", "to", "a-toward-b", "toward"])
def test_an_alias_holds_no_word_that_joins_aliases_into_names(tmp_path: Path, alias: str) -> None:
    sandbox = (ENVIRONMENTS / "sandbox.yaml").read_text("utf-8")
    file = tmp_path / "sandbox.yaml"
    file.write_text(sandbox.replace("  wingtip:", f"  {alias}:"), "utf-8")

    with pytest.raises(TopologyError, match=alias):
        load_environment(file, {})
