"""Every row of docs/parity.md names tests that there are, and that notice when it is untrue."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.parity.documented import rows
from tests.parity.switches import SWITCHES

TESTS = Path(__file__).parents[1]


def test_every_row_has_a_name_of_its_own_tests_and_switches() -> None:
    found = rows()

    names = Counter(row.feature for row in found)
    assert len(names) > 70
    assert [name for name, times in names.items() if times > 1] == []
    assert [row.feature for row in found if not row.tests] == []
    assert SWITCHES.keys() == names.keys()


@pytest.mark.parametrize("test", sorted({test for row in rows() for test in row.tests}))
def test_a_named_test_is_there(test: str) -> None:
    file, _, name = test.partition("::")

    assert f"def {name.partition('[')[0]}(" in (TESTS / file).read_text("utf-8")


@pytest.mark.parametrize("feature", SWITCHES)
def test_a_switch_finds_what_it_switches_off(feature: str) -> None:
    for off in SWITCHES[feature]:
        with pytest.MonkeyPatch.context() as patch:
            off(patch)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_every_named_test_fails_when_its_feature_is_switched_off() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "tests.parity"],
        cwd=TESTS.parent,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr
