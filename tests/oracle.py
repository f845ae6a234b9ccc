"""A second planner, plain and slow, that sees whole tenants at once: no seals and no pages.

It is written from the rules alone and shares nothing with `reconcile.planning`, so that the two
can be held against each other. What it tells of a plan is what operators see: each action with
its changes and marks, each skip, and whose pair is over.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from reconcile.model.attributes import ATTRIBUTES, Kind, read_value
from reconcile.model.jobs import Job, Side
from reconcile.model.links import Adopt, AttributeMapping, Constant, DriftRule, Nulls, When
from reconcile.model.plans import (
    Action,
    Delete,
    Plan,
    Reason,
    Reference,
    Release,
    Update,
    changes_of,
    verb,
)
from reconcile.model.reads import Agreement
from reconcile.model.stamps import Mark
from reconcile.model.tenants import ObjectId
from reconcile.model.users import User
from tests.fakes import FakeMemory, FakeTenant, answers_to

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What a plan tells, in plain tuples; the order of nothing counts."""

    actions: frozenset[Row]
    skips: frozenset[Row]
    forgotten: frozenset[ObjectId]
    in_scope: int
    unchanged: int


def told(plan: Plan) -> Verdicts:
    """A plan of the planner under test, in the oracle's words."""
    return Verdicts(
        actions=frozenset(_row(action) for action in plan.actions),
        skips=frozenset((one.source, one.reason, one.target) for one in plan.skips),
        forgotten=frozenset(plan.forgotten),
        in_scope=plan.in_scope,
        unchanged=plan.unchanged,
    )


def _row(action: Action) -> Row:
    person = action.person
    changes = frozenset(
        (one.attribute, one.old, one.new, one.cause.value) for one in changes_of(action)
    )
    if isinstance(action, Release):
        return (verb(action), person.source, person.target, action.why.value)
    if isinstance(action, Delete):
        return (verb(action), person.source, person.target, action.why.value, action.mark)
    restamp = isinstance(action, Update) and action.restamp
    address = person.address if verb(action) == "create" else None
    mark = action.terms.mark
    return (verb(action), person.source, person.target, address, changes, mark, restamp)


