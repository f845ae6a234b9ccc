"""The source of one link: the declared groups and users are read whole, leavers are looked up."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import msgspec

from reconcile.directory.spool import Spool, UserPage
from reconcile.errors import NotFoundError
from reconcile.graph.batch import read_batch
from reconcile.graph.calls import Answer, Call, Page, query, segment
from reconcile.graph.client import GraphClient
from reconcile.graph.failures import cut_short, error_for
from reconcile.model.jobs import Job, Side
from reconcile.model.reads import Found, Import, Leaver, Sought, Watermark
from reconcile.model.tenants import ObjectId
from reconcile.model.users import User, decode_user

TOP = 999
"""The largest page that Graph answers."""

MANAGER = "manager($select=id)"


class GraphSource:
    """Reads what one job declares as its scope."""

    def __init__(self, client: GraphClient, job: Job) -> None:
        """Read `job`'s scope through `client`."""
        self._client = client
        self._job = job
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
        if self._job.link.scope.everyone:
            await self._read_everyone(spool)
        else:
            seen: set[ObjectId] = set()
            spool.holes = await self._read_groups(spool, seen)
            await self._read_users(spool, seen)
        self._client.budget.know_size(spool.count)
        return spool

    async def _read_everyone(self, spool: Spool) -> None:
        path = query("/users", **self._options, top=TOP)
        async for page in self._client.pages(path, UserPage):
            spool.add(page.values)

    async def _read_groups(self, spool: Spool, seen: set[ObjectId]) -> list[str]:
        """The direct members of every group; names the groups that are gone or have nobody."""
        holes = []
        for name, group in self._named_groups():
            # That `$expand` nests on the members of a group is not documented, as it is on users.
            path = query(
                f"/groups/{segment(group)}/members/microsoft.graph.user", **self._options, top=TOP
            )
            begun, empty = False, True
            try:
                await self._client.get_object(query(f"/groups/{segment(group)}", select="id"))
                async for page in self._client.pages(path, UserPage):
                    begun, empty = True, empty and not page.values
                    _add_new(spool, page.users, seen)
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
        _add_new(spool, found, seen)

    async def look_up(self, sought: Sought) -> Found:
        """Ask for each leaver alone: whether the user exists, and whether it is assigned.

        Raises:
            DirectoryError: a question has no answer; nobody is called absent because of that.
        """
        leavers = sorted(sought.leavers)
        users = await read_batch(self._client, [self._user_call(one) for one in leavers])
        alive = {
            person: self._decode(self._user_call(person), answer)
            for person, answer in zip(leavers, users, strict=True)
            if self._exists(self._user_call(person), answer)
        }
        assigned = await self._assigned(alive)
        return Found(
            leavers={
                person: Leaver(user=alive.get(person), assigned=person in assigned)
                for person in leavers
            }
        )

    async def _assigned(self, people: Collection[ObjectId]) -> set[ObjectId]:
        """Those who belong to the scope now: by name, or as direct members of its groups."""
        if self._job.link.scope.everyone:
            return set(people)
        assigned = {person for person in people if person in self._job.users}
        rest = sorted(set(people) - assigned) if self._job.groups else []
        calls = [self._groups_call(person) for person in rest]
        answers = await read_batch(self._client, calls)
        for person, call, answer in zip(rest, calls, answers, strict=True):
            # A user who exists without memberships contradicts itself: absence is not confirmed.
            if answer.status == 404 or await self._in_scope(call, answer):
                assigned.add(person)
        return assigned

    async def _in_scope(self, call: Call, answer: Answer) -> bool:
        if not answer.ok:
            raise error_for(self._client.alias, call, answer)
        groups = set(self._job.groups)
        try:
            page = Page(answer.body)
        except msgspec.DecodeError as error:
            raise cut_short(self._client.alias, call, str(error)) from error
        if groups & _ids(page):
            return True
        if page.next is not None:
            async for following in self._client.pages(page.next, Page):
                if groups & _ids(following):
                    return True
        return False

    def _exists(self, call: Call, answer: Answer) -> bool:
        if answer.ok:
            return True
        if answer.status == 404:
            return False
        raise error_for(self._client.alias, call, answer)

    def _decode(self, call: Call, answer: Answer) -> User:
        try:
            return decode_user(answer.body, self._job.source_carrier)
        except msgspec.DecodeError as error:
            raise cut_short(self._client.alias, call, str(error)) from error

    def _user_call(self, person: ObjectId) -> Call:
        return Call(path=query(f"/users/{segment(person)}", **self._options))

    def _groups_call(self, person: ObjectId) -> Call:
        path = f"/users/{segment(person)}/memberOf/microsoft.graph.group"
        return Call(path=query(path, select="id", top=TOP))


def _add_new(spool: Spool, users: list[tuple[ObjectId, msgspec.Raw]], seen: set[ObjectId]) -> None:
    """Keep those who were not in an earlier group."""
    new = {person: raw for person, raw in users if person not in seen}
    seen.update(new)
    spool.add(list(new.values()))


def _ids(page: Page) -> set[ObjectId]:
    return {ObjectId(msgspec.json.decode(raw)["id"]) for raw in page.values}
