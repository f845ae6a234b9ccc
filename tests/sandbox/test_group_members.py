"""Members and owners of groups: bound when a group is written, listed by type, refused by rule."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.seeds import sandbox_id
from tests.sandbox.asking import EMPLOYEES, NESTED, WORKING, Asker, a_sandbox
from tests.sandbox.test_groups import EVENTUAL, MICROSOFT_365, SECURITY, made

ADDRESS = "https://graph.microsoft.com/v1.0/directoryObjects"
MEMBERS, OWNERS = "members@odata.bind", "owners@odata.bind"


def person(number: int) -> str:
    return sandbox_id(f"user:contoso:{number}")


def addresses(*ids: str) -> list[str]:
    return [f"{ADDRESS}/{one}" for one in ids]


@pytest.fixture
def contoso() -> Asker:
    return Asker(a_sandbox(), "contoso")


@pytest.fixture
def principal(contoso: Asker) -> str:
    found = contoso.get("/servicePrincipals")["value"][0]
    return str(found["id"])


def join(asker: Asker, group: str, object_id: str) -> tuple[int, str]:
    return asker.code(
        "POST", f"/groups/{group}/members/$ref", {"@odata.id": addresses(object_id)[0]}
    )


def test_a_group_is_made_with_members_and_owners(contoso: Asker) -> None:
    bound = {MEMBERS: addresses(person(1), person(2)), OWNERS: addresses(person(3))}

    group = made(contoso, SECURITY | bound)["id"]

    assert contoso.ids(f"/groups/{group}/members?$select=id") == [person(1), person(2)]
    assert contoso.ids(f"/groups/{group}/owners") == [person(3)]


def test_a_change_adds_members_and_owners(contoso: Asker) -> None:
    bound = {MEMBERS: addresses(person(1), person(2)), OWNERS: addresses(person(3))}

    assert contoso.ask("PATCH", f"/groups/{NESTED}", bound).status == 204

    members = contoso.ids(f"/groups/{NESTED}/members?$select=id")
    assert members == [person(10), person(11), person(1), person(2)]
    assert contoso.ids(f"/groups/{NESTED}/owners") == [person(3)]


@pytest.mark.parametrize(
    ("last", "status"), [(person(10), 400), (sandbox_id("user:contoso:99"), 404)]
)
def test_one_refused_member_keeps_all_of_them_out(contoso: Asker, last: str, status: int) -> None:
    body = {"displayName": "New", MEMBERS: addresses(person(1), last)}

    assert contoso.code("PATCH", f"/groups/{NESTED}", body)[0] == status
    assert contoso.ids(f"/groups/{NESTED}/members?$select=id") == [person(10), person(11)]
    assert contoso.get(f"/groups/{NESTED}")["displayName"] != "New"


def test_a_refused_property_keeps_the_members_out(contoso: Asker) -> None:
    body = {"shoeSize": 44, MEMBERS: addresses(person(1))}

    assert contoso.code("PATCH", f"/groups/{NESTED}", body)[0] == 400
    assert person(1) not in contoso.ids(f"/groups/{NESTED}/members?$select=id")


def test_members_of_a_group_of_no_known_type_are_refused(contoso: Asker) -> None:
    body = SECURITY | {"groupTypes": 5, MEMBERS: addresses(person(1))}

    assert contoso.code("POST", "/groups", body) == (400, "Request_BadRequest")


def test_a_request_binds_at_most_twenty_objects(contoso: Asker) -> None:
    tenant = contoso.world.tenant("contoso")
    people = [tenant.add_user({"userPrincipalName": f"new{n}@contoso.com"}) for n in range(20)]
    bound: dict[str, Any] = {MEMBERS: addresses(*people)}

    refused = contoso.code("POST", "/groups", SECURITY | bound | {OWNERS: addresses(person(3))})

    assert refused == (400, "Request_BadRequest")
    assert contoso.ask("POST", "/groups", SECURITY | bound).status == 201


def test_the_last_owner_who_is_a_user_stays(contoso: Asker, principal: str) -> None:
    bound = {OWNERS: addresses(person(1), person(2), principal)}
    owners = f"/groups/{made(contoso, SECURITY | bound)['id']}/owners"

    assert contoso.ask("DELETE", f"{owners}/{person(1)}/$ref").status == 204
    assert contoso.code("DELETE", f"{owners}/{person(2)}/$ref") == (400, "Request_BadRequest")
    assert contoso.ask("DELETE", f"{owners}/{principal}/$ref").status == 204
    assert contoso.code("DELETE", f"{owners}/{person(1)}/$ref")[0] == 404
    assert contoso.ids(owners) == [person(2)]


def test_service_principals_are_members_that_only_beta_lists(
    contoso: Asker, principal: str
) -> None:
    assert join(contoso, NESTED, principal)[0] == 204
    members = f"/groups/{NESTED}/members"
    transitive = f"/groups/{EMPLOYEES}/transitiveMembers"

    assert principal not in contoso.ids(members)
    assert contoso.ids(f"{members}/microsoft.graph.servicePrincipal") == []
    assert principal in contoso.ids(f"/beta{members}")
    cast = f"/beta{transitive}/microsoft.graph.servicePrincipal?$count=true"
    assert contoso.ids(cast, **EVENTUAL) == [principal]


def test_a_listed_service_principal_says_what_it_is(contoso: Asker, principal: str) -> None:
    join(contoso, NESTED, principal)

    last = contoso.get(f"/beta/groups/{NESTED}/members?$select=id,appId")["value"][-1]

    assert last["@odata.type"] == "#microsoft.graph.servicePrincipal"
    assert last.keys() == {"@odata.type", "id", "appId"}


def test_a_microsoft_365_group_takes_people_only(contoso: Asker, principal: str) -> None:
    group = made(contoso, MICROSOFT_365)["id"]

    assert join(contoso, group, person(1))[0] == 204
    assert join(contoso, group, principal)[0] == 400
    assert join(contoso, group, NESTED)[0] == 400


def test_a_microsoft_365_group_is_no_member_of_a_group(contoso: Asker) -> None:
    assert join(contoso, NESTED, made(contoso, MICROSOFT_365)["id"])[0] == 400


FOR_ROLES = SECURITY | {"isAssignableToRole": True}


def test_groups_that_roles_are_assigned_to_need_a_right_of_their_own(contoso: Asker) -> None:
    group = made(contoso, FOR_ROLES)["id"]
    lesser = Asker(
        contoso.world, "contoso", permissions=WORKING - {"RoleManagement.ReadWrite.Directory"}
    )

    assert lesser.code("POST", "/groups", FOR_ROLES)[0] == 403
    assert join(lesser, group, person(1))[0] == 403
    assert join(contoso, group, person(1))[0] == 204
    assert lesser.code("DELETE", f"/groups/{group}/members/{person(1)}/$ref")[0] == 403


@pytest.mark.parametrize(
    "body",
    [
        FOR_ROLES | {"securityEnabled": False},
        FOR_ROLES | {"groupTypes": ["DynamicMembership"]},
        SECURITY | {"mailEnabled": True},
    ],
)
def test_groups_that_graph_does_not_make_are_refused(contoso: Asker, body: dict[str, Any]) -> None:
    assert contoso.code("POST", "/groups", body) == (400, "Request_BadRequest")


def test_whether_roles_can_be_assigned_is_settled_at_creation(contoso: Asker) -> None:
    group = made(contoso, FOR_ROLES)["id"]

    assert contoso.code("PATCH", f"/groups/{group}", {"isAssignableToRole": False})[0] == 400
    assert contoso.ask("PATCH", f"/groups/{group}", {"isAssignableToRole": True}).status == 204