@dataclass(slots=True, kw_only=True)
class Oracle:
    """Everything there is to know of one link at one moment."""

    job: Job
    memory: FakeMemory
    now: datetime
    source: dict[ObjectId, User]
    assigned: set[ObjectId]
    target: dict[ObjectId, User]
    fates: dict[ObjectId, Row] = field(default_factory=dict)
    actions: set[Row] = field(default_factory=set)
    skips: set[Row] = field(default_factory=set)

    def judge(self) -> Verdicts:
        pairs = self.memory.pairs
        persons = self.assigned | pairs.keys() | self.memory.open.keys()
        persons |= {
            user.stamp.person
            for user in self.target.values()
            if user.stamp and self._claims(user, user.stamp.person)
        }
        self.fates = {person: self._fate(person) for person in sorted(persons)}
        remarked = self._stray_stamps()
        for person, fate in self.fates.items():
            self._tell(person, fate)
        scope = {one for one in self.assigned if self._refusal(self.source[one]) is None}
        busy = {row[1] for row in self.actions} | {row[0] for row in self.skips}
        return Verdicts(
            actions=frozenset(self.actions),
            skips=frozenset(self.skips | remarked),
            forgotten=frozenset(
                one for one, fate in self.fates.items() if fate == ("ends",) and one in pairs
            ),
            in_scope=len(scope),
            unchanged=len(scope - busy),
        )

    # Who is who.

    def _refusal(self, user: User) -> Reason | None:
        if user.external or user.stamp:
            return Reason.EXTERNAL
        filters = self.job.link.scope.filters
        passes = any(
            all(read_value(user, clause.attribute) in clause.values for clause in one.clauses)
            for one in filters
        )
        return None if passes or not filters else Reason.OUT_OF_SCOPE

    def _claims(self, user: User, person: ObjectId) -> bool:
        """Whether a user carries the person's stamp and is nobody's pair."""
        stamp = user.stamp
        return (
            stamp is not None
            and (stamp.tenant, stamp.person) == (self.job.source, person)
            and user.external
            and user.id not in {pair.target for pair in self.memory.pairs.values()}
        )

    def _foreign(self, user: User, person: ObjectId) -> bool:
        owners = [one.source for one in self.memory.pairs.values() if one.target == user.id]
        stamped = user.stamp is not None and user.stamp.source != f"{self.job.source}/{person}"
        return stamped or any(owner != person for owner in owners)

    def _stray_stamps(self) -> set[Row]:
        return {
            (person, Reason.DISPUTED_MATCH, user.id)
            for person in self.memory.pairs
            for user in self.target.values()
            if self._claims(user, person) and not user.deleted
        }

    def _address(self, person: ObjectId) -> str | None:
        if person in self.memory.open:
            return self.memory.open[person].address
        user = self.source[person]
        return user.text("mail") or user.text("userPrincipalName")

    def _released(self, person: ObjectId) -> bool:
        return person in self.memory.people and self.memory.people[person].released

    # Fates.

    def _fate(self, person: ObjectId) -> Row:
        pair = self.memory.pairs.get(person)
        here = person in self.assigned and self._refusal(self.source[person]) is None
        fate = self._present(person, pair) if here else self._absent(person, pair)
        if fate[0] in {"create", "adopt", "restore", "keep"}:
            wanted = self._wanted(person, creating=fate[0] == "create")
            if any(_too_long(name, value) for name, value in wanted.items()):
                return ("skip", Reason.INVALID_VALUE, pair.target if pair else None, fate)
        waiting = self.memory.people.get(person)
        late = waiting is not None and waiting.retry_at is not None and waiting.retry_at > self.now
        if late and fate[0] in {"create", "adopt", "restore", "leave"}:
            return ("skip", Reason.ESCROWED, pair.target if pair else None, fate)
        return fate

    def _absent(self, person: ObjectId, pair: Agreement | None) -> Row:
        user = self.source.get(person)
        why = "deleted in source"
        if user is not None and person not in self.assigned:
            why = "no longer assigned"
        elif user is not None:
            turned_away = self._refusal(user)
            why = (
                "out of scoping filters"
                if turned_away is Reason.OUT_OF_SCOPE
                else "no longer a source person"
            )
        if pair is not None:
            copy = self.target.get(pair.target)
            if copy is None or copy.deleted:
                return ("ends",)
            refusal = self._hands_off(person, copy)
            return refusal or ("leave", copy.id, pair.mark | Mark.DELETED, why)
        orphans = [u for u in self.target.values() if self._claims(u, person) and not u.deleted]
        orphans = orphans or self._invited(person)
        if len(orphans) > 1:
            return ("skip", Reason.DISPUTED_MATCH, None)
        if orphans:
            mark = orphans[0].stamp.mark if orphans[0].stamp else Mark.NONE
            return ("leave", orphans[0].id, mark | Mark.DELETED, why)
        if person in self.memory.open and self._young(self.memory.open[person].at):
            return ("skip", Reason.SETTLING, None)
        if user is not None and person in self.assigned:
            return ("skip", self._refusal(user), None)
        return ("ends",)

    def _hands_off(self, person: ObjectId, copy: User) -> Row | None:
        if not copy.external:
            return ("skip", Reason.STAMPED_INTERNAL, copy.id)
        if self._foreign(copy, person):
            return ("skip", Reason.DISPUTED_MATCH, copy.id)
        return None

    def _present(self, person: ObjectId, pair: Agreement | None) -> Row:
        if pair is None:
            return self._newcomer(person)
        copy = self.target.get(pair.target)
        if copy is None:
            if self._released(person):
                return self._newcomer(person)
            return ("skip", Reason.DELETED_BY_TARGET, pair.target)
        refusal = self._hands_off(person, copy)
        if refusal is not None:
            return refusal
        return self._take_back(person, copy, pair.mark)

    def _take_back(self, person: ObjectId, copy: User, mark: Mark) -> Row:
        if not copy.deleted:
            return ("keep", copy.id, mark & ~Mark.DELETED)
        ours = Mark.DELETED in mark or bool(copy.stamp and Mark.DELETED in copy.stamp.mark)
        if ours or self._released(person):
            return ("restore", copy.id, mark & ~Mark.DELETED)
        return ("skip", Reason.DELETED_BY_TARGET, copy.id)

    def _newcomer(self, person: ObjectId) -> Row:
        mine = [
            user
            for user in self.target.values()
            if user.external
            and user.stamp is not None
            and not self._foreign(user, person)
            and (self._claims(user, person) or self._answers(user, person))
        ]
        mine = [user for user in mine if not user.deleted] or mine
        if len(mine) > 1:
            return ("skip", Reason.DISPUTED_MATCH, self._known_target(person))
        if mine:
            stamp = mine[0].stamp
            return self._take_back(person, mine[0], stamp.mark if stamp else Mark.NONE)
        return self._unstamped(person)

    def _known_target(self, person: ObjectId) -> ObjectId | None:
        return self.memory.pairs[person].target if person in self.memory.pairs else None

    def _answers(self, user: User, person: ObjectId) -> bool:
        """By the address to invite; among listed users without a pair also by their own mail."""
        address = self._address(person)
        if address and address.lower() in answers_to(user):
            return True
        mail = (self.source[person].text("mail") or "").lower()
        known = any(one.rpartition("@")[2] in self.job.source_domains for one in user.addresses)
        listed = user.deleted or user.properties.get("creationType") == "Invitation"
        paired = any(user.id == pair.target for pair in self.memory.pairs.values())
        return listed and known and not paired and mail in user.addresses

    def _unstamped(self, person: ObjectId) -> Row:
        address, before = self._address(person), self._known_target(person)
        if address is None:
            return ("skip", Reason.NO_ADDRESS, before)
        local, _, domain = address.partition("@")
        if "+" in local:
            return ("skip", Reason.REFUSED_ADDRESS, before)
        if domain not in self.job.source_domains:
            return ("skip", Reason.UNVERIFIED_DOMAIN, before)
        invited = self._invited(person)
        if invited:
            several = ("skip", Reason.DISPUTED_MATCH, before)
            return several if len(invited) > 1 else ("create", address, invited[0].id)
        if self._contested(person, address):
            return ("skip", Reason.DISPUTED_ADDRESS, before)
        return self._matched(person, address, before)

    def _matched(self, person: ObjectId, address: str, before: ObjectId | None) -> Row:
        found = sorted(
            (user for user in self.target.values() if self._answers(user, person)),
            key=lambda user: user.id,
        )
        if self._released(person):
            found = [user for user in found if not user.deleted]
        for user in found:
            if not user.external and not user.deleted:
                stamped = Reason.STAMPED_INTERNAL if user.stamp else Reason.INTERNAL_ACCOUNT
                return ("skip", stamped, user.id)
        guests = [user for user in found if user.external]
        for user in guests:
            if self._foreign(user, person):
                return ("skip", Reason.DISPUTED_MATCH, user.id)
        if len(guests) > 1:
            return ("skip", Reason.DISPUTED_MATCH, before)
        if guests and guests[0].deleted:
            return ("skip", Reason.DELETED_BY_TARGET, guests[0].id)
        if guests and self.job.link.adopt is Adopt.AUTO:
            return ("adopt", guests[0].id, Mark.ADOPTED)
        if guests:
            return ("skip", Reason.NOT_ADOPTED, guests[0].id)
        if person in self.memory.open and self._young(self.memory.open[person].at):
            return ("skip", Reason.SETTLING, before)
        return ("create", address, None)

    def _contested(self, person: ObjectId, address: str) -> bool:
        for other in self.assigned - {person}:
            if self._refusal(self.source[other]) is not None:
                continue
            theirs = (
                self._address(other)
                if other not in self.memory.pairs or self._released(other)
                else self.source[other].text("mail") or self.source[other].text("userPrincipalName")
            )
            if theirs is None or theirs.lower() != address.lower():
                continue
            gives_way = other in self.memory.people and not self._released(other)
            if not (self._released(person) and gives_way):
                return True
        return False

    def _invited(self, person: ObjectId) -> list[User]:
        intent = self.memory.open.get(person)
        taken = {pair.target for pair in self.memory.pairs.values()}
        return [
            user
            for user in self.target.values()
            if intent is not None
            and user.external
            and not user.deleted
            and user.stamp is None
            and user.id not in taken
            and intent.address.lower() in answers_to(user)
            and datetime.fromisoformat(user.properties["createdDateTime"])
            >= intent.at.replace(microsecond=0)
        ]

    def _young(self, at: datetime) -> bool:
        return self.now - at < self.job.settle

    # Values.

    def _wanted(self, person: ObjectId, *, creating: bool) -> dict[str, Any]:
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

    def _manager(self, wanted: dict[str, Any], known: set[bytes], copy: User | None) -> None:
        """Point at the manager's target user, or decide what becomes of the present one."""
        person = wanted.get("manager")
        if person is None:
            return
        fate = self.fates.get(person, ("ends",))
        pair = self.memory.pairs.get(person)
        standing = fate[3] if len(fate) > 3 and fate[0] == "skip" else fate
        if standing[0] == "create" and fate[0] != "skip":
            wanted["manager"] = Reference(source=person, target=standing[2])
        elif standing[0] == "restore" and fate[0] != "skip":
            wanted["manager"] = Reference(source=person)
        elif (
            standing[0] == "keep"
            or fate[0] == "adopt"
            or (fate[0] == "skip" and fate != standing and standing[0] == "leave")
        ):
            wanted["manager"] = Reference(source=person, target=standing[1])
        elif (
            fate[0] == "skip"
            and fate == standing
            and pair is not None
            and (fate[1] is not Reason.DELETED_BY_TARGET)
        ):
            wanted["manager"] = Reference(source=person, target=pair.target)
        else:
            turned = known and not known & {_hash("manager", person), _hash("manager", None)}
            del wanted["manager"]
            if copy is not None and copy.manager is not None and turned:
                wanted["manager"] = None

    def _tell(self, person: ObjectId, fate: Row) -> None:
        if fate[0] == "skip":
            self.skips.add((person, fate[1], fate[2]))
        elif fate[0] == "leave":
            _, copy, mark, why = fate
            row = ("release", person, copy, why)
            self.actions.add(row if Mark.ADOPTED in mark else ("delete", person, copy, why, mark))
        elif fate[0] == "create":
            self._tell_creation(person, fate)
        elif fate[0] != "ends":
            self._tell_stay(person, fate)

    def _tell_creation(self, person: ObjectId, fate: Row) -> None:
        wanted = self._wanted(person, creating=True)
        self._manager(wanted, set(), None)
        enabled = wanted.pop("accountEnabled", True)
        changes = {(name, None, v, "creation") for name, v in wanted.items() if v is not None}
        mark = Mark.NONE
        if not enabled:
            changes.add(("accountEnabled", None, False, "creation"))
            mark = Mark.BLOCKED
        self.actions.add(("create", person, fate[2], fate[1], frozenset(changes), mark, False))

    def _tell_stay(self, person: ObjectId, fate: Row) -> None:
        kind, copy, mark = self.target[fate[1]], fate[1], fate[2]
        user, entry = kind, fate[0]
        pair = self.memory.pairs.get(person)
        known = _split(pair.wanted) if pair else set()
        wanted = self._wanted(person, creating=False)
        self._manager(wanted, known, user)
        changes, reported, blocked = set(), False, False
        for name, value in wanted.items():
            old = read_value(user, name)
            aim = value.target or object() if isinstance(value, Reference) else value
            if aim == old:
                if name == "accountEnabled" and value is True:
                    mark &= ~Mark.BLOCKED
                continue
            if name == "accountEnabled" and value is True:
                if Mark.BLOCKED not in mark or self._strict():
                    blocked = True
                    continue
                mark &= ~Mark.BLOCKED
                changes.add((name, old, value, self._cause(entry, name, value, known)))
                continue
            cause = self._cause(entry, name, value, known)
            rule = self.job.link.drift.rule(name)
            if cause == "drift" and rule is not DriftRule.CORRECT:
                reported = reported or rule is DriftRule.REPORT
                continue
            if name == "accountEnabled":
                mark |= Mark.BLOCKED
            changes.add((name, old, value, cause))
        if reported:
            self.skips.add((person, Reason.DRIFT_REPORTED, copy))
        if blocked:
            self.skips.add((person, Reason.BLOCKED_BY_TARGET, copy))
        self._write(person, user, entry, changes, mark)

    def _write(
        self, person: ObjectId, user: User, entry: str, changes: set[Row], mark: Mark
    ) -> None:
        verb_, restamp = {"keep": "update"}.get(entry, entry), False
        if entry == "keep":
            restamp = user.stamp is None or user.stamp.mark != mark
            if any(one[0] == "accountEnabled" and one[2] is False for one in changes):
                verb_, restamp = "disable", False
            elif not changes and not restamp:
                return
            waiting = self.memory.people.get(person)
            if waiting and waiting.retry_at and waiting.retry_at > self.now:
                pair = self.memory.pairs.get(person)
                self.skips.add((person, Reason.ESCROWED, pair.target if pair else None))
                return
        self.actions.add((verb_, person, user.id, None, frozenset(changes), mark, restamp))

    def _cause(self, entry: str, name: str, value: Any, known: set[bytes]) -> str:
        if entry == "adopt":
            return "adoption"
        if entry == "restore":
            return "source"
        plain = value.source if isinstance(value, Reference) else value
        if not known or _hash(name, plain) in known:
            return "drift"
        return "source" if self.memory.fingerprint == self.job.fingerprint else "rules"

    def _strict(self) -> bool:
        lost = self.memory.fingerprint is None and any(
            self._claims(user, user.stamp.person)
            and user.stamp.person not in self.memory.pairs
            and user.stamp.person not in self.memory.open
            for user in self.target.values()
            if user.stamp
        )
        return self.memory.rebuilt or lost


