"""`$filter` of the two logs: its text enters, a test for log objects leaves.

The logs filter otherwise than the directory: they know `contains` and `tolower`, they tell upper
from lower case, and each property takes its own operators.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from sandbox.filter_words import Words, syntax_error
from sandbox.numbers import whole_number
from sandbox.wire import refuse

Test = Callable[[Mapping[str, Any]], bool]
Operators = Mapping[str, frozenset[str]]

_TOKEN = re.compile(
    r"\s*(?:(?P<string>'(?:[^']|'')*')|(?P<literal>\d[\w:.\-+]*)"
    r"|(?P<word>[A-Za-z_]\w*(?:/[A-Za-z_]\w*)*)|(?P<mark>[(),:]))"
)
_FUNCTIONS = frozenset({"contains", "startswith"})
_COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": lambda have, want: have == want,
    "gt": lambda have, want: have > want,
    "ge": lambda have, want: have >= want,
    "lt": lambda have, want: have < want,
    "le": lambda have, want: have <= want,
    "contains": lambda have, want: want in have,
    "startswith": lambda have, want: have.startswith(want),
}


def parse(text: str, operators: Operators) -> Test:
    """Read a `$filter`; `operators` says which ones each property takes, in lower case."""
    reader = _Reader(text, operators)
    test = reader.either()
    reader.expect_end()
    return test


class _Reader:
    """Recursive descent: or, and, parentheses, comparison or function."""

    def __init__(self, text: str, operators: Operators) -> None:
        self._operators = operators
        self._words = Words(text, _TOKEN)
        # The variables of `any`, with the list that each stands for.
        self._variables: dict[str, str] = {}

    def either(self) -> Test:
        """Read clauses joined by `or`."""
        tests = [self._both()]
        while self._words.take("or"):
            tests.append(self._both())
        return lambda item: any(test(item) for test in tests)

    def expect_end(self) -> None:
        """Refuse anything behind the expression."""
        self._words.expect_end()

    def _both(self) -> Test:
        tests = [self._single()]
        while self._words.take("and"):
            tests.append(self._single())
        return lambda item: all(test(item) for test in tests)

    def _single(self) -> Test:
        if self._words.take("("):
            inner = self.either()
            self._words.expect(")")
            return inner
        word = self._words.name()
        if word in _FUNCTIONS:
            self._words.expect("(")
            test = self._compared(self._operand(self._words.name()), word, ",")
            self._words.expect(")")
            return test
        if word.endswith("/any"):
            return self._any(word.removesuffix("/any"))
        operand = self._operand(word)
        return self._compared(operand, self._words.name(), "")

    def _any(self, name: str) -> Test:
        self._words.expect("(")
        variable = self._words.name()
        self._words.expect(":")
        self._variables[variable] = name
        inner = self.either()
        self._words.expect(")")
        del self._variables[variable]
        return lambda item: any(inner({variable: one}) for one in _at(item, name) or ())

    def _operand(self, word: str) -> tuple[str, bool]:
        """Return a property's path and whether its value counts in lower case."""
        if word != "tolower":
            return word, False
        self._words.expect("(")
        path = self._words.name()
        self._words.expect(")")
        return path, True

    def _compared(self, operand: tuple[str, bool], operator: str, mark: str) -> Test:
        path, lower = operand
        if mark:
            self._words.expect(mark)
        self._check(path, operator)
        want = self._literal()
        compare = _COMPARISONS[operator]
        # As the documentation says, the status alone is compared whatever its case.
        lower = lower or path.lower().endswith("/status")
        want = want.lower() if path.lower().endswith("/status") else want

        def test(item: Mapping[str, Any]) -> bool:
            have = _at(item, path)
            if have is None:
                return False
            if isinstance(have, int):
                number = whole_number(want)
                return number is not None and compare(have, number)
            return compare(str(have).lower() if lower else str(have), want)

        return test

    def _check(self, path: str, operator: str) -> None:
        head, _, rest = path.partition("/")
        full = f"{self._variables[head]}/{rest}" if head in self._variables else path
        if operator not in self._operators.get(full.lower(), ()):
            raise refuse(
                400,
                "BadRequest",
                f"The operator '{operator}' is not supported for the property '{full}'.",
            )

    def _literal(self) -> str:
        kind, text = self._words.any_next()
        if kind in {"string", "literal"}:
            return text
        raise syntax_error(f"'{text}' is not a value")


def _at(item: Mapping[str, Any], path: str) -> Any:
    """Return the value at a path, whose names count whatever their case."""
    value: Any = item
    for name in path.split("/"):
        if not isinstance(value, Mapping):
            return None
        names = {known.lower(): known for known in value}
        value = value.get(names.get(name.lower(), ""))
    return value
