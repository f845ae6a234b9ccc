"""Reading the logs: filters and orders enter, pages of what happened leave."""

from __future__ import annotations

import re
import zlib
from urllib.parse import quote

from sandbox import log_filters, odata
from sandbox.calls.users import missing
from sandbox.contents import GraphObject
from sandbox.logs import Entry, Log
from sandbox.numbers import whole_number
from sandbox.store import Directory
from sandbox.wire import Answer, Request, refuse

# What a page holds if nobody says otherwise is documented for the audit log only.
_LARGEST_PAGE = 1_000
_TEXT = frozenset({"eq", "contains"})
_MOMENT = frozenset({"eq", "gt", "lt"})
_KNOWN = frozenset({"$filter", "$orderby", "$select", "$skiptoken", "$top"})
_TOKEN = re.compile(r"(?P<number>[0-9a-f]+)\.(?P<seal>[0-9a-f]{8})")
_PLAIN = "/$,()'="

_PROVISIONING: log_filters.Operators = {
    "activitydatetime": _MOMENT,
    "durationinmilliseconds": _MOMENT,
    **dict.fromkeys(
        (
            "id",
            "tenantid",
            "jobid",
            "changeid",
            "cycleid",
            "provisioningaction",
            "provisioningstatusinfo/status",
            "initiatedby/id",
            "initiatedby/displayname",
            "serviceprincipal/id",
            "serviceprincipal/displayname",
            "sourceidentity/id",
            "sourceidentity/displayname",
            "sourceidentity/identitytype",
            "sourcesystem/id",
            "sourcesystem/displayname",
            "targetidentity/id",
            "targetidentity/displayname",
            "targetidentity/identitytype",
            "targetsystem/id",
            "targetsystem/displayname",
        ),
        _TEXT,
    ),
}
_AUDITS: log_filters.Operators = {
    "activitydatetime": _MOMENT | {"ge", "le"},
    "activitydisplayname": frozenset({"eq", "startswith"}),
    "targetresources/displayname": frozenset({"eq", "startswith"}),
    **dict.fromkeys(
        (
            "id",
            "category",
            "correlationid",
            "initiatedby/app/appid",
            "initiatedby/app/displayname",
            "loggedbyservice",
            "result",
            "targetresources/id",
        ),
        frozenset({"eq"}),
    ),
}


def list_provisioning(tenant: Directory, request: Request) -> Answer:
    """GET /auditLogs/provisioning."""
    answer = _page(tenant, request, tenant.provisioning, _PROVISIONING)
    if request.version == "beta" and not request.query.get("$select"):
        answer.body["value"] = [_with_old_names(item) for item in answer.body["value"]]
    return answer


def _with_old_names(item: GraphObject) -> GraphObject:
    """Add what only beta still has beside the members that replaced it."""
    action, status = item["provisioningAction"], item["provisioningStatusInfo"]
    old: GraphObject = {"status": status["status"]}
    if status["errorInformation"]:
        old |= {"@odata.type": "#microsoft.graph.statusDetails", **status["errorInformation"]}
    return {**item, "action": action[:1].upper() + action[1:], "statusInfo": old}


def list_audits(tenant: Directory, request: Request) -> Answer:
    """GET /auditLogs/directoryAudits."""
    return _page(tenant, request, tenant.audits, _AUDITS)


def get_audit(tenant: Directory, request: Request) -> Answer:
    """GET /auditLogs/directoryAudits/{id}."""
    for number, unique, entry in tenant.audits.numbered(tenant.clock.now()):
        shown = entry.shown(number, unique)
        if shown["id"] == request.keys[0]:
            return odata.entity(request, shown, tail="auditLogs/directoryAudits")
    raise missing(request.keys[0])


def _page(
    tenant: Directory, request: Request, log: Log[Entry], operators: log_filters.Operators
) -> Answer:
    query = request.query
    for name in query:
        if name.startswith("$") and name not in _KNOWN:
            raise refuse(400, "BadRequest", f"The query parameter '{name}' is not supported.")
    test = log_filters.parse(query["$filter"], operators) if query.get("$filter") else None
    newest_first = _newest_first(query.get("$orderby", "activityDateTime desc"))
    after = _number_after(request)
    entries = list(log.numbered(tenant.clock.now()))
    if newest_first:
        entries.reverse()
    if after:
        entries = [one for one in entries if (one[0] < after if newest_first else one[0] > after)]
    tail = request.path.removeprefix("/")
    body: GraphObject = {"@odata.context": odata.context(request, tail), "value": []}
    top = _top(query.get("$top"))
    last = 0
    for number, unique, entry in entries:
        shown = entry.shown(number, unique)
        if test is not None and not test(shown):
            continue
        if len(body["value"]) == top:
            body["@odata.nextLink"] = _next_link(request, last)
            break
        body["value"].append(_selected(query.get("$select"), shown))
        last = number
    return Answer(status=200, body=body)


def _newest_first(text: str) -> bool:
    name, _, direction = text.strip().partition(" ")
    if name.lower() != "activitydatetime" or direction.strip() not in {"", "asc", "desc"}:
        raise refuse(400, "BadRequest", f"The log cannot be ordered by '{text}'.")
    return direction.strip() == "desc"


def _top(text: str | None) -> int:
    if text is None:
        return _LARGEST_PAGE
    top = whole_number(text)
    if top is None or not 1 <= top <= _LARGEST_PAGE:
        raise refuse(400, "BadRequest", f"Invalid page size specified: '{text}'.")
    return top


def _selected(text: str | None, item: GraphObject) -> GraphObject:
    names = [name.strip() for name in (text or "").split(",") if name.strip()]
    unknown = [name for name in names if name not in item]
    if unknown:
        raise refuse(400, "BadRequest", f"Could not find a property named '{unknown[0]}'.")
    return {name: item[name] for name in names} if names else item


def _seal(request: Request) -> int:
    parts = [request.caller.tenant_id, request.path]
    parts += [request.query.get(name, "") for name in ("$filter", "$orderby", "$select")]
    return zlib.crc32("|".join(parts).encode())


def _next_link(request: Request, number: int) -> str:
    token = f"{number:x}.{_seal(request):08x}"
    kept = {**request.query, "$skiptoken": token}
    pairs = "&".join(f"{name}={quote(value, safe=_PLAIN)}" for name, value in kept.items())
    return f"{request.origin}/{request.version}{request.path}?{pairs}"


def _number_after(request: Request) -> int:
    token = request.query.get("$skiptoken")
    if token is None:
        return 0
    found = _TOKEN.fullmatch(token)
    if found is None or int(found["seal"], 16) != _seal(request):
        raise refuse(400, "BadRequest", "The page token is invalid.")
    return int(found["number"], 16)
