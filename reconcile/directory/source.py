"""The source of one link: the declared groups and users are read whole, leavers are looked up."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

import msgspec

from reconcile.directory.extensions import gone_extensions
from reconcile.directory.members import TOP, member_pages
from reconcile.directory.memberships import Memberships
from reconcile.directory.spool import Spool, UserPage
from reconcile.errors import NotFoundError
from reconcile.graph.batch import decoded, read_batch
from reconcile.graph.calls import Answer, Call, query, segment
from reconcile.graph.client import GraphClient
from reconcile.graph.failures import error_for
from reconcile.model.jobs import Job, Side
from reconcile.model.reads import Found, Import, Leaver, Sought, Watermark
from reconcile.model.tenants import ObjectId
from reconcile.model.users import User, decode_user

MANAGER = "manager($select=id)"


class GraphSource:
    """Reads what one job declares as its scope."""

    def __init__(self, client: GraphClient, job: Job) -> None:
        """Read `job`'s scope through `client`."""
        self._client = client
        self._job = job
        self._memberships = Memberships(client, job)
        self._options = {
            "select": ",".join(job.select(Side.SOURCE)),
            "expand": MANAGER if job.maps_manager else "",
        }

    async def read(self, since: Watermark | None = None) -> Import:
        """Everyone assigned, whole: a whole read answers any watermark.

        Raises:
            DirectoryError: a page is missing, so nothing was read.
        """
        del since
        spool = Spool(self._job.source, self._client.clock.now())
        holes = await self._memberships.read()
        if self._job.link.scope.everyone:
            await self._read_everyone(spool)
        else:
            seen: set[ObjectId] = set()
            holes += await self._read_groups(spool, seen)
            await self._read_users(spool, seen)
        spool.holes = [*holes, *await gone_extensions(self._client, self._job, spool)]
        self._client.budget.know_size(spool.count)
        return spool

    async def _read_everyone(self, spool: Spool) -> None:
        path = query("/users", **self._options, top=TOP)
        async for page in self._client.pages(path, UserPage):
            spool.add([raw for _, raw in self._memberships.marked(page.users)])

    async def _read_groups(self, spool: Spool, seen: set[ObjectId]) -> list[str]:
        """The members of every group; names the groups that are gone or have nobody."""
        nested = self._job.link.scope.nested
        holes = []
        for name, group in self._named_groups():
            # That `$expand` nests on the members of a group is not documented, as it is on users.
            pages = member_pages(self._client, group, nested=nested, **self._options)
            begun, empty = False, True
            try:
                async for page in pages:
                    begun, empty = True, empty and not page.values
                    _add_new(spool, self._memberships.marked(page.users), seen)
            except NotFoundError:
                if begun:
                    raise  # it vanished under our hands; half of it is not a read
            if empty:
                holes.append(name)
        return holes

    def _named_groups(self) -> Iterator[tuple[str, ObjectId]]:
        """Groups by the names of the topology where each name has its id, else by id."""
        ids = self._job.groups
        names = self._job.link.scope.groups
        yield from zip(names if len(names) == len(ids) else ids, ids, strict=True)

    async def _read_users(self, spool: Spool, seen: set[ObjectId]) -> None:
        wanted = [person for person in self._job.users if person not in seen]
        answers = await read_batch(self._client, [self._user_call(one) for one in wanted])
        found = [
            (person, msgspec.Raw(answer.body))
            for person, answer in zip(wanted, answers, strict=True)
            if self._exists(self._user_call(person), answer)
        ]
        _add_new(spool, self._memberships.marked(found), seen)

    async def look_up(self, sought: Sought) -> Found:
        """Ask for each leaver alone: whether the user exists, and whether it is assigned.

        Raises:
            DirectoryError: a question has no answer; nobody is called absent because of that.
        """
        leavers = sorted(sought.leavers)
        users = await read_batch(self._client, [self._user_call(one) for one in leavers])
        alive = {
            person: answer
            for person, answer in zip(leavers, users, strict=True)
            if self._exists(self._user_call(person), answer)
        }
        held = await self._memberships.held([one for one in alive if self._asks_groups(one)])
        return Found(
            leavers={
                person: Leaver(
                    user=self._decode(person, alive[person], held.get(person))
                    if person in alive
                    else None,
                    assigned=person in alive and self._assigned(person, held),
                    by=self._assigned_by(person, held) if person in alive else (),
                )
                for person in leavers
            }
        )

    def _asks_groups(self, person: ObjectId) -> bool:
        """Whether the scope or a filter depends on the groups of somebody."""
        named = person in self._job.users or self._job.link.scope.everyone
        return bool(self._job.memberships) or (bool(self._job.groups) and not named)

    def _assigned(
        self, person: ObjectId, held: Mapping[ObjectId, Collection[ObjectId] | None]
    ) -> bool:
        """Whether somebody belongs to the scope now: by name, or as a member of its groups."""
        if self._job.link.scope.everyone or person in self._job.users:
            return True
        # A user who exists without memberships contradicts itself: absence is not confirmed.
        groups = held.get(person, frozenset())
        return groups is None or bool(set(self._job.groups) & set(groups))

    def _assigned_by(
        self, person: ObjectId, held: Mapping[ObjectId, Collection[ObjectId] | None]
    ) -> tuple[str, ...]:
        """What assigns somebody, in words; the groups of who is named were not asked for."""
        if self._job.link.scope.everyone:
            return ("everyone",)
        ids, names = self._job.users, self._job.link.scope.users
        users = zip(names if len(names) == len(ids) else ids, ids, strict=True)
        groups = held.get(person) or ()
        return (
            *(f"user {name}" for name, one in users if one == person),
            *(f"group {name}" for name, group in self._named_groups() if group in groups),
        )

    def _exists(self, call: Call, answer: Answer) -> bool:
        if answer.ok:
            return True
        if answer.status == 404:
            return False
        raise error_for(self._client.alias, call, answer)

    def _decode(self, person: ObjectId, answer: Answer, held: Collection[ObjectId] | None) -> User:
        return decoded(
            self._client,
            self._user_call(person),
            answer,
            lambda body: decode_user(self._memberships.mark(body, held), self._job.source_carrier),
        )

    def _user_call(self, person: ObjectId) -> Call:
        return Call(path=query(f"/users/{segment(person)}", **self._options))


def _add_new(spool: Spool, users: list[tuple[ObjectId, msgspec.Raw]], seen: set[ObjectId]) -> None:
    """Keep those who were not in an earlier group."""
    new = {person: raw for person, raw in users if person not in seen}
    seen.update(new)
    spool.add(list(new.values()))
