"""One layer of synchronization settings enters; what it says that cannot be meant leaves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from reconcile.errors import Problem
from reconcile.model.attributes import attribute_of, find_attribute
from reconcile.topology.amounts import duration
from reconcile.topology.document import Document, Where
from reconcile.topology.expand import Settings
from reconcile.topology.filter_rules import scope_problems
from reconcile.topology.mapping_rules import mapping_problems
from reconcile.topology.naming import attribute_refusal, held

_TEXTS = ("text", "what its owner declared")
_SHORTEST, _LONGEST = timedelta(minutes=1), timedelta(days=7)


def sync_problems(document: Document, where: Where, sync: Settings) -> Iterator[Problem]:
    """What is wrong with one `sync`, of a topology or of a single link, whatever lies under it."""
    if "address" in sync:
        yield from _text_source(document, (*where, "address"), sync["address"])
    for place, name in enumerate(sync.get("matching", ())):
        yield from _text_source(document, (*where, "matching", place), name)
        yield from _tells_nobody(document, (*where, "matching", place), name)
    if "interval" in sync and not _SHORTEST <= duration(sync["interval"]) <= _LONGEST:
        message = f'"{sync["interval"]}" is impossible. Expected a time from 1m to 7d.'
        yield document.problem((*where, "interval"), message)
    yield from scope_problems(document, (*where, "scope"), sync.get("scope", {}))
    yield from mapping_problems(document, (*where, "mappings"), sync.get("mappings", {}))
    for name in sync.get("drift", {}).get("attributes", {}):
        inner = (*where, "drift", "attributes", name)
        if refusal := attribute_refusal(name, use="target"):
            yield document.problem(inner, refusal, at_key=True)


def _tells_nobody(document: Document, where: Where, name: str) -> Iterator[Problem]:
    """Mapped values are compared, and beside them only the sign-in name with addresses."""
    attribute = find_attribute(name)
    readable = attribute is not None and attribute.source and held(attribute) in _TEXTS
    if readable and attribute and not attribute.target and name != "userPrincipalName":
        message = f'"{name}" is another one in the target. Match by what is mapped.'
        yield document.problem(where, message)


def _text_source(document: Document, where: Where, name: str) -> Iterator[Problem]:
    if message := attribute_refusal(name, use="source"):
        yield document.problem(where, message)
    elif (kind := held(attribute_of(name))) not in _TEXTS:
        message = f'"{name}" holds {kind}. Expected an attribute of text.'
        yield document.problem(where, message)
