"""The machines that people have: no uv, no Python, an old Python, no root, no network."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bootstrap.conftest import BOOTSTRAP, TOOLS, Machine

NO_NETWORK = {
    "HTTPS_PROXY": "http://127.0.0.1:9",
    "HTTP_PROXY": "http://127.0.0.1:9",
    "ALL_PROXY": "http://127.0.0.1:9",
}
# Too old for Tenantry, by its own account and by what it refuses to run.
OLD_PYTHON = """
case "$1" in
    -m) exec {python} "$@" ;;
    -V|--version) echo "Python 3.9.2" ;;
    *) echo "SyntaxError: this is Python 3.9" >&2; exit 1 ;;
esac
"""


def system_python() -> str:
    """Return the Python under this environment: one that a machine could have."""
    return str(Path(sys.executable).resolve())


def python_for_everyone() -> str:
    """Return a Python that does not lie in somebody's home."""
    found = shutil.which("python3", path="/usr/local/bin:/usr/bin")
    return found or pytest.skip("this machine has no Python outside a home folder")


def test_without_uv_and_python_the_packages_are_named(machine: Machine) -> None:
    run = machine.bootstrap()

    assert run.returncode == 2
    assert "uv is missing" in run.stderr
    assert "Install one of: uv; python3-venv (Debian, Ubuntu)" in run.stderr
    assert machine.left_aside() == []


def test_with_a_python_that_can_fetch_nothing_the_packages_are_named(machine: Machine) -> None:
    machine.has_script("python3", 'echo "No module named $2" >&2; exit 1')

    run = machine.bootstrap()

    assert run.returncode == 2
    assert "No module named venv" in run.stderr
    assert "No module named pip" in run.stderr
    assert "Install one of: uv;" in run.stderr


def test_an_old_python_where_uv_cannot_fetch_one_names_the_packages(machine: Machine) -> None:
    machine.has("uv", shutil.which("uv", path=Path(sys.executable).parent))
    machine.has_script("python3", OLD_PYTHON.format(python="false"))

    run = machine.bootstrap(UV_OFFLINE="1", **NO_NETWORK)

    assert run.returncode == 2
    assert "Python 3.11 or newer is missing, and uv cannot fetch it." in run.stderr
    assert "python3.11 (Debian, Ubuntu, Fedora, RHEL)" in run.stderr


@pytest.mark.parametrize("way", ["venv", "pip"])
@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_missing_uv_is_fetched(machine: Machine, way: str) -> None:
    """The pip way is tried where Debian has split `venv` off."""
    other = 'echo "ensurepip is not available" >&2; exit 1' if way == "pip" else ":"
    python = system_python()
    machine.has_script("python3", f'[ "$2" = venv ] && {{ {other}; }}\nexec {python} "$@"')

    run = machine.bootstrap()

    assert run.returncode == 0, run.stderr
    assert f"fetching uv with python3 ({way})" in run.stderr
    assert_works(machine.where())


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_beside_an_old_python_a_newer_one_is_found(machine: Machine) -> None:
    python = system_python()
    machine.has_script("python3", OLD_PYTHON.format(python=python))
    machine.has("python3.11", python)

    run = machine.bootstrap()

    assert run.returncode == 0, run.stderr
    assert_works(machine.where())


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_second_run_needs_no_network(machine: Machine) -> None:
    machine.has("python3", system_python())
    first = machine.bootstrap()

    second = machine.bootstrap(**NO_NETWORK)
    (machine.where() / "ready").unlink()
    rebuilt = machine.bootstrap(UV_OFFLINE="1", **NO_NETWORK)

    assert [first.returncode, second.returncode, rebuilt.returncode] == [0, 0, 0], rebuilt.stderr
    assert second.stderr == ""
    assert_works(machine.where())


@pytest.fixture
def home_of_nobody() -> Iterator[Path]:
    """Make a home where someone without rights may write; pytest's own folders are private."""
    with tempfile.TemporaryDirectory(prefix="tenantry-", dir="/tmp") as folder:
        os.chown(folder, *nobody())
        yield Path(folder)


def nobody() -> tuple[int, int]:
    pwd = pytest.importorskip("pwd")
    entry = pwd.getpwnam("nobody")
    return entry.pw_uid, entry.pw_gid


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root can become nobody")
def test_root_is_not_needed(machine: Machine, home_of_nobody: Path) -> None:
    tools = home_of_nobody / "bin"
    tools.mkdir()
    ordinary = Machine(tools=tools, home=home_of_nobody)
    for name in TOOLS:
        ordinary.has(name)
    ordinary.has("python3", python_for_everyone())
    user, group = nobody()

    run = subprocess.run(
        [shutil.which("sh") or "sh", BOOTSTRAP],
        env=ordinary.environment(),
        user=user,
        group=group,
        extra_groups=[],
        check=False,
        capture_output=True,
        text=True,
    )

    assert run.returncode == 0, run.stderr
    assert_works(ordinary.where())


def assert_works(environment: Path) -> None:
    """Assert that an environment imports the project and what it is locked to."""
    python, ruff = str(environment / "bin" / "python"), str(environment / "bin" / "ruff")
    imports = "import msgraph, sqlalchemy, reconcile, sandbox"
    for program in ([python, "-c", imports], [ruff, "--version"]):
        run = subprocess.run(program, check=False, capture_output=True, text=True)
        assert run.returncode == 0, run.stderr
