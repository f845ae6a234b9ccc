"""A link enters; what it has that Entra's own job cannot take leaves, each with a way out."""

from __future__ import annotations

import math
from collections.abc import Iterator

from reconcile.expressions.compiling import LONGEST, expression
from reconcile.expressions.syntax import Call, Comparison, Node, calls_in
from reconcile.model.links import (
    MEMBERSHIP,
    AttributeMapping,
    Clause,
    Computed,
    Link,
    ScopingFilter,
    Unmapped,
)
from reconcile.topology.entra_schema import DATES, OPERATORS

_NESTED_POORLY = frozenset({"IsNull", "IsNullOrEmpty", "IsPresent"})
_MOST_GROUPS = 1000
"""How many groups a filter may come to: Entra documents no limit, a schema must stay readable."""
_TAKEN = frozenset({*OPERATORS, "in", "not-in"})


def export_refusals(link: Link) -> Iterator[str]:
    """Everything that would mean something else in Entra, or nothing."""
    if link.scope.nested:
        yield "sync.scope.assigned.nested: Entra knows direct members only. Leave it out."
    for one in link.scope.filters:
        yield from _filter_refusals(one)
    for mapping in link.mappings:
        for why in _mapping_refusals(mapping):
            yield f"sync.mappings.set.{mapping.target}: {why}"


def _filter_refusals(one: ScopingFilter) -> Iterator[str]:
    groups = math.prod(len(clause.values) for clause in one.clauses if clause.operator == "in")
    if groups > _MOST_GROUPS:
        way = "Name fewer values, or ask with regex-match."
        yield f'the filter "{one.name}": its lists of values come to {groups} groups. {way}'
    for place, clause in enumerate(one.clauses, start=1):
        for why in _clause_refusals(clause):
            yield f'the filter "{one.name}", clause {place}: {why}'


def _mapping_refusals(mapping: AttributeMapping) -> Iterator[str]:
    if isinstance(mapping.source, Unmapped) and mapping.default is not None:
        yield "how a schema holds type None is not documented. Set it in the portal."
    if isinstance(mapping.source, Computed):
        length = len(mapping.source.expression)
        if length > LONGEST:
            yield f"as it is printed, this has {length} characters. Entra takes {LONGEST}."
        for name in _nested_poorly(expression(mapping.source.expression).node):
            way = 'Ask with Switch and the key "".'
            yield f"Entra takes no {name} within IIF, or as the source of Switch. {way}"


def _clause_refusals(clause: Clause) -> Iterator[str]:
    if clause.negated:
        yield "Entra cannot turn a clause round. Use the opposite operator."
    if clause.operator in MEMBERSHIP:
        yield "Entra filters by no group. Assign the group instead."
    elif clause.operator not in _TAKEN:
        yield f'Entra has no operator "{clause.operator}".'
    if clause.attribute == "userType" or clause.attribute in DATES:
        yield f'Entra does not filter by "{clause.attribute}".'


def _nested_poorly(node: Node) -> Iterator[str]:
    """Functions that Entra documents not to nest where they stand."""
    if isinstance(node, Comparison):
        yield from (*_nested_poorly(node.left), *_nested_poorly(node.right))
    if not isinstance(node, Call):
        return
    judged = node.arguments if node.name == "IIF" else node.arguments[: node.name == "Switch"]
    yield from sorted({name for one in judged for name in calls_in(one) & _NESTED_POORLY})
    for one in node.arguments:
        if one not in judged:
            yield from _nested_poorly(one)
