"""Rebuilding: pairs from stamps, and strictness after the loss."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from reconcile.model.jobs import Side
from reconcile.model.stamps import Mark, Stamp
from reconcile.model.tenants import TenantId
from reconcile.model.users import User
from reconcile.state.store import SqlStore, open_store
from tests.state.contract import sent, settle
from tests.state.samples import (
    CONTOSO,
    TAILSPIN,
    HandClock,
    a_create,
    a_job,
    an_agreement,
    person_id,
    target_id,
)


@pytest.fixture
def store() -> Iterator[SqlStore]:
    with open_store("sqlite://", HandClock()) as opened:
        yield opened


def a_guest(
    number: int,
    *,
    person: int | None = None,
    tenant: TenantId = CONTOSO,
    mark: Mark = Mark.NONE,
    **keys: Any,
) -> User:
    given: dict[str, Any] = {"properties": {"creationType": "Invitation"}, **keys}
    return User(
        id=target_id(number), stamp=Stamp(tenant, person_id(person or number), mark), **given
    )


def test_stamps_become_pairs_that_nobody_has_looked_at_yet(store: SqlStore) -> None:
    rebuilt = store.rebuild(a_job(), [a_guest(1, mark=Mark.ADOPTED | Mark.BLOCKED), a_guest(2)])

    found = store.memory(a_job()).agreements(Side.SOURCE, [person_id(1)])[person_id(1)]
    assert rebuilt.pairs == 2
    assert (found.target, found.mark) == (target_id(1), Mark.ADOPTED | Mark.BLOCKED)
    assert (found.source_seal, found.target_seal, found.wanted) == (b"", b"", b"")


def test_a_rebuilt_link_is_strict_and_before_its_first_cycle(store: SqlStore) -> None:
    store.rebuild(a_job(), [a_guest(1)])

    memory = store.memory(a_job())
    assert (memory.rebuilt, memory.fingerprint) == (True, None)


def test_what_the_stamps_do_not_claim_is_forgotten(store: SqlStore) -> None:
    settle(store, a_job(), settled=[an_agreement(1), an_agreement(2)])

    store.rebuild(a_job(), [a_guest(1)])

    assert set(store.memory(a_job()).seals(Side.SOURCE)) == {person_id(1)}


def test_open_intents_outlive_a_rebuild(store: SqlStore) -> None:
    sent(store, a_job(), a_create(1))

    store.rebuild(a_job(), [])

    assert set(store.memory(a_job()).intents()) == {person_id(1)}


def test_a_person_whom_two_users_claim_is_disputed(store: SqlStore) -> None:
    rebuilt = store.rebuild(a_job(), [a_guest(1), a_guest(2, person=1)])

    assert (rebuilt.pairs, rebuilt.disputed) == (0, (person_id(1),))


def test_a_user_that_is_listed_twice_claims_once(store: SqlStore) -> None:
    assert store.rebuild(a_job(), [a_guest(1), a_guest(1)]).pairs == 1


def test_an_internal_account_is_not_believed(store: SqlStore) -> None:
    rebuilt = store.rebuild(a_job(), [a_guest(1, properties={})])

    assert (rebuilt.pairs, rebuilt.internal) == (0, (target_id(1),))


@pytest.mark.parametrize(
    "user",
    [
        a_guest(1, tenant=TAILSPIN),
        a_guest(1, deleted=True),
        User(id=target_id(1), properties={"creationType": "Invitation"}),
    ],
    ids=["of another source", "deleted", "unstamped"],
)
def test_who_is_not_of_this_link_is_left_out(store: SqlStore, user: User) -> None:
    assert store.rebuild(a_job(), [user]).pairs == 0
