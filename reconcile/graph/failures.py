"""Failures: a refusing or lost answer enters, an error leaves that says what to do."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import msgspec

from reconcile.errors import (
    ConflictError,
    ConsentError,
    DirectoryError,
    NotFoundError,
    PermanentError,
    ThrottledError,
    TransientError,
)
from reconcile.graph.calls import Answer, Call
from reconcile.model.tenants import Alias

CONFLICT_CODES = frozenset({"Request_MultipleObjectsWithSameKeyValue", "ObjectConflict"})
NOT_FOUND_CODES = frozenset({"Request_ResourceNotFound", "Directory_ObjectNotFound"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What Graph says in an error body; `codes` are the outer code and those nested in it."""

    status: int
    code: str
    codes: frozenset[str]
    message: str
    request_id: str

    @property
    def missing(self) -> bool:
        """Whether the object does not exist, or not yet."""
        return self.status == 404 or "Directory_ObjectNotFound" in self.codes

    @property
    def conflict(self) -> bool:
        """Whether an object with the same key exists."""
        return self.status == 409 or bool(self.codes & CONFLICT_CODES)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Need:
    """The call in words, and the least permission of an application that makes it."""

    method: str
    pattern: re.Pattern[str]
    words: str
    permission: str


def _need(method: str, pattern: str, words: str, permission: str) -> _Need:
    return _Need(method=method, pattern=re.compile(pattern), words=words, permission=permission)


_CHANGE_PARTNERS = "Policy.ReadWrite.CrossTenantAccess"
_JOBS = r"/servicePrincipals/[^/]+/synchronization"
_PARTNERS = "/policies/crossTenantAccessPolicy"
_NEEDS = (
    _need("GET", r"/users/[^/]+/memberOf", "read memberships", "GroupMember.ReadBasic.All"),
    _need("GET", r"/users", "read users", "User.Read.All"),
    _need("GET", r"/directory/deletedItems", "read deleted users", "User.Read.All"),
    _need("GET", r"/groups", "read groups and their members", "GroupMember.Read.All"),
    _need("POST", r"/invitations", "invite users", "User.Invite.All"),
    _need("POST", r"/directory/deletedItems", "restore users", "User.DeleteRestore.All"),
    _need("DELETE", r"/users/[^/]+$", "delete users", "User.DeleteRestore.All"),
    _need("*", r"/users", "change users", "User.ReadWrite.All"),
    _need("GET", r"/policies", "read policies", "Policy.Read.All"),
    _need("*", _PARTNERS, "change the cross-tenant access policy", _CHANGE_PARTNERS),
    _need("GET", r"/organization", "read the organization", "Organization.Read.All"),
    _need("GET", r"/domains", "read domains", "Domain.Read.All"),
    _need("GET", _JOBS, "read synchronization jobs", "Synchronization.Read.All"),
    _need("GET", r"/(applications|servicePrincipals)", "read applications", "Application.Read.All"),
    _need("*", r"/applications", "change applications", "Application.ReadWrite.OwnedBy"),
)  # fmt: skip


def read_fault(answer: Answer) -> Fault:
    """What an error body says; a body that is none still gives a fault with its status."""
    error = _error(answer.body)
    inner = error.get("innerError") or error.get("innererror") or {}
    codes = {str(error.get("code") or ""), str(inner.get("code") or "")}
    codes.update(str(one.get("code") or "") for one in error.get("details") or ())
    return Fault(
        status=answer.status,
        code=str(error.get("code") or answer.status),
        codes=frozenset(codes - {""}),
        message=str(error.get("message") or ""),
        request_id=str(inner.get("request-id") or answer.headers.get("request-id") or ""),
    )


def _error(body: bytes) -> dict[str, Any]:
    try:
        found = msgspec.json.decode(body, type=dict[str, Any]).get("error")
    except msgspec.DecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def words_for(call: Call) -> tuple[str, str]:
    """The call in words, and the permission it takes, empty where none is known."""
    for need in _NEEDS:
        if need.method in {call.method, "*"} and need.pattern.match(call.resource):
            return need.words, need.permission
    return f"answer {call.method} {call.resource}", ""


def error_for(alias: Alias, call: Call, answer: Answer) -> DirectoryError:
    """The error that an answer means for the whole call."""
    fault = read_fault(answer)
    words, permission = words_for(call)
    where = f" (request {fault.request_id})" if fault.request_id else ""
    opening = f"{alias}: Graph refused to {words}: {fault.status} {fault.code}{where}."
    facts = {"tenant": alias, "request_id": fault.request_id}
    if answer.status == 401:
        return ConsentError(f"{opening} It does not accept the token. {_again(alias)}", **facts)
    if answer.status == 429:
        return ThrottledError(
            f"{opening} It asked for patience too often for one run. Run it again later.",
            retry_after=answer.retry_after,
            **facts,
        )
    if answer.status == 403:
        return ConsentError(f"{opening} {_remedy(alias, fault, permission)}", **facts)
    return _other_error(opening, fault, answer, facts)


def _other_error(
    opening: str, fault: Fault, answer: Answer, facts: dict[str, str]
) -> DirectoryError:
    said = f" {fault.message}" if fault.message else ""
    if fault.missing:
        return NotFoundError(f"{opening}{said}", **facts)
    if fault.conflict:
        return ConflictError(f"{opening}{said}", **facts)
    if transient(answer):
        return TransientError(
            f"{opening} The fault is Graph's and may pass. Run it again later.",
            retry_after=answer.retry_after,
            **facts,
        )
    return PermanentError(f"{opening}{said}", **facts)


def transient(answer: Answer) -> bool:
    """Whether the same request may succeed later."""
    if answer.status in {424, 429} or answer.status >= 500:
        return True
    return "Directory_ConcurrencyViolation" in read_fault(answer).codes


def _remedy(alias: Alias, fault: Fault, permission: str) -> str:
    if fault.code == "Authorization_RequestDenied" and permission:
        return f"The app lacks {permission}: grant it, then run `tenantry check {alias}`."
    return f"{fault.message} {_again(alias)}".strip()


def _again(alias: Alias) -> str:
    return f"Run `tenantry check {alias}` to see what the app may do."


def unreachable(alias: Alias, host: str, reason: str) -> TransientError:
    """No connection was made, so nothing was asked."""
    return TransientError(
        f"{alias}: {host} cannot be reached ({reason}). Nothing was asked of it. "
        "Check the network and the environment's cloud, then run it again.",
        tenant=alias,
    )


def cut_short(alias: Alias, call: Call, reason: str) -> TransientError:
    """An answer that ended too early; it says nothing, least of all that something is absent."""
    words, _ = words_for(call)
    return TransientError(
        f"{alias}: Graph's answer to {words} was cut short ({reason}). "
        "Nothing of it was used. Run it again.",
        tenant=alias,
    )


def unknown_outcome(alias: Alias, call: Call, reason: str) -> TransientError:
    """A write whose answer was lost; a repetition must look first."""
    words, _ = words_for(call)
    return TransientError(
        f"{alias}: the answer to {words} was lost ({reason}), so it may have happened. "
        "Run it again: the next run looks before it writes.",
        tenant=alias,
    )
