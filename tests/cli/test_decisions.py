"""What only a person may decide: deletes over the limit, a link that its target stopped."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from sandbox.seeds import sandbox_id
from tests.cli.conftest import standing_in
from tests.served import Ran, Served
from tests.standing import allow_sync

LINK = "contoso-to-fabrikam"
LEAVERS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Decisions:
    """What each command answered, in the order in which they ran."""

    held: Ran
    staged: Ran
    allowed: Ran
    deleted: Ran
    stopped: Ran
    still: Ran
    unasked: Ran
    resumed: Ran
    after: Ran
    unknown: Ran
    released: Ran


@pytest.fixture(scope="module")
def decisions(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Decisions]:
    with standing_in(tmp_path_factory.mktemp("decisions")) as served:
        yield _run(served)


def _run(served: Served) -> Decisions:
    files = served.place("contoso", "fabrikam", deletes=2)
    place = [*files, *served.state("decisions")]
    why = ["--why", "they moved to another company"]
    served.tenantry("apply", "--yes", *place)
    _leave(served)
    held = served.tenantry("apply", "--yes", *place)
    staged = served.tenantry("logs", LINK, "--action", "stagedDelete", "-o", "json", *place)
    allowed = served.tenantry("allow-deletes", LINK, "--cycle", "2", *why, *place)
    deleted = served.tenantry("apply", "--yes", *place)
    allow_sync(served, "contoso", "fabrikam", allowed=False)
    stopped = served.tenantry("apply", "--yes", *place)
    allow_sync(served, "contoso", "fabrikam", allowed=True)
    still = served.tenantry("plan", *place)
    allow_sync(served, "contoso", "fabrikam", allowed=False)
    unasked = served.tenantry("resume", LINK, *why, *place)
    resumed = served.tenantry("resume", LINK, "--yes", *why, *place)
    return Decisions(
        held=held,
        staged=staged,
        allowed=allowed,
        deleted=deleted,
        stopped=stopped,
        still=still,
        unasked=unasked,
        resumed=resumed,
        after=served.tenantry("plan", "--expect-no-changes", *place),
        unknown=served.tenantry("release", "nobody", "--link", LINK, *why, *place),
        released=served.tenantry("release", "gina.private", "--link", LINK, *why, *place),
    )


def _leave(served: Served) -> None:
    """A few people are taken out of the group that is in scope."""
    group = f"/groups/{sandbox_id('group:contoso:employees')}/members"
    for number in range(20, 20 + LEAVERS):
        person = sandbox_id(f"user:contoso:{number}")
        served.graph("contoso", "DELETE", f"{group}/{person}/$ref")


def test_deletes_over_the_limit_are_held_and_staged(decisions: Decisions) -> None:
    staged = decisions.staged.json["entries"]

    assert decisions.held.code == 3
    assert "(TooManyDeletes)" in decisions.held.out
    assert f"tenantry allow-deletes {LINK} --cycle 2" in decisions.held.out
    assert [entry["state"] for entry in staged] == ["staged"] * LEAVERS


def test_allowed_deletes_are_done_by_the_next_cycle(decisions: Decisions) -> None:
    assert f"{LEAVERS} people may be deleted, disabled or released" in decisions.allowed.out
    assert decisions.deleted.code == 0
    assert decisions.deleted.out.endswith(f"Done: {LEAVERS} deleted.\n")


def test_a_link_that_its_target_closed_is_stopped(decisions: Decisions) -> None:
    assert decisions.stopped.code == 3
    assert "(StoppedByTarget)" in decisions.stopped.out
    assert f"tenantry resume {LINK}" in decisions.stopped.out


def test_a_stopped_link_stays_stopped_when_the_target_opens_again(decisions: Decisions) -> None:
    assert decisions.still.code == 3
    assert "(StoppedByTarget)" in decisions.still.out


def test_a_person_s_word_lets_it_run_again(decisions: Decisions) -> None:
    switched, resumed = decisions.resumed.out.splitlines()

    assert switched == "fabrikam: turned on inbound user synchronization for contoso."
    assert resumed.startswith("contoso → fabrikam: runs again from the next cycle. Recorded: ")
    assert decisions.after.code == 0


def test_nobody_turns_a_target_s_switches_on_without_a_yes(decisions: Decisions) -> None:
    assert decisions.unasked.code == 2
    assert " ".join(decisions.unasked.err.split()).startswith(
        "fabrikam has inbound user synchronization off for contoso; the topology wants it on."
    )
    assert max(map(len, decisions.unasked.err.splitlines())) <= 80
    assert "Nobody is there to answer. Say `--yes`." in decisions.unasked.err


def test_nobody_is_released_who_does_not_wait(decisions: Decisions) -> None:
    assert decisions.unknown.code == 2
    assert 'nobody named "nobody" waits' in decisions.unknown.err


def test_somebody_who_waits_is_released_by_a_part_of_the_name(decisions: Decisions) -> None:
    assert decisions.released.code == 0
    assert "is judged anew in the next cycle." in decisions.released.out
