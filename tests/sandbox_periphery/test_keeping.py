"""The sandbox as a process that ends, well or badly, and what is there when it starts again."""

from __future__ import annotations

import re
import resource
import signal
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from sandbox.estate import PLACES, SANDBOX_SECRET
from sandbox.seeds import sandbox_id
from sandbox.store_file import StoreFileError
from sandbox.store_lock import only_here, unless_in_use
from tests.sandbox_periphery.test_serving import greeting, run, served

TENANT = PLACES["fabrikam"].tenant_id


@contextmanager
def administrator(said: str, home: Path) -> Iterator[httpx.Client]:
    found = re.search(r"https://\S+", said)
    assert found
    trust = ssl.create_default_context(cafile=str(home / "bundle.pem"))
    with httpx.Client(base_url=found[0], verify=trust, trust_env=False) as client:
        proof = {
            "grant_type": "client_credentials",
            "client_id": sandbox_id("app:fabrikam:administrator"),
            "client_secret": SANDBOX_SECRET,
            "scope": f"{found[0]}/.default",
        }
        token = client.post(f"/{TENANT}/oauth2/v2.0/token", data=proof).json()["access_token"]
        client.headers["Authorization"] = f"Bearer {token}"
        yield client


def groups(client: httpx.Client) -> list[str]:
    listed = client.get("/v1.0/groups").json()["value"]
    return [group["displayName"] for group in listed if group["displayName"].startswith("made")]


def make(client: httpx.Client, name: str) -> None:
    wish = {
        "displayName": name,
        "mailEnabled": False,
        "mailNickname": name.replace(" ", "-"),
        "securityEnabled": True,
    }
    assert client.post("/v1.0/groups", json=wish).status_code == 201


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT])
def test_what_was_acknowledged_is_there_after_the_end(tmp_path: Path, end: signal.Signals) -> None:
    options = ("--people", "20", "--no-azuread", "--store", str(tmp_path / "tenants.store"))
    names = [f"made{number}" for number in range(10)]
    with served(tmp_path, *options) as process:
        with administrator(greeting(process), tmp_path) as client:
            for name in names:
                make(client, name)
        process.send_signal(end)
        process.wait(timeout=10)

    with served(tmp_path, *options) as process:
        said = greeting(process)
        with administrator(said, tmp_path) as client:
            assert groups(client) == names
    assert "contoso         22 people" in said


def test_a_snapshot_is_restored_by_command(tmp_path: Path) -> None:
    file = tmp_path / "before.snapshot"
    with (
        served(tmp_path, "--people", "20", "--no-azuread") as process,
        administrator(greeting(process), tmp_path) as client,
    ):
        make(client, "made before")
        taken = run("snapshot", file, "--home", tmp_path)
        make(client, "made after")
        restored = run("restore", file, "--home", tmp_path)

        assert groups(client) == ["made before"]
    assert taken.stdout.startswith(f"{file}: ")
    assert "contoso         22 people" in restored.stdout


def test_a_snapshot_has_a_name_in_memory(tmp_path: Path) -> None:
    with (
        served(tmp_path, "--people", "20", "--no-azuread") as process,
        administrator(greeting(process), tmp_path) as client,
    ):
        named = client.put("/_sandbox/snapshots/clean").json()
        make(client, "made")
        client.post("/_sandbox/snapshots/clean/restore")
        unknown = client.post("/_sandbox/snapshots/dirty/restore")

        assert groups(client) == []
    assert named == {"snapshots": ["clean"]}
    assert unknown.status_code == 400
    assert "none is named 'dirty'. Named: clean." in unknown.json()["error"]


def test_a_file_that_is_no_store_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear Ada", encoding="utf-8")

    refused: subprocess.CompletedProcess[str] = run(
        "serve", "--port", "0", "--home", tmp_path, "--store", path
    )

    assert refused.returncode == 2
    assert "found no tenants of a sandbox" in refused.stderr
    assert path.read_text(encoding="utf-8") == "Dear Ada"


def test_a_file_has_one_sandbox_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "tenants.store"
    options = ("--people", "20", "--no-azuread", "--store", str(path))
    with served(tmp_path, *options) as process:
        greeting(process)

        refused = run("serve", "--port", "0", "--home", tmp_path, *options)

        assert refused.returncode == 2
        assert f"{path}: the sandbox of process {process.pid} keeps its tenants" in refused.stderr


def test_a_killed_sandbox_leaves_no_lock(tmp_path: Path) -> None:
    options = ("--people", "20", "--no-azuread", "--store", str(tmp_path / "tenants.store"))
    with served(tmp_path, *options) as process:
        greeting(process)

    with served(tmp_path, *options) as process:
        assert "4 tenants" in greeting(process)


def test_a_link_to_the_file_is_no_way_around_the_lock(tmp_path: Path) -> None:
    path, link = tmp_path / "tenants.store", tmp_path / "link.store"
    link.symlink_to(path)

    with only_here(path), pytest.raises(StoreFileError, match="one sandbox at a time"):
        only_here(link).__enter__()


def test_a_snapshot_does_not_take_the_place_of_a_store_in_use(tmp_path: Path) -> None:
    path = tmp_path / "tenants.store"
    options = ("--people", "20", "--no-azuread", "--store", str(path))
    with served(tmp_path, *options) as process:
        with administrator(greeting(process), tmp_path) as client:
            refused = run("snapshot", path, "--home", tmp_path)
            make(client, "made after")
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=10)

    with (
        served(tmp_path, *options) as process,
        administrator(greeting(process), tmp_path) as client,
    ):
        assert groups(client) == ["made after"]
    assert refused.returncode == 2
    assert "one sandbox at a time; stop that one, or name another file." in refused.stderr


def test_a_snapshot_leaves_nothing_beside_its_file(tmp_path: Path) -> None:
    path = tmp_path / "before.tenants"

    with unless_in_use(path):
        path.touch()

    assert list(tmp_path.iterdir()) == [path]


def test_a_damaged_file_is_refused_by_its_name(tmp_path: Path) -> None:
    file = tmp_path / "before.snapshot"
    with served(tmp_path, "--people", "20", "--no-azuread") as process:
        greeting(process)
        run("snapshot", file, "--home", tmp_path)
        file.write_bytes(file.read_bytes()[:-10])

        refused = run("restore", file, "--home", tmp_path)

    assert refused.returncode == 2
    assert f"{file}: the snapshot has " in refused.stderr


def test_a_full_disk_at_the_end_is_told_and_nothing_is_lost(tmp_path: Path) -> None:
    path = tmp_path / "tenants.store"
    options = ("--people", "20", "--no-azuread", "--store", str(path))
    with served(tmp_path, *options) as process:
        with administrator(greeting(process), tmp_path) as client:
            make(client, "made")
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (100, 100))
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=10)

    with (
        served(tmp_path, *options) as process,
        administrator(greeting(process), tmp_path) as client,
    ):
        assert groups(client) == ["made"]
    assert "Traceback" not in told
    assert f"{path}: cannot be written" in told


def test_a_store_where_nothing_can_be_written_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "missing" / "tenants.store"

    refused = run("serve", "--port", "0", "--home", tmp_path, "--store", path)

    assert refused.returncode == 2
    assert f"{path}: cannot be written" in refused.stderr
