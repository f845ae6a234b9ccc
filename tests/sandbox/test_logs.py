"""What the two logs tell of a job's work."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from sandbox.audit_trail import ACTIVITIES
from sandbox.routes.table import ROUTES
from sandbox.world import Sandbox
from tests.sandbox.asking import Asker
from tests.sandbox.linked import CONTOSO, PARTNERS
from tests.sandbox.pushing import CYCLE, DAY, Push, a_running_job, person

LOG = "/auditLogs/provisioning"
AUDITS = "/auditLogs/directoryAudits"


@pytest.fixture
def push(world: Sandbox) -> Push:
    return a_running_job(world)


def test_each_person_of_the_first_cycle_has_an_entry(push: Push) -> None:
    entries = push.log()

    assert [one["provisioningAction"] for one in entries] == ["create"] * 10
    assert {one["provisioningStatusInfo"]["status"] for one in entries} == {"success"}
    assert len({one["cycleId"] for one in entries}) == 1
    assert len({one["id"] for one in entries}) == 10


def test_an_entry_tells_the_way_of_one_person(push: Push) -> None:
    (entry,) = push.log(f"sourceIdentity/id eq '{person(3)}'")

    assert [step["provisioningStepType"] for step in entry["provisioningSteps"]] == [
        "import",
        "scoping",
        "processing",
        "export",
    ]
    scoping = entry["provisioningSteps"][1]["details"]
    assert scoping["Assigned to the application"] == "True"
    assert scoping["ScopeEvaluationResult"] == (
        "{\"Filter external users.alternativeSecurityIds EQUALS 'None'\":true}"
    )
    assert entry["targetIdentity"]["id"] == push.one(3)["id"]
    assert entry["servicePrincipal"]["id"] == push.app.principal["id"]
    assert {"displayName": "userType", "oldValue": None, "newValue": "Member"} in (
        entry["modifiedProperties"]
    )


def test_each_kind_of_change_has_its_action(push: Push) -> None:
    push.changes(1, jobTitle="Lead")
    push.changes(2, accountEnabled=False)
    push.leaves(3)
    push.passes()
    push.joins(3)
    push.passes()

    told = [
        (one["sourceIdentity"]["displayName"], one["provisioningAction"]) for one in push.log()[:4]
    ]

    assert told == [
        ("Person 3", "update"),
        ("Person 3", "delete"),
        ("Person 2", "disable"),
        ("Person 1", "update"),
    ]


def test_no_two_cycles_have_one_id(push: Push) -> None:
    push.does("restart")
    push.passes()

    assert len({one["cycleId"] for one in push.log()}) == 2


def test_a_quiet_cycle_writes_nothing(push: Push) -> None:
    push.passes(20 * CYCLE)

    assert len(push.log()) == 10


def test_the_target_has_no_provisioning_log_of_it(push: Push) -> None:
    assert push.target.get(LOG)["value"] == []


def test_the_documented_question_is_answered(push: Push) -> None:
    principal = push.app.principal["id"]
    wanted = (
        f"((contains(tolower(servicePrincipal/id), '{principal}') or "
        f"contains(tolower(servicePrincipal/displayName), '{principal}')) and "
        "activityDateTime gt 2026-01-05 and activityDateTime lt 2026-01-06)"
    )
    query = f"?$filter={quote(wanted)}&$top=500&$orderby=activityDateTime desc"

    found = push.source.get(LOG + query)["value"]

    assert len(found) == 10


@pytest.mark.parametrize(
    ("wanted", "number"),
    [
        ("sourceIdentity/displayName eq 'Person 3'", 1),
        ("sourceIdentity/displayName eq 'person 3'", 0),
        ("contains(sourceIdentity/displayName, 'Person')", 10),
        ("provisioningStatusInfo/status eq 'Success'", 10),
        ("provisioningAction eq 'delete'", 0),
        ("durationInMilliseconds lt 5", 10),
        ("activityDateTime gt 2026-01-05T08:01:00Z", 0),
    ],
)
def test_filters_tell_upper_from_lower_case(push: Push, wanted: str, number: int) -> None:
    assert len(push.log(wanted)) == number


@pytest.mark.parametrize(
    "query",
    [
        "$filter=shoeSize eq '44'",
        "$filter=sourceIdentity/displayName gt 'x'",
        "$filter=id eq",
        "$orderby=id",
        "$top=0",
        "$search=x",
        "$skiptoken=1.00000000",
    ],
)
def test_what_the_log_does_not_support_is_refused(push: Push, query: str) -> None:
    assert push.source.code("GET", f"{LOG}?{query}") == (400, "BadRequest")


def test_pages_hold_everything_once_while_entries_arrive(push: Push) -> None:
    first = push.source.get(f"{LOG}?$top=4")
    push.changes(3, jobTitle="Lead")
    push.passes()

    rest = push.source.ids(first["@odata.nextLink"])

    assert len({*rest, *(one["id"] for one in first["value"])}) == 10


def test_the_oldest_come_first_when_asked_for(push: Push) -> None:
    push.changes(3, jobTitle="Lead")
    push.passes()

    entries = push.source.get(f"{LOG}?$orderby=activityDateTime&$top=11")["value"]

    assert [entries[0]["provisioningAction"], entries[-1]["provisioningAction"]] == [
        "create",
        "update",
    ]


def test_entries_are_kept_for_thirty_days(push: Push) -> None:
    push.passes(31 * DAY)

    assert push.log() == []


def test_reading_a_log_needs_a_permission(push: Push) -> None:
    def may(permission: str, path: str) -> int:
        asker = Asker(push.world, "contoso", permissions=frozenset({permission}))
        return asker.ask("GET", path).status

    assert may("ProvisioningLog.Read.All", LOG) == 200
    assert may("ProvisioningLog.Read.All", AUDITS) == 403
    assert may("AuditLog.Read.All", AUDITS) == 200
    assert may("User.Read.All", LOG) == 403


def test_the_sources_audit_log_tells_who_started_the_job(push: Push) -> None:
    push.does("pause")

    told = push.source.get(f"{AUDITS}?$filter=category eq 'ProvisioningManagement'")["value"]

    assert [one["activityDisplayName"] for one in told] == [
        "Disable/pause provisioning configuration",
        "Enable/start provisioning configuration",
        "Update provisioning setting or credentials",
        "Add provisioning configuration",
    ]
    assert told[0]["loggedByService"] == "Account Provisioning"
    assert told[0]["initiatedBy"]["app"]["displayName"] == "worker"
    assert told[0]["targetResources"][0]["id"] == push.app.principal["id"]


def test_the_targets_audit_log_names_the_synchronization_as_the_actor(push: Push) -> None:
    push.changes(3, jobTitle="Lead")
    push.passes()
    number = push.one(3)["id"]

    told = push.target.get(f"{AUDITS}?$filter=targetResources/any(t: t/id eq '{number}')")["value"]

    assert [one["activityDisplayName"] for one in told] == ["Update user", "Add user"]
    assert {one["initiatedBy"]["app"]["displayName"] for one in told} == {
        "Microsoft.Azure.SyncFabric"
    }
    change = {"displayName": "jobTitle", "oldValue": None, "newValue": '"Lead"'}
    assert told[0]["targetResources"][0]["modifiedProperties"] == [change]


def test_the_audit_log_tells_who_changed_a_person_by_hand(push: Push) -> None:
    number = push.one(3)["id"]
    push.target.ask("PATCH", f"/users/{number}", {"jobTitle": "Boss"})
    push.target.ask("DELETE", f"/users/{number}")

    told = push.target.get(f"{AUDITS}?$filter=initiatedBy/app/displayName eq 'worker'")["value"]

    assert [one["activityDisplayName"] for one in told[:2]] == ["Delete user", "Update user"]
    assert {one["targetResources"][0]["id"] for one in told[:2]} == {number}


def test_the_audit_log_tells_who_stopped_a_source(push: Push) -> None:
    path = f"{PARTNERS}/{CONTOSO}/identitySynchronization"
    push.target.ask("PATCH", path, {"userSyncInbound": {"isSyncAllowed": False}})

    told = push.target.get(AUDITS)["value"][0]

    assert told["activityDisplayName"] == "Update a partner cross-tenant identity sync setting"
    change = told["targetResources"][0]["modifiedProperties"][0]
    assert (change["oldValue"], change["newValue"]) == (
        '{"isSyncAllowed": true}',
        '{"isSyncAllowed": false}',
    )


def test_a_partner_that_is_added_is_told_first_by_its_tenant(push: Push) -> None:
    told = push.target.get(f"{AUDITS}?$orderby=activityDateTime&$top=1")["value"][0]

    change = told["targetResources"][0]["modifiedProperties"][0]
    assert (change["displayName"], change["newValue"]) == ("tenantId", f'"{CONTOSO}"')


def test_what_is_refused_is_not_audited(push: Push) -> None:
    before = len(push.target.get(AUDITS)["value"])

    push.target.ask("PATCH", "/users/nobody", {"jobTitle": "Boss"})

    assert len(push.target.get(AUDITS)["value"]) == before


def test_everything_that_is_audited_is_a_call() -> None:
    assert set(ROUTES).issuperset(ACTIVITIES)


def test_an_audit_entry_is_found_by_its_id(push: Push) -> None:
    entry = push.source.get(AUDITS)["value"][0]

    assert push.source.get(f"{AUDITS}/{entry['id']}")["id"] == entry["id"]
    assert push.source.code("GET", f"{AUDITS}/nothing")[0] == 404


def test_quarantine_is_audited(push: Push) -> None:
    push.threshold(0)
    push.leaves(1)
    push.passes()

    told = push.source.get(f"{AUDITS}?$filter=activityDisplayName eq 'Quarantine'")["value"]

    assert [one["resultReason"] for one in told] == ["TooManyDeletes"]


def test_five_questions_in_ten_seconds_are_enough(push: Push) -> None:
    push.world.meter.on = True

    statuses = [push.source.ask("GET", LOG).status for _ in range(6)]

    assert statuses == [200] * 5 + [429]
