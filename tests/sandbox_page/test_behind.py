"""What the page is told, asked in the same process."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest

from sandbox.inprocess import InProcessTransport
from sandbox.page.origins import Census, Origin
from sandbox.page.overview import overview
from sandbox.page.people import people
from sandbox.seeds import sandbox_id
from sandbox.world import Sandbox
from tests.sandbox.asking import Asker, a_sandbox
from tests.sandbox.linked import allow_inbound, consent_outbound

CONTOSO = sandbox_id("tenant:contoso")
PERSON = sandbox_id("user:fabrikam:1")


@pytest.fixture
def world() -> Sandbox:
    return a_sandbox()


def told(world: Sandbox) -> dict[str, Any]:
    return overview(world, Census(world.store))


def asked(world: Sandbox, method: str, path: str, body: Any = None, token: str = "") -> None:
    app = sandbox_id("app:contoso:worker")
    bearer = {"Authorization": f"Bearer {token or world.identity.issue(CONTOSO, app)}"}

    async def ask() -> None:
        async with httpx.AsyncClient(transport=InProcessTransport(world)) as client:
            await client.request(method, f"{world.origin}/v1.0{path}", json=body, headers=bearer)

    asyncio.run(ask())


def origin_of(census: Census, world: Sandbox, user_id: str) -> Origin:
    return census.of(world.tenant("fabrikam")).of[user_id]


def test_a_user_with_anothers_stamp_is_synchronized_from_there(world: Sandbox) -> None:
    stamp = f"{CONTOSO}/{sandbox_id('user:contoso:1')};1"
    attributes = {"onPremisesExtensionAttributes": {"extensionAttribute15": stamp}}
    world.tenant("fabrikam").patch_user(PERSON, attributes)

    assert origin_of(Census(world.store), world, PERSON) == Origin("synchronized", "contoso")


def test_an_invited_user_is_of_the_tenant_that_owns_the_domain(world: Sandbox) -> None:
    user_id = Asker(world).invited("person1@contoso.com")

    assert origin_of(Census(world.store), world, user_id) == Origin("invited", "contoso")


def test_a_user_with_a_foreign_domain_was_invited_from_elsewhere(world: Sandbox) -> None:
    user_id = Asker(world).invited("somebody@adatum.example")

    assert origin_of(Census(world.store), world, user_id) == Origin("invited", None)


def test_a_census_follows_who_comes_and_goes(world: Sandbox) -> None:
    census = Census(world.store)
    before = census.of(world.tenant("fabrikam")).counts[Origin("invited", "contoso")]

    user_id = Asker(world).invited("person1@contoso.com")
    after = census.of(world.tenant("fabrikam")).counts[Origin("invited", "contoso")]
    world.tenant("fabrikam").delete_user(user_id)
    at_last = census.of(world.tenant("fabrikam")).counts[Origin("invited", "contoso")]

    assert (before, after, at_last) == (0, 1, 0)


def test_a_census_knows_that_a_snapshot_was_restored(world: Sandbox) -> None:
    from sandbox.snapshots import freeze

    frozen, census = freeze(world.store), Census(world.store)
    user_id = Asker(world).invited("person1@contoso.com")
    assert user_id in census.of(world.tenant("fabrikam")).of

    world.go_back(frozen)

    assert user_id not in census.of(world.tenant("fabrikam")).of


def test_every_person_is_on_exactly_one_page() -> None:
    world = a_sandbox()
    for number in range(120):
        Asker(world).invited(f"guest{number}@adatum.example")
    origins = Census(world.store).of(world.tenant("fabrikam"))

    seen: list[str] = []
    place: int | None = 0
    while place is not None:
        page = people(origins, "", "invited", place)
        seen += [one["id"] for one in page["people"]]
        place = page["next"]

    assert len(seen) == len(set(seen)) == 120


def test_a_link_is_open_when_both_tenants_agree(world: Sandbox) -> None:
    allow_inbound(world)
    before = told(world)["links"][0]["closed"]

    consent_outbound(world)

    assert before is not None
    assert told(world)["links"][0]["closed"] is None


def test_a_batch_is_one_request_with_what_is_inside(world: Sandbox) -> None:
    steps = [{"id": str(n), "method": "GET", "url": f"/users/{n}"} for n in range(3)]
    steps.append({"id": "3", "method": "GET", "url": "/users?$top=5"})

    asked(world, "POST", "/$batch", {"requests": steps})

    (one,) = told(world)["requests"]
    assert one["inside"] == {404: 3, 200: 1}
    assert (one["address"], one["application"], one["units"]) == ("/v1.0/$batch", "worker", 4)


def test_a_caller_without_a_token_is_seen_at_the_door(world: Sandbox) -> None:
    asked(world, "GET", "/users", token="of-nobody")

    (one,) = told(world)["requests"]
    assert (one["status"], one["tenant"], one["units"]) == (401, "", 0)


def test_a_lost_answer_is_told_from_one_that_arrived(world: Sandbox) -> None:
    world.faults.arm("drop")

    with pytest.raises(httpx.ReadError):
        asked(world, "PATCH", f"/users/{sandbox_id('user:contoso:1')}", {"city": "Oslo"})

    assert told(world)["requests"][0]["lost"] is True


def test_the_page_is_told_no_secret_and_no_token(world: Sandbox) -> None:
    token = world.identity.issue(CONTOSO, sandbox_id("app:contoso:worker"))
    asked(world, "GET", "/users", token=token)

    said = json.dumps(told(world))

    assert token not in said
    assert "Bearer" not in said
    assert '"secret"' not in said


def test_an_overview_of_many_people_names_nobody() -> None:
    few, many = a_sandbox(), a_sandbox()
    for number in range(200):
        many.tenant("fabrikam").add_user(
            {"userPrincipalName": f"p{number}@fabrikam.com", "displayName": f"P{number}"}
        )

    assert len(json.dumps(told(many))) < len(json.dumps(told(few))) + 50
