"""What the oracle knows of one link at one moment, and the plain questions it asks of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from reconcile.model.attributes import read_value
from reconcile.model.jobs import Job
from reconcile.model.plans import Reason
from reconcile.model.tenants import ObjectId
from reconcile.model.users import User
from tests.fakes import FakeMemory, answers_to

Row = tuple[Any, ...]


@dataclass(slots=True, kw_only=True)
class Facts:
    """Everything there is to know: both tenants whole, and what is remembered."""

    job: Job
    memory: FakeMemory
    now: datetime
    source: dict[ObjectId, User]
    assigned: set[ObjectId]
    target: dict[ObjectId, User]

    def refusal(self, user: User) -> Reason | None:
        if user.external:
            return Reason.EXTERNAL
        if user.stamp:
            return Reason.STAMPED_INTERNAL
        filters = self.job.link.scope.filters
        passes = any(
            all(read_value(user, clause.attribute) in clause.values for clause in one.clauses)
            for one in filters
        )
        return None if passes or not filters else Reason.OUT_OF_SCOPE

    def claims(self, user: User, person: ObjectId) -> bool:
        """Whether a user carries the person's stamp and is nobody's pair."""
        stamp = user.stamp
        return (
            stamp is not None
            and (stamp.tenant, stamp.person) == (self.job.source, person)
            and user.external
            and user.id not in {pair.target for pair in self.memory.pairs.values()}
        )

    def foreign(self, user: User, person: ObjectId) -> bool:
        owners = [one.source for one in self.memory.pairs.values() if one.target == user.id]
        stamped = user.stamp is not None and user.stamp.source != f"{self.job.source}/{person}"
        return stamped or any(owner != person for owner in owners)

    def stray_stamps(self) -> set[Row]:
        return {
            (person, Reason.DISPUTED_MATCH, user.id)
            for person in self.memory.pairs
            for user in self.target.values()
            if self.claims(user, person) and not user.deleted
        }

    def address(self, person: ObjectId) -> str | None:
        if person in self.memory.open:
            return self.memory.open[person].address
        user = self.source[person]
        return user.text("mail") or user.text("userPrincipalName")

    def released(self, person: ObjectId) -> bool:
        return person in self.memory.people and self.memory.people[person].released

    def known_target(self, person: ObjectId) -> ObjectId | None:
        return self.memory.pairs[person].target if person in self.memory.pairs else None

    def answers(self, user: User, person: ObjectId) -> bool:
        """By the address to invite; among listed users without a pair also by their own mail."""
        address = self.address(person)
        if address and address.lower() in answers_to(user):
            return True
        mail = (self.source[person].text("mail") or "").lower()
        known = any(one.rpartition("@")[2] in self.job.source_domains for one in user.addresses)
        listed = user.deleted or user.properties.get("creationType") == "Invitation"
        paired = any(user.id == pair.target for pair in self.memory.pairs.values())
        return listed and known and not paired and mail in user.addresses

    def invited(self, person: ObjectId) -> list[User]:
        intent = self.memory.open.get(person)
        taken = {pair.target for pair in self.memory.pairs.values()}
        return [
            user
            for user in self.target.values()
            if intent is not None
            and user.properties.get("creationType") == "Invitation"
            and not user.deleted
            and user.stamp is None
            and user.id not in taken
            and intent.address.lower() in answers_to(user)
            and intent.at.replace(microsecond=0) - timedelta(minutes=5)
            <= datetime.fromisoformat(user.properties["createdDateTime"])
            <= (intent.again or intent.at) + timedelta(minutes=30)
        ]

    def young(self, at: datetime) -> bool:
        return self.now - at < self.job.settle
