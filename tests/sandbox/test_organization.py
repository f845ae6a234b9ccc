"""A tenant's own organization object: what it says by default, and what can be written."""

from __future__ import annotations

from sandbox.world import Sandbox
from tests.sandbox.asking import Asker, a_sandbox

MAILS = {"technicalNotificationMails": ["tech@contoso.com"]}


def an_asker(world: Sandbox, *permissions: str) -> Asker:
    return Asker(world, "contoso", permissions=frozenset(permissions))


def the_address(world: Sandbox) -> str:
    return f"/organization/{world.tenant('contoso').tenant_id}"


def test_what_was_never_set_is_told_as_null() -> None:
    world = a_sandbox()

    answer = an_asker(world, "Organization.Read.All").ask("GET", the_address(world))

    assert answer.body["city"] is None
    assert answer.body["privacyProfile"] == {"contactEmail": "", "statementUrl": ""}


def test_addresses_for_notices_are_read_as_written() -> None:
    world = a_sandbox()
    asker = an_asker(world, "Organization.ReadWrite.All")

    assert asker.ask("PATCH", the_address(world), MAILS).status == 204

    assert asker.ask("GET", the_address(world)).body["technicalNotificationMails"] == [
        "tech@contoso.com"
    ]


def test_reading_does_not_allow_to_write() -> None:
    world = a_sandbox()

    answer = an_asker(world, "Organization.Read.All").ask("PATCH", the_address(world), MAILS)

    assert answer.status == 403


def test_verified_domains_are_not_written_here() -> None:
    world = a_sandbox()
    asker = an_asker(world, "Organization.ReadWrite.All")

    answer = asker.ask("PATCH", the_address(world), {"verifiedDomains": []})

    assert answer.status == 400


def test_another_tenants_organization_is_not_found() -> None:
    world = a_sandbox()
    asker = an_asker(world, "Organization.ReadWrite.All")
    other = world.tenant("fabrikam").tenant_id

    assert asker.ask("PATCH", f"/organization/{other}", MAILS).status == 404


def test_what_no_organization_and_no_domain_has_is_not_selected() -> None:
    asker = Asker(a_sandbox(), "contoso")

    assert asker.ask("GET", "/organization?$select=foo").status == 400
    assert asker.ask("GET", "/domains?$select=foo").status == 400
    assert asker.get("/organization?$select=id,partnerTenantType")["value"][0]["id"]
