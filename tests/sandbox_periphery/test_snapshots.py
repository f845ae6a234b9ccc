from __future__ import annotations

import os
import pickle
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from sandbox.clock import ManualClock
from sandbox.keeping import Keeper, bring_back
from sandbox.snapshots import SnapshotError, freeze, thaw
from sandbox.store_file import StoreFileError, read_store, write_store
from sandbox.world import Sandbox
from tests.sandbox.asking import Asker, a_sandbox, a_tenant

INVITED = "ada@elsewhere.example"


def seen(world: Sandbox) -> Any:
    """What a person sees of the tenants: people, deleted people, groups and policies."""
    shown = {
        tenant.alias: (
            tenant.users,
            tenant.deleted_users,
            tenant.groups,
            tenant.members,
            tenant.partners,
            tenant.identity_sync,
            tenant.registrations.applications,
            tenant.mails,
        )
        for tenant in world.store.tenants.values()
    }
    return deepcopy(shown)


def works(world: Sandbox) -> str:
    """Change what can be changed in a tenant; returns who was invited."""
    fabrikam = Asker(world)
    invited = fabrikam.invited(INVITED)
    first = fabrikam.ids("/users")[0]
    contoso = world.tenant("contoso").tenant_id
    asked = [
        fabrikam.ask("PATCH", f"/users/{invited}", {"jobTitle": "Analyst"}),
        fabrikam.ask("DELETE", f"/users/{first}"),
        fabrikam.ask("POST", "/policies/crossTenantAccessPolicy/partners", {"tenantId": contoso}),
        fabrikam.ask(
            "POST",
            "/groups",
            {
                "displayName": "new",
                "mailEnabled": False,
                "mailNickname": "new",
                "securityEnabled": True,
            },
        ),
    ]
    assert all(answer.status < 300 for answer in asked), asked
    return invited


class TestInMemory:
    def test_a_restored_tenant_is_what_it_was(self) -> None:
        world = a_sandbox()
        works(world)
        before, frozen = seen(world), freeze(world.store)
        Asker(world).invited("grace@elsewhere.example")

        world.go_back(frozen)

        assert seen(world) == before

    def test_a_restored_tenant_goes_on(self) -> None:
        world = a_sandbox()
        frozen = freeze(world.store)
        first = works(world)

        world.go_back(frozen)

        assert works(world) == first

    def test_a_snapshot_of_one_sandbox_fills_another(self) -> None:
        world = a_sandbox()
        works(world)
        other = Sandbox(ManualClock(), estate=[a_tenant("adatum", 2)])

        other.restore(freeze(world.store))

        assert seen(other) == seen(world)

    def test_delta_tokens_survive_a_new_process_but_no_restore(self) -> None:
        world = a_sandbox()
        fabrikam = Asker(world)
        page = fabrikam.get("/users/delta")
        while "@odata.deltaLink" not in page:
            page = fabrikam.get(page["@odata.nextLink"])
        link, frozen = page["@odata.deltaLink"], freeze(world.store)
        other = Sandbox(ManualClock(), estate=[])

        other.restore(frozen)
        world.go_back(frozen)

        assert Asker(other).ask("GET", link).status == 200
        assert fabrikam.ask("GET", link).status == 410

    def test_the_same_tenants_make_the_same_snapshot(self) -> None:
        one, other = a_sandbox(), a_sandbox()

        assert len(freeze(one.store)) == len(freeze(other.store))

    def test_bytes_that_name_anything_else_are_refused_and_do_nothing(self) -> None:
        world = a_sandbox()
        before = seen(world)

        class Evil:
            def __reduce__(self) -> Any:
                return os.getcwd, ()

        with pytest.raises(SnapshotError, match="nothing of a tenant's"):
            thaw(world.store, pickle.dumps(Evil()))

        assert seen(world) == before

    def test_bytes_that_end_too_soon_are_refused(self) -> None:
        world = a_sandbox()

        with pytest.raises(SnapshotError, match="cannot be read"):
            thaw(world.store, freeze(world.store)[:-100])


class TestOnAFile:
    @pytest.fixture
    def path(self, tmp_path: Path) -> Path:
        return tmp_path / "tenants.store"

    @pytest.fixture
    def world(self, path: Path) -> Iterator[Sandbox]:
        world = a_sandbox()
        world.keeper = Keeper(world, path)
        yield world
        world.keeper.close()

    def resumed(self, path: Path) -> Sandbox:
        world = Sandbox(ManualClock(), estate=[])
        bring_back(world, read_store(path))
        return world

    def test_nothing_that_was_acknowledged_is_lost_without_a_farewell(
        self, world: Sandbox, path: Path
    ) -> None:
        works(world)

        assert seen(self.resumed(path)) == seen(world)

    def test_ids_go_on_after_refused_requests(self, world: Sandbox, path: Path) -> None:
        Asker(world).ask("POST", "/users", {"displayName": "incomplete"})
        Asker(world).ask("POST", "/groups", {})
        works(world)
        resumed = self.resumed(path)

        assert works_again(resumed) == works_again(world)

    def test_thirty_days_that_passed_stay_passed(self, world: Sandbox, path: Path) -> None:
        works(world)
        assert isinstance(world.clock, ManualClock)
        world.clock.advance(31 * 86_400)
        assert world.keeper
        world.keeper.passed()
        resumed = self.resumed(path)

        assert resumed.clock.now() == world.clock.now()
        assert Asker(resumed).get("/directory/deletedItems/microsoft.graph.user")["value"] == []

    def test_a_leap_of_time_stays_leapt(self, world: Sandbox, path: Path) -> None:
        world.faults.arm("leap", advance=86_400)
        Asker(world).get("/users")

        assert self.resumed(path).clock.now() == world.clock.now()

    def test_a_line_that_was_being_written_does_not_count(self, world: Sandbox, path: Path) -> None:
        works(world)
        with path.open("ab") as file:
            file.write(b'{"at": "2026-01-0')

        assert seen(self.resumed(path)) == seen(world)

    def test_a_file_that_was_ended_starts_from_one_snapshot(
        self, world: Sandbox, path: Path
    ) -> None:
        works(world)
        assert world.keeper
        world.keeper.end()

        assert read_store(path).entries == []
        assert seen(self.resumed(path)) == seen(world)

    def test_nobody_else_may_read_it(self, world: Sandbox, path: Path) -> None:
        assert world.keeper
        assert path.stat().st_mode & 0o077 == 0

    @pytest.mark.parametrize(
        ("cut", "told"),
        [
            (b"people.json", "found no tenants of a sandbox"),
            (b"tenantry sandbox store 1\n{}\n", "found tenants of another version"),
            (b"tenantry sandbox store 2\n{}\n", ":2: found no description"),
        ],
    )
    def test_a_file_that_is_none_is_refused(self, path: Path, cut: bytes, told: str) -> None:
        path.write_bytes(cut)

        with pytest.raises(StoreFileError, match=told):
            read_store(path)

    def test_half_a_snapshot_is_refused(self, world: Sandbox, path: Path) -> None:
        write_store(path, freeze(world.store), world.clock.now())
        path.write_bytes(path.read_bytes()[:-10])

        with pytest.raises(StoreFileError, match="Expected: the whole file"):
            read_store(path)


def works_again(world: Sandbox) -> str:
    return Asker(world).invited("later@elsewhere.example")
