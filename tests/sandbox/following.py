"""A client that follows delta queries: pages enter, what it then believes of the tenant leaves."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.sandbox.asking import Asker


@dataclass
class Follower:
    """Merges what it is told, in any order and any number of times."""

    asker: Asker
    address: str
    prefer: str = ""
    objects: dict[str, dict[str, Any]] = field(default_factory=dict)
    links: dict[str, set[str]] = field(default_factory=dict)
    removed: dict[str, str] = field(default_factory=dict)
    pages: list[int] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)

    def round(self) -> Follower:
        """Follow one round to its delta link, which the next round begins with."""
        link: str | None = self.address
        while link:
            page = self.asker.get(link, prefer=self.prefer)
            self.pages.append(len(page["value"]))
            for told in page["value"]:
                self._merge(told)
            link = page.get("@odata.nextLink")
            self.address = page.get("@odata.deltaLink", "")
        assert self.address
        return self

    def news(self) -> list[str]:
        """Follow a round; return the ids that it told."""
        self.seen.clear()
        self.round()
        return sorted(set(self.seen))

    def _merge(self, told: dict[str, Any]) -> None:
        key = told["id"]
        self.seen.append(key)
        if "@removed" in told:
            self.removed[key] = told["@removed"]["reason"]
            self.objects.pop(key, None)
            self.links.pop(key, None)
            return
        self.removed.pop(key, None)
        held = self.objects.setdefault(key, {})
        for name, value in told.items():
            if not name.endswith("@delta"):
                held[name] = value
                continue
            links = self.links.setdefault(key, set())
            for one in value:
                (links.discard if "@removed" in one else links.add)(one["id"])

    def believed(self) -> dict[str, dict[str, Any]]:
        """Return the objects without what is null, since what was never set is not told."""
        return {
            key: {name: value for name, value in held.items() if value is not None}
            for key, held in self.objects.items()
        }
