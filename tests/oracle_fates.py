"""The oracle's fates: what becomes of each person, by the rules read plainly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from reconcile.model.attributes import ATTRIBUTES, Kind, read_value
from reconcile.model.links import Adopt, AttributeMapping, Computed, Constant, Direct, Nulls, When
from reconcile.model.plans import Reason
from reconcile.model.reads import Agreement
from reconcile.model.stamps import Mark
from reconcile.model.tenants import ObjectId
from reconcile.model.users import User
from tests.oracle_facts import Facts, Row
from tests.strategies import IN_PYTHON


@dataclass(slots=True, kw_only=True)
class Fates(Facts):
    """One row a person: create, adopt, restore, keep, leave, skip or ends, with its particulars."""

    def fate(self, person: ObjectId) -> Row:
        pair = self.memory.pairs.get(person)
        if person in self.assigned and self.refusal(self.source[person]) is Reason.STAMPED_INTERNAL:
            return ("skip", Reason.STAMPED_INTERNAL, pair.target if pair else None)
        here = person in self.assigned and self.refusal(self.source[person]) is None
        fate = self.present(person, pair) if here else self.absent(person, pair)
        waiting = self.memory.people.get(person)
        late = waiting is not None and waiting.retry_at is not None and waiting.retry_at > self.now
        if late and fate[0] in {"create", "adopt", "restore", "leave"}:
            return ("skip", Reason.ESCROWED, pair.target if pair else None, fate)
        return fate

    def absent(self, person: ObjectId, pair: Agreement | None) -> Row:
        if pair is None:
            return self.orphaned(person)
        copy = self.target.get(pair.target)
        if copy is None or copy.deleted:
            return ("ends",)
        mark = _mark(pair, copy) | Mark.DELETED
        return self.hands_off(person, copy) or ("leave", copy.id, mark, self.why(person))

    def why(self, person: ObjectId) -> str:
        if person not in self.source:
            return "deleted in source"
        if person not in self.assigned:
            return "no longer assigned"
        if self.refusal(self.source[person]) is Reason.OUT_OF_SCOPE:
            return "out of scoping filters"
        return "no longer a source person"

    def orphaned(self, person: ObjectId) -> Row:
        orphans = [u for u in self.target.values() if self.claims(u, person) and not u.deleted]
        orphans = orphans or self.invited(person)
        if len(orphans) > 1:
            return ("skip", Reason.DISPUTED_MATCH, None)
        if orphans:
            one = orphans[0]
            mark = one.stamp.mark if one.stamp else Mark.NONE
            domains = {address.partition("@")[2] for address in one.addresses}
            strange = not domains & self.job.source_domains or Mark.DELETED in mark
            if strange and not self.released(person):
                return ("skip", Reason.DISPUTED_MATCH, one.id)
            return ("leave", one.id, mark | Mark.DELETED, self.why(person))
        if person in self.memory.open and self.young(self.memory.open[person].at):
            return ("skip", Reason.SETTLING, None)
        if person in self.assigned:
            return ("skip", self.refusal(self.source[person]), None)
        return ("ends",)

    def hands_off(self, person: ObjectId, copy: User) -> Row | None:
        if not copy.external:
            return ("skip", Reason.STAMPED_INTERNAL, copy.id)
        if self.foreign(copy, person):
            return ("skip", Reason.DISPUTED_MATCH, copy.id)
        return None

    def present(self, person: ObjectId, pair: Agreement | None) -> Row:
        if pair is None:
            return self.newcomer(person)
        copy = self.target.get(pair.target)
        if copy is None:
            if self.released(person):
                return self.newcomer(person)
            return ("skip", Reason.DELETED_BY_TARGET, pair.target)
        refusal = self.hands_off(person, copy)
        if refusal is not None:
            return refusal
        ours = pair.mark & Mark.DELETED
        return self.take_back(person, copy, _mark(pair, copy) | ours)

    def take_back(self, person: ObjectId, copy: User, mark: Mark) -> Row:
        if not copy.deleted:
            return ("keep", copy.id, mark & ~Mark.DELETED)
        ours = Mark.DELETED in mark or bool(copy.stamp and Mark.DELETED in copy.stamp.mark)
        if ours or self.released(person):
            return ("restore", copy.id, mark & ~Mark.DELETED)
        return ("skip", Reason.DELETED_BY_TARGET, copy.id)

    def newcomer(self, person: ObjectId) -> Row:
        mine = [
            user
            for user in self.target.values()
            if user.external
            and user.stamp is not None
            and not self.foreign(user, person)
            and (self.claims(user, person) or self.answers(user, person))
        ]
        mine = [user for user in mine if not user.deleted] or mine
        if len(mine) > 1:
            return ("skip", Reason.DISPUTED_MATCH, self.known_target(person))
        if mine:
            stamp = mine[0].stamp
            return self.take_back(person, mine[0], stamp.mark if stamp else Mark.NONE)
        return self.unstamped(person)

    def unstamped(self, person: ObjectId) -> Row:
        address, before = self.address(person), self.known_target(person)
        if address is None:
            return ("skip", Reason.NO_ADDRESS, before)
        local, _, domain = address.partition("@")
        if "+" in local:
            return ("skip", Reason.REFUSED_ADDRESS, before)
        if domain not in self.job.source_domains:
            return ("skip", Reason.UNVERIFIED_DOMAIN, before)
        invited = self.invited(person)
        if invited:
            several = ("skip", Reason.DISPUTED_MATCH, before)
            return several if len(invited) > 1 else ("create", address, invited[0].id)
        if self.contested(person, address):
            return ("skip", Reason.DISPUTED_ADDRESS, before)
        return self.matched(person, address, before)

    def matched(self, person: ObjectId, address: str, before: ObjectId | None) -> Row:
        found = sorted(
            (user for user in self.target.values() if self.answers(user, person)),
            key=lambda user: user.id,
        )
        if self.released(person):
            found = [user for user in found if not user.deleted]
        internal = [user for user in found if not user.external and not user.deleted]
        guests = [user for user in found if user.external]
        foreign = [user for user in guests if self.foreign(user, person)]
        if internal:
            stamped = Reason.STAMPED_INTERNAL if internal[0].stamp else Reason.INTERNAL_ACCOUNT
            return ("skip", stamped, internal[0].id)
        if foreign:
            return ("skip", Reason.DISPUTED_MATCH, foreign[0].id)
        if len(guests) > 1:
            return ("skip", Reason.DISPUTED_MATCH, before)
        if guests:
            return self.met(guests[0])
        if person in self.memory.open and self.young(self.memory.open[person].at):
            return ("skip", Reason.SETTLING, before)
        return ("create", address, None)

    def met(self, guest: User) -> Row:
        if guest.deleted:
            return ("skip", Reason.DELETED_BY_TARGET, guest.id)
        if self.job.link.adopt is Adopt.AUTO:
            return ("adopt", guest.id, Mark.ADOPTED)
        return ("skip", Reason.NOT_ADOPTED, guest.id)

    def contested(self, person: ObjectId, address: str) -> bool:
        for other in self.assigned - {person}:
            if self.refusal(self.source[other]) is not None:
                continue
            theirs = (
                self.address(other)
                if other not in self.memory.pairs or self.released(other)
                else self.source[other].text("mail") or self.source[other].text("userPrincipalName")
            )
            if theirs is None or theirs.lower() != address.lower():
                continue
            gives_way = other in self.memory.people and not self.released(other)
            if not (self.released(person) and gives_way):
                return True
        return False

    def wanted(self, person: ObjectId, *, creating: bool) -> dict[str, Any]:
        wanted = {}
        for mapping in self.job.link.mappings:
            if mapping.when is When.CREATION and not creating:
                continue
            value = _mapped(mapping, self.source[person])
            if value is None and creating:
                value = mapping.default
            clears = ATTRIBUTES[mapping.target].clears and mapping.default is None
            if value is not None or (clears and self.job.link.nulls is Nulls.CLEAR):
                wanted[mapping.target] = value
        return wanted

    def spoilt(self, person: ObjectId) -> set[str]:
        """The attributes whose value does not fit; the rest is written all the same."""
        wanted = self.wanted(person, creating=True)
        return {name for name, value in wanted.items() if _too_long(name, value)}


def _mark(pair: Agreement, copy: User) -> Mark:
    """The stamp tells who is blocked, stamp and memory together who is adopted."""
    stamped = copy.stamp.mark if copy.stamp else pair.mark
    return (pair.mark | stamped) & Mark.ADOPTED | stamped & Mark.BLOCKED


def _mapped(mapping: AttributeMapping, user: User) -> Any:
    if isinstance(mapping.source, Constant):
        value: Any = mapping.source.value
        return value == "true" if ATTRIBUTES[mapping.target].kind is Kind.FLAG else value
    if isinstance(mapping.source, Computed):
        return IN_PYTHON[mapping.source.expression](user.text("department") or "")
    assert isinstance(mapping.source, Direct)
    return read_value(user, mapping.source.attribute)


def _too_long(name: str, value: Any) -> bool:
    limit = ATTRIBUTES[name].limit
    return limit is not None and isinstance(value, str) and len(value) > limit
