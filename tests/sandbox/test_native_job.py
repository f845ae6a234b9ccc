"""Entra's own job at work between two simulated tenants."""

from __future__ import annotations

import pytest

from sandbox.world import Sandbox
from tests.sandbox.asking import a_user
from tests.sandbox.linked import CONTOSO, PARTNERS
from tests.sandbox.pushing import CYCLE, DAY, MINUTE, Push, a_job, a_running_job, person

SYNC = f"{PARTNERS}/{CONTOSO}/identitySynchronization"


@pytest.fixture
def push(world: Sandbox) -> Push:
    return a_running_job(world)


def test_nobody_appears_before_the_first_cycle(world: Sandbox) -> None:
    waiting = a_job(world)

    waiting.does("start")

    assert waiting.pushed() == {}
    assert waiting.status()["code"] == "NotRun"


def test_direct_members_of_an_assigned_group_appear(push: Push) -> None:
    assert sorted(push.pushed()) == sorted(f"person{number}" for number in range(10))


def test_somebody_new_looks_as_if_they_had_accepted(push: Push) -> None:
    user = push.one(3)

    assert user["userPrincipalName"] == "person3_contoso.com#EXT#@fabrikam.onmicrosoft.com"
    assert (user["userType"], user["externalUserState"]) == ("Member", "Accepted")
    assert user["creationType"] == "Invitation"
    assert user["identities"][0]["issuer"] == "ExternalAzureAD"
    assert (user["mail"], user["otherMails"]) == ("person3@contoso.com", ["person3@contoso.com"])
    assert user["displayName"] == "Person 3"


def test_nobody_gets_a_mail(push: Push) -> None:
    assert len(push.pushed()) == 10
    assert push.world.mails == []


def test_a_synchronized_user_may_be_none_that_was_invited(world: Sandbox) -> None:
    world.store.switches.synchronized_users_are_invitations = False

    assert a_running_job(world).one(3)["creationType"] is None


def test_everybody_is_in_scope_when_the_job_says_so(world: Sandbox) -> None:
    push = a_job(world)
    push.secrets(SyncAll="true")
    push.does("start")

    push.passes()

    assert len(push.pushed()) == 12


def test_a_mover_is_updated_in_the_next_cycle(push: Push) -> None:
    push.changes(3, jobTitle="Lead", officeLocation="3.14", businessPhones=["+45 1"])
    before = push.one(3).get("jobTitle")

    push.passes()

    after = push.one(3)
    assert before is None
    assert (after["jobTitle"], after["officeLocation"]) == ("Lead", "3.14")
    assert after["businessPhones"] == ["+45 1"]


def test_nothing_in_the_source_writes_nothing(push: Push) -> None:
    push.changes(3, jobTitle="Lead")
    push.passes()
    push.changes(3, jobTitle=None)

    push.passes()

    assert push.one(3)["jobTitle"] == "Lead"


def test_a_leaver_is_deleted_and_comes_back_within_thirty_days(push: Push) -> None:
    number = push.one(3)["id"]
    push.leaves(3)
    push.passes()
    gone = set(push.pushed())
    push.joins(3)

    push.passes(29 * DAY)

    assert "person3" not in gone
    assert push.one(3)["id"] == number


def test_a_leaver_who_comes_back_too_late_is_somebody_new(push: Push) -> None:
    number = push.one(3)["id"]
    push.leaves(3)
    push.passes(31 * DAY)
    assert "person3" not in push.pushed()
    push.joins(3)

    push.passes()

    assert push.one(3)["id"] != number


def test_somebody_whom_the_source_deletes_is_deleted(push: Push) -> None:
    push.source.ask("DELETE", f"/users/{person(3)}")

    push.passes()

    assert "person3" not in push.pushed()


def test_somebody_whom_the_source_restores_is_restored(push: Push) -> None:
    number = push.one(3)["id"]
    push.source.ask("DELETE", f"/users/{person(3)}")
    push.passes()
    push.source.ask("POST", f"/directory/deletedItems/{person(3)}/restore")

    push.passes()

    assert push.one(3)["id"] == number


def test_somebody_disabled_is_disabled_and_not_deleted_afterwards(push: Push) -> None:
    push.changes(3, accountEnabled=False)
    push.passes()
    disabled = push.one(3)["accountEnabled"]
    push.leaves(3)

    push.passes()

    assert disabled is False
    assert "person3" in push.pushed()


