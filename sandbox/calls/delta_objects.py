"""What a delta query says about objects: rows of a round enter, objects as they are now leave."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sandbox.calls.delta_options import TRACKED
from sandbox.contents import Contents, GraphObject
from sandbox.delta import Row, Scope, Sort
from sandbox.group_properties import names_by_default, whole
from sandbox.properties import USER_BY_DEFAULT
from sandbox.registered import whole_application, whole_principal
from sandbox.store import Directory


@dataclass(slots=True, kw_only=True)
class Telling:
    """How objects are told: to whom, from which view, in which form.

    `first` marks a series' first round, where what is null was never set and is left out; `minimal`
    is the caller's `Prefer: return=minimal`.
    """

    tenant: Directory
    view: Contents
    scope: Scope
    version: str
    first: bool
    minimal: bool

    def objects(self, rows: Iterable[Row]) -> list[GraphObject]:
        """Return the objects of a page, each once with all of its rows."""
        by_id: dict[str, list[Row]] = {}
        for row in rows:
            by_id.setdefault(row.id, []).append(row)
        return [self._object(found) for found in by_id.values()]

    def _object(self, rows: list[Row]) -> GraphObject:
        row = rows[0]
        told: GraphObject = (
            {"@odata.type": f"#microsoft.graph.{row.sort.value}"}
            if self.scope.resource == "directoryObjects"
            else {}
        )
        held = self._shelf(row.sort).get(row.id)
        told["id"] = row.id
        if held is None:
            soft = row.id in self.view.deleted_users or row.id in self.view.deleted_groups
            told["@removed"] = {"reason": "changed" if soft else "deleted"}
            return told
        item = self._whole(row.sort, held)
        for name in self._names(row, item):
            value = item.get(name)
            if value is not None or not self._left_out(row, name):
                told[name] = value
        links = [self._link(one, one.link) for one in rows if one.link is not None]
        if links:
            told[f"{TRACKED[row.sort].link}@delta"] = links
        return told

    def _whole(self, sort: Sort, held: GraphObject) -> GraphObject:
        match sort:
            case Sort.USER:
                return held
            case Sort.GROUP:
                return whole(held, self.tenant.tenant_id)
            case Sort.APPLICATION:
                return whole_application(held, self.version)
            case Sort.PRINCIPAL:
                return whole_principal(held, self.version)

    def _names(self, row: Row, item: Mapping[str, object]) -> list[str]:
        """Return the names that may be told, as selected, of those that the type has."""
        chosen = self.scope.select
        if chosen is None:
            chosen = self._by_default(row.sort, item)
        visible = self.tenant.registrations.extension_names()
        return [
            name
            for name in chosen
            if (name in visible or not name.startswith("extension_"))
            and TRACKED[row.sort].selectable(name)
            and (not self.minimal or self.first or row.names is None or name in row.names)
        ]

    def _by_default(self, sort: Sort, item: Mapping[str, object]) -> tuple[str, ...]:
        match sort:
            case Sort.USER:
                return USER_BY_DEFAULT
            case Sort.GROUP:
                return names_by_default(self.version)
            case _:
                return tuple(item)

    def _left_out(self, row: Row, name: str) -> bool:
        """Say whether a null says nothing: it was not set to null in this round."""
        return self.first or (row.names is not None and name not in row.names)

    def _link(self, row: Row, link: str) -> GraphObject:
        """Tell a relation as it is now, so that whoever hears it twice learns the same."""
        sort = next((one for one in Sort if link in self._shelf(one)), None)
        told: GraphObject = {
            "@odata.type": f"#microsoft.graph.{(sort or Sort.USER).value}",
            "id": link,
        }
        related = (
            link in self.view.members.get(row.id, {})
            if row.sort is Sort.GROUP
            else self.view.manager.get(row.id) == link
        )
        if sort is None or not related:
            told["@removed"] = {"reason": "deleted"}
        return told

    def _shelf(self, sort: Sort) -> Mapping[str, GraphObject]:
        match sort:
            case Sort.USER:
                return self.view.users
            case Sort.GROUP:
                return self.view.groups
            case Sort.APPLICATION:
                return self.tenant.registrations.applications
            case Sort.PRINCIPAL:
                return self.tenant.registrations.service_principals
