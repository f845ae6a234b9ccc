from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import httpx
import pytest

from reconcile.directory.target import GraphTarget
from reconcile.errors import ConsentError, LeaseHeldError, TransientError
from reconcile.model.actions import Action, Create, Delete, Disable, Reference, Restore, Update, Why
from reconcile.model.cycles import Outcome, Result
from reconcile.model.reads import Sought, Step
from reconcile.model.stamps import Mark, Stamp
from reconcile.model.tenants import ObjectId
from sandbox.estate import USER_ADMINISTRATOR
from tests.directory.contract import NOBODY, a_change, a_create, a_person, terms
from tests.graph.scripted import Meeting, an_error, meet
from tests.graph.worlds import CARRIER, World, a_job, in_world

JOB = a_job()


async def export(world: World, *actions: Action, app: str = "reconciler") -> Sequence[Outcome]:
    return await GraphTarget(world.client("fabrikam", app), [JOB]).export(JOB, actions)


async def export_one(world: World, action: Action) -> Outcome:
    [outcome] = await export(world, action)
    return outcome


def a_guest(world: World, mail: str = "ada@contoso.com", stamp: Stamp | None = None) -> ObjectId:
    written = CARRIER.write(stamp)
    return ObjectId(
        world.sandbox.tenant("fabrikam").add_user(
            {
                "userPrincipalName": f"{mail.replace('@', '_')}#EXT#@fabrikam.onmicrosoft.com",
                "mail": mail,
                "creationType": "Invitation",
                "displayName": "Somebody",
                **written,
            }
        )
    )


def many(count: int) -> list[Create]:
    return [
        Create(
            person=a_person(address=f"p{number}@contoso.com"),
            changes=(a_change("displayName", f"P {number}"),),
            terms=terms(),
        )
        for number in range(count)
    ]


def test_twenty_creates_take_three_batches() -> None:
    async def play(world: World) -> int:
        outcomes = await export(world, *many(20))
        assert {one.result for one in outcomes} == {Result.DONE}
        return world.client("fabrikam").requests

    assert in_world(play) == 3


def test_a_lost_batch_of_invitations_is_unknown_and_not_sent_again() -> None:
    async def play(world: World) -> None:
        world.sandbox.faults.arm("drop", path="/invitations")
        outcomes = await export(world, *many(3))
        assert {one.result for one in outcomes} == {Result.UNKNOWN}
        assert not any(one.invited for one in outcomes)
        assert set(world.sandbox.invitations.values()) == {1}

    in_world(play)


def test_a_lost_patch_tells_that_the_invitation_happened() -> None:
    async def play(world: World) -> None:
        world.sandbox.faults.arm("drop", path="/users/")
        [outcome] = await export(world, a_create(None, displayName="Ada"))
        assert outcome.result is Result.UNKNOWN
        assert outcome.invited
        assert outcome.target is not None

    in_world(play)


def test_a_storm_is_waited_out_and_everyone_invited_once() -> None:
    async def play(world: World) -> None:
        world.sandbox.faults.arm("storm", count=60)
        outcomes = await export(world, *many(20))
        assert {one.result for one in outcomes} == {Result.DONE}
        assert set(world.sandbox.invitations.values()) == {1}

    in_world(play)


def test_an_invitation_that_answers_an_older_user_writes_nothing_to_it() -> None:
    async def play(world: World) -> None:
        guest = a_guest(world)
        fabrikam = world.sandbox.tenant("fabrikam")
        fabrikam.patch_user(guest, {"createdDateTime": "2020-01-01T00:00:00Z"})
        before = dict(fabrikam.users[guest])
        outcome = await export_one(world, a_create(None, displayName="Ada"))
        assert outcome.result is Result.FAILED
        assert outcome.code == "InvitedExistingUser"
        assert outcome.target == guest
        assert fabrikam.users[guest] == before

    in_world(play)