def test_what_the_target_changes_stays_until_the_source_changes(push: Push) -> None:
    path = f"/users/{push.one(3)['id']}"
    push.target.ask("PATCH", path, {"displayName": "Changed", "accountEnabled": False})
    push.passes(10 * CYCLE)
    kept = (push.one(3)["displayName"], push.one(3)["accountEnabled"])
    push.changes(3, jobTitle="Lead")

    push.passes()

    assert kept == ("Changed", False)
    assert (push.one(3)["displayName"], push.one(3)["accountEnabled"]) == ("Person 3", True)


def test_whom_the_target_deletes_is_not_restored(push: Push) -> None:
    push.target.ask("DELETE", f"/users/{push.one(3)['id']}")
    push.changes(3, jobTitle="Lead")

    push.passes()

    assert "person3" not in push.pushed()
    assert push.log("contains(sourceIdentity/displayName, 'Person 3')")[0][
        "provisioningAction"
    ] == ("other")


def test_who_is_gone_for_good_from_the_target_is_made_again(push: Push) -> None:
    number = push.one(3)["id"]
    push.target.ask("DELETE", f"/users/{number}")

    push.passes(31 * DAY)

    assert push.one(3)["id"] != number


def test_a_manager_is_set_where_both_are_in_scope(push: Push) -> None:
    contoso = push.world.tenant("contoso")
    contoso.set_manager(person(3), person(4))
    contoso.set_manager(person(5), person(11))

    push.passes()

    managers = push.world.tenant("fabrikam").manager
    assert managers == {push.one(3)["id"]: push.one(4)["id"]}


def test_that_a_manager_is_gone_is_not_told(push: Push) -> None:
    push.world.tenant("contoso").set_manager(person(3), person(4))
    push.passes()
    push.world.tenant("contoso").set_manager(person(3), None)

    push.passes()

    assert push.one(3)["id"] in push.world.tenant("fabrikam").manager


def test_people_from_elsewhere_are_not_pushed_on(push: Push) -> None:
    contoso = push.world.tenant("contoso")
    guest = a_user(90, userPrincipalName="ada_x.com#EXT#@contoso.com", creationType="Invitation")
    contoso.add_user(guest)
    contoso.add_user(a_user(91, userType="Guest"))
    push.joins(90, 91)

    push.passes()

    assert len(push.pushed()) == 10


def test_a_guest_of_before_becomes_the_person(world: Sandbox, push: Push) -> None:
    guest = push.target.invited("person11@contoso.com")
    push.joins(11)

    push.passes()

    user = world.tenant("fabrikam").users[guest]
    assert (user["externalUserState"], user["displayName"]) == ("Accepted", "Person 11")
    assert user["userType"] == "Guest"


def test_two_with_one_mail_become_one(push: Push) -> None:
    contoso = push.world.tenant("contoso")
    contoso.patch_user(person(10), {"mail": "person11@contoso.com"})
    push.joins(10, 11)

    push.passes()

    assert len(push.pushed()) == 11


def test_an_internal_account_in_the_way_fails_that_person_only(push: Push) -> None:
    push.world.tenant("fabrikam").add_user(a_user(70, "fabrikam", mail="person11@contoso.com"))
    push.joins(10, 11)

    push.passes()

    assert "person10" in push.pushed()
    assert push.status()["lastExecution"]["state"] == "EntryLevelErrors"
    entry = push.log("provisioningStatusInfo/status eq 'failure'")[0]
    assert entry["provisioningStatusInfo"]["errorInformation"]["errorCode"] == "EntryConflict"


def test_a_target_that_lets_nobody_invite_gets_nobody(world: Sandbox) -> None:
    push = a_job(world)
    world.tenant("fabrikam").authorization_policy["allowInvitesFrom"] = "none"
    push.does("start")

    push.passes()

    assert push.pushed() == {}
    codes = {one["provisioningStatusInfo"]["errorInformation"]["errorCode"] for one in push.log()}
    assert codes == {"AzureActiveDirectoryForbidden"}


def test_a_target_that_stops_it_gets_quarantine_and_keeps_its_users(push: Push) -> None:
    push.target.ask("PATCH", SYNC, {"userSyncInbound": {"isSyncAllowed": False}})
    push.changes(3, jobTitle="Lead")

    push.passes()

    status = push.status()
    assert status["code"] == "Quarantine"
    assert status["quarantine"]["reason"] == "EncounteredQuarantineException"
    assert status["quarantine"]["error"]["code"] == (
        "AzureActiveDirectoryCrossTenantSyncPolicyCheckFailure"
    )
    assert len(push.pushed()) == 10
    assert push.one(3).get("jobTitle") is None


