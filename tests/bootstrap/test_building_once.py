"""An environment is built once, by one process, and is whole or absent.

The uv of these tests is a script: what is tested is everything around it.
"""

import re
import signal
import time
from pathlib import Path

import pytest

from tests.bootstrap.conftest import Machine

# `uv venv` makes its last argument a folder with a python; every call leaves a line in $HOME/calls.
UV = """
[ "$1" = --version ] && { echo "uv 0.13.9"; exit 0; }
echo "$*" >> "$HOME/calls"
case "$1" in
    venv) for last; do :; done; mkdir -p "$last/bin"; ln -s "$(command -v sh)" "$last/bin/python" ;;
esac
"""


@pytest.fixture
def built(machine: Machine) -> Machine:
    machine.has_script("uv", UV)
    first = machine.bootstrap()
    assert first.returncode == 0, first.stderr
    (machine.home / "calls").unlink()
    return machine


def calls(machine: Machine) -> list[str]:
    log = machine.home / "calls"
    return log.read_text().splitlines() if log.exists() else []


def wait_for(path: Path) -> None:
    deadline = time.monotonic() + 20
    while not path.exists():
        assert time.monotonic() < deadline, f"{path} did not appear"
        time.sleep(0.02)


def test_a_second_run_calls_nothing_and_says_nothing(built: Machine) -> None:
    second = built.bootstrap()

    assert (second.returncode, second.stdout, second.stderr) == (0, "", "")
    assert calls(built) == []


def test_asking_where_builds_nothing(machine: Machine) -> None:
    where = machine.where()

    assert where.is_relative_to(machine.cache)
    assert not machine.cache.exists()


def test_an_environment_whose_python_is_gone_is_built_again(built: Machine) -> None:
    (built.where() / "bin" / "python").unlink()

    again = built.bootstrap()

    assert again.returncode == 0
    assert (built.where() / "bin" / "python").exists()


def test_what_an_older_lock_left_behind_is_removed(built: Machine) -> None:
    place = built.where().name.rsplit("-", 2)[0]
    old, foreign = built.where().with_name(f"{place}-1-1"), built.where().with_name("77-7-1-1")
    old.mkdir()
    foreign.mkdir()
    (built.where() / "ready").unlink()

    built.bootstrap()

    assert (old.exists(), foreign.exists()) == (False, True)


def test_a_build_leaves_nothing_beside_the_environment(built: Machine) -> None:
    assert built.left_aside() == []


def test_two_at_once_build_once(machine: Machine) -> None:
    machine.has_script("uv", f'[ "$1" = venv ] && sleep 1\n{UV}')

    runs = [machine.start(), machine.start()]
    for run in runs:
        run.communicate()

    assert [run.returncode for run in runs] == [0, 0]
    assert sum(call.startswith("venv") for call in calls(machine)) == 1


def test_the_lock_of_a_process_that_is_gone_holds_nobody_up(machine: Machine) -> None:
    machine.has_script("uv", UV)
    place = machine.where().name.rsplit("-", 2)[0]
    (machine.cache / "environments").mkdir(parents=True)
    (machine.cache / "environments" / f".lock-{place}").symlink_to("4194305")

    run = machine.bootstrap()

    assert run.returncode == 0


def test_a_step_that_fails_shows_what_it_said_and_keeps_nothing(machine: Machine) -> None:
    machine.has_script("uv", f'[ "$2" = sync ] && {{ echo "no such hash" >&2; exit 1; }}\n{UV}')

    run = machine.bootstrap()

    assert run.returncode == 1
    assert "installing the locked packages: this failed" in run.stderr
    assert "no such hash" in run.stderr
    assert not machine.where().exists()
    assert machine.left_aside() == []


def test_a_build_that_is_stopped_keeps_nothing(machine: Machine) -> None:
    machine.has_script("uv", f'[ "$2" = sync ] && {{ : > "$HOME/busy"; exec sleep 30; }}\n{UV}')
    with machine.start() as run:
        wait_for(machine.home / "busy")

        run.send_signal(signal.SIGTERM)
        run.communicate()

    assert run.returncode == 143
    assert not machine.where().exists()
    assert machine.left_aside() == []


@pytest.mark.slow
def test_a_long_step_says_every_fifteen_seconds_that_it_goes_on(machine: Machine) -> None:
    machine.has_script("uv", f'[ "$2" = sync ] && sleep 16\n{UV}')

    run = machine.bootstrap()

    assert re.search(r"installing the locked packages: 1[56] s so far", run.stderr)


def test_a_cache_that_cannot_be_written_is_named(machine: Machine) -> None:
    place = machine.home / "occupied"
    place.write_text("a file, not a folder")

    run = machine.bootstrap(TENANTRY_CACHE=str(place))

    assert run.returncode == 2
    assert run.stderr == (
        f"bootstrap: {place} cannot be written. "
        "Set TENANTRY_CACHE to a folder that you can write.\n"
    )


def test_without_a_home_the_cache_is_asked_for(machine: Machine) -> None:
    run = machine.bootstrap(HOME="")

    assert run.returncode == 2
    assert "Set TENANTRY_CACHE" in run.stderr


def test_an_unknown_option_is_refused(machine: Machine) -> None:
    run = machine.bootstrap("--fast")

    assert run.returncode == 2
    assert "unknown option --fast. Expected: --where, --env, or nothing." in run.stderr


def test_the_exports_put_the_environment_first_on_the_path(built: Machine) -> None:
    exports = built.bootstrap("--env").stdout

    assert exports == f"export PATH='{built.where()}/bin':\"$PATH\"\n"
