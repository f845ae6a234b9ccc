from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.asking import Asker

POLICY = "/policies/authorizationPolicy"
ON_BETA = "/beta/policies/authorizationPolicy/authorizationPolicy"
GRANTED = ["managePermissionGrantsForSelf.microsoft-user-default-low"]


def test_permissions_that_are_not_sent_stay(fabrikam: Asker) -> None:
    body = {"defaultUserRolePermissions": {"allowedToCreateApps": False}}

    assert fabrikam.ask("PATCH", POLICY, body).status == 204
    permissions = fabrikam.get(POLICY)["defaultUserRolePermissions"]
    assert permissions["allowedToCreateApps"] is False
    assert permissions["allowedToReadOtherUsers"] is True


def test_beta_has_a_collection_of_one(fabrikam: Asker) -> None:
    (listed,) = fabrikam.get(f"/beta{POLICY}")["value"]
    one = fabrikam.get(ON_BETA)

    assert one.items() >= listed.items()
    assert one["enabledPreviewFeatures"] == []
    assert "enabledPreviewFeatures" not in fabrikam.get(POLICY)
    assert fabrikam.ask("PATCH", f"/beta{POLICY}", {}).status == 405


def test_only_beta_names_the_policy_twice(fabrikam: Asker) -> None:
    assert fabrikam.ask("GET", ON_BETA.removeprefix("/beta")).status == 400


def test_both_versions_show_the_same_grants(fabrikam: Asker) -> None:
    body = {"permissionGrantPolicyIdsAssignedToDefaultUserRole": GRANTED}

    assert fabrikam.ask("PATCH", ON_BETA, body).status == 204
    assert fabrikam.get(ON_BETA)["permissionGrantPolicyIdsAssignedToDefaultUserRole"] == GRANTED
    permissions = fabrikam.get(POLICY)["defaultUserRolePermissions"]
    assert permissions["permissionGrantPoliciesAssigned"] == GRANTED


def test_preview_features_are_kept(fabrikam: Asker) -> None:
    body = {"enabledPreviewFeatures": ["assignGroupsToRoles"]}

    assert fabrikam.ask("PATCH", ON_BETA, body).status == 204
    assert fabrikam.get(ON_BETA)["enabledPreviewFeatures"] == ["assignGroupsToRoles"]
    assert fabrikam.code("PATCH", POLICY, body) == (400, "Request_BadRequest")


@pytest.mark.parametrize(
    "body",
    [
        {"id": "mine"},
        {"colour": "red"},
        {"allowInvitesFrom": "friends"},
        {"allowInvitesFrom": None},
        {"allowedToUseSSPR": "yes"},
        {"defaultUserRolePermissions": []},
        {"defaultUserRolePermissions": {"foo": True}},
        {"guestUserRoleId": "abc"},
        {"allowUserConsentForRiskyApps": "x"},
    ],
)
@pytest.mark.parametrize("path", [POLICY, ON_BETA])
def test_a_setting_that_cannot_be_is_refused(
    fabrikam: Asker, path: str, body: dict[str, Any]
) -> None:
    assert fabrikam.code("PATCH", path, body) == (400, "Request_BadRequest")
