"""Compiled links enter; text, a JSON document or a Mermaid diagram of them leaves."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from enum import Enum
from typing import Any

from reconcile.errors import Problem
from reconcile.model.links import (
    AttributeMapping,
    Clause,
    Computed,
    Constant,
    Direct,
    Limit,
    Link,
    Scope,
    Unmapped,
    When,
)
from reconcile.report.columns import wrap
from reconcile.report.documents import document

_LABEL = 12
_UNITS = (("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1))


def validation_document(problems: Sequence[Problem]) -> dict[str, Any]:
    """What `validate` answers to a program."""
    return document("validation", problems=[dataclasses.asdict(one) for one in problems])


def validation_text(links: Sequence[Link]) -> str:
    """What `validate` answers to a person when nothing is wrong."""
    topologies = len({link.topology for link in links})
    return f"{_counted(topologies, 'topology', 'topologies')}, {_links(links)}: no problem."


def links_document(links: Sequence[Link]) -> dict[str, Any]:
    """The links with every default written out, in the form of `--output json`."""
    return document("links", links=[_members(link) for link in links])


def _members(link: Link) -> dict[str, Any]:
    members: dict[str, Any] = {"link": link.name.slug, **link.name._asdict()}
    for field in dataclasses.fields(link):
        if field.name != "name":
            members[field.name] = _plain(getattr(link, field.name))
    return members


def _plain(value: object) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, timedelta):
        return duration(value)
    if isinstance(value, Enum):
        return value.value
    if dataclasses.is_dataclass(value):
        return {f.name: _plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(inner) for inner in value]
    return value


def links_text(links: Sequence[Link]) -> str:
    """The links as a person reads them, in at most eighty columns."""
    lines: list[str] = []
    for link in links:
        lines += [*_block(link), ""]
    return "\n".join([*lines, f"{_links(links)}."])


def _block(link: Link) -> Iterator[str]:
    yield f"{link.name}   {link.topology}   {link.origin}"
    engine = f"{link.engine}, every {duration(link.interval)}"
    yield from _row("engine", f"{engine}, paused" if link.paused else engine)
    yield from _row("scope", _scope(link.scope))
    for one in link.scope.filters:
        clauses = " and ".join(clause_text(clause) for clause in one.clauses)
        yield from _row("filter", f"{one.name}: {clauses}")
    yield from _row("address", f"{link.address}, matched by {', '.join(link.matching)}")
    yield from _row("mappings", ", ".join(_mapping(one) for one in link.mappings))
    yield from _row("empty", f"{link.nulls} the target's value")
    yield from _row("leavers", link.leavers)
    yield from _row("adopt", link.adopt)
    rules = [f"{name} {rule}" for name, rule in link.drift.attributes.items()]
    yield from _row("drift", ", ".join([str(link.drift.default), *rules]))
    deletes, updates = _limit(link.thresholds.deletes), _limit(link.thresholds.updates)
    yield from _row("thresholds", f"deletes {deletes}, updates {updates}")
    if link.policy.takeover:
        yield from _row("takeover", "what others chose is replaced, and kept")
    for side, settings in (("source", link.policy.source), ("target", link.policy.target)):
        for where, value in _leaves(settings):
            yield from _row(side, f"{where} = {json.dumps(value)}")


def _row(label: str, text: str) -> list[str]:
    return wrap(text, first=f"  {label:<{_LABEL}}", rest=" " * (_LABEL + 2))


def _scope(scope: Scope) -> str:
    if scope.everyone:
        return "everyone"
    nested = " and groups in it" if scope.nested else ""
    named = [f"group {name}{nested}" for name in scope.groups]
    return ", ".join([*named, *(f"user {name}" for name in scope.users)])


def clause_text(clause: Clause) -> str:
    """A clause of a scoping filter in words, as a topology writes it."""
    parts = [clause.attribute, clause.operator, ", ".join(clause.values)]
    text = " ".join(part for part in parts if part)
    return f"not ({text})" if clause.negated else text


def _mapping(mapping: AttributeMapping) -> str:
    text = mapping.target
    match mapping.source:
        case Constant(value=value):
            text += f" = {json.dumps(value, ensure_ascii=False)}"
        case Direct(attribute=name) if name != mapping.target:
            text += f" = {name}"
        case Direct():
            pass
        case Computed(expression=expression):
            text += f" = {expression}"
        case Unmapped():
            text += " only where it is empty"
    if mapping.default is not None:
        text += f" or {json.dumps(mapping.default, ensure_ascii=False)}"
    return f"{text} at creation" if mapping.when is When.CREATION else text


def _limit(limit: Limit) -> str:
    share = None if limit.share is None else f"{limit.share}%"
    known = [str(one) for one in (limit.count, share) if one is not None]
    return " or ".join(known) or "unlimited"


def _leaves(settings: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in settings.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{prefix}{key}.")
        elif isinstance(value, list):
            yield f"{prefix}{key}", [one["target"] for one in value]
        else:
            yield f"{prefix}{key}", value


def links_mermaid(links: Sequence[Link]) -> str:
    """A diagram of the links: arrows from source to target, dotted where a link is paused."""
    aliases = sorted({alias for link in links for alias in link.name})
    ids = {alias: f"t{place}" for place, alias in enumerate(aliases)}
    lines = ["flowchart LR", *(f'  {ids[alias]}["{alias}"]' for alias in aliases)]
    for link in links:
        arrow = "-.->" if link.paused else "-->"
        label = _quoted(f"{_scope(link.scope)}, paused" if link.paused else _scope(link.scope))
        lines.append(f'  {ids[link.name.source]} {arrow}|"{label}"| {ids[link.name.target]}')
    return "\n".join(lines)


def _quoted(label: str) -> str:
    """A text that cannot end the label it stands in."""
    return label.replace("#", "#35;").replace('"', "#quot;")


def duration(time: timedelta) -> str:
    """A time as topology files write it, in the largest unit that divides it."""
    seconds = int(time.total_seconds())
    unit, size = next((one for one in _UNITS if seconds and seconds % one[1] == 0), _UNITS[-1])
    return f"{seconds // size}{unit}"


def _links(links: Sequence[Link]) -> str:
    return _counted(len(links), "link", "links")


def _counted(number: int, one: str, several: str) -> str:
    return f"{number} {one if number == 1 else several}"