def test_an_invitation_that_answers_somebody_elses_user_writes_nothing_to_it() -> None:
    async def play(world: World) -> None:
        other = Stamp(JOB.source, NOBODY)
        guest = a_guest(world, stamp=other)
        outcome = await export_one(world, a_create(None, displayName="Ada"))
        assert outcome.code == "InvitedExistingUser"
        assert CARRIER.read(world.sandbox.tenant("fabrikam").users[guest]) == other

    in_world(play)


def test_a_role_holder_fails_alone_and_is_told_why() -> None:
    async def play(world: World) -> None:
        holder, other = a_guest(world), a_guest(world, "alan@contoso.com")
        world.sandbox.tenant("fabrikam").roles[USER_ADMINISTRATOR].add(holder)
        block = (a_change("accountEnabled", new=False),)
        actions = [
            Disable(person=a_person(one), changes=block, terms=terms(Mark.BLOCKED))
            for one in (holder, other)
        ]
        outcomes = await export(world, *actions)
        assert [one.result for one in outcomes] == [Result.FAILED, Result.DONE]
        assert outcomes[0].code == "Authorization_RequestDenied"
        assert "administrator role, which protects its accountEnabled" in outcomes[0].message
        assert not outcomes[0].transient

    in_world(play)


def test_deleting_who_is_gone_already_is_done() -> None:
    async def play(world: World) -> Result:
        action = Delete(person=a_person(NOBODY), why=Why.DELETED, mark=Mark.DELETED)
        return (await export_one(world, action)).result

    assert in_world(play) is Result.DONE


def test_a_lost_mark_deletes_nobody() -> None:
    async def play(world: World) -> None:
        guest = a_guest(world)
        world.sandbox.faults.arm("drop", path="/users/")
        action = Delete(person=a_person(guest), why=Why.DELETED, mark=Mark.DELETED)
        assert (await export_one(world, action)).result is Result.UNKNOWN
        assert guest in world.sandbox.tenant("fabrikam").users

    in_world(play)


def test_a_user_who_may_not_be_deleted_is_not_marked_as_deleted_by_us() -> None:
    async def play(world: World) -> None:
        guest = a_guest(world)
        fabrikam = world.sandbox.tenant("fabrikam")
        fabrikam.roles[USER_ADMINISTRATOR].add(guest)
        mark = Mark.ADOPTED | Mark.DELETED
        action = Delete(person=a_person(guest), why=Why.DELETED, mark=mark)
        outcome = await export_one(world, action)
        assert outcome.result is Result.FAILED
        assert "administrator role" in outcome.message
        stamp = CARRIER.read(fabrikam.users[guest])
        assert stamp is not None
        assert stamp.mark is Mark.ADOPTED

    in_world(play)


def test_a_restore_of_who_is_gone_for_good_fails() -> None:
    async def play(world: World) -> Outcome:
        return await export_one(world, Restore(person=a_person(NOBODY), changes=(), terms=terms()))

    outcome = in_world(play)

    assert outcome.result is Result.FAILED
    assert outcome.code == "Request_ResourceNotFound"


def test_a_manager_who_does_not_exist_fails_at_the_reference() -> None:
    async def play(world: World) -> Outcome:
        changes = (a_change("manager", Reference(source=NOBODY, target=NOBODY)),)
        guest = a_guest(world)
        return await export_one(
            world, Update(person=a_person(guest), changes=changes, terms=terms())
        )

    outcome = in_world(play)

    assert outcome.result is Result.FAILED
    assert outcome.step is Step.REFERENCE_RESOLUTION


def test_an_update_of_nothing_sends_nothing() -> None:
    async def play(world: World) -> int:
        action = Update(person=a_person(NOBODY), changes=(), terms=terms())
        assert (await export_one(world, action)).result is Result.DONE
        return world.client("fabrikam").requests

    assert in_world(play) == 0


