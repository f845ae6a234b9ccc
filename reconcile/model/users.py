"""A user as read: Graph's own properties, the stamp found there, and who counts as external."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from reconcile.model.stamps import Stamp, StampCarrier
from reconcile.model.tenants import ObjectId

MEMBERSHIPS = "@tenantry.memberships"
"""Where a reader adds to a user's properties the groups of the link's filters it belongs to."""

Value = str | bool | None
"""The value of one mapped attribute: text, a truth value, or nothing. An empty text is nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """One user of one tenant. `properties` holds what `$select` asked for, decoded from JSON."""

    id: ObjectId
    properties: Mapping[str, Any]
    stamp: Stamp | None = None
    deleted: bool = False

    def text(self, name: str) -> str | None:
        """A property that holds text; empty text reads as None."""
        found = self.properties.get(name)
        return found if isinstance(found, str) and found else None

    @property
    def name(self) -> str:
        """What a person would call this user in a report."""
        return self.text("mail") or self.text("userPrincipalName") or self.id

    @property
    def enabled(self) -> bool:
        return self.properties.get("accountEnabled") is not False

    @property
    def external(self) -> bool:
        """Whether the user comes from elsewhere. `userType` does not tell: we create Members."""
        return (
            "#EXT#" in (self.text("userPrincipalName") or "")
            or self.text("externalUserState") is not None
            or self.text("creationType") == "Invitation"
        )

    @property
    def addresses(self) -> frozenset[str]:
        """Every address the user answers to, lower-cased: mail, other mails, proxy addresses."""
        found = {self.text("mail") or "", *(self.properties.get("otherMails") or ())}
        for proxy in self.properties.get("proxyAddresses") or ():
            kind, colon, address = proxy.partition(":")
            if colon and kind.lower() == "smtp":
                found.add(address)
        return frozenset(address.lower() for address in found if address)

    @property
    def groups(self) -> frozenset[str] | None:
        """The groups of the link's filters that the user belongs to, by their names there; None
        where nobody asked.
        """
        found = self.properties.get(MEMBERSHIPS)
        return None if found is None else frozenset(found)

    @property
    def manager(self) -> ObjectId | None:
        """The id of the expanded `manager`, in this user's own tenant."""
        expanded = self.properties.get("manager")
        return ObjectId(expanded["id"]) if isinstance(expanded, dict) else None


def decode_user(raw: bytes, carrier: StampCarrier | None, *, deleted: bool = False) -> User:
    """The user in one JSON object of a listing.

    Raises:
        msgspec.DecodeError: the bytes are not a JSON object; a read that was cut short must
            not pass as a user.
    """
    properties = msgspec.json.decode(raw, type=dict[str, Any])
    return User(
        id=ObjectId(properties["id"]),
        properties=properties,
        stamp=carrier.read(properties) if carrier else None,
        deleted=deleted,
    )
