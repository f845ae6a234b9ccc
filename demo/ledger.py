"""The ledger of the story: answers of `apply` enter, what was done to how many people leaves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

Counts = Counter[str]

_UPDATES = frozenset({"adopt", "update", "disable", "restore"})


class Ledger:
    """Counts actions that were done, an update that corrects drift as drift and nothing else."""

    def __init__(self) -> None:
        """Nothing was done yet."""
        self._all: Counter[str] = Counter()

    def enter(self, applied: Mapping[str, Any]) -> Counts:
        """Add one run of `apply`, and tell what it did."""
        done = Counter(kind for link in applied["links"] for kind in _kinds(link))
        done["failed"] += len(applied["problems"])
        self._all += done
        return done

    @property
    def failed(self) -> int:
        return self._all["failed"]

    def closing_line(self) -> str:
        """The last line of the demonstration."""
        names = ("created", "updated", "deleted", "drift corrected", "failed")
        return "demo: " + ", ".join(f"{self._all[name]} {name}" for name in names)


def _kinds(link: Mapping[str, Any]) -> Iterator[str]:
    drifted = {
        action["source"]
        for action in link["plan"]["actions"]
        if any(change["cause"] == "drift" for change in action["changes"])
    }
    for outcome in link["outcomes"]:
        if outcome["result"] != "done":
            yield "failed"
        elif outcome["source"] in drifted:
            yield "drift corrected"
        elif outcome["action"] in _UPDATES:
            yield "updated"
        else:
            yield f"{outcome['action']}d"
