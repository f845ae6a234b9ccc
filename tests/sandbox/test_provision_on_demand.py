"""One person at once, and what the answer tells of their way."""

from __future__ import annotations

import pytest

from sandbox.world import Sandbox
from tests.sandbox.linked import FABRIKAM, PARTNERS
from tests.sandbox.pushing import DAY, Push, a_job, a_running_job, person


@pytest.fixture
def push(world: Sandbox) -> Push:
    return a_job(world)


def steps(story: dict[str, list[dict[str, str]]]) -> list[tuple[str, str]]:
    return [(one["type"], one["status"]) for one in story["provisioningSteps"]]


def test_one_person_is_made_before_the_job_ever_ran(push: Push) -> None:
    result, story = push.demands(3)

    assert list(push.pushed()) == ["person3"]
    assert (result["result"], story["action"]) == ("Success", "Create")
    assert steps(story) == [
        ("Import", "Success"),
        ("Scoping", "Success"),
        ("Processing", "Success"),
        ("Export", "Success"),
    ]


def test_what_is_as_it_should_be_is_a_redundant_export(push: Push) -> None:
    push.demands(3)

    result, story = push.demands(3)

    assert result["result"] == "Skipped"
    assert result["details"]["errorCode"] == "RedundantExport"
    assert story["statusInfo"]["status"] == "Skipped"


def test_a_change_is_written_at_once(push: Push) -> None:
    push.demands(3)
    push.changes(3, jobTitle="Lead")

    _, story = push.demands(3)

    assert push.one(3)["jobTitle"] == "Lead"
    change = {"displayName": "jobTitle", "oldValue": None, "newValue": "Lead"}
    assert story["modifiedProperties"] == [change]


def test_who_is_not_assigned_is_skipped_with_the_reason(push: Push) -> None:
    result, story = push.demands(11)

    assert push.pushed() == {}
    assert result["details"]["errorCode"] == "NotEffectivelyEntitled"
    scoping = next(one for one in story["provisioningSteps"] if one["type"] == "Scoping")
    assert scoping["details"]["Assigned to the application"] == "False"


def test_the_cycle_after_it_finds_nothing_to_do(push: Push) -> None:
    push.demands(3)
    number = push.one(3)["id"]
    push.does("start")

    push.passes()

    assert push.one(3)["id"] == number
    assert len(push.pushed()) == 10


def test_whom_the_job_deleted_is_not_restored(world: Sandbox) -> None:
    push = a_running_job(world)
    number = push.one(3)["id"]
    push.leaves(3)
    push.passes(DAY)
    push.joins(3)

    push.demands(3)

    assert push.one(3)["id"] != number
    assert number in world.tenant("fabrikam").deleted_users


def test_v1_answers_as_the_tutorial_shows(push: Push) -> None:
    subject = {"objectId": person(3), "objectTypeName": "User"}
    rule = push.schema()["synchronizationRules"][0]["id"]
    body = {"parameters": [{"ruleId": rule, "subjects": [subject]}]}

    found = push.source.ask("POST", f"{push.path}/provisionOnDemand", body).body

    assert found["key"].endswith("SyncFabric.StatusInfo")
    assert found["value"].startswith('[{"')


def test_groups_are_not_supported(push: Push) -> None:
    rule = push.schema()["synchronizationRules"][0]["id"]
    subject = {"objectId": person(3), "objectTypeName": "Group"}
    body = {"parameters": [{"ruleId": rule, "subjects": [subject]}]}

    found = push.source.ask("POST", f"/beta{push.path}/provisionOnDemand", body).body

    assert "EntityTypeNotSupported" in found["key"]


def test_it_is_refused_while_the_policies_are_closed(push: Push) -> None:
    consent = {"automaticUserConsentSettings": {"outboundAllowed": False}}
    push.source.ask("PATCH", f"{PARTNERS}/{FABRIKAM}", consent)
    rule = push.schema()["synchronizationRules"][0]["id"]
    subject = {"objectId": person(3), "objectTypeName": "User"}
    body = {"parameters": [{"ruleId": rule, "subjects": [subject]}]}

    refused = push.source.code("POST", f"{push.path}/provisionOnDemand", body)

    assert refused == (400, "AzureActiveDirectoryCrossTenantSyncPolicyCheckFailure")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"parameters": []},
        {"parameters": [{"ruleId": "none", "subjects": [{"objectId": "x"}]}]},
    ],
)
def test_a_request_without_a_rule_and_a_person_is_refused(push: Push, body: object) -> None:
    assert push.source.code("POST", f"{push.path}/provisionOnDemand", body)[0] == 400
