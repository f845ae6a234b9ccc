"""Delta queries: what is tracked and a place in the change log enter, the rows of a round leave.

A round reports what was touched between two positions of the change log, or everything. Its rows
only name objects; what is said about them is how they are when their page is asked for.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple
from zlib import crc32

from sandbox.contents import Change, Kind

if TYPE_CHECKING:
    from sandbox.contents import Contents
    from sandbox.store import Directory

KEPT_FOR_DELTA = timedelta(days=7)
_ROUNDS_KEPT = 4

Mark = tuple[int, int, int]
_BY_MARK = attrgetter("mark")


class Sort(Enum):
    """The types of objects that delta queries report, by their names in Graph."""

    USER = "user"
    GROUP = "group"
    APPLICATION = "application"
    PRINCIPAL = "servicePrincipal"


# The properties whose changes are reported, by type; None stands for all.
Tracked = Mapping[Sort, frozenset[str] | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What one series of rounds tracks: types, properties, relations, and which objects.

    `select` and `ids` are None where nothing is left out.
    """

    resource: str
    sorts: tuple[Sort, ...]
    select: tuple[str, ...] | None
    links: frozenset[str]
    ids: frozenset[str] | None

    def has(self, object_id: str) -> bool:
        """Say whether the filter lets an object through."""
        return self.ids is None or object_id in self.ids


