"""What every directory promises the engine; played on Graph's adapters and on the fake alike."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol

from reconcile.engine.ports import Directory, TargetDirectory
from reconcile.model.actions import (
    Action,
    Adopt,
    Cause,
    Change,
    Create,
    Delete,
    Disable,
    Person,
    Reference,
    Release,
    Restore,
    Terms,
    Update,
    Why,
)
from reconcile.model.attributes import read_value
from reconcile.model.cycles import Outcome, Result
from reconcile.model.jobs import Job
from reconcile.model.reads import Import, Sought
from reconcile.model.stamps import Mark
from reconcile.model.tenants import ObjectId
from reconcile.model.users import User, Value

NOBODY = ObjectId("00000000-0000-0000-0000-000000000000")


class Stage(Protocol):
    """A source with one group in scope and a target, both open to a person's edits."""

    job: Job

    def source(self) -> Directory: ...
    def target(self) -> TargetDirectory: ...
    def hire(self, name: str, **properties: Any) -> ObjectId: ...
    def unassign(self, person: ObjectId) -> None: ...
    def dismiss(self, person: ObjectId) -> None: ...
    def guest(self, mail: str, **properties: Any) -> ObjectId: ...
    def account(self, mail: str) -> ObjectId: ...
    def remove(self, user: ObjectId) -> None: ...


Scenario = Callable[[Stage], Awaitable[None]]


def a_change(attribute: str, new: Value | Reference, cause: Cause = Cause.SOURCE) -> Change:
    return Change(attribute=attribute, old=None, new=new, cause=cause)


def terms(mark: Mark = Mark.NONE) -> Terms:
    return Terms(source_seal=b"", wanted=b"", mark=mark)


def a_person(target: ObjectId | None = None, address: str = "ada@contoso.com") -> Person:
    source = ObjectId("11111111-1111-1111-1111-111111111111")
    return Person(source=source, target=target, name=address, address=address)


def a_create(target: ObjectId | None, /, **values: Value | Reference) -> Create:
    changes = tuple(a_change(name, value, Cause.CREATION) for name, value in values.items())
    return Create(person=a_person(target), changes=changes, terms=terms())


def everyone(read: Import) -> dict[ObjectId, bool]:
    """Whom a read holds, and whether deleted."""
    return {user.id: user.deleted for page in read.pages() for user in page}


async def export_one(stage: Stage, action: Action) -> Outcome:
    [outcome] = await stage.target().export(stage.job, [action])
    assert outcome.action == action
    return outcome


async def seen(stage: Stage, user: ObjectId) -> User | None:
    found = await stage.target().look_up(Sought(targets=frozenset({user})))
    return found.targets[user]


async def known(stage: Stage, user: ObjectId | None) -> User:
    assert user is not None
    found = await seen(stage, user)
    assert found is not None
    return found


async def created(stage: Stage, **values: Value | Reference) -> ObjectId:
    outcome = await export_one(stage, a_create(None, displayName="Ada", **values))
    assert outcome.result is Result.DONE
    assert outcome.target is not None
    return outcome.target


