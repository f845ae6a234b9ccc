"""Which directory extensions a tenant has."""

from __future__ import annotations

from reconcile.graph.calls import Call
from reconcile.graph.extensions import extension_types, owner_of
from reconcile.graph.stamps import bootstrap
from tests.graph.worlds import World, in_world


def test_an_extension_is_found_by_its_name_with_what_it_holds() -> None:
    async def play(world: World) -> None:
        client = world.client("fabrikam")
        owner = (await bootstrap(client)).owner.app_id
        plain = owner.replace("-", "")
        source, other = f"extension_{plain}_tenantrySource", f"extension_{plain}_shoeSize"
        strange = f"extension_{'0' * 32}_stamp"

        found = await extension_types(client, {source, other, strange})

        assert found == {source: "String"}
        assert owner_of(source) == owner

    in_world(play)


def test_an_extension_of_several_values_is_none_that_can_be_mapped() -> None:
    async def play(world: World) -> None:
        client = world.client("fabrikam")
        owner = (await bootstrap(client)).owner
        several = {"name": "skills", "dataType": "String", "isMultiValued": True}
        made = {**several, "targetObjects": ["User"]}
        path = f"/applications/{owner.id}/extensionProperties"
        await client.write(Call(method="POST", path=path, body=made))
        name = f"extension_{owner.app_id.replace('-', '')}_skills"

        assert await extension_types(client, {name}) == {}

    in_world(play)
