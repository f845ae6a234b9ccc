from __future__ import annotations

from typing import Any

import pytest

from sandbox.seeds import sandbox_id
from tests.sandbox.asking import Asker

ADA = "ada@contoso.com"
ONE = sandbox_id("user:fabrikam:1")
TWO = sandbox_id("user:fabrikam:2")
OWN: dict[str, Any] = {
    "accountEnabled": True,
    "displayName": "New",
    "mailNickname": "new",
    "userPrincipalName": "new@fabrikam.com",
    "passwordProfile": {"password": "xWwvJ]6NMw+bWH-d"},
}


def test_an_internal_user_is_made_and_read_back(fabrikam: Asker) -> None:
    made = fabrikam.ask("POST", "/users", OWN)

    user = fabrikam.get("/users/new@fabrikam.com?$select=id,userType,creationType")

    assert made.status == 201
    assert user["id"] == made.body["id"]
    assert (user["userType"], user["creationType"]) == ("Member", None)


@pytest.mark.parametrize(
    "change",
    [
        {"userPrincipalName": "person1@fabrikam.com"},
        {"userPrincipalName": "new@elsewhere.com"},
        {"userPrincipalName": "@fabrikam.com"},
        {"userPrincipalName": "a b!@fabrikam.com"},
        {"displayName": None},
        {"passwordProfile": None},
        {"creationType": "Invitation"},
    ],
)
def test_a_user_that_cannot_be_is_refused(fabrikam: Asker, change: dict[str, Any]) -> None:
    assert fabrikam.code("POST", "/users", OWN | change) == (400, "Request_BadRequest")


def test_patch_sets_and_clears(fabrikam: Asker) -> None:
    address = f"/users/{ONE}"
    first = fabrikam.ask("PATCH", address, {"jobTitle": "Boss", "businessPhones": ["+45 1"]})
    second = fabrikam.ask("PATCH", address, {"jobTitle": None, "city": "Aarhus"})

    user = fabrikam.get(f"{address}?$select=jobTitle,city,businessPhones")

    assert (first.status, first.body, second.status) == (204, None, 204)
    assert (user["jobTitle"], user["city"], user["businessPhones"]) == (None, "Aarhus", ["+45 1"])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("id", "x"),
        ("creationType", None),
        ("externalUserState", "Accepted"),
        ("proxyAddresses", []),
        ("createdDateTime", "2026-01-01T00:00:00Z"),
        ("shoeSize", "44"),
        ("jobTitle", ""),
        ("jobTitle", 5),
        ("jobTitle", "x" * 129),
        ("displayName", None),
        ("displayName", "x" * 257),
        ("companyName", "x" * 65),
        ("employeeId", "x" * 17),
        ("mailNickname", "x" * 65),
        ("mobilePhone", "1" * 65),
        ("usageLocation", None),
        ("usageLocation", "DNK"),
        ("userType", "Owner"),
        ("accountEnabled", None),
        ("accountEnabled", "yes"),
        ("businessPhones", ["1", "2"]),
        ("businessPhones", None),
        ("businessPhones", "1"),
        ("otherMails", None),
        ("employeeHireDate", "yesterday"),
        ("userPrincipalName", "person2@fabrikam.com"),
        ("userPrincipalName", "person1@elsewhere.com"),
        ("userPrincipalName", "noat"),
        ("userPrincipalName", "person+1@fabrikam.com"),
        ("mail", "person2@fabrikam.com"),
        ("onPremisesExtensionAttributes", {"extensionAttribute16": "x"}),
        ("onPremisesExtensionAttributes", {"extensionAttribute1": "x" * 1025}),
        ("extension_0123_source", "x"),
    ],
)
def test_patch_refuses_what_graph_refuses(fabrikam: Asker, name: str, value: Any) -> None:
    assert fabrikam.code("PATCH", f"/users/{ONE}", {name: value}) == (400, "Request_BadRequest")


def test_a_refused_patch_changes_nothing(fabrikam: Asker) -> None:
    fabrikam.ask("PATCH", f"/users/{ONE}", {"jobTitle": "Boss", "id": "x"})

    assert fabrikam.get(f"/users/{ONE}")["jobTitle"] is None


def test_extension_attributes_merge(fabrikam: Asker) -> None:
    for number in (1, 2):
        attributes = {f"extensionAttribute{number}": str(number)}
        fabrikam.ask("PATCH", f"/users/{ONE}", {"onPremisesExtensionAttributes": attributes})

    user = fabrikam.get(f"/users/{ONE}?$select=onPremisesExtensionAttributes")
    held = user["onPremisesExtensionAttributes"]

    assert {name: value for name, value in held.items() if value} == {
        "extensionAttribute1": "1",
        "extensionAttribute2": "2",
    }


