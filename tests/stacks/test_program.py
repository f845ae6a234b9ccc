"""Topologies yield these resources: one partner a tenant and partner, both sides of each link."""

from __future__ import annotations

from collections import Counter

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.stacks.worlds import CEO, EMPLOYEES, ONE, Answers, declared, example

EXAMPLES = ("acquisition", "shared-services", "subsidiaries", "workshop")


@pytest.mark.parametrize("name", EXAMPLES)
def test_each_shape_yields_these_resources(name: str, snapshot: SnapshotAssertion) -> None:
    assert declared(example(name)).tree() == snapshot


def test_topologies_used_together_share_tenants_and_partners() -> None:
    together = declared(*(example(name) for name in EXAMPLES))

    tenants = Counter(one.name for one in together.of_kind("Tenant"))
    partners = Counter(one.name for one in together.of_kind("Partner"))
    assert set(tenants.values()) == set(partners.values()) == {1}
    assert len(together.of_kind("IdentitySync")) == len(together.of_kind("SourceSide"))


def test_a_partner_says_what_the_links_of_both_directions_want() -> None:
    back = ONE.replace("one", "other").replace("source: contoso", "source: fabrikam")
    back = back.replace("target: fabrikam", "target: contoso")

    found = {one.name: one.inputs["settings"] for one in declared(ONE, back).of_kind("Partner")}

    consent = {"inboundAllowed": True, "outboundAllowed": True}
    assert found["contoso-toward-fabrikam"] == {"automaticUserConsentSettings": consent}


def test_a_link_with_one_group_has_six_custom_resources_and_its_source_a_provider() -> None:
    found = Counter(one.kind for one in declared(ONE).declared if one.custom)

    assert found.pop("azuread") == 1
    assert found == {
        "Partner": 2,
        "IdentitySync": 1,
        "ApplicationFromTemplate": 1,
        "ServicePrincipal": 1,
        "AppRoleAssignment": 1,
    }


def test_a_tenant_that_is_only_a_target_needs_no_provider() -> None:
    assert [one.name for one in declared(ONE).of_kind("azuread")] == ["contoso"]


def test_the_permission_to_synchronize_goes_before_the_partner_it_stands_in() -> None:
    (partner,) = declared(ONE).one("IdentitySync").after

    assert partner.endswith("Partner fabrikam-toward-contoso")


def test_only_the_native_job_waits_for_another_tenant() -> None:
    engine = declared(example("subsidiaries"))

    apart = [
        (one.title, before)
        for one in engine.declared
        for before in one.after
        if one.name.split("-")[0] not in before and one.kind != "IdentitySync"
    ]
    assert apart == []


def test_every_resource_of_a_source_is_made_with_that_tenant_s_provider() -> None:
    engine = declared(*(example(name) for name in EXAMPLES))

    for one in engine.declared:
        if one.type.startswith("azuread:"):
            assert one.provider == f"pulumi:providers:azuread {one.name.split('-')[0]}"


def test_groups_and_users_are_assigned_once_each() -> None:
    text = ONE.replace("{groups: [employees]}", "{groups: [employees], users: [ceo]}")

    found = declared(text).of_kind("AppRoleAssignment")

    assert [one.inputs["principalObjectId"] for one in found] == sorted([EMPLOYEES, CEO])
    assert {one.inputs["appRoleId"] for one in found} == {"other"}


def test_everyone_is_nobody_s_assignment() -> None:
    text = ONE.replace("{assigned: {groups: [employees]}}", "{all: true}")

    assert declared(text).of_kind("AppRoleAssignment") == []


def test_an_app_without_roles_has_the_default_one() -> None:
    kind = "azuread:index/servicePrincipal:ServicePrincipal"
    bare = Answers(outputs={kind: {"objectId": "principal", "appRoles": []}})

    found = declared(ONE, answers=bare).one("AppRoleAssignment")

    assert found.inputs["appRoleId"] == "00000000-0000-0000-0000-000000000000"


def test_the_sync_app_is_hidden_from_users_and_found_by_its_tag() -> None:
    found = declared(ONE).one("ServicePrincipal").inputs

    assert {"HideApp", "tenantry:contoso->fabrikam"} <= set(found["tags"])
    assert found["useExisting"] is True
    assert found["appRoleAssignmentRequired"] is True


def test_the_name_of_a_sync_app_without_a_job_says_not_to_start_it() -> None:
    found = declared(ONE).one("ApplicationFromTemplate").inputs

    assert found["displayName"] == "Tenantry: contoso to fabrikam (do not start)"


def test_a_takeover_is_for_the_links_of_one_pair_only() -> None:
    text = ONE.replace("true}", "true, takeover: true}")
    other = ONE.replace("one", "other").replace("fabrikam", "wingtip")

    found = {one.name: one.inputs["takeover"] for one in declared(text, other).of_kind("Partner")}

    assert found == {
        "contoso-toward-fabrikam": True,
        "contoso-toward-wingtip": False,
        "fabrikam-toward-contoso": True,
        "wingtip-toward-contoso": False,
    }


def test_the_outputs_name_links_tenants_and_apps() -> None:
    outputs = declared(ONE).outputs

    assert outputs["links"] == {
        "contoso-to-fabrikam": {
            "source": "contoso",
            "target": "fabrikam",
            "engine": "reconciler",
            "sync_app": "client of principal in contoso",
            "service_principal": "principal",
            "stopped": None,
        }
    }
    assert set(outputs["tenants"]) == {"contoso", "fabrikam"}


def test_a_stop_by_the_target_is_warned_of_and_told() -> None:
    kind = "pulumi-python:dynamic/tenantry:IdentitySync"
    stop = {kind: {"stopped": "contoso → fabrikam: stopped by fabrikam"}}
    answers = Answers()
    answers.outputs = {**answers.outputs, **stop}

    engine = declared(ONE, answers=answers)

    assert engine.warnings == ["contoso → fabrikam: stopped by fabrikam"]
    assert engine.outputs["links"]["contoso-to-fabrikam"]["stopped"] == engine.warnings[0]


def test_nothing_secret_is_an_input() -> None:
    engine = declared(example("subsidiaries"))

    told = repr([one.inputs for one in engine.declared])
    assert "secret" not in told.lower()
