"""A drama: two tenants, the people in them, and what a bystander knows must never happen.

Nothing here looks at plans or memory; what is right is told from the tenants alone.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from reconcile.model.cycles import Cycle
from reconcile.model.tenants import ObjectId
from sandbox.contents import Kind
from tests.engine.estates import Estate, external, members

SOURCE, TARGET = "contoso", "fabrikam"

MAPPED = (
    ("accountEnabled", "accountEnabled"),
    ("department", "department"),
    ("displayName", "displayName"),
    ("jobTitle", "jobTitle"),
    ("mail", "mail"),
    ("businessPhones", "businessPhones"),
)
"""Source and target property of every attribute that the link maps, the manager apart."""

_NEVER_BLANK = {"accountEnabled", "displayName", "mail"}


@dataclass(slots=True)
class Drama:
    """What happened so far. Records of others in the target are kept as their owners left them."""

    estate: Estate
    foreign: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    addresses: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    removed_by_target: set[str] = field(default_factory=set)
    blocked_by_target: set[str] = field(default_factory=set)
    bothered: set[str] = field(default_factory=set)
    last_out: dict[str, datetime] = field(default_factory=dict)
    _gone: set[str] = field(default_factory=set)
    _births: list[tuple[str, str]] = field(default_factory=list)
    _read: int = 0

    # What is known of the people.

    @property
    def people(self) -> list[ObjectId]:
        return [ObjectId(one) for one in sorted(self.addresses)]

    def in_scope(self) -> set[str]:
        """Members of the declared group who are enabled or not, but exist."""
        return members(self.estate.sandbox.tenant(SOURCE))

    def watch(self) -> None:
        """Note who is out of scope at this moment, and every address that anybody ever had."""
        inside = self.in_scope()
        for person in self.addresses:
            if person not in inside:
                self.last_out[person] = self.estate.clock.now()
        for person, user in self.estate.sandbox.tenant(SOURCE).users.items():
            if user["mail"]:
                self.addresses[person].add(user["mail"].lower())

    def copies(self, person: str) -> list[dict[str, Any]]:
        return self.estate.copies(TARGET, SOURCE).get(ObjectId(person), [])

    def contested(self, person: str) -> bool:
        """Whether somebody else has, or once had, an address of this person."""
        mine = self.addresses[person]
        others = [held for one, held in self.addresses.items() if one != person]
        strangers = [names_of(user) for user in self.foreign.values()]
        return any(mine & held for held in [*others, *strangers])

    # What must hold at any moment.

    def invariants(self) -> Iterator[str]:
        yield from self._foreign_users_changed()
        yield from self._doubles()
        yield from self._invited_again()
        yield from self._wrongly_deleted()
        if self.estate.sandbox.requests.writes_by_tenant[self._source_id]:
            yield "something was written to the source"

    @property
    def _source_id(self) -> str:
        return self.estate.sandbox.tenant(SOURCE).tenant_id

    def _foreign_users_changed(self) -> Iterator[str]:
        tenant = self.estate.sandbox.tenant(TARGET)
        for user, record in self.foreign.items():
            now = tenant.users.get(user) or tenant.deleted_users.get(user)
            if now != record:
                yield f"somebody not ours was touched: {record} is now {now}"

    def _doubles(self) -> Iterator[str]:
        """One object a person, finished or not."""
        unfinished = self._unfinished_guests()
        for person, addresses in self.addresses.items():
            own = [user["id"] for user in self.copies(person)]
            for address in addresses:
                if not self.contested(person) and len({*own, *unfinished[address]}) > 1:
                    yield f"{address} has several objects: {own} {unfinished[address]}"

    def _unfinished_guests(self) -> defaultdict[str, list[str]]:
        """Users that we invited and did not stamp yet, by address."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        for user in self.estate.sandbox.tenant(TARGET).users.values():
            if user["id"] not in self.foreign and self.estate.stamp(TARGET, user) is None:
                for address in names_of(user):
                    found[address].append(user["id"])
        return found

    def _invited_again(self) -> Iterator[str]:
        """Every invitation made an object, unless somebody else's answered to the address.

        That may be one of ours, whose person came to the address since the invitation was on its
        way: two people with one address, of whom the second is left alone when Graph says so.
        """
        born = self._born()
        for (tenant, address), times in self.estate.sandbox.invitations.items():
            strangers = any(address in names_of(user) for user in self.foreign.values())
            answered = self._answering(address)
            if tenant == TARGET and times > born[address] + answered and not strangers:
                yield f"{address} was invited {times} times and born {born[address]} times"

    def _answering(self, address: str) -> int:
        """How many users have an address that they were not born with."""
        users = self.estate.sandbox.tenant(TARGET).users.values()
        births = set(self._births)
        return sum(
            address in names_of(user) and (user["id"], address) not in births for user in users
        )

    def _born(self) -> Counter[str]:
        """How many objects were ever born to an address, other people's apart."""
        log = self.estate.sandbox.tenant(TARGET).log
        # The log forgets what is older than a week, so each look goes on where the last one ended.
        for _, change in log.between(max(self._read, log.start), log.end):
            if change.kind is Kind.USER and change.born and change.value["mail"]:
                self._births.append((change.id, change.value["mail"].lower()))
        self._read = log.end
        return Counter(mail for user, mail in self._births if user not in self.foreign)

    def _wrongly_deleted(self) -> Iterator[str]:
        """Whoever we deleted was out of scope within what listings are late."""
        tenant = self.estate.sandbox.tenant(TARGET)
        inside = self.in_scope()
        horizon = self.estate.clock.now() - timedelta(seconds=self.estate.delay + 1)
        for user in [one for one in tenant.deleted_users if one not in self._gone]:
            self._gone.add(user)
            if user in self.removed_by_target:
                continue
            person = self._person_of(tenant.deleted_users[user])
            if person in inside and self.last_out.get(person, horizon) <= horizon:
                yield f"{person} was deleted and never left"
        self._gone &= set(tenant.deleted_users)

    def _person_of(self, user: Mapping[str, Any]) -> str:
        stamp = self.estate.stamp(TARGET, user)
        if stamp is not None:
            return stamp.person
        held = (one for one, addresses in self.addresses.items() if addresses & names_of(user))
        return next(held, "")

    # What must hold once everything is quiet.

    def unfinished(self, cycle: Cycle) -> Iterator[str]:
        """Whoever is not in the target as the mapping says, without a reason for it."""
        if cycle.held is not None:
            yield f"the link is held: {cycle.held}"
            return
        assert cycle.plan is not None
        said = {skip.source for skip in cycle.plan.skips}
        inside = self.in_scope()
        for person in sorted(self.addresses):
            copies = self.copies(person)
            excused = person in said and (person in self.bothered or self.contested(person))
            if excused:
                continue
            if person not in inside and copies:
                yield f"{person} left and still is in the target"
            elif person in inside and len(copies) != 1:
                yield f"{person} is in scope and has {len(copies)} objects; skips {said}"
            elif person in inside:
                yield from self._differences(person, copies[0])

    def _differences(self, person: str, copy: Mapping[str, Any]) -> Iterator[str]:
        source = self.estate.sandbox.tenant(SOURCE)
        user = source.users[person]
        for name, written in MAPPED:
            wanted, found = user.get(name), copy.get(written)
            if wanted is None and name in _NEVER_BLANK:
                continue
            blocked = name == "accountEnabled" and copy["id"] in self.blocked_by_target
            if wanted != found and not blocked:
                yield f"{person}: {name} is {wanted!r} and {written} is {found!r}"
        boss = source.manager.get(person)
        bosses = self.copies(boss) if boss in source.users else []
        target = self.estate.sandbox.tenant(TARGET)
        shown = target.manager.get(copy["id"])
        superior = shown if shown in target.users else None  # nobody sees a deleted manager
        if boss not in source.users and superior is not None:
            yield f"{person} has no manager and {superior} is one"
        if bosses and superior != bosses[0]["id"]:
            yield f"{person}: manager is {superior}, not {bosses[0]['id']}"


def names_of(user: Mapping[str, Any]) -> set[str]:
    """Every address that an invitation would find a user by."""
    proxies = [one.partition(":")[2] for one in user.get("proxyAddresses") or ()]
    found = [user.get("mail"), user.get("userPrincipalName"), *(user.get("otherMails") or ())]
    return {one.lower() for one in [*found, *proxies] if one}


def ours(drama: Drama) -> list[dict[str, Any]]:
    """Live users of the target that we made."""
    target = drama.estate.sandbox.tenant(TARGET)
    return sorted(
        (
            user
            for user in target.users.values()
            if external(user) and drama.estate.stamp(TARGET, user) is not None
        ),
        key=lambda user: str(user["id"]),
    )
