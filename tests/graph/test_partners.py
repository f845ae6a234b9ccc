from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from reconcile.errors import PolicyConflictError
from reconcile.graph.holding import Held, Kind
from reconcile.graph.partners import hold, let_go, look, take, weigh
from reconcile.graph.policies import reopen
from tests.graph.fabrikam import (
    BY_HAND,
    CLOSED,
    CLOSED_SYNC,
    CONTOSO,
    SYNC,
    WANTED,
    Fabrikam,
    a_part,
    a_wish,
    in_fabrikam,
)


def test_a_partner_and_its_synchronization_are_made() -> None:
    async def play(fabrikam: Fabrikam) -> None:
        held = await fabrikam.made(a_wish())

        assert fabrikam.sync is not None
        assert fabrikam.sync["userSyncInbound"] == {"isSyncAllowed": True}
        assert fabrikam.writes == 2
        assert held[Kind.PARTNER] == Held(settings=WANTED)

    in_fabrikam(play)


def test_what_stands_and_agrees_is_taken_without_a_write() -> None:
    async def play(fabrikam: Fabrikam) -> None:
        first = await fabrikam.made(a_wish())
        second = await fabrikam.made(a_wish())

        assert second == first
        assert fabrikam.writes == 2

    in_fabrikam(play)


def test_what_somebody_chose_is_not_overruled_unasked() -> None:
    async def play(fabrikam: Fabrikam) -> None:
        await take(fabrikam.client, a_part(BY_HAND))
        with pytest.raises(PolicyConflictError) as caught:
            await take(fabrikam.client, a_part())

        assert caught.value.keys == ("inboundTrust.isMfaAccepted",)
        assert "fabrikam toward contoso" in str(caught.value)
        assert "inboundTrust.isMfaAccepted is false, the topology wants true" in str(caught.value)
        assert fabrikam.writes == 1

    in_fabrikam(play)


def test_what_would_be_refused_can_be_seen_beforehand() -> None:
    async def play(fabrikam: Fabrikam) -> None:
        held = await take(fabrikam.client, a_part(BY_HAND))
        await weigh(fabrikam.client, a_part(takeover=True), held)
        await weigh(fabrikam.client, a_part(), held)
        with pytest.raises(PolicyConflictError):
            await weigh(fabrikam.client, a_part(), Held())

        assert fabrikam.writes == 1

    in_fabrikam(play)


def test_a_takeover_keeps_what_it_replaced_and_the_end_restores_it() -> None:
    async def play(fabrikam: Fabrikam) -> None:
        await take(fabrikam.client, a_part(BY_HAND))
        held = await take(fabrikam.client, a_part(takeover=True))
        assert fabrikam.partner is not None
        assert fabrikam.partner["inboundTrust"] == {
            **BY_HAND["inboundTrust"],
            "isMfaAccepted": True,
        }

        await let_go(fabrikam.client, a_part(), held)

        assert fabrikam.partner["inboundTrust"] == BY_HAND["inboundTrust"]

    in_fabrikam(play)


def test_null_is_sent_and_an_absent_key_is_not_touched() -> None:
    async def play(fabrikam: Fabrikam) -> None:
        await take(fabrikam.client, a_part({**WANTED, "isServiceProvider": True}))
        await take(fabrikam.client, a_part({"inboundTrust": None}, takeover=True))

        assert fabrikam.partner is not None
        assert fabrikam.partner["inboundTrust"] is None
        assert fabrikam.partner["isServiceProvider"] is True

    in_fabrikam(play)


def test_a_key_that_is_wanted_no_longer_inherits_again() -> None:
    async def play(fabrikam: Fabrikam) -> None:
        held = await take(fabrikam.client, a_part())
        less = {"automaticUserConsentSettings": WANTED["automaticUserConsentSettings"]}

        await hold(fabrikam.client, a_part(less), held)

        assert fabrikam.partner is not None
        assert fabrikam.partner["inboundTrust"] is None

    in_fabrikam(play)


def test_the_end_takes_synchronization_first_and_is_content_with_nothing() -> None:
    async def play(fabrikam: Fabrikam) -> None:
        held = await fabrikam.made(a_wish())
        for _ in range(2):
            for part in reversed(a_wish().parts):
                assert await let_go(fabrikam.client, part, held[part.kind]) == ()

        assert fabrikam.partner is None

    in_fabrikam(play)


def test_the_end_leaves_what_somebody_else_set_and_says_so() -> None:
    async def play(fabrikam: Fabrikam) -> None:
        held = await take(fabrikam.client, a_part())
        fabrikam.sets({"isServiceProvider": True})

        kept = await let_go(fabrikam.client, a_part(), held)

        assert kept == ("isServiceProvider",)
        assert fabrikam.partner is not None
        assert fabrikam.partner["inboundTrust"] is None

    in_fabrikam(play)


