"""Snapshots that somebody else made to do harm, written opcode by opcode."""

from __future__ import annotations

import pickle
import sys
from pathlib import Path
from typing import Any

import pytest

from sandbox.clock import ManualClock
from sandbox.snapshots import _METHODS, _OURS, SnapshotError, freeze, thaw
from sandbox.store import Directory, Store
from sandbox.world import Sandbox
from tests.sandbox.asking import Asker, a_sandbox

STORE, METHOD = ("sandbox.snapshots", "_the_store"), ("sandbox.snapshots", "_method")
DIRECTORY = ("sandbox.store", "Directory")


def text(said: str) -> bytes:
    encoded = said.encode()
    return pickle.BINUNICODE + len(encoded).to_bytes(4, "little") + encoded


def named(of: tuple[str, str]) -> bytes:
    return text(of[0]) + text(of[1]) + pickle.STACK_GLOBAL


def called(what: bytes, *arguments: bytes) -> bytes:
    return what + pickle.MARK + b"".join(arguments) + pickle.TUPLE + pickle.REDUCE


def given(what: bytes, **attributes: str) -> bytes:
    """Set attributes of a value with slots: the state is nothing and a dict."""
    pairs = b"".join(text(name) + text(value) for name, value in attributes.items())
    state = pickle.NONE + pickle.MARK + pairs + pickle.DICT + pickle.TUPLE2
    return what + state + pickle.BUILD


def whole(*opcodes: bytes) -> bytes:
    return pickle.PROTO + b"\x04" + b"".join(opcodes) + pickle.STOP


def refusal(opcodes: bytes) -> str:
    try:
        thaw(Store(clock=ManualClock()), opcodes)
    except SnapshotError as refused:
        return str(refused)
    return "nothing was refused"


def others() -> list[tuple[str, str]]:
    """Every class and function that the sandbox has and a tenant has not."""
    return sorted(
        {
            (module.__name__, name)
            for module in list(sys.modules.values())
            if module.__name__.startswith("sandbox.")
            for name, value in vars(module).items()
            if callable(value) and (module.__name__, name) not in _OURS
        }
        - {("sandbox.snapshots", one) for one in ("_the_store", "_its_clock")}
        - {("sandbox.snapshots", one) for one in ("_no_replica", "_method")}
    )


def test_whatever_no_tenant_is_made_of_is_refused() -> None:
    assert a_sandbox().asgi  # so that all of the sandbox is there to be named

    accepted = [
        one for one in others() if "nothing of a tenant's" not in refusal(whole(named(one)))
    ]

    assert len(others()) > 500
    assert accepted == []


def test_a_method_that_registrations_do_not_ask_for_is_refused() -> None:
    names = {name for name in dir(Directory) if (Directory, name) not in _METHODS}
    empty = named(DIRECTORY) + pickle.EMPTY_TUPLE + pickle.NEWOBJ

    accepted = [
        name
        for name in sorted(names)
        if "names the method" not in refusal(whole(called(named(METHOD), empty, text(name))))
    ]

    assert accepted == []


def test_no_snapshot_adds_to_a_file(tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    journal = called(named(("sandbox.store_file", "Journal")), text(str(letter)))
    adding = called(named(METHOD), journal, text("add"))

    told = refusal(whole(called(adding, text("$(touch pwned)"))))

    assert "it names sandbox.store_file.Journal" in told
    assert not letter.exists()


def test_a_snapshot_changes_no_class() -> None:
    told = refusal(whole(given(named(DIRECTORY), now="never", later="1")))

    assert "changes what the sandbox's own values are" in told
    assert callable(Directory.now)
    assert not hasattr(Directory, "later")


@pytest.mark.parametrize("placeholder", ["_the_store", "_its_clock"])
def test_a_snapshot_reaches_nothing_that_runs(placeholder: str) -> None:
    world = a_sandbox()
    running = called(named(("sandbox.snapshots", placeholder)))

    with pytest.raises(SnapshotError):
        thaw(world.store, whole(given(running, tenants="none", _now="never")))

    assert world.tenant("fabrikam").now() == "2026-01-05T08:00:00Z"


def test_a_class_that_nobody_listed_gets_into_no_snapshot() -> None:
    world: Sandbox = a_sandbox()
    brought: Any = Asker(world)
    world.tenant("fabrikam").rounds = brought

    with pytest.raises(SnapshotError, match=r"it names tests\.sandbox\.asking\.Asker"):
        freeze(world.store)
