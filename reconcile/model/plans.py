"""A plan: the actions of one link's cycle, who is left alone and why, and what to remember."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from reconcile.model.actions import Action, _whole
from reconcile.model.links import LinkName
from reconcile.model.reads import Agreement, Step
from reconcile.model.tenants import ObjectId, TenantId


class Reason(StrEnum):
    """Why a person is skipped; the values stand in logs and JSON and are public."""

    EXTERNAL = "ExternalUser"
    OUT_OF_SCOPE = "NotEffectivelyEntitled"
    NO_ADDRESS = "NoAddress"
    REFUSED_ADDRESS = "AddressNotInvitable"
    UNVERIFIED_DOMAIN = "AddressOutsideVerifiedDomains"
    DISPUTED_ADDRESS = "DisputedAddress"
    DISPUTED_MATCH = "DisputedMatch"
    NOT_ADOPTED = "ExistingUserNotAdopted"
    INTERNAL_ACCOUNT = "InternalAccountHasAddress"
    STAMPED_INTERNAL = "StampOnInternalAccount"
    UNDECIDED = "ScopeUndecided"
    DELETED_BY_TARGET = "DeletedByTarget"
    BLOCKED_BY_TARGET = "BlockedByTarget"
    DRIFT_REPORTED = "DriftReported"
    ESCROWED = "Escrowed"
    SETTLING = "Settling"
    NOT_CONFIRMED = "AbsenceNotConfirmed"
    INVALID_VALUE = "InvalidValue"


@dataclass(frozen=True, slots=True, kw_only=True)
class Skip:
    """Someone who is left alone this cycle, or about whom there is something to say.

    `waits` tells whether the person joins later plans as one with a problem.
    """

    source: ObjectId | None
    target: ObjectId | None = None
    name: str
    step: Step
    reason: Reason
    detail: str = ""
    waits: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What one link's cycle would do. Totals are over all actions, deferred ones included.

    `settled` are pairs that need no write but whose memory is to be renewed; `forgotten` are
    source ids whose pair is over. `completing` are the updates among all actions that only end what
    a creation began. `later` are the deferred actions, by what they claim. `first` is True before
    the link's first cycle. Where rules changed since the last one, `revised` tells how many people
    who did not change were asked about by them, and for how many they mean something else.
    With `only`, nobody but these source people is acted on or remembered.
    """

    link: LinkName
    source: TenantId
    target: TenantId
    actions: tuple[Action, ...] = ()
    skips: tuple[Skip, ...] = ()
    settled: tuple[Agreement, ...] = ()
    forgotten: tuple[ObjectId, ...] = ()
    in_scope: int = 0
    unchanged: int = 0
    population: int = 0
    deferred: int = 0
    later: tuple[Action, ...] = ()
    completing: int = 0
    first: bool = False
    rebuilt: bool = False
    revised: tuple[int, int] | None = None
    totals: Mapping[str, int] = field(default_factory=dict)
    only: frozenset[ObjectId] | None = None

    @property
    def whole(self) -> bool:
        """Whether the plan is about everybody, so that a cycle of it ends what it left open."""
        return self.only is None and not self.deferred

    @property
    def fingerprint(self) -> str:
        """Twelve hexadecimal digits that tell this plan from any other; order does not count.

        What a plan for a few people defers are others, who may change meanwhile.
        """
        lines = sorted(json.dumps(_whole(action), sort_keys=True) for action in self.actions)
        rest = str(self.deferred) if self.only is None else "only " + " ".join(sorted(self.only))
        text = "\n".join([self.link.slug, self.source, self.target, rest, *lines])
        return hashlib.blake2b(text.encode(), digest_size=6).hexdigest()
