"""Files of mapping tests enter; trials leave, or everything that is wrong in the files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from reconcile.errors import Problem, TopologyError
from reconcile.expressions.dates import understood
from reconcile.expressions.failures import why_refused
from reconcile.model.attributes import Attribute, Kind, attribute_of
from reconcile.model.links import Link, LinkName
from reconcile.model.people import described_user
from reconcile.model.trials import Expectation, Moment, Spot, Trial
from reconcile.topology.document import Document, Where
from reconcile.topology.expand import Settings, arrow_name
from reconcile.topology.naming import attribute_refusal, held
from reconcile.topology.schemas import trials_schema
from reconcile.topology.shape import shape_problems
from reconcile.topology.suggest import hint


@dataclass(frozen=True, slots=True, kw_only=True)
class _Test:
    """One test of a file, and the links that its names stand for."""

    document: Document
    where: Where
    said: Settings
    links: tuple[Link, ...]


def trials_from(documents: Sequence[Document], links: Sequence[Link]) -> tuple[Trial, ...]:
    """The trials of all files, in their order.

    Raises:
        TopologyError: something in the files is wrong, with every problem.
    """
    problems: list[Problem] = []
    tests: list[_Test] = []
    for document in documents:
        problems += document.problems
        if not document.whole:
            continue
        found, rest = shape_problems(document, trials_schema())
        problems += found
        if rest.whole:
            problems += _link_problems(rest, links)
            tests += _tests(rest, links)
    for test in tests:
        problems += _problems(test)
    if problems:
        raise TopologyError(sorted(set(problems)))
    return tuple(_trial(test) for test in tests)


def _tests(document: Document, links: Sequence[Link]) -> Iterator[_Test]:
    value = document.value
    for place, said in enumerate(value["tests"]):
        named = said.get("links", value.get("links", ()))
        concerned = [link for link in links if any(_means(one, link) for one in named)]
        where = ("tests", place)
        yield _Test(document=document, where=where, said=said, links=tuple(concerned))


def _means(name: str, link: Link) -> bool:
    return arrow_name(name) == link.name if "->" in name else name == link.topology


def _link_problems(document: Document, links: Sequence[Link]) -> Iterator[Problem]:
    value = document.value
    lists: list[tuple[Where, Any]] = [(("links",), value.get("links", ()))]
    for place, said in enumerate(value["tests"]):
        lists.append((("tests", place, "links"), said.get("links", ())))
        if "links" not in value and "links" not in said:
            message = "nothing says which links this is about. Name them here, or for the file."
            yield document.problem(("tests", place), message)
    known = {link.topology for link in links} | {_written(link.name) for link in links}
    for where, names in lists:
        for number, name in enumerate(names):
            if not any(_means(name, link) for link in links):
                message = f'no link and no topology is called "{name}". {hint(name, known)}'
                yield document.problem((*where, number), message)


def _written(name: LinkName) -> str:
    return f"{name.source} -> {name.target}"


def _problems(test: _Test) -> Iterator[Problem]:
    document, where, said = test.document, test.where, test.said
    for name, value in said["person"].items():
        inner = (*where, "person", name)
        if refusal := attribute_refusal(name, use="filter"):
            yield document.problem(inner, refusal, at_key=True)
        elif wrong := _unfit(attribute_of(name), value, several=True):
            yield document.problem(inner, wrong)
    asked = {name for link in test.links for name in link.scope.memberships}
    for place, name in enumerate(said.get("groups", ())):
        if test.links and name not in asked:
            message = f'no filter of these links asks for a group "{name}". Leave it out.'
            yield document.problem((*where, "groups", place), message)
    if "at" in said and (no_moment := why_refused(understood, said["at"])):
        yield document.problem((*where, "at"), no_moment)
    yield from _expected_problems(test)


def _expected_problems(test: _Test) -> Iterator[Problem]:
    said = test.said
    if not said.get("in_scope", True):
        message = "nobody is written who is out of scope. Leave this out."
        for key in (*Moment, "left_alone"):
            if key in said:
                yield test.document.problem((*test.where, key), message, at_key=True)
    for moment in Moment:
        yield from _value_problems(test, moment.value)
    for place, name in enumerate(said.get("left_alone", ())):
        if refusal := attribute_refusal(name, use="target"):
            yield test.document.problem((*test.where, "left_alone", place), refusal)


def _value_problems(test: _Test, key: str) -> Iterator[Problem]:
    for name, value in test.said.get(key, {}).items():
        where = (*test.where, key, name)
        if refusal := attribute_refusal(name, use="target"):
            yield test.document.problem(where, refusal, at_key=True)
        elif value is not None and (wrong := _unfit(attribute_of(name), value)):
            yield test.document.problem(where, wrong)


def _unfit(attribute: Attribute, value: object, *, several: bool = False) -> str | None:
    """Why a value cannot be one of its attribute."""
    match attribute.kind:
        case Kind.FLAG:
            fits = isinstance(value, bool)
        case Kind.MANY:
            fits = several and isinstance(value, list)
        case Kind.DIRECTORY:
            fits = isinstance(value, str | bool)
        case _:
            fits = isinstance(value, str)
    return None if fits else f'"{attribute.name}" holds {held(attribute)}. Expected such a value.'


def _trial(test: _Test) -> Trial:
    said = test.said
    return Trial(
        name=said["name"],
        links=tuple(link.name for link in test.links),
        user=described_user(said["person"], said.get("groups", ())),
        at=understood(said["at"]) if "at" in said else None,
        in_scope=said.get("in_scope", True),
        scope_spot=_spot(test, ("in_scope",)),
        expectations=tuple(_expectations(test)),
    )


def _expectations(test: _Test) -> Iterator[Expectation]:
    for moment in Moment:
        for name, value in test.said.get(moment.value, {}).items():
            spot = _spot(test, (moment.value, name))
            yield Expectation(spot=spot, attribute=name, moment=moment, value=value)
    for place, name in enumerate(test.said.get("left_alone", ())):
        spot = _spot(test, ("left_alone", place))
        yield Expectation(spot=spot, attribute=name, moment=Moment.LATER, alone=True)


def _spot(test: _Test, inner: Where) -> Spot:
    return Spot(file=test.document.file, line=test.document.at((*test.where, *inner)).line)
