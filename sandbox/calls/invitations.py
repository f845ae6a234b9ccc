"""Inviting people of other tenants: an address enters, a new or the existing user leaves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count
from urllib.parse import quote, urlsplit

import msgspec

from sandbox import odata
from sandbox.calls.forms import Invitation, Message, formed
from sandbox.calls.invitation_rules import (
    check_domain,
    check_policies,
    domain_of,
    is_external,
    redeems_automatically,
)
from sandbox.calls.role_rights import refuse_reset
from sandbox.calls.users import missing
from sandbox.clock import stamp
from sandbox.contents import GraphObject
from sandbox.store import Directory
from sandbox.wire import Answer, Refusal, Request, refuse

# The characters that graph-docs resources/invitation does not permit in an address.
_REFUSED = re.compile(r"""[~!#$%^&*()+=\[\]{}\\/|;:"<>?,\s]""")
_ADDRESS = re.compile(r"(?P<local>[^@]+)@(?P<domain>[^@.]+(?:\.[^@.]+)+)")


def invite(tenant: Directory, request: Request) -> Answer:
    """POST /invitations."""
    body = formed(request.body, Invitation)
    address = _checked_address(body)
    check_policies(tenant, address)
    if body.reset_redemption:
        user = _reset(tenant, address, body)
    else:
        user = _invited_already(tenant, address) or _invited(tenant, address, body)
    tenant.invitations[address.lower()] += 1
    _notify(tenant, address, send=bool(body.send_invitation_message))
    return odata.entity(
        request, _invitation(tenant, address, body, user), tail="invitations", status=201
    )


def _bad(message: str) -> Refusal:
    return refuse(400, "BadRequest", message)


def _checked_address(body: Invitation) -> str:
    _check_redirect(body.invite_redirect_url)
    if body.invited_user_type not in {None, "Guest", "Member"}:
        raise _bad("The 'invitedUserType' must be 'Guest' or 'Member'.")
    message = body.invited_user_message_info
    if message is not None and len(message.cc_recipients or ()) > 1:
        raise _bad("At most one 'ccRecipients' entry is supported.")
    address = body.invited_user_email_address or ""
    found = _ADDRESS.fullmatch(address)
    if found is None or _REFUSED.search(address):
        raise _bad("The invited user's email address is invalid.")
    local = found.group("local")
    if local[0] in ".-" or local[-1] in ".-":
        raise _bad("The invited user's email address is invalid.")
    return address


def _check_redirect(address: str | None) -> None:
    try:
        parts = urlsplit(address or "")
    except ValueError:
        parts = urlsplit("")
    if not (parts.scheme and parts.netloc):
        raise _bad("The required 'inviteRedirectUrl' is missing or is not an absolute address.")


def _invited_already(tenant: Directory, address: str) -> GraphObject | None:
    """Return who was invited before; the lists of domains spare those who have accepted."""
    user = _existing(tenant, address)
    if user is None or user.get("externalUserState") != "Accepted":
        check_domain(tenant, address)
    return user


def _existing(tenant: Directory, address: str) -> GraphObject | None:
    """Find who already has the address; an internal account is refused, since it is no guest."""
    if tenant.store.switches.invitations_remember_names:
        known = _by_identity(tenant, address)
        if known is not None:
            return known
    found: dict[str, None] = {}
    for name in ("userPrincipalName", "mail", "otherMails"):
        found.update(dict.fromkeys(tenant.index.find(name, address)))
    found.update(dict.fromkeys(tenant.index.find("proxyAddresses", f"smtp:{address}")))
    users = [tenant.users[user_id] for user_id in found]
    for user in users:
        if is_external(user):
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


def _by_identity(tenant: Directory, address: str) -> GraphObject | None:
    """Find who was invited by the address, whatever addresses that user has by now.

    Entra keeps the identity where nobody sees it; the name that invitations give stands for it.
    """
    for name in _names(tenant, address):
        ids = tenant.index.find("userPrincipalName", name)
        if not ids:
            return None
        if is_external(tenant.users[ids[0]]):
            return tenant.users[ids[0]]
    return None


def _names(tenant: Directory, address: str) -> Iterator[str]:
    """Yield the names that somebody with the address is given, the next where one is taken."""
    for number in count():
        yield f"{_nickname(address)}{number or ''}@{tenant.initial_domain}"


def _nickname(address: str) -> str:
    local, _, domain = address.partition("@")
    return f"{local}_{domain}#EXT#"


def _invited(tenant: Directory, address: str, body: Invitation) -> GraphObject:
    local, _, domain = address.partition("@")
    find = tenant.index.find
    name = next(one for one in _names(tenant, address) if not find("userPrincipalName", one))
    at_once = tenant.store.switches.redemption_completes_at_once and redeems_automatically(
        tenant, address
    )
    user_id = tenant.add_user(
        {
            "accountEnabled": True,
            "creationType": "Invitation",
            "displayName": body.invited_user_display_name or local,
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
            "mailNickname": _nickname(address)[:64],
            "otherMails": [address],
            "proxyAddresses": [f"SMTP:{address}"],
            "userPrincipalName": name,
            "userType": body.invited_user_type or "Guest",
        }
    )
    return tenant.users[user_id]


def _reset(tenant: Directory, address: str, body: Invitation) -> GraphObject:
    user_id = body.invited_user.id if body.invited_user else None
    if not user_id:
        raise _bad("The 'invitedUser' with its 'id' is required when 'resetRedemption' is true.")
    user = tenant.users.get(user_id.lower())
    if user is None:
        raise missing(user_id)
    _refuse_unresettable(user, address)
    refuse_reset(tenant, user)
    _refuse_inside_organization(tenant, user)
    now = stamp(tenant.clock.now())
    # That somebody who has not redeemed has the domain for an issuer is documented of invitations,
    # and taken to hold of a reset.
    federated = {"signInType": "federated", "issuer": domain_of(address), "issuerAssignedId": None}
    others = [one for one in user["identities"] if one["signInType"] != "federated"]
    tenant.patch_user(
        user["id"],
        {
            "externalUserState": "PendingAcceptance",
            "externalUserStateChangeDateTime": now,
            "identities": [federated, *others],
        },
    )
    return tenant.users[user["id"]]


def _refuse_unresettable(user: GraphObject, address: str) -> None:
    """Refuse who is no external user, and an address that the user does not have.

    A new address must first be the user's; see entra-docs reset-redemption-status. Neither answer
    is documented.
    """
    if not is_external(user):
        raise _bad("Only the redemption of an external user can be reset.")
    own = {one.lower() for one in (user.get("mail"), *user["otherMails"]) if one}
    if address.lower() not in own:
        raise _bad("The address is neither the 'mail' nor one of the 'otherMails' of the user.")


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
    tenant: Directory, address: str, body: Invitation, user: GraphObject
) -> GraphObject:
    invitation_id = tenant.new_id("invitation")
    accepted = user.get("externalUserState") == "Accepted"
    message = msgspec.to_builtins(body.invited_user_message_info or Message())
    redeem = f"tenant={tenant.tenant_id}&user={invitation_id}&ticket={quote(user['id'])}&ver=2.0"
    return {
        "id": invitation_id,
        "inviteRedeemUrl": f"https://invitations.microsoft.com/redeem/?{redeem}",
        "invitedUserDisplayName": body.invited_user_display_name,
        "invitedUserEmailAddress": address,
        "invitedUserType": body.invited_user_type or "Guest",
        "sendInvitationMessage": bool(body.send_invitation_message),
        "resetRedemption": bool(body.reset_redemption),
        "invitedUserMessageInfo": {**message, "ccRecipients": message["ccRecipients"] or []},
        "inviteRedirectUrl": body.invite_redirect_url,
        "status": "Completed" if accepted else "PendingAcceptance",
        "invitedUser": {"id": user["id"]},
    }