def test_a_partner_stays_while_somebody_synchronizes() -> None:
    async def play(fabrikam: Fabrikam) -> None:
        held = await fabrikam.made(a_wish())

        kept = await let_go(fabrikam.client, a_part(), held[Kind.PARTNER])

        assert kept == ("identitySynchronization",)
        assert fabrikam.sync is not None

    in_fabrikam(play)


def test_synchronization_that_stands_is_patched_not_put() -> None:
    async def play(fabrikam: Fabrikam) -> None:
        await fabrikam.made(a_wish(sync=False))
        held = await take(fabrikam.client, replace(SYNC, takeover=True))

        assert fabrikam.sync is not None
        assert fabrikam.sync["userSyncInbound"] == {"isSyncAllowed": True}
        assert held.before == CLOSED_SYNC

    in_fabrikam(play)


def test_a_partner_made_between_look_and_write_is_judged_again() -> None:
    async def play(fabrikam: Fabrikam) -> None:
        ordinary = fabrikam.client.write

        async def late(call: Any) -> Any:
            fabrikam.client.write = ordinary  # type: ignore[method-assign]
            await ordinary(replace(call, body={"tenantId": CONTOSO, "isServiceProvider": None}))
            return await ordinary(call)

        fabrikam.client.write = late  # type: ignore[method-assign]
        await take(fabrikam.client, a_part())

        assert fabrikam.partner is not None
        assert fabrikam.partner["inboundTrust"] == {"isMfaAccepted": True}

    in_fabrikam(play)


def test_a_partner_that_was_deleted_by_hand_is_gone_and_made_again() -> None:
    async def play(fabrikam: Fabrikam) -> None:
        held = await take(fabrikam.client, a_part())
        del fabrikam.directory.partners[CONTOSO]

        assert await look(fabrikam.client, a_part(), held) is None
        assert await hold(fabrikam.client, a_part(), held) == Held(settings=WANTED)

    in_fabrikam(play)


def test_what_was_changed_by_hand_is_seen_and_mended() -> None:
    async def play(fabrikam: Fabrikam) -> None:
        held = await take(fabrikam.client, a_part())
        fabrikam.sets({"inboundTrust": {"isMfaAccepted": False}})

        found = await look(fabrikam.client, a_part(), held)

        assert found is not None
        assert found.settings == {**WANTED, "inboundTrust": {"isMfaAccepted": False}}
        assert await hold(fabrikam.client, a_part(), found) == held

    in_fabrikam(play)


def test_what_the_target_closed_stays_closed_until_it_is_reopened() -> None:
    async def play(fabrikam: Fabrikam) -> None:
        held = await take(fabrikam.client, a_part())
        fabrikam.sets(CLOSED)

        found = await hold(fabrikam.client, a_part(), held)
        assert found.stopped
        opened = await reopen(fabrikam.client, a_wish(sync=None))
        seen = await look(fabrikam.client, a_part(), found)

        assert opened == ("automaticUserConsentSettings.inboundAllowed",)
        assert seen == held

    in_fabrikam(play)


def test_a_synchronization_deleted_from_a_standing_partner_is_closed() -> None:
    async def play(fabrikam: Fabrikam) -> None:
        held = (await fabrikam.made(a_wish()))[Kind.SYNC]
        del fabrikam.directory.identity_sync[CONTOSO]

        found = await look(fabrikam.client, SYNC, held)

        assert found is not None
        assert found.stopped
        assert (await hold(fabrikam.client, SYNC, found)).stopped
        assert fabrikam.sync is None

    in_fabrikam(play)


def test_a_synchronization_that_went_with_its_partner_is_gone() -> None:
    async def play(fabrikam: Fabrikam) -> None:
        held = (await fabrikam.made(a_wish()))[Kind.SYNC]
        del fabrikam.directory.identity_sync[CONTOSO]
        del fabrikam.directory.partners[CONTOSO]

        assert await look(fabrikam.client, SYNC, held) is None

    in_fabrikam(play)


def test_reopening_writes_the_switches_that_are_off_and_nothing_else() -> None:
    async def play(fabrikam: Fabrikam) -> None:
        await fabrikam.made(a_wish())
        fabrikam.sets({**CLOSED, "inboundTrust": {"isMfaAccepted": False}})
        del fabrikam.directory.identity_sync[CONTOSO]

        opened = await reopen(fabrikam.client, a_wish())

        assert opened == (
            "automaticUserConsentSettings.inboundAllowed",
            "identitySynchronization.userSyncInbound.isSyncAllowed",
        )
        assert fabrikam.partner is not None
        assert fabrikam.partner["inboundTrust"] == {"isMfaAccepted": False}
        assert await reopen(fabrikam.client, a_wish()) == ()

    in_fabrikam(play)


def test_a_look_is_one_request() -> None:
    async def play(fabrikam: Fabrikam) -> None:
        held = await fabrikam.made(a_wish())
        before = fabrikam.client.requests
        for part in a_wish().parts:
            await look(fabrikam.client, part, held[part.kind])

        assert fabrikam.client.requests - before == 2

    in_fabrikam(play)
