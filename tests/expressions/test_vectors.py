"""Every documented example of the language gives the documented result."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from reconcile.expressions.compiling import expression
from reconcile.expressions.failures import ExpressionError
from reconcile.expressions.values import DROPPED, Value, text_of
from tests.expressions.evaluating import NOW, value

FILE = Path(__file__).parents[2].parent / "shared" / "graph" / "expression-vectors.json"
VECTORS: list[dict[str, Any]] = json.loads(FILE.read_text()) if FILE.exists() else []
# What does not give the documented result, by the beginning of its text, and why.
EXCLUDED = {
    "SelectUniqueValue(": "Entra evaluates it toward on-premises Active Directory only",
}
EVALUATED = [one for one in VECTORS if not one["expression"].startswith(tuple(EXCLUDED))]
NAMES = [f"{number} {one['expression'][:50]}" for number, one in enumerate(EVALUATED)]

pytestmark = pytest.mark.skipif(not VECTORS, reason="no examples beside the checkout")


def time_of(vector: dict[str, Any]) -> datetime:
    if "now" not in vector:
        return NOW
    return datetime.strptime(vector["now"], "%m/%d/%Y %I:%M:%S %p").replace(tzinfo=UTC)


@pytest.mark.parametrize("vector", EVALUATED, ids=NAMES)
def test_a_documented_example_gives_the_documented_result(vector: dict[str, Any]) -> None:
    found = value(vector["expression"], now=time_of(vector), **vector["input"])

    assert agrees(found, vector["expected"])


@pytest.mark.parametrize("vector", EVALUATED, ids=NAMES)
def test_a_documented_example_is_printed_as_it_can_be_read(vector: dict[str, Any]) -> None:
    made = expression(vector["expression"])

    assert expression(made.text).node == made.node


def agrees(found: Value, expected: Any) -> bool:
    if isinstance(expected, list):
        return found == tuple(expected)
    if not isinstance(expected, dict):
        return text_of(found) == text_of(expected)
    if "$drop" in expected:
        return found is DROPPED
    return _is_random(str(found), expected)


def _is_random(found: str, expected: dict[str, Any]) -> bool:
    kinds = {"Digits": r"\d", "Upper": "[A-Z]", "Lower": "[a-z]", "Special": "[^A-Za-z0-9]"}
    counts = {name: len(re.findall(kind, found)) for name, kind in kinds.items()}
    return (
        re.search(expected.get("$regex", ""), found) is not None
        and len(found) == expected.get("$length", len(found))
        and not set(expected.get("$avoid", "")) & set(found)
        and all(
            counts[name] >= expected.get(f"$min{name}", 0)
            and counts[name] == expected.get(f"${name.lower()}", counts[name])
            for name in kinds
        )
    )


@pytest.mark.parametrize("beginning", EXCLUDED)
def test_what_is_excluded_says_why(beginning: str) -> None:
    text = next(one["expression"] for one in VECTORS if one["expression"].startswith(beginning))

    with pytest.raises(ExpressionError) as refused:
        expression(text)

    assert EXCLUDED[beginning] in refused.value.problem
