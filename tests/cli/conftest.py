"""The command line's tests share one served sandbox, or have one in which a link stands."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.served import Served, served, served_in
from tests.standing import stand

__all__ = ["served", "standing_in"]


@contextmanager
def standing_in(folder: Path) -> Iterator[Served]:
    """A sandbox of its own whose link from contoso to fabrikam may be pushed."""
    with served_in(folder) as made:
        stand(made, "contoso", "fabrikam")
        yield made
