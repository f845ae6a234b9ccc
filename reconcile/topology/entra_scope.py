"""The scope of a schema's object mapping enters, `sync.scope.filters` of a topology leaves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reconcile.model.links import BARE
from reconcile.topology.document import TOP, Document
from reconcile.topology.entra_schema import ANCHOR, OPERATORS, Json, member, members, text
from reconcile.topology.expand import Settings
from reconcile.topology.filter_rules import scope_problems

Told = tuple[str, str]

_OURS = {theirs.casefold(): ours for ours, theirs in OPERATORS.items()}
_NOBODY: Settings = {"attribute": "objectId", "operator": "is-null"}


def import_scope(scope: Json, file: str) -> tuple[list[Settings], list[Told]]:
    """The filters, and what they do not say. Without groups, everybody passes."""
    filters: list[Settings] = []
    told: list[Told] = []
    for key in ("inputFilterGroups", "categoryFilterGroups"):
        for group in members(scope, key, file):
            why = "whom it leaves out is neither pushed nor deleted, which Tenantry cannot say"
            told.append((f'the group "{group.get("name")}" of {key}', why))
    everyone = ""
    for group in members(scope, "groups", file):
        name = text(group, "name", file) or "Filter"
        clauses, wrong = _clauses(group, file)
        told += [(f'the filter "{name}", {place}', why) for place, why in wrong]
        if wrong:
            told.append((f'the filter "{name}"', "nobody passes it here until it is written anew"))
            clauses = [dict(_NOBODY)]
        if not clauses:
            everyone = everyone or name
        filters.append({"name": _unique(name, filters), "clauses": clauses})
    if everyone and len(filters) > 1:
        why = f'"{everyone}" lets everybody pass, so that the other filters decide nothing'
        told.append(("the filters", why))
    return ([], told) if everyone else (filters, told)


def _unique(name: str, others: list[Settings]) -> str:
    taken = {one["name"] for one in others}
    names = (name if number == 1 else f"{name} ({number})" for number in range(1, len(taken) + 2))
    return next(one for one in names if one not in taken)


def _clauses(group: Json, file: str) -> tuple[list[Settings], list[Told]]:
    made: list[Settings] = []
    wrong: list[Told] = []
    for place, clause in enumerate(members(group, "clauses", file), start=1):
        if _keeps_external_out(clause, file):
            continue
        found = _clause(clause, file)
        if isinstance(found, str):
            wrong.append((f"clause {place}", found))
        else:
            made.append(found)
    return made, wrong


def _values(clause: Json, file: str) -> list[Any]:
    found = member(clause, "targetOperand", file).get("values")
    return found if isinstance(found, list) else []


def _keeps_external_out(clause: Json, file: str) -> bool:
    """Whether this is the clause of Entra's own filter, which holds for every link of ours."""
    told = (text(clause, "sourceOperandName", file), text(clause, "operatorName", file).upper())
    return told == (ANCHOR, "EQUALS") and _values(clause, file) == ["None"]


def _clause(clause: Json, file: str) -> Settings | str:
    written = text(clause, "operatorName", file)
    operator = _OURS.get(written.casefold())
    if operator is None:
        return f'the operator "{written}" is not known'
    made: dict[str, Any] = {
        "attribute": text(clause, "sourceOperandName", file),
        "operator": operator,
    }
    values = _values(clause, file)
    if operator not in BARE:
        if len(values) != 1 or not isinstance(values[0], str):
            found = f"{len(values)} values are" if len(values) != 1 else "what is no text is"
            return f"{found} compared with. Expected one text"
        made["value"] = values[0]
    return next(_objections(made), None) or made


def _objections(clause: Settings) -> Iterator[str]:
    """What `validate` would say about the clause in a topology."""
    where = ("filters", 0, "clauses", 0)
    document = Document(file="", values={(*where, "value"): TOP} if "value" in clause else {})
    scope = {"filters": [{"name": "Filter", "clauses": [clause]}]}
    for problem in scope_problems(document, (), scope):
        # The message begins with the place, which the reader of a schema does not know.
        yield problem.message.partition(": ")[2].removesuffix(".")