class DirectoryContract:
    """Subclasses say how a scenario is played."""

    def play(self, scenario: Scenario) -> None:
        raise NotImplementedError

    def test_a_source_reads_who_is_assigned(self) -> None:
        async def scenario(stage: Stage) -> None:
            people = {stage.hire(f"person{n}") for n in range(7)}
            read = await stage.source().read()
            assert set(everyone(read)) == people
            assert read.tenant == stage.job.source

        self.play(scenario)

    def test_a_read_can_be_walked_twice(self) -> None:
        async def scenario(stage: Stage) -> None:
            stage.hire("ada")
            read = await stage.source().read()
            assert [list(page) for page in read.pages()] == [list(page) for page in read.pages()]

        self.play(scenario)

    def test_two_reads_of_the_same_give_the_same_bytes(self) -> None:
        async def scenario(stage: Stage) -> None:
            stage.hire("ada")
            first, second = [await stage.source().read() for _ in range(2)]
            assert list(first.pages()) == list(second.pages())

        self.play(scenario)

    def test_a_leaver_is_told_from_one_who_is_gone(self) -> None:
        async def scenario(stage: Stage) -> None:
            stays, leaves, gone = (stage.hire(name) for name in ("stays", "leaves", "gone"))
            stage.unassign(leaves)
            stage.dismiss(gone)
            sought = Sought(leavers=frozenset({stays, leaves, gone, NOBODY}))
            found = (await stage.source().look_up(sought)).leavers
            assert {one: (found[one].user is not None, found[one].assigned) for one in found} == {
                stays: (True, True),
                leaves: (True, False),
                gone: (False, False),
                NOBODY: (False, False),
            }

        self.play(scenario)

    def test_a_target_reads_external_users_live_and_deleted(self) -> None:
        async def scenario(stage: Stage) -> None:
            live, binned = stage.guest("ada@contoso.com"), stage.guest("alan@contoso.com")
            account = stage.account("grace@contoso.com")
            stage.remove(binned)
            found = everyone(await stage.target().read())
            assert found[live] is False
            assert found[binned] is True
            assert account not in found

        self.play(scenario)

    def test_an_address_finds_everybody_who_answers_to_it(self) -> None:
        async def scenario(stage: Stage) -> None:
            live = stage.guest("ada@contoso.com")
            other = stage.guest("x@contoso.com", otherMails=["ada@contoso.com"])
            binned = stage.guest("alan@contoso.com")
            account = stage.account("grace@contoso.com")
            stage.remove(binned)
            addresses = ("ada@contoso.com", "alan@contoso.com", "grace@contoso.com", "o'h@x.com")
            sought = Sought(addresses=frozenset(addresses))
            found = (await stage.target().look_up(sought)).claimants
            assert {name: {user.id for user in users} for name, users in found.items()} == {
                "ada@contoso.com": {live, other},
                "alan@contoso.com": {binned},
                "grace@contoso.com": {account},
                "o'h@x.com": set(),
            }
            assert found["alan@contoso.com"][0].deleted

        self.play(scenario)

    def test_a_target_user_is_found_live_deleted_or_not_at_all(self) -> None:
        async def scenario(stage: Stage) -> None:
            live, binned = stage.guest("ada@contoso.com"), stage.guest("alan@contoso.com")
            stage.remove(binned)
            assert not (await known(stage, live)).deleted
            assert (await known(stage, binned)).deleted
            assert await seen(stage, NOBODY) is None

        self.play(scenario)

    def test_a_create_invites_writes_and_stamps(self) -> None:
        async def scenario(stage: Stage) -> None:
            boss = stage.guest("boss@contoso.com")
            manager = Reference(source=NOBODY, target=boss)
            action = a_create(None, displayName="Ada", department="Engines", manager=manager)
            outcome = await export_one(stage, action)
            assert outcome.result is Result.DONE
            assert outcome.invited
            user = await known(stage, outcome.target)
            assert user.external
            assert (user.text("displayName"), user.text("department")) == ("Ada", "Engines")
            assert user.manager == boss
            assert user.stamp is not None
            assert user.stamp.tenant == stage.job.source
            assert user.stamp.person == action.person.source

        self.play(scenario)

    def test_a_manager_without_a_target_user_is_left_for_later(self) -> None:
        async def scenario(stage: Stage) -> None:
            user = await created(stage, manager=Reference(source=NOBODY))
            assert (await known(stage, user)).manager is None

        self.play(scenario)

    def test_a_create_with_a_target_finishes_it(self) -> None:
        async def scenario(stage: Stage) -> None:
            guest = stage.guest("ada@contoso.com")
            outcome = await export_one(stage, a_create(guest, displayName="Ada"))
            assert outcome.target == guest
            assert (await known(stage, guest)).stamp is not None

        self.play(scenario)

    def test_an_adoption_stamps_who_was_there(self) -> None:
        async def scenario(stage: Stage) -> None:
            guest = stage.guest("ada@contoso.com")
            change = a_change("department", "Engines", Cause.ADOPTION)
            action = Adopt(person=a_person(guest), changes=(change,), terms=terms(Mark.ADOPTED))
            assert (await export_one(stage, action)).result is Result.DONE
            user = await known(stage, guest)
            assert user.text("department") == "Engines"
            assert user.stamp is not None
            assert user.stamp.mark is Mark.ADOPTED

        self.play(scenario)

    def test_an_update_writes_what_changed_and_null_clears(self) -> None:
        async def scenario(stage: Stage) -> None:
            user = await created(stage, department="Engines", jobTitle="Clerk")
            changes = (a_change("department", None), a_change("telephoneNumber", "+45 1"))
            action = Update(person=a_person(user), changes=changes, terms=terms())
            assert (await export_one(stage, action)).result is Result.DONE
            after = await known(stage, user)
            assert after.text("department") is None
            assert read_value(after, "telephoneNumber") == "+45 1"
            assert after.text("jobTitle") == "Clerk"

        self.play(scenario)

    def test_a_manager_can_be_removed_twice(self) -> None:
        async def scenario(stage: Stage) -> None:
            boss = stage.guest("boss@contoso.com")
            user = await created(stage, manager=Reference(source=NOBODY, target=boss))
            action = Update(
                person=a_person(user), changes=(a_change("manager", None),), terms=terms()
            )
            results = [(await export_one(stage, action)).result for _ in range(2)]
            assert results == [Result.DONE, Result.DONE]
            assert (await known(stage, user)).manager is None

        self.play(scenario)

    def test_disabling_blocks_and_remembers_who_did(self) -> None:
        async def scenario(stage: Stage) -> None:
            user = await created(stage)
            change = a_change("accountEnabled", new=False)
            action = Disable(person=a_person(user), changes=(change,), terms=terms(Mark.BLOCKED))
            assert (await export_one(stage, action)).result is Result.DONE
            after = await known(stage, user)
            assert not after.enabled
            assert after.stamp is not None
            assert after.stamp.mark is Mark.BLOCKED

        self.play(scenario)

    def test_a_delete_is_marked_and_a_restore_brings_back(self) -> None:
        async def scenario(stage: Stage) -> None:
            user = await created(stage)
            delete = Delete(person=a_person(user), why=Why.DELETED, mark=Mark.DELETED)
            assert (await export_one(stage, delete)).result is Result.DONE
            binned = await known(stage, user)
            assert binned.deleted
            assert binned.stamp is not None
            assert binned.stamp.mark is Mark.DELETED
            restore = Restore(
                person=a_person(user), changes=(a_change("department", "Back"),), terms=terms()
            )
            assert (await export_one(stage, restore)).result is Result.DONE
            back = await known(stage, user)
            assert not back.deleted
            assert back.text("department") == "Back"
            assert back.stamp is not None
            assert back.stamp.mark is Mark.NONE

        self.play(scenario)

    def test_a_released_user_keeps_everything_but_the_stamp(self) -> None:
        async def scenario(stage: Stage) -> None:
            user = await created(stage, department="Engines")
            action = Release(person=a_person(user), why=Why.UNASSIGNED)
            assert (await export_one(stage, action)).result is Result.DONE
            after = await known(stage, user)
            assert after.stamp is None
            assert after.text("department") == "Engines"

        self.play(scenario)

    def test_one_refusal_harms_nobody_else(self) -> None:
        async def scenario(stage: Stage) -> None:
            user = await created(stage)
            change = a_change("department", "Engines")
            actions: Sequence[Action] = [
                Update(person=a_person(one), changes=(change,), terms=terms())
                for one in (NOBODY, user)
            ]
            outcomes = await stage.target().export(stage.job, actions)
            assert [one.result for one in outcomes] == [Result.FAILED, Result.DONE]
            assert outcomes[0].code
            assert outcomes[0].message

        self.play(scenario)
