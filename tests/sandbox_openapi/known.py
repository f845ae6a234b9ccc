"""What makes requests go deep: invented values enter, those of the estate leave among them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy
from schemathesis import Case

Ids = Mapping[str, list[Any]]

# Values that a document cannot describe, by the name of what carries them.
_SAID: Mapping[str, list[Any]] = {
    "$filter": [
        "startswith(displayName,'a')",
        "id eq '{id}'",
        "displayName eq 'Ada' or accountEnabled eq true",
        "displayName in ('a','b')",
        "not(displayName eq 'a')",
        "proxyAddresses/any(p:p eq 'SMTP:a@contoso.com')",
        "createdDateTime ge 2020-01-01T00:00:00Z",
        "activityDateTime ge 2020-01-01T00:00:00Z",
        "resourceId eq {id}",
        "tenantId eq '{id}'",
        "endswith(mail,'.com')",
        "displayName eq 'a' and (",
    ],
    "$orderby": ["displayName", "displayName desc", "activityDateTime desc", "id,displayName"],
    "$search": ['"displayName:a"', '"displayName:a" OR "mail:b"', "a", '"'],
    "$deltatoken": ["latest"],
    "expression": ['Join(" ", [givenName], [surname])', "[mail]", "Mid([mail], 1, 5)", "IIF("],
    "inviteRedirectUrl": ["https://myapplications.microsoft.com"],
    "invitedUserEmailAddress": ["ada@elsewhere.com", "grace@fabrikam.com", "a.@b.c"],
    "userPrincipalName": ["new@contoso.com", "new@elsewhere.com"],
    "objectTypeName": ["User", "Group"],
    "definition": [['{"B2BManagementPolicy":{}}'], ["{'B2BManagementPolicy':{'x':1}}"], ["1"]],
    "url": ["/users", "/users/{id}", "/groups?$top=2", "/me", "users", "/$batch", "//", "?"],
    "headers": [{"Content-Type": "application/json"}],
    "parameters": [
        [{"ruleId": "{rule}", "subjects": [{"objectId": "{id}", "objectTypeName": "User"}]}]
    ],
    "types": [["user"], ["group", "application"]],
    "credentials": [[{"key": "CompanyId", "value": "x"}]],
    "extension": ["text"],
}
# Which parameter's values a member of a body takes.
_AS: Mapping[str, str] = {
    "principalId": "user-id",
    "objectId": "user-id",
    "id": "directoryObject-id",
    "addedByTenantId": "tenantId",
}


def knowing(draw: DrawFn, case: Case[Any], ids: Ids, *, disturbed: bool) -> None:
    """Put values of the estate into a case, here and there, and a wrong one if it is disturbed."""
    for where in (case.path_parameters, case.query):
        for name in list(where):
            where[name] = _perhaps(draw, name, where[name], ids)
    if case.method == "PUT" and case.path.endswith("/schema") and disturbed:
        case.body = _disturbed(draw, ids["whole schema"][0])
    elif isinstance(case.body, dict | list):
        case.body = _deep(draw, case.body, ids)
        if disturbed:
            case.body = _disturbed(draw, case.body)


def _deep(draw: DrawFn, value: Any, ids: Ids) -> Any:
    if isinstance(value, dict):
        return {
            name: _perhaps(draw, name, _deep(draw, one, ids), ids) for name, one in value.items()
        }
    return [_deep(draw, one, ids) for one in value] if isinstance(value, list) else value


def _perhaps(draw: DrawFn, name: str, value: Any, ids: Ids) -> Any:
    choices = _choices(name, ids)
    if choices is None or draw(st.integers(0, 9)) == 0:
        return value
    return draw(choices)


def _choices(name: str, ids: Ids) -> SearchStrategy[Any] | None:
    """Return what the estate has for a parameter or a member, if it has anything."""
    objects = st.sampled_from(ids["directoryObject-id"] + ids["user-id"] + ids["resourceId"])
    addresses = objects.map("https://graph.microsoft.com/v1.0/directoryObjects/{}".format)
    if name == "@odata.id":
        return addresses
    if name.endswith("@odata.bind"):
        return st.lists(addresses, min_size=1, max_size=3)
    if name in {"ids", "groupIds"}:
        return st.lists(st.sampled_from(ids["group-id"] + ids["user-id"]), min_size=1, max_size=3)
    if name in _SAID:
        rule = st.sampled_from(ids["ruleId"])
        return st.builds(_put, st.sampled_from(_SAID[name]), objects, rule)
    known = ids.get(_AS.get(name, name))
    return st.sampled_from(known) if known else None


def _put(value: Any, object_id: str, rule: str) -> Any:
    return json.loads(json.dumps(value).replace("{id}", object_id).replace("{rule}", rule))


def _disturbed(draw: DrawFn, value: Any) -> Any:
    """Return a whole schema in which one place holds something else."""
    junk: Any = draw(st.sampled_from([None, 0, "", "x", [], {}, [None], [[]], True]))
    path, here = [], value
    while isinstance(here, dict | list) and here and draw(st.integers(0, 5)):
        keys = sorted(here) if isinstance(here, dict) else list(range(len(here)))
        path.append(draw(st.sampled_from(keys)))
        here = here[path[-1]]
    return _replaced(value, path, junk)


def _replaced(value: Any, path: list[Any], junk: Any) -> Any:
    if not path:
        return junk
    copy = value.copy()
    copy[path[0]] = _replaced(value[path[0]], path[1:], junk)
    return copy
