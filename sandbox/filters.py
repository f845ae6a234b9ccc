"""OData `$filter`: its text enters, a test for objects and the values to look up leave."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.filter_values import equal, in_order, value_of
from sandbox.filter_words import Words, syntax_error
from sandbox.wire import refuse

Test = Callable[[Mapping[str, Any]], bool]

_TOKEN = re.compile(
    r"\s*(?:(?P<string>'(?:[^']|'')*')|(?P<word>[A-Za-z_][\w.\-:]*(?:/[A-Za-z_]\w*)*)"
    r"|(?P<literal>-?\d[\w:.\-]*(?:\+\d\d:\d\d)?)|(?P<mark>[(),]))"
)
_WORDS_OF_ORDER = {"ge", "gt", "le", "lt"}
_IDENTITIES = "identities"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """A parsed `$filter`.

    `wanted` holds (property, value) pairs of which every passing object has at least one, or is
    None where no such list exists. `advanced` says that only the index store answers it.
    """

    test: Test
    wanted: tuple[tuple[str, str], ...] | None
    advanced: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Filterable:
    """Which names a resource lets callers filter on, and of which types they are, where known."""

    resource: str
    allows: Callable[[str], bool]
    type_of: Callable[[str], str | None]


def parse_filter(text: str, names: Filterable) -> Filter:
    """Parse a `$filter`; raises a refusal as Graph words it."""
    parser = _Parser(text, names)
    try:
        found = parser.either()
    except RecursionError as problem:
        raise syntax_error("the expression is nested too deeply") from problem
    parser.expect_end()
    return found


def _value_at(item: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    value: Any = item
    for name in path:
        if not isinstance(value, Mapping):
            return None
        value = value.get(name)
    return value


class _Parser:
    """Recursive descent over the tokens, weakest binding first: or, and, not, comparison."""

    def __init__(self, text: str, names: Filterable) -> None:
        self._names = names
        self._words = Words(text, _TOKEN)

    def either(self) -> Filter:
        """Read clauses joined by `or`."""
        found = [self._both()]
        while self._words.take("or"):
            found.append(self._both())
        if len(found) == 1:
            return found[0]
        tests = [one.test for one in found]
        wanted: tuple[tuple[str, str], ...] | None = ()
        for one in found:
            wanted = None if wanted is None or one.wanted is None else wanted + one.wanted
        return Filter(
            test=lambda item: any(test(item) for test in tests),
            wanted=wanted,
            advanced=any(one.advanced for one in found),
        )

    def expect_end(self) -> None:
        """Refuse anything behind the expression."""
        self._words.expect_end()

    def _both(self) -> Filter:
        found = [self._negated()]
        while self._words.take("and"):
            found.append(self._negated())
        if len(found) == 1:
            return found[0]
        tests = [one.test for one in found]
        return Filter(
            test=lambda item: all(test(item) for test in tests),
            wanted=next((one.wanted for one in found if one.wanted is not None), None),
            advanced=any(one.advanced for one in found),
        )

    def _negated(self) -> Filter:
        if self._words.take("not"):
            inner = self._negated()
            return Filter(test=lambda item: not inner.test(item), wanted=None, advanced=True)
        if self._words.take("("):
            inner = self.either()
            self._words.expect(")")
            return inner
        return self._clause()

    def _clause(self) -> Filter:
        name = self._words.name()
        if name.lower() in {"startswith", "endswith"}:
            return self._answered(self._affix(name.lower()))
        if name.endswith("/any"):
            return self._any(name.removesuffix("/any"))
        self._check(name)
        if name == _IDENTITIES:
            raise self._unsupported(name)
        operator = self._words.name()
        if operator == "in":
            return self._among(name)
        if operator not in _WORDS_OF_ORDER | {"eq", "ne"}:
            raise syntax_error(f"'{operator}' is not an operator")
        want = self._literal(name, operator)
        if operator in _WORDS_OF_ORDER and isinstance(want, bool):
            raise self._unsupported(name)
        return self._comparison(name, operator, want)

    def _comparison(self, name: str, operator: str, want: Any) -> Filter:
        path = tuple(name.split("/"))
        if operator == "eq":
            wanted = ((name, want),) if isinstance(want, str) else None
            return Filter(
                test=lambda item: equal(_value_at(item, path), want), wanted=wanted, advanced=False
            )
        if operator == "ne":
            return Filter(
                test=lambda item: not equal(_value_at(item, path), want),
                wanted=None,
                advanced=True,
            )
        return Filter(
            test=lambda item: in_order(_value_at(item, path), operator, want),
            wanted=None,
            advanced=False,
        )

    def _among(self, name: str) -> Filter:
        self._words.expect("(")
        values = [self._literal(name, "in")]
        while self._words.take(","):
            values.append(self._literal(name, "in"))
        self._words.expect(")")
        path = tuple(name.split("/"))
        texts = tuple((name, value) for value in values if isinstance(value, str))
        return Filter(
            test=lambda item: any(equal(_value_at(item, path), value) for value in values),
            wanted=texts if len(texts) == len(values) else None,
            advanced=False,
        )

    def _affix(self, function: str) -> Filter:
        self._words.expect("(")
        name = self._words.name()
        self._check(name)
        # `startsWith` on directory extensions is not documented, so nobody may rely on it here.
        if name.startswith("extension_"):
            raise self._unsupported(name)
        self._words.expect(",")
        want = self._text().lower()
        self._words.expect(")")
        if self._names.type_of(name) not in {None, "String"}:
            raise self._unsupported(name)
        path = tuple(name.split("/"))
        starts = function == "startswith"

        def test(item: Mapping[str, Any]) -> bool:
            have = _value_at(item, path)
            if not isinstance(have, str):
                return False
            return have.lower().startswith(want) if starts else have.lower().endswith(want)

        return Filter(test=test, wanted=None, advanced=not starts)

    def _answered(self, found: Filter) -> Filter:
        """Read what a function is compared with, which may be left out: a flag."""
        operator = next((one for one in ("eq", "ne") if self._words.take(one)), None)
        if operator is None:
            return found
        flag = value_of(*self._words.any_next()).check("Boolean", operator)
        if flag is (operator == "eq"):
            return found
        return Filter(test=lambda item: not found.test(item), wanted=None, advanced=True)

    def _any(self, name: str) -> Filter:
        self._words.expect("(")
        # The tokenizer reads `x:x` as one word.
        variable, _, first = self._words.name().partition(":")
        if name == _IDENTITIES:
            return self._identity(variable, first)
        self._check(name)
        operand = first or self._words.name()
        operator = self._words.name()
        if operand != variable or operator != "eq":
            raise self._unsupported(name)
        # A property of several values is compared with one at a time.
        declared = (self._names.type_of(name) or "").removeprefix("Collection(").removesuffix(")")
        want = value_of(*self._words.any_next()).check(declared, operator)
        self._words.expect(")")
        return Filter(
            test=lambda item: any(equal(have, want) for have in item.get(name) or ()),
            wanted=((name, want),) if isinstance(want, str) else None,
            advanced=False,
        )

    def _identity(self, variable: str, first: str) -> Filter:
        """Read the only question about identities: an id and its issuer, both equal."""
        wanted: dict[str, Any] = {}
        operand = first or self._words.name()
        while True:
            if self._words.name() != "eq":
                raise self._unsupported(_IDENTITIES)
            wanted[operand.removeprefix(f"{variable}/")] = self._text()
            if not self._words.take("and"):
                break
            operand = self._words.name()
        self._words.expect(")")
        # Both are wanted; see graph-docs resources/objectidentity.
        if not self._names.allows(_IDENTITIES) or set(wanted) != {"issuer", "issuerAssignedId"}:
            raise self._unsupported(_IDENTITIES)

        def test(item: Mapping[str, Any]) -> bool:
            held = item.get(_IDENTITIES) or ()
            return any(
                all(equal(one.get(key), want) for key, want in wanted.items()) for one in held
            )

        return Filter(test=test, wanted=None, advanced=False)

    def _check(self, name: str) -> None:
        if not self._names.allows(name):
            raise self._unsupported(name)

    def _literal(self, name: str, operator: str = "eq") -> Any:
        """Read a value that compares with the property, or with one of its values."""
        declared = self._names.type_of(name)
        return value_of(*self._words.any_next()).check(declared, operator)

    def _text(self) -> str:
        """Read a value that has to be a text."""
        return str(value_of(*self._words.any_next()).check("String", "eq") or "")

    def _unsupported(self, name: str) -> Exception:
        return refuse(
            400,
            "Request_UnsupportedQuery",
            "Unsupported or invalid query filter clause specified for property "
            f"'{name}' of resource '{self._names.resource}'.",
        )
