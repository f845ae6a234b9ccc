from __future__ import annotations

from dataclasses import replace

import pytest

from reconcile.errors import TransientError
from reconcile.model.cycles import Gate, Health, HoldReason
from reconcile.model.links import Engine
from tests.engine.arena import OPEN, Arena

NO_SYNC = replace(OPEN, sync_allowed=False)
NO_CONSENT = replace(OPEN, inbound_consent=False)
NO_OUTBOUND = replace(OPEN, outbound_consent=False)
NATIVE = replace(OPEN, native_job="Sync to Fabrikam")
NO_INVITATIONS = replace(OPEN, invitations_allowed=False)

GATES = [
    (NO_SYNC, HoldReason.SYNC_NOT_ALLOWED),
    (NO_CONSENT, HoldReason.SYNC_NOT_ALLOWED),
    (NO_OUTBOUND, HoldReason.SYNC_NOT_ALLOWED),
    (NATIVE, HoldReason.NATIVE_JOB),
    (NO_INVITATIONS, HoldReason.INVITATIONS_NOT_ALLOWED),
]


@pytest.mark.parametrize(("gate", "reason"), GATES)
def test_nobody_passes_a_gate_that_is_not_open(gate: Gate, reason: HoldReason) -> None:
    arena = Arena()
    arena.hire("ada")
    arena.gates["contoso"] = gate

    cycle = arena.cycle()

    assert cycle.held is not None
    assert cycle.held.reason is reason
    assert arena.target.users == {}


@pytest.mark.parametrize(("gate", "reason"), GATES)
def test_a_gate_that_opens_lets_everyone_pass(gate: Gate, reason: HoldReason) -> None:
    arena = Arena()
    person = arena.hire("ada")
    arena.gates["contoso"] = gate
    arena.cycle()
    arena.gates["contoso"] = OPEN

    arena.cycle()

    assert set(arena.copies()) == {person}


@pytest.mark.parametrize("gate", [NO_SYNC, NO_CONSENT])
def test_what_the_target_closes_stays_closed_for_us(gate: Gate) -> None:
    arena = Arena()
    person = arena.hire("ada")
    arena.cycle()
    arena.gates["contoso"] = gate
    arena.cycle()
    arena.gates["contoso"] = OPEN
    arena.unassign(person)

    cycle = arena.cycle()

    assert cycle.held is not None
    assert cycle.held.reason is HoldReason.STOPPED_BY_TARGET
    assert set(arena.copies()) == {person}


def test_a_person_resumes_what_the_target_stopped() -> None:
    arena = Arena()
    arena.hire("ada")
    arena.cycle()
    arena.gates["contoso"] = NO_SYNC
    arena.cycle()
    job, newcomer = arena.jobs["contoso"], arena.hire("alan")
    arena.gates["contoso"] = OPEN
    arena.store.set_status(job, replace(arena.store.status(job), health=Health.ACTIVE))

    arena.cycle()

    assert newcomer in arena.copies()


def test_consent_withdrawn_by_the_source_is_no_stop_by_the_target() -> None:
    arena = Arena()
    arena.hire("ada")
    arena.cycle()
    arena.gates["contoso"] = NO_OUTBOUND
    arena.cycle()
    arena.gates["contoso"] = OPEN
    newcomer = arena.hire("alan")

    arena.cycle()

    assert newcomer in arena.copies()


def test_a_dry_run_remembers_no_stop() -> None:
    arena = Arena()
    arena.hire("ada")
    arena.cycle()
    arena.gates["contoso"] = NO_SYNC

    cycle = arena.cycle(None)

    assert cycle.held is not None
    assert cycle.held.reason is HoldReason.STOPPED_BY_TARGET
    assert arena.store.status(arena.jobs["contoso"]).health is Health.ACTIVE


def test_a_gate_that_cannot_be_asked_is_closed() -> None:
    arena = Arena()
    arena.hire("ada")
    arena.gates["contoso"] = TransientError("fabrikam does not answer.")

    cycle = arena.cycle()

    assert cycle.held is not None
    assert cycle.held.reason is HoldReason.UNREADABLE
    assert cycle.held.detail == "fabrikam does not answer."
    assert arena.target.users == {}


def test_a_closed_gate_holds_its_own_link_only() -> None:
    arena = Arena(["contoso", "tailspin"])
    arena.hire("ada")
    person = arena.hire("alan", "tailspin")
    arena.gates["contoso"] = NO_SYNC

    arena.round()

    assert arena.copies("contoso") == {}
    assert set(arena.copies("tailspin")) == {person}


def test_a_paused_link_keeps_everybody_where_they_are() -> None:
    arena = Arena()
    person = arena.hire("ada")
    arena.cycle()
    arena.unassign(person)
    job = arena.jobs["contoso"]
    arena.jobs["contoso"] = replace(job, link=replace(job.link, paused=True))

    cycle = arena.cycle()

    assert cycle.held is not None
    assert cycle.held.reason is HoldReason.PAUSED
    assert set(arena.copies()) == {person}


def test_a_link_of_entra_s_own_engine_is_left_to_its_job() -> None:
    arena = Arena(rules={"engine": Engine.ENTRA})
    arena.hire("ada")
    arena.gates["contoso"] = TransientError("nobody asks for it")

    cycle = arena.cycle()

    assert cycle.held is not None
    assert cycle.held.reason is HoldReason.PUSHED_BY_ENTRA
    assert arena.target.users == {}
    assert arena.store.status(arena.jobs["contoso"]).health is Health.NEW


def test_a_pause_leaves_the_health_of_a_link_alone() -> None:
    arena = Arena(rules={"paused": True})

    arena.cycle()

    assert arena.store.status(arena.jobs["contoso"]).health is Health.NEW
