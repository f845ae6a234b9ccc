"""Addresses: a source person goes in, the address to invite, or why there is none, comes out."""

from __future__ import annotations

from reconcile.model.attributes import read_value
from reconcile.model.jobs import Job
from reconcile.model.plans import Reason
from reconcile.model.users import User
from reconcile.planning.scoping import Refusal

# Graph refuses these in `invitedUserEmailAddress`; see the invitation resource. White space stands
# in no list and in no address that can be invited.
REFUSED = frozenset('~!#$%^&*()+=[]{}\\/|;:"<>?, \t\r\n')
_EDGES = (".", "-")


def address_of(job: Job, user: User) -> str | None:
    """The declared attribute, or else the user principal name."""
    declared = read_value(user, job.link.address)
    return declared if isinstance(declared, str) else user.text("userPrincipalName")


def refused_address(job: Job, address: str | None) -> Refusal | None:
    """Why this address cannot be invited, or None."""
    if address is None:
        return Refusal(
            Reason.NO_ADDRESS,
            f"Neither {job.link.address} nor userPrincipalName holds an address to invite.",
        )
    local, at, domain = address.partition("@")
    if not local or not at or not domain or "@" in domain:
        return Refusal(
            Reason.REFUSED_ADDRESS, f"{address!r} is no mail address of the form name@domain."
        )
    refused = sorted(REFUSED.intersection(address))
    if refused:
        shown = " ".join(repr(one)[1:-1] for one in refused)
        return Refusal(Reason.REFUSED_ADDRESS, f"Graph invites no address with {shown!r} in it.")
    if local.startswith(_EDGES) or local.endswith(_EDGES):
        return Refusal(
            Reason.REFUSED_ADDRESS,
            f"Graph invites no address whose name begins or ends with a period or hyphen: {local}.",
        )
    if domain.lower() not in job.source_domains:
        return Refusal(
            Reason.UNVERIFIED_DOMAIN,
            f"{domain} is no verified domain of {job.name.source}; "
            f"verified are {', '.join(sorted(job.source_domains))}.",
        )
    return None