def test_an_update_stamps_only_when_it_is_told() -> None:
    async def play(world: World) -> None:
        guest = a_guest(world)
        change = (a_change("department", "Engines"),)
        plain = Update(person=a_person(guest), changes=change, terms=terms())
        await export_one(world, plain)
        assert CARRIER.read(world.sandbox.tenant("fabrikam").users[guest]) is None
        again = Update(person=a_person(guest), changes=(), terms=terms(), restamp=True)
        await export_one(world, again)
        assert CARRIER.read(world.sandbox.tenant("fabrikam").users[guest]) is not None

    in_world(play)


def test_an_app_that_may_not_invite_fails_each_person_with_the_permission() -> None:
    async def play(world: World) -> None:
        [outcome] = await export(world, a_create(None, displayName="Ada"), app="reader")
        assert outcome.result is Result.FAILED
        assert "the app lacks User.Invite.All" in outcome.message

    in_world(play)


def test_a_tenant_that_cannot_be_reached_raises_before_anything_was_sent() -> None:
    async def play(meeting: Meeting) -> None:
        with pytest.raises(TransientError, match="cannot be reached"):
            await GraphTarget(meeting.client, [JOB]).export(JOB, many(1))

    meet([httpx.ConnectError("refused")], play)


def test_a_target_that_may_not_be_read_is_not_an_empty_one() -> None:
    async def play(meeting: Meeting) -> None:
        with pytest.raises(ConsentError):
            await GraphTarget(meeting.client, [JOB]).read()

    meet([an_error(403, "Authorization_RequestDenied")], play)


@dataclass
class Leave:
    """A right to write that ends after so many checks."""

    lasts: int

    def check(self) -> None:
        self.lasts -= 1
        if self.lasts < 0:
            raise LeaseHeldError("state: another run took the lease.")


def test_nothing_is_sent_without_the_right_to_write() -> None:
    async def play(world: World) -> None:
        target = GraphTarget(world.client("fabrikam"), [JOB])
        with pytest.raises(LeaseHeldError):
            await target.export(JOB, many(2), Leave(0).check)
        assert world.client("fabrikam").requests == 0

    in_world(play)


def test_a_lease_that_is_lost_between_two_calls_ends_every_dialogue() -> None:
    async def play(world: World) -> None:
        target = GraphTarget(world.client("fabrikam"), [JOB])
        outcomes = await target.export(JOB, many(3), Leave(1).check)
        assert [one.result for one in outcomes] == [Result.UNKNOWN] * 3
        assert all(one.invited and "took the lease" in one.message for one in outcomes)
        assert world.client("fabrikam").requests == 1

    in_world(play)


def test_an_empty_page_that_has_a_next_one_is_not_absence() -> None:
    following = "https://127.0.0.1:8443/v1.0/users?$skiptoken=x"
    empty = {"id": "0", "status": 200, "body": {"value": [], "@odata.nextLink": following}}
    page = {"value": [{"id": NOBODY, "mail": "ada@contoso.com"}]}
    replies = [
        httpx.Response(200, json={"responses": [empty]}),
        httpx.Response(200, json=page),
        httpx.Response(200, json={"value": []}),
    ]

    async def play(meeting: Meeting) -> None:
        target = GraphTarget(meeting.client, [JOB])
        found = await target.look_up(Sought(addresses=frozenset({"ada@contoso.com"})))
        assert [user.id for user in found.claimants["ada@contoso.com"]] == [NOBODY]
        assert str(meeting.asked[1].url) == following

    meet(replies, play)


def test_many_creates_use_the_quota_and_are_never_refused() -> None:
    count = 2_000

    async def play(world: World) -> None:
        world.sandbox.meter.on = True
        client = world.client("fabrikam")
        target = GraphTarget(client, [JOB])
        creates = many(count)
        batches = iter([creates[start : start + 20] for start in range(0, count, 20)])

        async def work() -> None:
            for batch in batches:
                await target.export(JOB, batch)

        began = world.clock.now()
        await asyncio.gather(*(work() for _ in range(4)))
        seconds = (world.clock.now() - began).total_seconds()
        assert len(world.sandbox.invitations) == count
        assert world.sandbox.meter.refused == 0
        assert 2 * count >= 0.9 * (3_000 + 20 * seconds)

    in_world(play)
