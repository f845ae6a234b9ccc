"""Directory roles: whom they protect, from whom, and through which groups."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.calls.role_rights import NAMES
from sandbox.seeds import sandbox_id
from tests.sandbox.asking import NESTED, WORKING, Asker

ONE, TWO = sandbox_id("user:contoso:1"), sandbox_id("user:contoso:2")
CALLER = sandbox_id(f"principal:{sandbox_id('app:contoso:worker')}")
TEMPLATES = {name: template_id for template_id, name in NAMES.items()}
FOR_ROLES = {
    "displayName": "administrators",
    "isAssignableToRole": True,
    "mailEnabled": False,
    "mailNickname": "administrators",
    "securityEnabled": True,
}


def reference(object_id: str) -> dict[str, str]:
    return {"@odata.id": f"https://graph.microsoft.com/v1.0/directoryObjects/{object_id}"}


def give(asker: Asker, role: str, holder: str) -> int:
    asker.ask("POST", "/directoryRoles", {"roleTemplateId": TEMPLATES[role]})
    path = f"/directoryRoles/roleTemplateId={TEMPLATES[role]}/members/$ref"
    return asker.ask("POST", path, reference(holder)).status


def a_group(asker: Asker) -> str:
    return str(asker.ask("POST", "/groups", FOR_ROLES).body["id"])


@pytest.mark.parametrize(
    ("acting", "held", "status"),
    [
        (None, "Guest Inviter", 403),
        ("Global Reader", "Global Administrator", 403),
        ("Global Reader", "Guest Inviter", 403),
        ("User Administrator", "Guest Inviter", 204),
        ("User Administrator", "User Administrator", 204),
        ("User Administrator", "Security Administrator", 403),
        ("Authentication Administrator", "Helpdesk Administrator", 403),
        ("Authentication Administrator", "Password Administrator", 204),
        ("Privileged Role Administrator", "Guest Inviter", 403),
        ("Privileged Authentication Administrator", "Global Administrator", 204),
        ("Global Administrator", "Global Administrator", 204),
    ],
)
def test_only_a_higher_role_acts_on_a_role_holder(
    contoso: Asker, acting: str | None, held: str, status: int
) -> None:
    give(contoso, held, ONE)
    if acting:
        give(contoso, acting, CALLER)

    assert contoso.ask("PATCH", f"/users/{ONE}", {"accountEnabled": False}).status == status
    assert contoso.ask("DELETE", f"/users/{ONE}").status == status


def test_a_second_role_protects_who_holds_a_lesser_one(contoso: Asker) -> None:
    for role in ("Guest Inviter", "Global Reader"):
        give(contoso, role, ONE)
    give(contoso, "User Administrator", CALLER)

    assert contoso.ask("DELETE", f"/users/{ONE}").status == 403


def test_a_role_that_is_held_through_a_group_protects(contoso: Asker) -> None:
    group = a_group(contoso)
    contoso.ask("POST", f"/groups/{group}/members/$ref", reference(ONE))
    give(contoso, "Guest Inviter", group)

    assert contoso.ask("PATCH", f"/users/{ONE}", {"accountEnabled": False}).status == 403
    assert contoso.ask("PATCH", f"/users/{TWO}", {"accountEnabled": False}).status == 204


@pytest.mark.parametrize("link", ["members", "owners"])
def test_who_is_in_a_group_for_roles_is_protected_from_user_administrators(
    contoso: Asker, link: str
) -> None:
    contoso.ask("POST", f"/groups/{a_group(contoso)}/{link}/$ref", reference(ONE))
    give(contoso, "User Administrator", CALLER)

    assert contoso.ask("DELETE", f"/users/{ONE}").status == 403


def test_a_role_is_given_to_no_group_that_is_not_made_for_it(contoso: Asker) -> None:
    assert give(contoso, "Guest Inviter", NESTED) == 400
    assert give(contoso, "Guest Inviter", a_group(contoso)) == 204


@pytest.mark.parametrize("acting", [None, "Global Administrator"])
def test_no_application_resets_the_redemption_of_a_role_holder(
    contoso: Asker, acting: str | None
) -> None:
    guest = contoso.invited("ada@elsewhere.com")
    give(contoso, "Guest Inviter", guest)
    if acting:
        give(contoso, acting, CALLER)

    answer = contoso.invite("ada@elsewhere.com", resetRedemption=True, invitedUser={"id": guest})

    assert answer.status == 403


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/owners/$ref", reference(ONE)),
        ("DELETE", f"/owners/{TWO}/$ref", None),
        ("PATCH", "", {"description": "x"}),
        ("PATCH", "", {"owners@odata.bind": [reference(ONE)["@odata.id"]]}),
    ],
)
def test_who_may_not_manage_roles_writes_no_group_for_them(
    contoso: Asker, method: str, path: str, body: Any
) -> None:
    group = a_group(contoso)
    for owner in (TWO, sandbox_id("user:contoso:3")):
        contoso.ask("POST", f"/groups/{group}/owners/$ref", reference(owner))
    modest = Asker(
        contoso.world, "contoso", permissions=WORKING - {"RoleManagement.ReadWrite.Directory"}
    )

    assert modest.ask(method, f"/groups/{group}{path}", body).status == 403
    assert contoso.ask(method, f"/groups/{group}{path}", body).status == 204


def test_no_group_joins_a_group_for_roles(contoso: Asker) -> None:
    path = f"/groups/{a_group(contoso)}/members/$ref"

    assert contoso.code("POST", path, reference(NESTED))[0] == 400
