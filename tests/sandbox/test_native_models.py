"""Microsoft's own models read what jobs and logs answer, and leave nothing over."""

from __future__ import annotations

import pytest

from tests.sandbox.asking import a_sandbox
from tests.sandbox.models import left_over, read
from tests.sandbox.pushing import Push, a_running_job


@pytest.fixture(scope="module")
def push() -> Push:
    made = a_running_job(a_sandbox())
    made.threshold(0)
    made.leaves(1)
    made.passes()
    return made


def test_a_job_in_quarantine_is_read_whole(push: Push) -> None:
    from msgraph.generated.models.quarantine_reason import QuarantineReason
    from msgraph.generated.models.synchronization_job import SynchronizationJob

    job = read(push.source.get(push.path), SynchronizationJob)

    assert left_over(job, "job") == []
    assert job.status.quarantine.reason is QuarantineReason.TooManyDeletes


def test_a_schema_is_read_whole(push: Push) -> None:
    from msgraph.generated.models.attribute_mapping_source_type import AttributeMappingSourceType
    from msgraph.generated.models.synchronization_schema import SynchronizationSchema

    schema = read(push.schema(), SynchronizationSchema)

    assert left_over(schema, "schema") == []
    users = schema.synchronization_rules[0].object_mappings[0]
    assert users.attribute_mappings[0].source.type is AttributeMappingSourceType.Function


def test_the_provisioning_log_is_read_whole(push: Push) -> None:
    from msgraph.generated.models.provisioning_action import ProvisioningAction
    from msgraph.generated.models.provisioning_object_summary_collection_response import (
        ProvisioningObjectSummaryCollectionResponse,
    )

    body = push.source.get("/auditLogs/provisioning?$top=2")
    log = read(body, ProvisioningObjectSummaryCollectionResponse)

    assert left_over(log, "log") == []
    assert log.value[0].provisioning_action is ProvisioningAction.StagedDelete


def test_the_audit_log_is_read_whole(push: Push) -> None:
    from msgraph.generated.models.directory_audit_collection_response import (
        DirectoryAuditCollectionResponse,
    )

    body = push.source.get("/auditLogs/directoryAudits")
    log = read(body, DirectoryAuditCollectionResponse)

    assert left_over(log, "log") == []
    assert log.value[0].activity_display_name == "Quarantine"
