"""Inviting people of other tenants: an address enters, a new or the existing user leaves."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from sandbox import odata
from sandbox.calls.invitation_rules import (
    check_domain,
    check_policies,
    domain_of,
    redeems_automatically,
)
from sandbox.calls.user_rules import body_of
from sandbox.calls.user_writes import refuse_on_role_holder
from sandbox.calls.users import missing
from sandbox.clock import stamp
from sandbox.contents import GraphObject
from sandbox.store import Directory
from sandbox.wire import Answer, Refusal, Request, refuse

# The characters that graph-docs resources/invitation does not permit in an address.
_REFUSED = re.compile(r"""[~!#$%^&*()+=\[\]{}\\/|;:"<>?,\s]""")
_ADDRESS = re.compile(r"(?P<local>[^@]+)@(?P<domain>[^@.]+(?:\.[^@.]+)+)")
KNOWN = frozenset(
    {
        "invitedUser",
        "invitedUserDisplayName",
        "invitedUserEmailAddress",
        "invitedUserMessageInfo",
        "invitedUserSponsors",
        "invitedUserType",
        "inviteRedirectUrl",
        "resetRedemption",
        "sendInvitationMessage",
    }
)
# As in graph-docs resources/invitation, where they are neither flags nor lists.
_TYPES: Mapping[str, type] = {
    "invitedUser": dict,
    "invitedUserDisplayName": str,
    "invitedUserMessageInfo": dict,
    "invitedUserType": str,
    "inviteRedirectUrl": str,
}


def invite(tenant: Directory, request: Request) -> Answer:
    """POST /invitations."""
    body = body_of(request.body)
    address = _checked_address(body)
    check_policies(tenant, address)
    if body.get("resetRedemption"):
        user = _reset(tenant, request, body)
    else:
        user = _invited_already(tenant, address) or _invited(tenant, address, body)
    tenant.invitations[address.lower()] += 1
    _notify(tenant, address, send=bool(body.get("sendInvitationMessage")))
    return odata.entity(
        request, _invitation(tenant, address, body, user), tail="invitations", status=201
    )


def _bad(message: str) -> Refusal:
    return refuse(400, "BadRequest", message)


def _checked_address(body: Mapping[str, Any]) -> str:
    _check_members(body)
    if not body.get("inviteRedirectUrl"):
        raise _bad("The required 'inviteRedirectUrl' is missing or is not an absolute address.")
    if body.get("invitedUserType") not in {None, "Guest", "Member"}:
        raise _bad("The 'invitedUserType' must be 'Guest' or 'Member'.")
    address = body.get("invitedUserEmailAddress")
    found = _ADDRESS.fullmatch(address) if isinstance(address, str) else None
    if found is None or _REFUSED.search(str(address)):
        raise _bad("The invited user's email address is invalid.")
    local = found.group("local")
    if local[0] in ".-" or local[-1] in ".-":
        raise _bad("The invited user's email address is invalid.")
    return str(address)


def _check_members(body: Mapping[str, Any]) -> None:
    for name in body:
        if name not in KNOWN and "@" not in name:
            raise refuse(400, "Request_BadRequest", f"Invalid property '{name}'.")
    for name, kind in _TYPES.items():
        if not isinstance(body.get(name), kind | None):
            raise _bad(f"Invalid value specified for property '{name}'.")
    copies = (body.get("invitedUserMessageInfo") or {}).get("ccRecipients")
    copies = [] if copies is None else copies
    if not isinstance(copies, list) or len(copies) > 1:
        raise _bad("At most one 'ccRecipients' entry is supported.")


def _invited_already(tenant: Directory, address: str) -> GraphObject | None:
    """Return who was invited before; the lists of domains spare those who have accepted."""
    user = _existing(tenant, address)
    if user is None or user.get("externalUserState") != "Accepted":
        check_domain(tenant, address)
    return user


def _existing(tenant: Directory, address: str) -> GraphObject | None:
    """Find who already has the address; an internal account is refused, since it is no guest."""
    found: dict[str, None] = {}
    for name in ("userPrincipalName", "mail", "otherMails"):
        found.update(dict.fromkeys(tenant.index.find(name, address)))
    found.update(dict.fromkeys(tenant.index.find("proxyAddresses", f"smtp:{address}")))
    users = [tenant.users[user_id] for user_id in found]
    for user in users:
        if user.get("creationType") == "Invitation" or user.get("externalUserState"):
            return user
    if users:
        raise _bad(
            f"The invited user already exists in the directory as object ID: {users[0]['id']}. "
            "They can use that account to sign in to shared apps and resources."
        )
    if domain_of(address) in tenant.verified_domains:
        raise _bad(
            "The invited user's email address is in a verified domain of this directory, "
            "so it cannot be invited."
        )
    return None


def _invited(tenant: Directory, address: str, body: Mapping[str, Any]) -> GraphObject:
    local, _, domain = address.partition("@")
    nickname = f"{local}_{domain}#EXT#"
    name = _free_name(tenant, nickname)
    at_once = tenant.store.switches.redemption_completes_at_once and redeems_automatically(
        tenant, address
    )
    user_id = tenant.add_user(
        {
            "accountEnabled": True,
            "creationType": "Invitation",
            "displayName": body.get("invitedUserDisplayName") or local,
            "externalUserState": "Accepted" if at_once else "PendingAcceptance",
            "externalUserStateChangeDateTime": stamp(tenant.clock.now()),
            "identities": [
                {
                    "signInType": "federated",
                    "issuer": "ExternalAzureAD" if at_once else domain,
                    "issuerAssignedId": None,
                },
                {
                    "signInType": "userPrincipalName",
                    "issuer": tenant.initial_domain,
                    "issuerAssignedId": name,
                },
            ],
            "mail": address,
            "mailNickname": nickname[:64],
            "otherMails": [address],
            "proxyAddresses": [f"SMTP:{address}"],
            "userPrincipalName": name,
            "userType": body.get("invitedUserType") or "Guest",
        }
    )
    return tenant.users[user_id]


def _free_name(tenant: Directory, nickname: str) -> str:
    name = f"{nickname}@{tenant.initial_domain}"
    number = 1
    while tenant.index.find("userPrincipalName", name):
        name = f"{nickname}{number}@{tenant.initial_domain}"
        number += 1
    return name


def _reset(tenant: Directory, request: Request, body: Mapping[str, Any]) -> GraphObject:
    user_id = (body.get("invitedUser") or {}).get("id")
    if not user_id:
        raise _bad("The 'invitedUser' with its 'id' is required when 'resetRedemption' is true.")
    user = tenant.users.get(str(user_id))
    if user is None:
        raise missing(str(user_id))
    refuse_on_role_holder(tenant, request, user)
    _refuse_inside_organization(tenant, user)
    now = stamp(tenant.clock.now())
    tenant.patch_user(
        user["id"],
        {"externalUserState": "PendingAcceptance", "externalUserStateChangeDateTime": now},
    )
    return tenant.users[user["id"]]


def _refuse_inside_organization(tenant: Directory, user: GraphObject) -> None:
    home = tenant.store.by_domain(domain_of(user.get("mail") or ""))
    if home is None or user.get("externalUserState") != "Accepted":
        return
    if tenant.store.organizations.together(tenant.tenant_id, home.tenant_id):
        # That the reset is disabled for who has redeemed is documented, the answer is not.
        raise _bad("The redemption of a user of your Multi-Tenant Organization cannot be reset.")


def _notify(tenant: Directory, address: str, *, send: bool) -> None:
    """Keep account of the mails that a person would receive."""
    automatic = redeems_automatically(tenant, address)
    if send:
        tenant.mails.append(("notification" if automatic else "invitation", address))
    elif automatic and tenant.store.switches.silent_invitations_notify:
        tenant.mails.append(("notification", address))


def _invitation(
    tenant: Directory, address: str, body: Mapping[str, Any], user: GraphObject
) -> GraphObject:
    invitation_id = tenant.new_id("invitation")
    accepted = user.get("externalUserState") == "Accepted"
    message: dict[str, Any] = {
        "messageLanguage": None,
        "customizedMessageBody": None,
        "ccRecipients": [],
    }
    redeem = f"tenant={tenant.tenant_id}&user={invitation_id}&ticket={quote(user['id'])}&ver=2.0"
    return {
        "id": invitation_id,
        "inviteRedeemUrl": f"https://invitations.microsoft.com/redeem/?{redeem}",
        "invitedUserDisplayName": body.get("invitedUserDisplayName"),
        "invitedUserEmailAddress": address,
        "invitedUserType": body.get("invitedUserType") or "Guest",
        "sendInvitationMessage": bool(body.get("sendInvitationMessage")),
        "resetRedemption": bool(body.get("resetRedemption")),
        "invitedUserMessageInfo": {**message, **(body.get("invitedUserMessageInfo") or {})},
        "inviteRedirectUrl": body["inviteRedirectUrl"],
        "status": "Completed" if accepted else "PendingAcceptance",
        "invitedUser": {"id": user["id"]},
    }
