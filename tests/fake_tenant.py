"""A directory in memory, its clock, and what a listing of it looks like."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from reconcile.model.attributes import merge_members
from reconcile.model.reads import Coverage, RawUser, Watermark
from reconcile.model.stamps import Stamp, StampCarrier
from reconcile.model.tenants import ObjectId, TenantId
from reconcile.model.users import User, decode_user

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
DAYS_IN_BIN = timedelta(days=30)


@dataclass(slots=True)
class VirtualClock:
    """A clock that stands still until somebody sleeps."""

    moment: datetime = START

    def now(self) -> datetime:
        return self.moment

    async def sleep(self, seconds: float) -> None:
        self.advance(timedelta(seconds=seconds))

    def advance(self, by: timedelta) -> None:
        self.moment += by


@dataclass(frozen=True, slots=True, kw_only=True)
class FakeImport:
    """A finished read that lies in memory."""

    tenant: TenantId
    taken_at: datetime
    rows: Sequence[Sequence[RawUser]] = ()
    coverage: Coverage = Coverage.WHOLE
    watermark: Watermark | None = None
    holes: Sequence[str] = ()

    def pages(self) -> Iterator[Sequence[RawUser]]:
        yield from self.rows


@dataclass(slots=True)
class FakeTenant:
    """A directory in memory, in Graph's property names; `managers` holds the navigation.

    `lag` delays what listings show, never what point reads answer. `refusals` makes every write
    to a target user, or an invitation of an address, fail with a code. `unanswered` is how many of
    the next writes take effect while their answer is lost. `crash` is called with `before` and
    `after` around each write and may raise.
    """

    id: TenantId
    clock: VirtualClock
    carrier: StampCarrier = field(default_factory=lambda: StampCarrier(owner=str(uuid.UUID(int=7))))
    domain: str = "contoso.example"
    page_size: int = 3
    lag: timedelta = timedelta(0)
    users: dict[ObjectId, dict[str, Any]] = field(default_factory=dict)
    bin: dict[ObjectId, dict[str, Any]] = field(default_factory=dict)
    managers: dict[ObjectId, ObjectId] = field(default_factory=dict)
    groups: dict[ObjectId, set[ObjectId]] = field(default_factory=dict)
    refusals: dict[str, str] = field(default_factory=dict)
    unanswered: int = 0
    crash: Callable[[str], None] = lambda _when: None
    writes: int = 0
    invited: list[str] = field(default_factory=list)
    _count: int = 0
    _past: list[tuple[datetime, ObjectId, Any, Any, ObjectId | None]] = field(default_factory=list)

    # What people do.

    def add(self, name: str, **properties: Any) -> ObjectId:
        """A new internal Member, or whatever `properties` make of it; returns the id."""
        self._count += 1
        user = ObjectId(str(uuid.uuid5(uuid.UUID(self.id), f"{self._count}")))
        address = f"{name}@{self.domain}"
        self._keep(user)
        self.users[user] = {
            "id": user,
            "displayName": name.title(),
            "userPrincipalName": address,
            "mail": address,
            "userType": "Member",
            "accountEnabled": True,
            "createdDateTime": _graph_time(self.clock.now()),
            **properties,
        }
        return user

    def add_guest(self, mail: str, **properties: Any) -> ObjectId:
        """An external user who was invited by hand."""
        return self.add(
            "guest",
            **{
                "displayName": mail,
                "userPrincipalName": f"{mail.replace('@', '_')}#EXT#@{self.domain}",
                "mail": mail,
                "userType": "Guest",
                "creationType": "Invitation",
                "externalUserState": "PendingAcceptance",
                **properties,
            },
        )

    def edit(self, user: ObjectId, **properties: Any) -> None:
        self._keep(user)
        self.users[user].update(properties)

    def set_manager(self, user: ObjectId, manager: ObjectId | None) -> None:
        self._keep(user)
        if manager is None:
            self.managers.pop(user, None)
        else:
            self.managers[user] = manager

    def remove(self, user: ObjectId) -> None:
        """Soft delete, as an administrator or an application does; references to the user go."""
        self._keep(user)
        self.bin[user] = {
            **self.users.pop(user),
            "deletedDateTime": _graph_time(self.clock.now()),
        }
        self.managers = {
            one: boss for one, boss in self.managers.items() if user not in (one, boss)
        }

    def purge(self, user: ObjectId) -> None:
        self._keep(user)
        self.bin.pop(user, None)

    def restore(self, user: ObjectId) -> None:
        self._keep(user)
        record = self.bin.pop(user)
        del record["deletedDateTime"]
        self.users[user] = record

    def stamp_of(self, user: ObjectId) -> Stamp | None:
        return self.carrier.read(self.users.get(user) or self.bin[user])

    def write_stamp(self, user: ObjectId, stamp: Stamp | None) -> None:
        self.edit(user, **merge_members([self.users[user], self.carrier.write(stamp)]))

    # What applications see.

    def read(
        self, select: Collection[str], wanted: Callable[[dict[str, Any]], bool], *, bin_too: bool
    ) -> FakeImport:
        live, binned, managers = self._as_of(self.clock.now() - self.lag)
        found = [
            RawUser(user, self.raw(record, select, managers.get(user)))
            for user, record in live.items()
            if wanted(record)
        ]
        if bin_too:
            found += [
                RawUser(user, self.raw(record, select, None), deleted=True)
                for user, record in binned.items()
            ]
        rows = [found[i : i + self.page_size] for i in range(0, len(found), self.page_size)]
        return FakeImport(tenant=self.id, taken_at=self.clock.now(), rows=rows)

    def raw(
        self, record: Mapping[str, Any], select: Collection[str], manager: ObjectId | None
    ) -> bytes:
        """One user as a listing answers it: every selected property, null where there is none."""
        shown = {name: record.get(name) for name in select}
        if manager is not None:
            shown["manager"] = {"id": manager}
        return msgspec.json.encode(shown)

    def user(
        self, user: ObjectId, select: Collection[str], carrier: StampCarrier | None
    ) -> User | None:
        """A point read, in the recycle bin too."""
        if user in self.users:
            raw = self.raw(self.users[user], select, self.managers.get(user))
            return decode_user(raw, carrier)
        if user in self.bin:
            return decode_user(self.raw(self.bin[user], select, None), carrier, deleted=True)
        return None

    def keep_bin(self) -> None:
        """What lay in the recycle bin for 30 days is gone."""
        oldest = _graph_time(self.clock.now() - DAYS_IN_BIN)
        for user in [one for one, record in self.bin.items() if record["deletedDateTime"] < oldest]:
            self.purge(user)

    def _keep(self, user: ObjectId) -> None:
        """Remember how this user was, so that lagging listings can still show it."""
        if self.lag:
            self._past.append(
                (
                    self.clock.now(),
                    user,
                    deepcopy(self.users.get(user)),
                    deepcopy(self.bin.get(user)),
                    self.managers.get(user),
                )
            )

    def _as_of(self, moment: datetime) -> tuple[dict[ObjectId, Any], ...]:
        live, binned, managers = dict(self.users), dict(self.bin), dict(self.managers)
        for at, user, was_live, was_binned, was_manager in reversed(self._past):
            if at <= moment:
                break
            for view, was in ((live, was_live), (binned, was_binned), (managers, was_manager)):
                view.pop(user, None)
                if was is not None:
                    view[user] = was
        return live, binned, managers


def _graph_time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
