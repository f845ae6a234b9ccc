"""Ownership as it is written on a target user: the source person, and a mark of what we did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Flag
from typing import Any

from reconcile.model.tenants import ObjectId, TenantId

SOURCE_EXTENSION = "tenantrySource"
MARK_EXTENSION = "tenantryMark"
FALLBACK_PROPERTY = "onPremisesExtensionAttributes"
_VERSION = "1"


class Mark(Flag):
    """What we did to a target user. `ADOPTED` unset means that we created it."""

    NONE = 0
    ADOPTED = 1
    BLOCKED = 2
    DELETED = 4


_CREATED = "created"
_WORDS = {Mark.ADOPTED: "adopted", Mark.BLOCKED: "blocked", Mark.DELETED: "deleted"}


@dataclass(frozen=True, slots=True)
class Stamp:
    """The claim that a target user belongs to one source person. A claim is not a proof."""

    tenant: TenantId
    person: ObjectId
    mark: Mark = Mark.NONE

    @property
    def source(self) -> str:
        return f"{self.tenant}/{self.person}"


def mark_text(mark: Mark) -> str:
    """The text of a mark, such as `1;created;blocked`."""
    origin = "adopted" if Mark.ADOPTED in mark else _CREATED
    rest = [word for flag, word in _WORDS.items() if flag in mark and flag is not Mark.ADOPTED]
    return ";".join([_VERSION, origin, *rest])


def parse_mark(text: str) -> Mark:
    """The mark of a text. One that does not say in our words that we created the user reads as
    `ADOPTED`, because nobody is deleted whom we may not have made.
    """
    version, *words = text.split(";")
    mark = Mark.NONE if version == _VERSION and _CREATED in words else Mark.ADOPTED
    for flag, word in _WORDS.items():
        if word in words:
            mark |= flag
    return mark


@dataclass(frozen=True, slots=True, kw_only=True)
class StampCarrier:
    """Names the properties of one tenant's users that carry stamps.

    Either `owner` (the client id of the application that owns the two directory extensions), or
    `attribute` (an `extensionAttributeN` that holds source and mark joined by a semicolon).
    """

    owner: str | None = None
    attribute: str | None = None

    @property
    def source_property(self) -> str:
        return f"extension_{(self.owner or '').replace('-', '')}_{SOURCE_EXTENSION}"

    @property
    def mark_property(self) -> str:
        return f"extension_{(self.owner or '').replace('-', '')}_{MARK_EXTENSION}"

    @property
    def properties(self) -> tuple[str, ...]:
        """The properties to name in `$select`."""
        if self.attribute is not None:
            return (FALLBACK_PROPERTY,)
        return (self.source_property, self.mark_property)

    def read(self, user: Mapping[str, Any]) -> Stamp | None:
        """The stamp in a user as Graph answers it; what is not ours reads as None."""
        if self.attribute is not None:
            joined = (user.get(FALLBACK_PROPERTY) or {}).get(self.attribute) or ""
            source, _, mark = joined.partition(";")
        else:
            source = user.get(self.source_property) or ""
            mark = user.get(self.mark_property) or ""
        tenant, slash, person = source.partition("/")
        if not slash or len(tenant) != 36 or len(person) != 36:
            return None
        return Stamp(TenantId(tenant), ObjectId(person), parse_mark(mark))

    def write(self, stamp: Stamp | None) -> dict[str, Any]:
        """The members of a PATCH body that set the stamp, or remove it with None."""
        if self.attribute is not None:
            joined = f"{stamp.source};{mark_text(stamp.mark)}" if stamp else None
            return {FALLBACK_PROPERTY: {self.attribute: joined}}
        return {
            self.source_property: stamp.source if stamp else None,
            self.mark_property: mark_text(stamp.mark) if stamp else None,
        }