def test_a_new_mail_becomes_the_primary_address(fabrikam: Asker) -> None:
    fabrikam.ask("PATCH", f"/users/{ONE}", {"mail": "fresh@fabrikam.com"})

    assert fabrikam.ids("/users?$filter=mail eq 'fresh@fabrikam.com'") == [ONE]
    assert fabrikam.ids("/users?$filter=mail eq 'person1@fabrikam.com'") == []
    assert fabrikam.get(f"/users/{ONE}?$select=proxyAddresses")["proxyAddresses"] == [
        "SMTP:fresh@fabrikam.com"
    ]


@pytest.mark.parametrize(
    ("method", "body", "status"),
    [
        ("PATCH", {"accountEnabled": False}, 403),
        ("PATCH", {"mobilePhone": "1"}, 403),
        ("PATCH", {"otherMails": []}, 403),
        ("PATCH", {"jobTitle": "Boss"}, 204),
        ("DELETE", None, 403),
    ],
)
def test_a_role_holder_is_protected_from_sensitive_actions(
    fabrikam: Asker, method: str, body: Any, status: int
) -> None:
    fabrikam.world.tenant("fabrikam").roles["62e90394-69f5-4237-9190-012177145e10"] = {ONE}

    assert fabrikam.ask(method, f"/users/{ONE}", body).status == status


def test_narrow_permissions_write_narrow_properties(fabrikam: Asker) -> None:
    fabrikam.permissions = frozenset({"User.EnableDisableAccount.All"})

    assert fabrikam.ask("PATCH", f"/users/{ONE}", {"accountEnabled": False}).status == 204
    assert fabrikam.ask("PATCH", f"/users/{ONE}", {"jobTitle": "Boss"}).status == 403


def test_a_manager_is_set_read_and_removed(fabrikam: Asker) -> None:
    address = f"/users/{ONE}/manager"
    reference = {"@odata.id": f"https://graph.microsoft.com/v1.0/users/{TWO}"}
    before = fabrikam.code("GET", address)
    put = fabrikam.ask("PUT", f"{address}/$ref", reference)
    manager = fabrikam.get(f"{address}?$select=id")
    reports = fabrikam.ids(f"/users/{TWO}/directReports")
    gone = fabrikam.ask("DELETE", f"{address}/$ref")

    assert before == (404, "Request_ResourceNotFound")
    assert (put.status, gone.status) == (204, 204)
    assert (manager["id"], reports) == (TWO, [ONE])
    assert fabrikam.code("DELETE", f"{address}/$ref")[0] == 404


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"@odata.id": "https://graph.microsoft.com/v1.0/users/nobody"}, 404),
        ({"@odata.id": "nonsense"}, 400),
        ({}, 400),
        ({"@odata.id": f"https://graph.microsoft.com/v1.0/users/{ONE}"}, 400),
    ],
)
def test_a_manager_must_be_somebody_else(fabrikam: Asker, body: Any, status: int) -> None:
    assert fabrikam.code("PUT", f"/users/{ONE}/manager/$ref", body)[0] == status


def test_the_delete_is_soft_and_restorable(fabrikam: Asker) -> None:
    fabrikam.world.tenant("fabrikam").set_manager(ONE, TWO)
    gone = fabrikam.ask("DELETE", f"/users/{ONE}")
    listed = fabrikam.get(
        "/directory/deletedItems/microsoft.graph.user?$select=id,deletedDateTime,userPrincipalName"
    )["value"]
    found = fabrikam.get(f"/directory/deletedItems/{ONE}?$select=mail")
    missing = fabrikam.code("GET", f"/users/{ONE}")
    restored = fabrikam.ask("POST", f"/directory/deletedItems/{ONE}/restore", {})

    assert (gone.status, restored.status) == (204, 200)
    assert missing == (404, "Request_ResourceNotFound")
    assert listed[0]["deletedDateTime"] == "2026-01-05T08:00:00Z"
    assert listed[0]["userPrincipalName"] == ONE.replace("-", "") + "person1@fabrikam.com"
    assert found["mail"] == "person1@fabrikam.com"
    assert restored.body["userPrincipalName"] == "person1@fabrikam.com"
    assert fabrikam.get(f"/users/{ONE}/manager")["id"] == TWO
    assert fabrikam.ids("/directory/deletedItems/graph.user") == []


def test_deleted_users_are_filtered_like_users(fabrikam: Asker) -> None:
    fabrikam.ask("DELETE", f"/users/{ONE}")
    fabrikam.ask("DELETE", f"/users/{TWO}")
    address = "/directory/deletedItems/microsoft.graph.user?$select=id&$top=1"

    assert fabrikam.ids(address) == [ONE, TWO]
    assert fabrikam.ids(f"{address}&$filter=mail eq 'person2@fabrikam.com'") == [TWO]


