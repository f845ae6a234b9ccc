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

from reconcile.model.actions import Action, Delete, Reference, Release, Update, changes_of, verb
from reconcile.model.attributes import ATTRIBUTES, Kind, read_value
from reconcile.model.jobs import Job, Side
from reconcile.model.links import Constant, DriftRule
from reconcile.model.plans import Plan, Reason
from reconcile.model.stamps import Mark
from reconcile.model.tenants import ObjectId
from reconcile.model.users import User
from tests.fakes import FakeMemory, FakeTenant
from tests.oracle_facts import Row
from tests.oracle_fates import Fates


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What a plan tells, in plain tuples; the order of nothing counts."""

    actions: frozenset[Row]
    skips: frozenset[Row]
    forgotten: frozenset[ObjectId]
    in_scope: int
    unchanged: int


ENABLED = "accountEnabled"


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
class Oracle(Fates):
    """Tells what is written for each fate."""

    fates: dict[ObjectId, Row] = field(default_factory=dict)
    actions: set[Row] = field(default_factory=set)
    skips: set[Row] = field(default_factory=set)

    def judge(self) -> Verdicts:
        pairs = self.memory.pairs
        persons = self.assigned | pairs.keys() | self.memory.open.keys()
        persons |= {
            user.stamp.person
            for user in self.target.values()
            if user.stamp and self.claims(user, user.stamp.person)
        }
        self.fates = {person: self.fate(person) for person in sorted(persons)}
        remarked = self.stray_stamps()
        for person, fate in self.fates.items():
            self._tell(person, fate)
        scope = {one for one in self.assigned if self.refusal(self.source[one]) is None}
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
        wanted = self._fitting(person, fate, creating=True)
        self._manager(wanted, set(), None)
        enabled = wanted.pop("accountEnabled", True)
        changes = {(name, None, v, "creation") for name, v in wanted.items() if v is not None}
        mark = Mark.NONE
        if not enabled:
            changes.add(("accountEnabled", None, False, "creation"))
            mark = Mark.BLOCKED
        self.actions.add(("create", person, fate[2], fate[1], frozenset(changes), mark, False))

    def _tell_stay(self, person: ObjectId, fate: Row) -> None:
        entry, copy, mark = fate[0], self.target[fate[1]], fate[2]
        pair = self.memory.pairs.get(person)
        known = _split(pair.wanted) if pair else set()
        wanted = self._fitting(person, fate, creating=False)
        self._manager(wanted, known, copy)
        enabling = wanted.get(ENABLED) is True
        blocked = enabling and not copy.enabled and (Mark.BLOCKED not in mark or self._strict())
        if enabling and not blocked:
            mark &= ~Mark.BLOCKED
        changes = {
            (name, old, value, self._cause(person, entry, name, value, known))
            for name, old, value in _differing(wanted, copy)
        }
        changes = {row for row in changes if not self._unread(row)}
        rules = {
            name: self.job.link.drift.rule(name)
            for name, _, value, cause in changes
            if cause == "drift" and (name, value) != (ENABLED, True)
        }
        kept = {
            row
            for row in changes
            if not (blocked and row[0] == ENABLED)
            and rules.get(row[0], DriftRule.CORRECT) is DriftRule.CORRECT
        }
        if any(row[0] == ENABLED and row[2] is False for row in kept):
            mark |= Mark.BLOCKED
        if DriftRule.REPORT in rules.values():
            self.skips.add((person, Reason.DRIFT_REPORTED, copy.id))
        if blocked:
            self.skips.add((person, Reason.BLOCKED_BY_TARGET, copy.id))
        self._write(person, copy, entry, kept, mark)

    def _fitting(self, person: ObjectId, fate: Row, *, creating: bool) -> dict[str, Any]:
        """What is wanted and fits; what does not fit is told."""
        wanted = self.wanted(person, creating=creating)
        spoilt = self.spoilt(person) & wanted.keys()
        if spoilt:
            target = fate[2] if creating else fate[1]
            self.skips.add((person, Reason.INVALID_VALUE, target))
        return {name: value for name, value in wanted.items() if name not in spoilt}

    def _unread(self, row: Row) -> bool:
        """Whether a flag that is mapped from a constant was not answered at all."""
        constant = any(
            one.target == row[0] and isinstance(one.source, Constant)
            for one in self.job.link.mappings
        )
        flag = ATTRIBUTES[row[0]].kind is Kind.FLAG
        return row[1] is None and row[3] == "drift" and constant and flag

    def _write(
        self, person: ObjectId, user: User, entry: str, changes: set[Row], mark: Mark
    ) -> None:
        verb_, restamp = {"keep": "update"}.get(entry, entry), False
        if entry == "keep":
            restamp = user.stamp is None or user.stamp.mark != mark
            if any(one[0] == "accountEnabled" and one[2] is False for one in changes):
                verb_, restamp = "disable", False
            elif not restamp and not changes:
                return
            waiting = self.memory.people.get(person)
            late = waiting and waiting.retry_at and waiting.retry_at > self.now
            if late and verb_ != "disable":
                pair = self.memory.pairs.get(person)
                self.skips.add((person, Reason.ESCROWED, pair.target if pair else None))
                return
        self.actions.add((verb_, person, user.id, None, frozenset(changes), mark, restamp))

    def _cause(self, person: ObjectId, entry: str, name: str, value: Any, known: set[bytes]) -> str:
        if entry == "adopt":
            return "adoption"
        if entry == "restore":
            return "source"
        if person in self.memory.open and person not in self.memory.pairs:
            return "creation"
        plain = value.source if isinstance(value, Reference) else value
        if not known or _hash(name, plain) in known:
            return "drift"
        return "source" if self.memory.fingerprint == self.job.fingerprint else "rules"

    def _strict(self) -> bool:
        lost = self.memory.fingerprint is None and any(
            self.claims(user, user.stamp.person)
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


def _differing(wanted: dict[str, Any], copy: User) -> list[Row]:
    """What differs; a manager whose target user is not known yet always does."""
    rows: list[Row] = []
    for name, value in wanted.items():
        old = read_value(copy, name)
        aim = value.target or object() if isinstance(value, Reference) else value
        if aim != old:
            rows.append((name, old, value))
    return rows


def _hash(name: str, value: Any) -> bytes:
    text = f"{name}\0{'' if value is None else value}"
    return hashlib.blake2b(text.encode(), digest_size=4).digest()


def _split(hashes: bytes) -> set[bytes]:
    return {hashes[start : start + 4] for start in range(0, len(hashes), 4)}
