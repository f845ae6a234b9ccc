"""Documents and an environment enter; every problem in them leaves, sorted by file and line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reconcile.errors import Problem
from reconcile.model.links import LinkName
from reconcile.model.tenants import Environment
from reconcile.topology.binding import binding_problems
from reconcile.topology.composition import composition_problems
from reconcile.topology.document import Document
from reconcile.topology.expand import arrow_name, arrows, excepted, members
from reconcile.topology.linked import linked_problems
from reconcile.topology.native import native_problems
from reconcile.topology.rules import sync_problems
from reconcile.topology.schemas import branch
from reconcile.topology.shape import shape_problems
from reconcile.topology.suggest import hint


def check(documents: Sequence[Document], environment: Environment | None = None) -> list[Problem]:
    """All that is wrong: how files are written, their shape, what they mean, how they agree.

    Meaning is judged in documents of the right shape, and in what is left of others without the
    values that are wrong. `environment` adds whether every name is bound.
    """
    problems: list[Problem] = []
    right: list[Document] = []
    for document in documents:
        problems += document.problems
        if not document.whole:
            continue
        shape = document.value.get("shape") if isinstance(document.value, dict) else None
        found, rest = shape_problems(document, branch(shape))
        problems += found
        if rest.whole:
            right.append(rest)
            problems += _meaning(rest)
    problems += composition_problems(right)
    if environment is not None:
        for document in right:
            problems += binding_problems(document, environment)
    return sorted(set(problems))


def _meaning(document: Document) -> Iterator[Problem]:
    topology = document.value
    loops = list(_itself(document))
    yield from loops
    yield from _exceptions(document)
    yield from _entries(document)
    if not loops and not arrows(topology):
        yield document.problem(("shape",), "no link is left. A topology joins two tenants or more.")
    yield from sync_problems(document, ("sync",), topology["sync"])
    for place, entry in enumerate(topology.get("links", ())):
        yield from sync_problems(document, ("links", place, "sync"), entry.get("sync", {}))
    yield from linked_problems(document)
    yield from native_problems(document)


def _itself(document: Document) -> Iterator[Problem]:
    seen: set[str] = set()
    for alias, where in members(document.value):
        if alias in seen:
            yield document.problem(where, f'"{alias}" would be linked to itself. Name it once.')
        seen.add(alias)


def _exceptions(document: Document) -> Iterator[Problem]:
    known = {alias for alias, _ in members(document.value)}
    barred: set[LinkName] = set()
    for place, text in enumerate(document.value.get("except", ())):
        where = ("except", place)
        names = excepted(text)
        unknown = sorted(set(names[0]) - known)
        for alias in unknown:
            message = f'"{alias}" is no tenant of this mesh. {hint(alias, known)}'
            yield document.problem(where, message)
        if not unknown and names[0].source == names[0].target:
            yield document.problem(where, "a mesh links no tenant to itself. Leave this out.")
        if barred.issuperset(names):
            yield document.problem(where, "this is excepted above already. Leave it out.")
        barred.update(names)


def _entries(document: Document) -> Iterator[Problem]:
    known = {arrow.name for arrow in arrows(document.value)}
    lines: dict[LinkName, int] = {}
    for place, entry in enumerate(document.value.get("links", ())):
        where = ("links", place, "link")
        name = arrow_name(entry["link"])
        if name not in known:
            written = [f"{one.source} -> {one.target}" for one in known]
            message = f"this topology has no link {name}. {hint(entry['link'], written)}"
            yield document.problem(where, message)
        line = document.at(where).line
        if name in lines:
            message = f"{name} has an entry on line {lines[name]} already. Make them one."
            yield document.problem(where, message)
        lines.setdefault(name, line)