def test_a_restore_conflicts_with_who_took_the_name(fabrikam: Asker) -> None:
    address = f"/directory/deletedItems/{ONE}/restore"
    fabrikam.ask("DELETE", f"/users/{ONE}")
    taker = OWN | {"userPrincipalName": "person1@fabrikam.com", "mail": "person1@fabrikam.com"}
    fabrikam.ask("POST", "/users", taker)
    rename = {"newUserPrincipalName": "person1b@fabrikam.com"}

    assert fabrikam.code("POST", address, {}) == (400, "Request_BadRequest")
    assert fabrikam.code("POST", address, rename)[0] == 400
    reconciled = fabrikam.ask("POST", address, rename | {"autoReconcileProxyConflict": True})
    assert reconciled.body["userPrincipalName"] == "person1b@fabrikam.com"
    assert fabrikam.get(f"/users/{ONE}?$select=proxyAddresses")["proxyAddresses"] == []


def test_after_thirty_days_a_deleted_user_is_gone(fabrikam: Asker) -> None:
    clock: Any = fabrikam.world.clock
    fabrikam.ask("DELETE", f"/users/{ONE}")
    clock.advance(30 * 86400 - 1)
    still_there = fabrikam.ask("GET", f"/directory/deletedItems/{ONE}").status
    clock.advance(2)

    assert still_there == 200
    assert fabrikam.code("GET", f"/directory/deletedItems/{ONE}")[0] == 404
    assert fabrikam.code("POST", f"/directory/deletedItems/{ONE}/restore", {})[0] == 404


def test_a_purge_needs_more_than_an_application_is_given(fabrikam: Asker) -> None:
    fabrikam.world.store.switches.applications_purge = True
    fabrikam.ask("DELETE", f"/users/{ONE}")
    address = f"/directory/deletedItems/{ONE}"
    modest = Asker(fabrikam.world, permissions=frozenset({"User.ReadWrite.All"}))

    assert modest.code("DELETE", address) == (403, "Authorization_RequestDenied")
    assert fabrikam.ask("DELETE", address).status == 204
    assert fabrikam.code("GET", address)[0] == 404


def test_what_one_person_is_given_nobody_else_has(fabrikam: Asker) -> None:
    given = {
        "businessPhones": ["+1"],
        "otherMails": ["a@b.c"],
        "onPremisesExtensionAttributes": {"extensionAttribute1": "x"},
    }
    fabrikam.ask("PATCH", "/users/person1@fabrikam.com", given)

    other = fabrikam.get(f"/users/person2@fabrikam.com?$select={','.join(given)}")

    assert (other["businessPhones"], other["otherMails"]) == ([], [])
    assert set(other["onPremisesExtensionAttributes"].values()) == {None}


def test_a_new_name_is_what_somebody_signs_in_by(fabrikam: Asker) -> None:
    made = fabrikam.ask("POST", "/users", OWN).body["id"]
    address = f"/users/{made}?$select=identities"

    fabrikam.ask("PATCH", f"/users/{made}", {"userPrincipalName": "newer@fabrikam.com"})
    patched = fabrikam.get(address)["identities"]
    fabrikam.ask("DELETE", f"/users/{made}")
    rename = {"newUserPrincipalName": "newest@fabrikam.com"}
    fabrikam.ask("POST", f"/directory/deletedItems/{made}/restore", rename)

    assert [one["issuerAssignedId"] for one in patched] == ["newer@fabrikam.com"]
    restored = fabrikam.get(address)["identities"]
    assert [one["issuerAssignedId"] for one in restored] == ["newest@fabrikam.com"]


def test_nobody_is_restored_by_a_name_of_another_domain(fabrikam: Asker) -> None:
    fabrikam.ask("DELETE", f"/users/{ONE}")
    rename = {"newUserPrincipalName": "person1@elsewhere.com"}

    assert fabrikam.code("POST", f"/directory/deletedItems/{ONE}/restore", rename)[0] == 400
    assert fabrikam.code("GET", f"/users/{ONE}")[0] == 404


def test_no_application_purges_a_user_unless_a_switch_lets_it(fabrikam: Asker) -> None:
    fabrikam.ask("DELETE", f"/users/{ONE}")
    address = f"/directory/deletedItems/{ONE}"

    assert fabrikam.code("DELETE", address) == (403, "Authorization_RequestDenied")
    assert fabrikam.ask("GET", address).status == 200


@pytest.mark.parametrize(
    ("permission", "body", "status"),
    [
        ("User-PasswordProfile.ReadWrite.All", {"passwordProfile": {"password": "x"}}, 204),
        ("User-PasswordProfile.ReadWrite.All", {"accountEnabled": False}, 403),
        ("User-Mail.ReadWrite.All", {"otherMails": ["a@b.c"]}, 204),
        ("User-Phone.ReadWrite.All", {"mobilePhone": "1"}, 204),
        ("User.ManageIdentities.All", {"identities": []}, 400),
        ("User.ManageIdentities.All", {"mobilePhone": "1"}, 403),
    ],
)
def test_each_narrow_permission_writes_its_own(
    fabrikam: Asker, permission: str, body: Any, status: int
) -> None:
    fabrikam.permissions = frozenset({permission})

    assert fabrikam.ask("PATCH", f"/users/{ONE}", body).status == status
