"""A document and a JSON schema enter; everything about its shape that is wrong leaves, in words."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from jsonschema import Draft202012Validator, ValidationError

from reconcile.errors import Problem
from reconcile.topology.document import Document, Place, Where, problem_at
from reconcile.topology.schemas import Schema
from reconcile.topology.suggest import nearest
from reconcile.topology.words import describe, shown, unknown_key

# An unknown key is most likely the missing one, misspelt: one message for one mistake.
_EXPLAINED_BY_UNKNOWN_KEY = frozenset({"anyOf", "oneOf", "minProperties"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One keyword of a schema that a value does not obey; `on_key` when the key itself is meant."""

    keyword: str
    where: Where
    found: Any
    demanded: Any
    schema: Schema
    on_key: bool

    @property
    def unknown(self) -> tuple[str, ...]:
        """The keys that the schema does not know, where that is the fault."""
        if self.keyword != "additionalProperties":
            return ()
        return tuple(key for key in self.found if key not in self.schema["properties"])

    @property
    def missing(self) -> tuple[str, ...]:
        """The keys that are required and not there, where that is the fault."""
        if self.keyword != "required":
            return ()
        return tuple(key for key in self.demanded if key not in self.found)

    @property
    def tolerable(self) -> bool:
        """Whether the rest can be judged all the same: nothing follows from a version or a name."""
        concerned = {self.where} if self.where else {(key,) for key in self.missing}
        return bool(concerned) and concerned <= {("version",), ("name",)}

    @property
    def culprits(self) -> tuple[Where, ...]:
        """The values without which the fault would not be."""
        if self.unknown:
            return tuple((*self.where, key) for key in self.unknown)
        if self.on_key:
            return ((*self.where, self.found),)
        # A member of a list cannot go alone: those after it would no longer stand where they do.
        where = self.where
        while where and isinstance(where[-1], int):
            where = where[:-1]
        return (where,)


def shape_problems(document: Document, schema: Schema) -> tuple[tuple[Problem, ...], Document]:
    """The problems, and the document without the values they concern.

    What is left may be judged further where it has the right shape; where leaving values out did
    not help, its `whole` is False.
    """
    faults = _faults(document.value, schema)
    if not faults:
        return (), document
    problems = [problem for fault in faults for problem in _problems(document, fault, faults)]
    return tuple(dict.fromkeys(problems)), _without(document, faults, schema)


def _without(document: Document, faults: Sequence[Fault], schema: Schema) -> Document:
    """The document after everything at fault was left out, and what is at fault without it."""
    value = copy.deepcopy(document.value)
    culprits = {where for fault in faults for where in fault.culprits}
    while culprits - {()}:
        for where in culprits:
            _remove(value, where)
        faults = _faults(value, schema)
        culprits = {where for fault in faults for where in fault.culprits}
    return replace(document, value=value, whole=all(fault.tolerable for fault in faults))


def _faults(value: object, schema: Schema) -> list[Fault]:
    return [_fault(error) for error in Draft202012Validator(schema).iter_errors(value)]


def _fault(error: ValidationError) -> Fault:
    return Fault(
        keyword=str(error.validator),
        where=tuple(error.absolute_path),
        found=error.instance,
        demanded=error.validator_value,
        schema=cast("Schema", error.schema),
        on_key="propertyNames" in error.absolute_schema_path,
    )


def _remove(value: Any, where: Where) -> None:  # noqa: ANN401 - whatever the file holds
    """Take out what stands at `where`, unless it is the whole, or went with something else."""
    for step in where[:-1]:
        if isinstance(value, dict) and step not in value:
            return
        value = value[step]
    if where:
        value.pop(where[-1], None)


def _problems(document: Document, fault: Fault, faults: Sequence[Fault]) -> Iterator[Problem]:
    where = fault.where
    beside = [key for other in faults if other.where == where for key in other.unknown]
    if document.refuses(where) or (beside and fault.keyword in _EXPLAINED_BY_UNKNOWN_KEY):
        return
    if fault.keyword in {"anyOf", "oneOf"} and not isinstance(fault.found, dict):
        return  # what is no map is told already
    for key in fault.unknown:
        yield _at_key(document, where, key, unknown_key(key, fault.schema["properties"]))
    for key in fault.missing:
        if not any(nearest(other, [key]) for other in beside):
            yield document.problem(where, f'the key "{key}" is missing.')
    if fault.keyword not in {"additionalProperties", "required"}:
        yield _problem(document, fault)


def _problem(document: Document, fault: Fault) -> Problem:
    where = fault.where
    if fault.keyword == "type" and not where:
        message = f"this file holds {shown(fault.found)}. Expected keys, `version` first."
        return document.problem(where, message)
    written = None if fault.on_key else document.plain.get(where)
    message = describe(fault.keyword, fault.found, fault.demanded, fault.schema, written)
    if fault.on_key:
        return _at_key(document, where, fault.found, message)
    return document.problem(where, message)


def _at_key(document: Document, where: Where, key: str, message: str) -> Problem:
    place: Place = document.keys[*where, key]
    return problem_at(document.file, place, where, message)
