"""Tenants, state and time in memory: they behave as the ports promise, and know no more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from reconcile.model.actions import (
    Action,
    Adopt,
    Change,
    Create,
    Delete,
    Disable,
    Reference,
    Release,
    Restore,
    Update,
)
from reconcile.model.attributes import merge_members, write_value
from reconcile.model.cycles import Outcome, Result
from reconcile.model.jobs import Job, Side
from reconcile.model.reads import Found, Leaver, Sought, Watermark
from reconcile.model.rights import Check, unchecked
from reconcile.model.stamps import Mark, Stamp
from reconcile.model.tenants import ObjectId
from reconcile.model.users import User, decode_user
from tests.fake_store import FakeMemory, FakeStore
from tests.fake_tenant import START, FakeImport, FakeTenant, VirtualClock

__all__ = [
    "START",
    "CrashError",
    "FakeImport",
    "FakeMemory",
    "FakeSource",
    "FakeStore",
    "FakeTarget",
    "FakeTenant",
    "VirtualClock",
]


class CrashError(Exception):
    """The process dies here; nothing of ours may catch it."""


class RefusedError(Exception):
    """Graph's answer to one write that it does not carry out."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class FakeSource:
    """The source side of one link: who is in its declared groups."""

    tenant: FakeTenant
    job: Job

    async def read(self, since: Watermark | None = None) -> FakeImport:
        return self.tenant.read(
            self.job.select(Side.SOURCE), lambda record: self._assigned(record["id"]), bin_too=False
        )

    async def look_up(self, sought: Sought) -> Found:
        return Found(leavers={person: self._leaver(person) for person in sought.leavers})

    def _leaver(self, person: ObjectId) -> Leaver:
        user = self.tenant.user(person, self.job.select(Side.SOURCE), self.job.source_carrier)
        if user is None or user.deleted:
            return Leaver(user=None, assigned=False)
        by = ("group everyone",) if self._assigned(person) else ()
        return Leaver(user=user, assigned=bool(by), by=by)

    def _assigned(self, person: ObjectId) -> bool:
        if self.job.link.scope.everyone or person in self.job.users:
            return True
        return any(person in self.tenant.groups.get(group, ()) for group in self.job.groups)


@dataclass(frozen=True, slots=True)
class FakeTarget:
    """The target side of every link into one tenant."""

    tenant: FakeTenant
    jobs: Sequence[Job]

    @property
    def select(self) -> tuple[str, ...]:
        return tuple(sorted({name for job in self.jobs for name in job.select(Side.TARGET)}))

    async def read(self, since: Watermark | None = None) -> FakeImport:
        return self.tenant.read(
            self.select, lambda record: record.get("creationType") == "Invitation", bin_too=True
        )

    async def look_up(self, sought: Sought) -> Found:
        everyone = [self._user(user) for user in [*self.tenant.users, *self.tenant.bin]]
        return Found(
            claimants={
                address: [user for user in everyone if user and address in answers_to(user)]
                for address in sought.addresses
            },
            targets={user: self._user(user) for user in sought.targets},
        )

    def _user(self, user: ObjectId) -> User | None:
        return self.tenant.user(user, self.select, self.tenant.carrier)

    async def export(
        self, job: Job, actions: Sequence[Action], check: Check = unchecked
    ) -> Sequence[Outcome]:
        if len(actions) > 20:
            message = f"{len(actions)} actions in one batch; Graph takes 20."
            raise ValueError(message)
        check()
        self.tenant.crash("before")
        outcomes = [self._export(job, action) for action in actions]
        self.tenant.crash("after")
        return outcomes

    def _export(self, job: Job, action: Action) -> Outcome:
        target, invited = action.person.target, False
        try:
            if target is None:
                target, invited = self._invite(action), True
            self._write(job, action, target)
        except RefusedError as refusal:
            return Outcome(
                action=action,
                result=Result.FAILED,
                target=target,
                code=refusal.code,
                message=f"Graph answered {refusal.code}.",
                invited=invited,
                at=self.tenant.clock.now(),
            )
        if self.tenant.unanswered:
            self.tenant.unanswered -= 1
            return Outcome(
                action=action,
                result=Result.UNKNOWN,
                target=action.person.target,
                transient=True,
                at=self.tenant.clock.now(),
            )
        return Outcome(
            action=action,
            result=Result.DONE,
            target=target,
            invited=invited,
            at=self.tenant.clock.now(),
        )

    def _invite(self, action: Action) -> ObjectId:
        """Inviting someone who exists returns that user; an internal account cannot be invited."""
        address = (action.person.address or "").lower()
        self._count(address)
        for user, record in self.tenant.users.items():
            seen = decode_user(msgspec.json.encode(record), None)
            if address in answers_to(seen):
                if not seen.external:
                    raise RefusedError("Request_BadRequest")
                return user
        self.tenant.invited.append(address)
        return self.tenant.add_guest(action.person.address or "", displayName=action.person.name)

    def _write(self, job: Job, action: Action, target: ObjectId) -> None:
        self._count(target)
        if isinstance(action, Restore):
            if target not in self.tenant.bin:
                raise RefusedError("Request_ResourceNotFound")
            self.tenant.restore(target)
        if target not in self.tenant.users:
            raise RefusedError("Request_ResourceNotFound")
        if isinstance(action, Delete):
            self._stamp(job, action, target, action.mark | Mark.DELETED)
            self.tenant.remove(target)
        elif isinstance(action, Release):
            self.tenant.write_stamp(target, None)
        else:
            self._patch(job, action, target)

    def _patch(
        self,
        job: Job,
        action: Create | Adopt | Update | Disable | Restore,
        target: ObjectId,
    ) -> None:
        plain = [change for change in action.changes if change.attribute != "manager"]
        if isinstance(action, Disable):
            self._set(target, [change for change in plain if change.attribute == "accountEnabled"])
            self._stamp(job, action, target, action.terms.mark)
        self._set(target, plain)
        if not isinstance(action, Update) or action.restamp:
            self._stamp(job, action, target, action.terms.mark)
        for change in action.changes:
            if change.attribute == "manager":
                self._point(target, change.new)

    def _set(self, target: ObjectId, changes: Sequence[Change]) -> None:
        parts = [
            write_value(change.attribute, change.new)
            for change in changes
            if not isinstance(change.new, Reference)
        ]
        body = merge_members([self.tenant.users[target], *parts])
        taken = {
            address
            for user, record in self.tenant.users.items()
            if user != target and (address := (record.get("mail") or "").lower())
        }
        if any(change.attribute == "mail" for change in changes) and body["mail"].lower() in taken:
            raise RefusedError("ObjectConflict")
        self.tenant.edit(target, **body)

    def _point(self, target: ObjectId, wanted: Any) -> None:
        """Set the manager; one that has no target user yet is set in a later pass."""
        if not isinstance(wanted, Reference):
            self.tenant.set_manager(target, None)
        elif wanted.target is not None:
            if wanted.target not in self.tenant.users:
                raise RefusedError("Request_ResourceNotFound")
            self.tenant.set_manager(target, wanted.target)

    def _stamp(self, job: Job, action: Action, target: ObjectId, mark: Mark) -> None:
        self.tenant.write_stamp(target, Stamp(job.source, action.person.source, mark))

    def _count(self, key: str) -> None:
        if key in self.tenant.refusals:
            raise RefusedError(self.tenant.refusals[key])
        self.tenant.writes += 1


def answers_to(user: User) -> frozenset[str]:
    """Every address that a look-up finds a user by."""
    principal = user.text("userPrincipalName") or ""
    return user.addresses | {principal.lower()}
