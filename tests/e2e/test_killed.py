"""A run that is killed at any write boundary leaves nothing that the next run does not mend."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator

import pytest

from sandbox.seeds import GraphObject
from tests.e2e.company import TARGET, differences, foreigners, picture
from tests.e2e.rehearsal import FIRST_DAY, LATER_DAY, Rehearsal, rehearsal_in
from tests.e2e.serving import Ran

LEASE_IS_OVER = 180.0
DONE = {
    FIRST_DAY: ("created", "adopted"),
    LATER_DAY: ("created", "adopted", "updated", "restored", "disabled", "deleted", "released"),
}

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def rehearsal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    with rehearsal_in(tmp_path_factory.mktemp("killed")) as made:
        yield made


@pytest.mark.parametrize("day", [FIRST_DAY, LATER_DAY])
def test_killed_at_any_write_boundary_the_next_run_converges(
    rehearsal: Rehearsal, day: str
) -> None:
    # Between the end of one write and the begin of the next, the world stands still: the default
    # suite dies there once, the slow one twice.
    wrong = [*_walk(rehearsal, day, lambda name: name.startswith("after"))]

    assert not wrong, "\n".join(wrong)


@pytest.mark.slow
@pytest.mark.parametrize("day", [FIRST_DAY, LATER_DAY])
def test_killed_before_any_write_the_next_run_converges(rehearsal: Rehearsal, day: str) -> None:
    wrong = [*_walk(rehearsal, day, lambda name: name.startswith("before"))]

    assert not wrong, "\n".join(wrong)


@pytest.mark.slow
@pytest.mark.parametrize("day", [FIRST_DAY, LATER_DAY])
def test_killed_again_in_the_run_after_the_third_converges(rehearsal: Rehearsal, day: str) -> None:
    expected, boundaries = _undisturbed(rehearsal, day)
    wrong = []
    for first in range(1, len(boundaries) + 1, 6):
        for second in range(3, len(boundaries) + 1, 7):
            before = foreigners(rehearsal.begin(day).tenant(TARGET))
            for place in (first, second):
                rehearsal.tenantry("apply", "--yes", deadly=place)
                rehearsal.wait(LEASE_IS_OVER)
            following = rehearsal.tenantry("apply", "--yes")
            problems = [*_problems(rehearsal, following, expected, before)]
            wrong += [f"killed at {first}, then {second}: {problem}" for problem in problems]

    assert not wrong, "\n".join(wrong)


def test_who_comes_while_the_lease_of_the_dead_stands_is_told_until_when(
    rehearsal: Rehearsal,
) -> None:
    rehearsal.begin(LATER_DAY)
    rehearsal.tenantry("apply", "--yes", deadly=12)

    refused = rehearsal.tenantry("apply", "--yes")

    assert refused.code == 3
    assert "is held by" in refused.said
    assert "Nothing was read or written." in refused.said
    assert refused.crossed[-1:] != ("after commit",)


def _walk(rehearsal: Rehearsal, day: str, chosen: Callable[[str], bool]) -> Iterator[str]:
    """Die at each chosen boundary of a day, and tell what the run after that left wrong."""
    expected, boundaries = _undisturbed(rehearsal, day)
    for place, name in enumerate(boundaries, start=1):
        if not chosen(name):
            continue
        before = foreigners(rehearsal.begin(day).tenant(TARGET))
        assert rehearsal.tenantry("apply", "--yes", deadly=place).code == -signal.SIGKILL
        rehearsal.wait(LEASE_IS_OVER)
        following = rehearsal.tenantry("apply", "--yes")
        for problem in _problems(rehearsal, following, expected, before):
            yield f"killed at {place}, {name}: {problem}"


def _undisturbed(rehearsal: Rehearsal, day: str) -> tuple[dict[str, GraphObject], tuple[str, ...]]:
    """What a day looks like when nobody is killed, and where the run could have died."""
    world = rehearsal.begin(day)
    ran = rehearsal.tenantry("apply", "--yes")
    assert ran.code == 0, ran.said
    for verb in DONE[day]:
        assert f" {verb}" in ran.said, ran.said
    return picture(world.tenant(TARGET)), ran.crossed


def _problems(
    rehearsal: Rehearsal,
    following: Ran,
    expected: dict[str, GraphObject],
    before: dict[str, GraphObject],
) -> Iterator[str]:
    """In which ways the world is not what it would be, had nobody been killed."""
    target = rehearsal.stage.world.tenant(TARGET)
    if following.code != 0:
        yield f"the next run ended with {following.code}: {following.said}"
    yield from differences(picture(target), expected)
    if foreigners(target) != before:
        yield f"somebody foreign was touched: {foreigners(target)}"
    for (_, address), times in rehearsal.stage.world.invitations.items():
        if times > 1:
            yield f"{address} was invited {times} times"
    settled = rehearsal.tenantry("plan", "--expect-no-changes")
    if settled.code != 0:
        yield f"there is more to do ({settled.code}): {settled.said}"
