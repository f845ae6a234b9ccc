"""Store files that a disk, an editor or another program damaged."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import pytest

from sandbox.clock import ManualClock
from sandbox.entries import ENTRY, Asked
from sandbox.keeping import Keeper, bring_back
from sandbox.snapshots import SnapshotError, freeze
from sandbox.store_file import Kept, StoreFileError, decode_store, encode_store, read_store
from sandbox.world import Sandbox
from tests.sandbox.asking import Asker, a_sandbox
from tests.sandbox_periphery.test_snapshots import seen, works


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "tenants.store"


@pytest.fixture
def world(path: Path) -> Iterator[Sandbox]:
    world = a_sandbox()
    world.keeper = Keeper(world, path)
    yield world
    world.keeper.close()


def resumed(kept: Kept) -> Sandbox:
    world = Sandbox(ManualClock(), estate=[])
    bring_back(world, kept)
    return world


@contextmanager
def full_disk_after(more: int, path: Path) -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + more, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def flipped(whole: bytes, bit: int) -> bytes:
    changed = bytearray(whole)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def is_refused(whole: bytes) -> bool:
    try:
        decode_store("tenants.store", whole)
    except StoreFileError as refused:
        return "tenants.store" in str(refused)
    return False


def test_every_bit_that_flips_is_noticed(world: Sandbox, path: Path) -> None:
    works(world)
    whole = path.read_bytes()
    bits = Random(5).sample(range(len(whole) * 8), 400)
    ends = range(len(whole) * 8 - 4_000, len(whole) * 8)

    unnoticed = [bit for bit in (*bits, *ends) if not is_refused(flipped(whole, bit))]

    assert unnoticed == []


def test_an_entry_that_was_taken_out_is_noticed(world: Sandbox, path: Path) -> None:
    works(world)
    lines = path.read_bytes().split(b"\n")

    assert is_refused(b"\n".join([*lines[:-3], *lines[-2:]]))


def test_entries_belong_to_their_own_snapshot(world: Sandbox, path: Path) -> None:
    began = len(path.read_bytes())
    works(world)
    entries = path.read_bytes()[began:]

    assert is_refused(encode_store(freeze(world.store), world.clock.now()) + entries)


@pytest.mark.parametrize(
    "entry",
    [
        b"5",
        b"{}",
        b'{"type":"passed"}',
        b'{"type":"passed","at":"2026-01-05T08:00:00"}',
        b'{"type":"caller","number":-1,"tenant":"t","app":"a","permissions":[]}',
    ],
)
def test_what_is_no_entry_is_none(entry: bytes) -> None:
    with pytest.raises(ValueError, match=r"Expected|missing|Invalid|Object"):
        ENTRY.decode(entry)


def an_entry(world: Sandbox, **said: object) -> Asked:
    usual = {"method": "GET", "version": "v1.0", "path": "/users", "origin": "https://127.0.0.1"}
    told = {"by": 0, "query": {}, "headers": {}, "body": None, "ids": 0, **usual, **said}
    return Asked(at=world.clock.now(), **told)  # type: ignore[arg-type]  # tests say what they mean


def test_an_entry_of_nobody_is_refused_with_its_file_and_changes_nothing() -> None:
    world = a_sandbox()
    before = seen(world)
    kept = Kept("my.tenants", freeze(world.store), world.clock.now(), [an_entry(world)])

    with pytest.raises(
        StoreFileError, match=r"^my\.tenants: entry 1 after the snapshot \(GET /users"
    ):
        bring_back(world, kept)

    assert seen(world) == before


@pytest.mark.parametrize(
    "frozen", [b"", b"\x80\x05", b"\x80\x05}.", b"\x80\x05]" + b"]" * 99 + b"."]
)
def test_a_snapshot_that_is_none_is_refused_with_its_file(frozen: bytes) -> None:
    world = a_sandbox()

    with pytest.raises(SnapshotError, match=r"^my\.tenants: "):
        bring_back(world, Kept("my.tenants", frozen, world.clock.now(), []))


@pytest.mark.parametrize("room", [0, 1, 40, 300])
def test_what_a_full_disk_did_not_take_is_not_acknowledged(
    world: Sandbox, path: Path, room: int
) -> None:
    works(world)
    before, kept = seen(world), path.read_bytes()
    user = Asker(world).ids("/users")[0]

    with full_disk_after(room, path):
        answer = Asker(world).ask("PATCH", f"/users/{user}", {"jobTitle": "Lost" * 25})

    assert answer.status == 507
    assert "cannot be written" in answer.body["error"]["message"]
    assert path.read_bytes() == kept
    assert seen(resumed(read_store(path))) == before


def test_once_the_disk_has_room_again_nothing_is_missing(world: Sandbox, path: Path) -> None:
    user = Asker(world).ids("/users")[0]
    with full_disk_after(0, path):
        Asker(world).ask("PATCH", f"/users/{user}", {"jobTitle": "In memory"})

    after = Asker(world).ask("PATCH", f"/users/{user}", {"department": "On disk"})

    assert after.status == 204
    assert seen(resumed(read_store(path))) == seen(world)
