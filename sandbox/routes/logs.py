"""Routes of the two logs."""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.calls import logs
from sandbox.routes.route import Route, any_of

_AUDIT = any_of("AuditLog.Read.All Directory.Read.All")
_PROVISIONING = any_of("AuditLog.Read.All Directory.Read.All ProvisioningLog.Read.All")

ROUTES: Mapping[str, Route] = {
    "GET /auditLogs/directoryAudits": Route(logs.list_audits, _AUDIT),
    "GET /auditLogs/directoryAudits/{}": Route(logs.get_audit, _AUDIT),
    "GET /auditLogs/provisioning": Route(logs.list_provisioning, _PROVISIONING),
}