def oracle(
    job: Job, source: FakeTenant, target: FakeTenant, memory: FakeMemory, now: datetime
) -> Verdicts:
    """What one cycle of the link should do, judged from everything there is."""
    people = {
        one: source.user(one, job.select(Side.SOURCE), job.source_carrier) for one in source.users
    }
    copies = {
        one: target.user(one, job.select(Side.TARGET), target.carrier)
        for one in [*target.users, *target.bin]
    }
    members = {one for group in job.groups for one in source.groups[group]} | set(job.users)
    return Oracle(
        job=job,
        memory=memory,
        now=now,
        source={one: user for one, user in people.items() if user},
        assigned=members & people.keys(),
        target={one: user for one, user in copies.items() if user},
    ).judge()


def _mapped(mapping: AttributeMapping, user: User) -> Any:
    if isinstance(mapping.source, Constant):
        value: Any = mapping.source.value
        return value == "true" if ATTRIBUTES[mapping.target].kind is Kind.FLAG else value
    return read_value(user, mapping.source.attribute)


def _too_long(name: str, value: Any) -> bool:
    limit = ATTRIBUTES[name].limit
    return limit is not None and isinstance(value, str) and len(value) > limit


def _hash(name: str, value: Any) -> bytes:
    text = f"{name}\0{'' if value is None else value}"
    return hashlib.blake2b(text.encode(), digest_size=4).digest()


def _split(hashes: bytes) -> set[bytes]:
    return {hashes[start : start + 4] for start in range(0, len(hashes), 4)}
