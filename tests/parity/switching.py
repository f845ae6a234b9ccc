"""A feature is switched off, the tests that show it are run, and whether they notice comes out.

Each run is a fork of a process that has everything imported, so that what one switch leaves
behind is gone with its process.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings

from reconcile.expressions.failures import EvaluationError
from tests import served
from tests.parity.documented import Row
from tests.parity.offs import Off
from tests.parity.switches import SWITCHES

TESTS = Path(__file__).parents[1]
# How a test says that it saw something else; anything else is a mistake of the switch.
_NOTICED = (AssertionError, pytest.fail.Exception, EvaluationError, LookupError, ValueError)
_CALM = [
    "--snapshot-warn-unused",
    "-W",
    "ignore::pytest.PytestAssertRewriteWarning",
]  # hypothesis is imported already
_FLAGS = ["-q", "-p", "no:cacheprovider", "-p", "no:randomly", "-p", "no:xdist", "-m", "", *_CALM]
_PROFILE = "--hypothesis-profile=switched"


@dataclass(frozen=True, slots=True)
class Seen:
    """What one switch did to the tests of its row: which failed, which could not even run."""

    failed: frozenset[str]
    broken: frozenset[str]


@dataclass(slots=True, eq=False)
class _Plugin:
    """Holds a switch off while each test runs, and notes how the tests end.

    `command` runs `tenantry` with the same switch off, for tests that start it as a process.
    """

    off: Off
    command: list[str]
    failed: set[str] = field(default_factory=set)
    broken: set[str] = field(default_factory=set)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self) -> Iterator[None]:
        with pytest.MonkeyPatch.context() as patch:
            self.off(patch)
            patch.setattr(served, "COMMAND", self.command)
            return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Iterator[None]:
        found = yield
        if call.excinfo is not None and not call.excinfo.errisinstance(pytest.skip.Exception):
            noticed = _noticed(call.excinfo.value)
            (self.failed if noticed else self.broken).add(_name(item.nodeid))
        return found


def _noticed(error: BaseException) -> bool:
    if isinstance(error, BaseExceptionGroup):
        return any(_noticed(one) for one in error.exceptions)
    return isinstance(error, _NOTICED)


def _name(node: str) -> str:
    """A node id from below `tests/`, wherever the run was started."""
    return node.removeprefix("tests/")


def prepare(tests: Sequence[str]) -> None:
    """Import all tests, so that forks have them.

    Raises:
        RuntimeError: some cannot be collected.
    """
    settings.register_profile(
        "switched",
        max_examples=100,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    files = sorted({str(TESTS / test.partition("::")[0]) for test in tests})
    with _captured() as said:
        code = pytest.main([*_FLAGS, "--collect-only", *files])
    if code != pytest.ExitCode.OK:
        message = f"some tests cannot be collected\n{said.getvalue()[-3000:]}"
        raise RuntimeError(message)


def look(switches: Sequence[tuple[Row, int]]) -> Iterator[Seen]:
    """What each switch, by its place among those of its row, does to the row's tests."""
    fork = get_context("fork")
    with fork.Pool(os.cpu_count(), maxtasksperchild=1) as pool:
        yield from pool.imap(_run, switches, chunksize=1)


def _run(switch: tuple[Row, int]) -> Seen:
    row, place = switch
    command = [sys.executable, "-m", "tests.parity.command", row.feature, str(place)]
    plugin = _Plugin(SWITCHES[row.feature][place], command)
    with _captured() as said:
        code = pytest.main([*_FLAGS, _PROFILE, *(str(TESTS / one) for one in row.tests)], [plugin])
    if code not in {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED}:
        message = f"{row.feature}: the tests did not run\n{said.getvalue()[-3000:]}"
        raise RuntimeError(message)
    return Seen(frozenset(plugin.failed), frozenset(plugin.broken))


@contextlib.contextmanager
def _captured() -> Iterator[io.StringIO]:
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        yield said
