"""The demonstration ends by itself, well, and leaves nothing behind."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

pytest_plugins = ["tests.pulumi_engine"]
ROOT = Path(__file__).parents[2]
LAST = re.compile(r"demo: \d+ created, \d+ updated, \d+ deleted, \d+ drift corrected, 0 failed")


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_story_comes_out_as_it_is_told(engine: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "demo"],
        cwd=ROOT,
        env=os.environ | path_of(engine),
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 0, ran.stderr + ran.stdout
    assert LAST.fullmatch(ran.stdout.splitlines()[-1])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_story_leaves_no_sandbox(
    number: signal.Signals, tmp_path: Path, engine: Path
) -> None:
    story = subprocess.Popen(
        [sys.executable, "-m", "demo"],
        cwd=ROOT,
        env=path_of(engine) | {"TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert story.stdout is not None
    while "made ready" not in story.stdout.readline():
        pass

    story.send_signal(number)
    _, said = story.communicate(timeout=20)

    assert story.returncode == 130
    assert said.endswith("demo: interrupted; the sandbox was stopped.\n")
    assert list(tmp_path.iterdir()) == []


def path_of(engine: Path) -> dict[str, str]:
    programs = (Path(sys.executable).parent, engine, *os.defpath.split(os.pathsep))
    return {"PATH": os.pathsep.join(str(program) for program in programs if str(program))}
