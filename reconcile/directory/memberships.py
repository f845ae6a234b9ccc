"""Who belongs to the groups that filters ask about: a job enters, marks on people as read leave.

The mark is a member of the raw object, so that joining or leaving such a group changes a person's
seal like any other change of theirs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

import msgspec

from reconcile.directory.members import TOP, member_pages
from reconcile.errors import NotFoundError
from reconcile.graph.batch import listed, read_batch
from reconcile.graph.calls import Answer, Call, Page, query, segment
from reconcile.graph.client import GraphClient
from reconcile.model.jobs import Job
from reconcile.model.tenants import ObjectId
from reconcile.model.users import MEMBERSHIPS


class Memberships:
    """The groups that a job's filters ask about, with their members once they were read."""

    def __init__(self, client: GraphClient, job: Job) -> None:
        """Ask `client`; nothing is asked where no filter does."""
        self._client = client
        self._groups = dict(job.memberships)
        self._required = {
            name
            for one in job.link.scope.filters
            for clause in one.clauses
            if (clause.operator == "member-of") != clause.negated
            for name in clause.values
        }
        self._nested = job.link.scope.nested
        self._members: dict[str, frozenset[ObjectId]] = {}

    async def read(self) -> list[str]:
        """Read all members; names the groups that are gone, or have nobody where some are needed.

        Raises:
            DirectoryError: a page is missing, so nothing was read.
        """
        holes = []
        for name, group in self._groups.items():
            try:
                found = await self._read(group)
            except NotFoundError:
                found = frozenset()
                holes.append(name)
            self._members[name] = found
            if not found and name in self._required and name not in holes:
                holes.append(name)
        return holes

    async def _read(self, group: ObjectId) -> frozenset[ObjectId]:
        pages = member_pages(self._client, group, nested=self._nested, select="id")
        return frozenset([person async for page in pages for person, _ in page.users])

    def marked(
        self, users: Iterable[tuple[ObjectId, msgspec.Raw]]
    ) -> list[tuple[ObjectId, msgspec.Raw]]:
        """Mark people with their groups, by the names of the filters."""
        if not self._groups:
            return list(users)
        return [(person, _with(raw, self._names(person))) for person, raw in users]

    def _names(self, person: ObjectId) -> list[str]:
        return sorted(name for name, members in self._members.items() if person in members)

    def mark(self, raw: bytes, held: Collection[ObjectId] | None) -> bytes:
        """Mark one person who was asked for alone; None is that their groups are not known."""
        if not self._groups or held is None:
            return raw
        names = sorted(name for name, group in self._groups.items() if group in held)
        return bytes(_with(msgspec.Raw(raw), names))

    async def held(
        self, people: Sequence[ObjectId]
    ) -> Mapping[ObjectId, Collection[ObjectId] | None]:
        """All groups of each person; None for who contradicts themselves by having no listing.

        Raises:
            DirectoryError: a question has no answer.
        """
        calls = [self._call(person) for person in people]
        answers = await read_batch(self._client, calls)
        return {
            person: None if answer.status == 404 else await self._ids(call, answer)
            for person, call, answer in zip(people, calls, answers, strict=True)
        }

    def _call(self, person: ObjectId) -> Call:
        """Without a cast, which would be an advanced query; roles among the answers do no harm."""
        listing = "transitiveMemberOf" if self._nested else "memberOf"
        return Call(path=query(f"/users/{segment(person)}/{listing}", select="id", top=TOP))

    async def _ids(self, call: Call, answer: Answer) -> frozenset[ObjectId]:
        found: set[ObjectId] = set()
        async for page in listed(self._client, call, answer, Page):
            found |= _ids(page)
        return frozenset(found)


def _with(raw: msgspec.Raw, names: list[str]) -> msgspec.Raw:
    """Add a member at the end of an object, whose other bytes stay as they are."""
    body = bytes(raw).rstrip()
    mark = msgspec.json.encode({MEMBERSHIPS: names})
    return msgspec.Raw(body[:-1] + b"," + mark[1:])


def _ids(page: Page) -> set[ObjectId]:
    return {ObjectId(msgspec.json.decode(raw)["id"]) for raw in page.values}
