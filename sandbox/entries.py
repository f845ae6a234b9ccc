"""What a store file has after its snapshot: what was asked and what happened, entry by entry."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, TypeAlias

import msgspec

_Moment = Annotated[datetime, msgspec.Meta(tz=True)]
_Count = Annotated[int, msgspec.Meta(ge=0)]


class Introduced(msgspec.Struct, tag="caller", frozen=True, forbid_unknown_fields=True):
    """A caller and the number that its requests name it by."""

    number: _Count
    tenant: str
    app: str
    permissions: frozenset[str]


class Asked(msgspec.Struct, tag="asked", frozen=True, forbid_unknown_fields=True):
    """A request that took effect; `ids` is how many ids its tenant had made before."""

    at: _Moment
    by: _Count
    method: str
    version: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any
    origin: str
    ids: _Count


class Passed(msgspec.Struct, tag="passed", frozen=True, forbid_unknown_fields=True):
    """Time that was pushed forward."""

    at: _Moment


class Closed(msgspec.Struct, tag="closed", frozen=True, forbid_unknown_fields=True):
    """What faults have closed from now on: targets, each with a source or all (null)."""

    at: _Moment
    closed: frozenset[tuple[str, str | None]]


Entry: TypeAlias = Introduced | Asked | Passed | Closed
ENTRY = msgspec.json.Decoder(Entry)
