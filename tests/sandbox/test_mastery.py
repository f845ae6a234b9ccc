"""What an on-premises directory masters: refused in Entra, the rest is written."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.seeds import sandbox_id
from tests.sandbox.asking import NESTED, Asker
from tests.sandbox.test_role_rights import ONE, TWO, reference

PERSON, GROUP = f"/users/{ONE}", f"/groups/{NESTED}"


@pytest.fixture
def synced(contoso: Asker) -> Asker:
    tenant = contoso.world.tenant("contoso")
    tenant.patch_user(ONE, {"onPremisesSyncEnabled": True})
    tenant.patch_group(NESTED, {"onPremisesSyncEnabled": True})
    return contoso


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", PERSON, {"jobTitle": "Boss"}),
        ("PATCH", PERSON, {"onPremisesExtensionAttributes": {"extensionAttribute1": "x"}}),
        ("PATCH", PERSON, {"usageLocation": "DK", "mobilePhone": "1"}),
        ("PUT", f"{PERSON}/manager/$ref", reference(TWO)),
        ("DELETE", f"{PERSON}/manager/$ref", None),
        ("PATCH", GROUP, {"displayName": "x"}),
        ("POST", f"{GROUP}/members/$ref", reference(TWO)),
        ("DELETE", f"{GROUP}/members/{sandbox_id('user:contoso:10')}/$ref", None),
    ],
)
def test_what_is_mastered_on_premises_is_refused(
    synced: Asker, method: str, path: str, body: Any
) -> None:
    answer = synced.ask(method, path, body)

    assert answer.status == 400
    assert answer.body["error"]["code"] == "Request_BadRequest"
    assert "on-premises mastered" in answer.body["error"]["message"]


@pytest.mark.parametrize(
    "body", [{"usageLocation": "DK"}, {"otherMails": ["a@b.c"]}, {"userType": "Guest"}]
)
def test_what_entra_masters_is_written(synced: Asker, body: dict[str, Any]) -> None:
    assert synced.ask("PATCH", PERSON, body).status == 204


def test_who_belongs_to_the_cloud_is_written(synced: Asker) -> None:
    assert synced.ask("PATCH", f"/users/{TWO}", {"jobTitle": "Boss"}).status == 204
