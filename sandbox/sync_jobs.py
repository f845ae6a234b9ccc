"""Entra's own synchronization of one application: wishes enter, jobs and secrets leave."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

GraphObject = dict[str, Any]

# The gallery's template of Entra's cross-tenant synchronization, and the job that goes with it.
SYNC_TEMPLATE = "518e5f48-1fc8-4c48-9387-9fdf28b0dfe7"
JOB_TEMPLATE = "Azure2Azure"


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


SECRET_KEYS = _names(
    "None UserName Password SecretToken AppKey BaseAddress ClientIdentifier ClientSecret "
    "SingleSignOnType Sandbox Url Domain ConsumerKey ConsumerSecret TokenKey TokenExpiration "
    "Oauth2AccessToken Oauth2AccessTokenCreationTime Oauth2RefreshToken SyncAll InstanceName "
    "Oauth2ClientId Oauth2ClientSecret CompanyId UpdateKeyOnSoftDelete SynchronizationSchedule "
    "SystemOfRecord SandboxName EnforceDomain SyncNotificationSettings SkipOutOfScopeDeletions "
    "Oauth2AuthorizationCode Oauth2RedirectUri ApplicationTemplateIdentifier "
    "Oauth2TokenExchangeUri Oauth2AuthorizationUri AuthenticationType Server "
    "PerformInboundEntitlementGrants HardDeletesEnabled SyncAgentCompatibilityKey "
    "SyncAgentADContainer ValidateDomain TestReferences ConnectionString"
)
_CREDENTIALS = _names(
    "Password SecretToken AppKey ClientSecret ConsumerSecret TokenKey Oauth2AccessToken "
    "Oauth2RefreshToken Oauth2ClientSecret Oauth2AuthorizationCode SyncAgentCompatibilityKey "
    "ConnectionString"
)
NEVER = "0001-01-01T00:00:00Z"


def new_job(job_id: str) -> GraphObject:
    """Make a job as it is born: with its schedule, and standing still."""
    return {
        "id": job_id,
        "templateId": JOB_TEMPLATE,
        "schedule": {"expiration": None, "interval": "PT40M", "state": "Disabled"},
        "status": {
            "code": "Paused",
            "countSuccessiveCompleteFailures": 0,
            "escrowsPruned": False,
            "lastExecution": None,
            "lastSuccessfulExecution": None,
            "lastSuccessfulExecutionWithExports": None,
            "progress": [],
            "quarantine": None,
            "steadyStateFirstAchievedTime": NEVER,
            "steadyStateLastAchievedTime": NEVER,
            "synchronizedEntryCountByType": [],
            "troubleshootingUrl": "",
        },
        "synchronizationJobSettings": [
            {"name": "AzureIngestionAttributeOptimization", "value": "False"},
            {"name": "LookaheadQueryEnabled", "value": "False"},
        ],
    }


def blank_execution() -> GraphObject:
    """Return what stands in the place of a cycle where none has run: it is not a failure."""
    counts = (
        "countEntitled countEntitledForProvisioning countEscrowed countEscrowedRaw countExported "
        "countExports countImported countImportedDeltas countImportedReferenceDeltas"
    )
    return {
        "activityIdentifier": None,
        **dict.fromkeys(counts.split(), 0),
        "state": "Failed",
        "timeBegan": NEVER,
        "timeEnded": NEVER,
        "error": {"code": "None", "message": "", "tenantActionable": False},
    }


def in_state(job: GraphObject, *, active: bool, code: str) -> GraphObject:
    """Return the job with another schedule state and status; a start leaves no quarantine."""
    state = "Active" if active else "Disabled"
    status = {**job["status"], "code": code}
    if active:
        status["quarantine"] = None
        status["lastExecution"] = status["lastExecution"] or blank_execution()
    return {**job, "schedule": {**job["schedule"], "state": state}, "status": status}


def kept_secrets(pairs: Iterable[Mapping[str, Any]]) -> list[GraphObject]:
    """Return what a whole list of secrets leaves behind: an empty value deletes its key."""
    values = {pair["key"]: pair["value"] for pair in pairs}
    return [{"key": key, "value": value} for key, value in values.items() if value]


def shown_secrets(pairs: Iterable[Mapping[str, Any]], *, all_hidden: bool) -> list[GraphObject]:
    """Return secrets as they are read back: a star in the place of what must not be shown."""
    return [
        {
            "key": one["key"],
            "value": "*" if all_hidden or one["key"] in _CREDENTIALS else one["value"],
        }
        for one in pairs
    ]


def target_of(pairs: Iterable[Mapping[str, Any]]) -> str | None:
    """Return the id of the tenant that the secrets point to."""
    return next((str(one["value"]).lower() for one in pairs if one["key"] == "CompanyId"), None)
