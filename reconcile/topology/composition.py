"""Several topologies enter; where they contradict each other leaves, naming both places."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from reconcile.errors import Problem
from reconcile.model.links import LinkName
from reconcile.topology.compile import origin
from reconcile.topology.document import Document, Where, dotted
from reconcile.topology.expand import Arrow, Settings, arrows
from reconcile.topology.layers import settings_of


def composition_problems(documents: Sequence[Document]) -> Iterator[Problem]:
    """Topologies of one name, and links that two of them declare with different settings.

    Each link owns its settings in both tenants' partner objects alone, so two topologies can only
    want different values of a partner's key by declaring the same link.
    """
    yield from _names(documents)
    first: dict[LinkName, tuple[Document, Arrow]] = {}
    for document in documents:
        for arrow in arrows(document.value):
            other = first.setdefault(arrow.name, (document, arrow))
            yield from _disagreement(document, arrow, *other)


def _names(documents: Sequence[Document]) -> Iterator[Problem]:
    first: dict[str, Document] = {}
    for document in documents:
        other = first.setdefault(document.value.get("name", document.file), document)
        if other is not document:
            place = f"{other.file}:{other.at(('name',)).line}"
            message = f'"{document.value["name"]}" is the name of {place} too. Choose another.'
            yield document.problem(("name",), message)


def _disagreement(
    document: Document, arrow: Arrow, other: Document, theirs: Arrow
) -> Iterator[Problem]:
    here = settings_of(document.value, arrow.name)
    there = settings_of(other.value, arrow.name)
    keys = sorted(dotted(where) for where in _differences(here, there, ()))
    if keys:
        message = (
            f"{arrow.name} is declared at {origin(other, theirs)} too, with another "
            f"{', '.join(keys)}. Declare it once, or both times alike."
        )
        yield document.problem(arrow.where, message)


def _differences(here: Settings, there: Settings, where: Where) -> Iterator[Where]:
    for key in here.keys() | there.keys():
        one: Any = here.get(key)
        two: Any = there.get(key)
        inner = (*where, key)
        if isinstance(one, dict) and isinstance(two, dict):
            yield from _differences(one, two, inner)
        elif one != two:
            yield inner
