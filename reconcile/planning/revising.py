"""Revising: rules that changed since a link's last cycle go in, whom they can concern comes out.

Premise: somebody who reads as they did when their pair settled can only be concerned by the rules
that changed. So those rules alone are looked at, and their results are compared with what was
wanted then. Who is not concerned keeps the pair, with seals that are made by the new rules.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from reconcile.expressions.values import DROPPED
from reconcile.model.actions import Reference
from reconcile.model.jobs import Job, Side, rules_in, sealed_by
from reconcile.model.links import Unmapped, When
from reconcile.model.reads import Agreement, Memory, RawUser, Seal
from reconcile.model.tenants import ObjectId
from reconcile.model.users import User
from reconcile.planning.fitting import Unusable
from reconcile.planning.mapping import Rule, applied, rules_of, split_hashes, wanted_hash
from reconcile.planning.scoping import scope


@dataclass(slots=True, kw_only=True)
class Revision:
    """The rules that changed since `before`, and what came of looking at people by them.

    `mapped` are the rules of the mappings that changed. `spared` are people for whom the
    changed rules mean nothing new, with their new seals, `concerned` those for whom they do.
    """

    job: Job
    before: str
    scope: bool
    mapped: tuple[Rule, ...]
    pairs: dict[ObjectId, Agreement]
    targets: frozenset[ObjectId] = frozenset()
    spared: dict[ObjectId, Seal] = field(default_factory=dict)
    concerned: set[ObjectId] = field(default_factory=set)
    _targets: dict[ObjectId, Seal] = field(default_factory=dict)

    def holds(self, raw: RawUser, paired: Seal | None) -> bool:
        """Whether somebody reads as they did when their pair settled."""
        known = raw.id in self.pairs or raw.id in self.targets
        return known and paired == sealed_by(self.before, raw.raw)

    def spares(self, user: User, seal: Seal) -> bool:
        """Whether the changed rules mean the same for somebody who did not change."""
        if self._spares(user):
            self.spared[user.id] = seal
            return True
        self.concerned.add(user.id)
        return False

    def forget(self, person: ObjectId) -> None:
        """Forget what an earlier row said of somebody: the last one counts."""
        self.spared.pop(person, None)
        self.concerned.discard(person)

    def _spares(self, user: User) -> bool:
        if self.scope and scope(self.job, user) is not None:
            return False
        known = split_hashes(self.pairs[user.id].wanted)
        return all(_agrees(rule, self.job, user, known) for rule in self.mapped)

    def keep_target(self, target: ObjectId, seal: Seal) -> None:
        """Remember the new seal of a target user that reads as it did."""
        self._targets[target] = seal

    @property
    def counts(self) -> tuple[int, int]:
        """How many people the changed rules were asked about, and how many they concern."""
        return len(self.spared) + len(self.concerned), len(self.concerned)

    def carried(self) -> tuple[Agreement, ...]:
        """The pairs that nothing changed for, sealed by the new rules."""
        return tuple(
            replace(pair, source_seal=seal, target_seal=self._targets[pair.target])
            for person, seal in sorted(self.spared.items())
            if (pair := self.pairs[person]).target in self._targets
        )


def _agrees(rule: Rule, job: Job, user: User, known: frozenset[bytes]) -> bool:
    """Whether a mapping wants what was wanted before, or nothing at all."""
    if rule.mapping.when is When.CREATION:
        return True
    if isinstance(rule.mapping.source, Unmapped):
        # Whether it fills anything depends on the target.
        return rule.default is None
    value = applied(rule, job, user)
    if value is DROPPED or (value is None and not rule.clears):
        return True
    if isinstance(value, Reference | Unusable):
        return False
    return wanted_hash(rule.mapping.target, value) in known


def revision(job: Job, memory: Memory, people: frozenset[ObjectId]) -> Revision | None:
    """The revision since the last cycle; None where nothing changed, or too much.

    Rules about time, addresses, matching and drift concern everybody, changed or not. With other
    attributes to read, nobody reads as before.
    """
    before = memory.fingerprint
    if before is None or before == job.fingerprint or job.link.timely or memory.rebuilt:
        return None
    old, new = rules_in(before), rules_in(job.fingerprint)
    if any(old.get(name) != new[name] for name in ("rest", "select")):
        return None
    changed = {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}
    pairs = dict(memory.agreements(Side.SOURCE, people))
    return Revision(
        job=job,
        before=before,
        scope="scope" in changed,
        mapped=tuple(rule for rule in rules_of(job) if rule.mapping.target in changed),
        pairs=pairs,
        targets=frozenset(pair.target for pair in pairs.values()),
    )
