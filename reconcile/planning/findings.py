"""Findings: what sifting leaves of two imports, which is everyone who has to be judged."""

from __future__ import annotations

from dataclasses import dataclass, field

from reconcile.model.plans import Skip
from reconcile.model.reads import Agreement, Intent, Seal, Sought
from reconcile.model.tenants import ObjectId
from reconcile.model.users import User
from reconcile.planning.scoping import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One user as listed, and the seal of what was listed."""

    user: User
    seal: Seal


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One source person whom this cycle has to judge, with everything the listings say of them.

    `person` is None when the listing did not show the person; `refusal` says why scoping turned a
    listed one away. `left` tells that the listings give reason to think that the person left,
    which a look-up has to confirm. `target` is the agreed target user. `claims` are target users
    without a pair that carry this person's stamp, `matches` those that answer to the person's
    address or matching attributes. `rivals` are other people in scope with the same address.
    """

    source: ObjectId
    person: Listed | None = None
    refusal: Refusal | None = None
    left: bool = False
    agreement: Agreement | None = None
    target: Listed | None = None
    claims: tuple[Listed, ...] = ()
    matches: tuple[User, ...] = ()
    address: str | None = None
    rivals: tuple[ObjectId, ...] = ()
    intent: Intent | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """Everyone to judge, sorted; what to look up first; how many need no judgement.

    `untouched` are pairs in scope whose two seals still hold. `unpaired` are stamped target users
    of this source that no pair remembers. Where rules changed, `carried` are the pairs that they
    mean nothing new for, and `revised` how many people were asked about and are concerned.
    """

    cases: tuple[Case, ...] = ()
    skips: tuple[Skip, ...] = ()
    sought: Sought = field(default_factory=Sought)
    untouched: int = 0
    unpaired: int = 0
    carried: tuple[Agreement, ...] = ()
    revised: tuple[int, int] | None = None