class Row(NamedTuple):
    """One object in a round, or one object that it is or was related to (`link`).

    `names` are the touched properties, or None where the whole object is new or gone. A group with
    its members takes many rows, so that it is spread over pages.
    """

    mark: Mark
    sort: Sort
    id: str
    link: str | None = None
    names: frozenset[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """One round: what it tracks and its part of the log; `since` None stands for everything."""

    scope: Scope
    since: int | None
    until: int


class Rounds:
    """The rounds that somebody is paging through; a forgotten one is worked out again."""

    def __init__(self) -> None:
        """Start without any."""
        self._kept: OrderedDict[Stretch, list[Row]] = OrderedDict()

    def __getstate__(self) -> dict[str, Any]:
        """Leave the rounds out of snapshots."""
        return {"_kept": OrderedDict()}

    def rows(
        self, tenant: Directory, stretch: Stretch, tracked: Tracked, *, deleted: bool
    ) -> list[Row]:
        """Return the rows of a round in order; `deleted` objects are told in a first round, too."""
        rows = self._kept.get(stretch)
        if rows is None:
            rows = (
                _everything(tenant, stretch.scope, deleted=deleted)
                if stretch.since is None
                else _touched(tenant, stretch, tracked)
            )
            self._kept[stretch] = rows
            if len(self._kept) > _ROUNDS_KEPT:
                self._kept.popitem(last=False)
        return rows

    def done(self, stretch: Stretch) -> None:
        """Forget a round whose last page was answered."""
        self._kept.pop(stretch, None)


def first_after(rows: list[Row], mark: Mark | None) -> int:
    """Return the index of the first row behind a mark."""
    return 0 if mark is None else bisect_right(rows, mark, key=_BY_MARK)


def _everything(tenant: Directory, scope: Scope, *, deleted: bool) -> list[Row]:
    view, kept = tenant.listed, tenant.registrations
    shelves: Mapping[Sort, tuple[Mapping[str, object], Mapping[str, int]]] = {
        Sort.USER: (view.users, view.places),
        Sort.GROUP: (view.groups, view.places),
        Sort.APPLICATION: (kept.applications, tenant.watch.places),
        Sort.PRINCIPAL: (kept.service_principals, tenant.watch.places),
    }
    gone = {Sort.USER: view.deleted_users, Sort.GROUP: view.deleted_groups} if deleted else {}
    rows: list[Row] = []
    for rank, sort in enumerate(scope.sorts):
        shelf, places = shelves[sort]
        known = [*shelf, *gone.get(sort, ())]
        for object_id in known if scope.ids is None else scope.ids.intersection(known):
            rows.append(Row((rank, places[object_id], 0), sort, object_id))
            if scope.links:
                rows += _related(view, scope, rows[-1])
    return sorted(rows, key=_BY_MARK)


def _related(view: Contents, scope: Scope, row: Row) -> Iterator[Row]:
    rank, place, _ = row.mark
    if row.sort is Sort.GROUP and "members" in scope.links and row.id in view.groups:
        for member, part in view.members.get(row.id, {}).items():
            yield Row((rank, place, part), row.sort, row.id, member)
    elif row.sort is Sort.USER and "manager" in scope.links and row.id in view.manager:
        yield Row((rank, place, 1), row.sort, row.id, view.manager[row.id])


def _touched(tenant: Directory, stretch: Stretch, tracked: Tracked) -> list[Row]:
    assert stretch.since is not None  # noqa: S101 - else it would be everything
    reading = _Reading(stretch.scope, tracked)
    for position, change in tenant.log.between(stretch.since, stretch.until):
        reading.take(position, change)
    return reading.rows(tenant.listed)


@dataclass(slots=True, kw_only=True)
class _Touched:
    """What a round found out about one object."""

    id: str
    position: int
    sort: Sort
    whole: bool = False
    names: set[str] = field(default_factory=set)
    links: dict[str, None] = field(default_factory=dict)

    def rows(self) -> Iterator[Row]:
        """Return the row of the object and one for each relation."""
        names = None if self.whole else frozenset(self.names)
        # Several objects can be touched by one change, that of somebody they are related to.
        tie = crc32(self.id.encode())
        yield Row((self.position, tie, 0), self.sort, self.id, None, names)
        for part, link in enumerate(self.links, start=1):
            yield Row((self.position, tie, part), self.sort, self.id, link, names)


_SORTS: Mapping[Kind, Sort] = {
    Kind.USER: Sort.USER,
    Kind.DELETED_USER: Sort.USER,
    Kind.MANAGER: Sort.USER,
    Kind.GROUP: Sort.GROUP,
    Kind.DELETED_GROUP: Sort.GROUP,
    Kind.MEMBER: Sort.GROUP,
    Kind.APPLICATION: Sort.APPLICATION,
    Kind.PRINCIPAL: Sort.PRINCIPAL,
}


class _Reading:
    """Goes through a stretch of the change log once and collects what is touched."""

    def __init__(self, scope: Scope, tracked: Tracked) -> None:
        self._scope = scope
        self._tracked = tracked
        self._found: dict[tuple[Sort, str], _Touched] = {}
        # Who came or went is thereby in or out of groups, and somebody's manager or not.
        self._moved: dict[str, int] = {}

    def take(self, position: int, change: Change) -> None:
        """Take in one change."""
        sort = _SORTS.get(change.kind)
        if sort is None:
            return
        if change.kind is Kind.MEMBER:
            self._link("members", change.id, position, (change.other,))
        elif change.kind is Kind.MANAGER:
            ends = [one for one in (change.before, change.value) if one is not None]
            self._link("manager", change.id, position, ends)
        else:
            self._object(position, sort, change)

    def _object(self, position: int, sort: Sort, change: Change) -> None:
        whole = change.before is None or change.value is None
        if whole:
            self._moved[change.id] = position
        names = set() if whole else _changed(change, self._tracked.get(sort))
        if (whole or names) and self._wanted(sort, change.id):
            touched = self._touched(sort, change.id, position)
            touched.whole = touched.whole or whole
            touched.names |= names

    def _wanted(self, sort: Sort, object_id: str) -> bool:
        return sort in self._scope.sorts and self._scope.has(object_id)

    def _link(self, name: str, object_id: str, position: int, ends: Iterable[str]) -> None:
        sort = Sort.GROUP if name == "members" else Sort.USER
        if name in self._scope.links and self._wanted(sort, object_id):
            self._touched(sort, object_id, position).links.update(dict.fromkeys(ends))

    def _touched(self, sort: Sort, object_id: str, position: int) -> _Touched:
        found = self._found.get((sort, object_id))
        if found is None:
            found = _Touched(id=object_id, position=position, sort=sort)
            self._found[sort, object_id] = found
        return found

    def rows(self, view: Contents) -> list[Row]:
        """Return the rows of everything touched, in the order of the log."""
        if self._moved and "members" in self._scope.links:
            # A group that came back brings its members along.
            for group in sorted(self._moved.keys() & view.groups.keys()):
                self._link("members", group, self._moved[group], view.members.get(group, {}))
            for group, members in view.members.items():
                moved = self._moved.keys() & members.keys() if group in view.groups else ()
                for one in sorted(moved):
                    self._link("members", group, self._moved[one], (one,))
        if self._moved and "manager" in self._scope.links:
            self._link_managers(view)
        rows = (row for touched in self._found.values() for row in touched.rows())
        return sorted(rows, key=_BY_MARK)

    def _link_managers(self, view: Contents) -> None:
        """Link who came or went to its reports, and who came back to its manager."""
        for report, manager in view.manager.items():
            moved = manager if manager in self._moved else report
            if moved in self._moved and report in view.users:
                self._link("manager", report, self._moved[moved], (manager,))


def _changed(change: Change, tracked: frozenset[str] | None) -> set[str]:
    before, after = change.before, change.value
    names = before.keys() | after.keys() if tracked is None else tracked
    return {name for name in names if before.get(name) != after.get(name)}