def test_a_quarantined_job_tries_again_and_recovers(push: Push) -> None:
    push.target.ask("PATCH", SYNC, {"userSyncInbound": {"isSyncAllowed": False}})
    push.changes(3, jobTitle="Lead")
    push.passes()
    assert push.status()["quarantine"]["seriesCount"] == 1
    push.target.ask("PATCH", SYNC, {"userSyncInbound": {"isSyncAllowed": True}})

    push.passes(7 * CYCLE)
    still = push.status()["code"]
    push.passes(3 * CYCLE)

    assert (still, push.status()["code"]) == ("Quarantine", "Active")
    assert push.one(3)["jobTitle"] == "Lead"


def test_a_job_in_quarantine_for_four_weeks_is_disabled(push: Push) -> None:
    push.target.ask("PATCH", SYNC, {"userSyncInbound": {"isSyncAllowed": False}})

    push.passes(30 * DAY)

    assert push.source.get(push.path)["schedule"]["state"] == "Disabled"
    assert push.status()["quarantine"]["seriesCount"] == 31


def test_too_many_deletes_are_staged_until_they_are_allowed(push: Push) -> None:
    push.threshold(2)
    push.leaves(1, 2, 3)
    push.passes()
    held = push.status()
    staged = push.log("provisioningAction eq 'stagedDelete'")
    before = len(push.pushed())
    push.does("restart", {"criteria": {"resetScope": "ForceDeletes"}})

    push.passes()

    assert (held["code"], held["quarantine"]["reason"]) == ("Quarantine", "TooManyDeletes")
    assert (len(staged), before) == (3, 10)
    assert len(push.pushed()) == 7
    assert push.status()["code"] == "Active"


def test_too_many_deletes_are_rejected_by_bringing_people_back(push: Push) -> None:
    push.threshold(2)
    push.leaves(1, 2, 3)
    push.passes()
    push.joins(1, 2, 3)
    push.does("restart")

    push.passes()

    assert len(push.pushed()) == 10
    assert push.status()["code"] == "Active"


def test_disabling_counts_as_deleting(push: Push) -> None:
    push.threshold(1)
    push.changes(1, accountEnabled=False)
    push.changes(2, accountEnabled=False)

    push.passes()

    assert push.status()["quarantine"]["reason"] == "TooManyDeletes"
    assert push.one(1)["accountEnabled"] is True


def test_a_paused_job_pushes_nobody_and_forgets_nothing(push: Push) -> None:
    push.does("pause")
    push.changes(3, jobTitle="Lead")
    push.passes(10 * CYCLE)
    paused = push.one(3).get("jobTitle")
    push.does("start")

    push.passes(2 * MINUTE)

    assert paused is None
    assert push.one(3)["jobTitle"] == "Lead"
    assert push.status()["lastExecution"]["countImported"] == 1


def test_a_restart_looks_at_everybody_anew(push: Push) -> None:
    path = f"/users/{push.one(3)['id']}"
    push.target.ask("PATCH", path, {"displayName": "Changed"})
    push.does("restart", {"criteria": {"resetScope": "Full"}})

    push.passes(2 * MINUTE)

    assert push.one(3)["displayName"] == "Person 3"
    assert push.status()["lastExecution"]["countImported"] == 10
    assert len(push.pushed()) == 10


def test_a_deleted_job_leaves_its_people(push: Push) -> None:
    assert push.source.ask("DELETE", push.path).status == 204
    push.passes(DAY)

    assert push.source.code("GET", push.path)[0] == 404
    users = push.world.tenant("fabrikam").users.values()
    assert sum("#EXT#" in user["userPrincipalName"] for user in users) == 10


def test_the_status_counts_what_a_cycle_did(push: Push) -> None:
    status = push.status()

    last = status["lastExecution"]
    assert (last["state"], last["countEntitled"], last["countExported"]) == ("Succeeded", 10, 10)
    assert status["synchronizedEntryCountByType"] == [{"key": "User", "value": 10}]
    assert status["steadyStateFirstAchievedTime"] == "2026-01-05T08:01:00Z"


def test_cycles_keep_their_rhythm_however_late_somebody_looks(push: Push) -> None:
    push.changes(3, jobTitle="Lead")

    push.passes(5 * CYCLE)

    status = push.status()
    assert status["lastSuccessfulExecutionWithExports"]["timeBegan"] == "2026-01-05T08:41:00Z"
    assert status["lastExecution"]["timeBegan"] == "2026-01-05T11:21:00Z"


def test_the_same_requests_lead_to_the_same_people() -> None:
    from tests.sandbox.asking import a_sandbox

    one, other = (a_running_job(a_sandbox()).pushed() for _ in range(2))

    assert one == other
