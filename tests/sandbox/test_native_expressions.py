"""Expressions of mappings: how they read, and what they give."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from sandbox.native.attributes import text_of
from sandbox.native.expressions import ExpressionError, evaluate, parse, written
from sandbox.native.functions import FUNCTIONS, IMPLEMENTED
from tests.sandbox.published import GRAPH


def documented() -> list[dict[str, Any]]:
    vectors = GRAPH / "expression-vectors.json"
    return json.loads(vectors.read_text()) if vectors.exists() else []


def needs(vector: dict[str, Any]) -> set[str]:
    return {name for name in FUNCTIONS if f"{name}(" in vector["expression"].replace(" ", "")}


@pytest.mark.parametrize(
    "vector",
    [
        pytest.param(one, id=f"{number} {one['expression']}")
        for number, one in enumerate(documented())
        # That an attribute is dropped from a flow is here no value at all.
        if needs(one) <= set(IMPLEMENTED) and not isinstance(one["expected"], dict)
    ],
)
def test_a_documented_example_gives_the_documented_value(vector: dict[str, Any]) -> None:
    given = vector["input"]

    found = evaluate(parse(vector["expression"]), lambda name: text_of(given.get(name)))

    assert text_of(found) == text_of(vector["expected"])


@pytest.mark.parametrize("expression", sorted({one["expression"] for one in documented()}))
def test_every_documented_example_is_read_and_written_back(expression: str) -> None:
    node = parse(expression)

    assert parse(written(node)) == node


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ('IIF([nothing]="", "yes", "no")', "no"),
        ('IIF(IsNullOrEmpty([nothing]), "yes", "no")', "yes"),
        ('Switch([nothing], "other", "", "none")', "none"),
        ('Append([nothing], "x")', None),
        ("[nothing]", None),
        ('"a \\"quoted\\" word"', 'a "quoted" word'),
    ],
)
def test_what_is_nothing_counts_as_documented(expression: str, value: str | None) -> None:
    assert evaluate(parse(expression), lambda _: None) == value


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("Shout([mail])", "There is no function Shout()"),
        ("Join(", "A value is missing at the end"),
        ('Join(" " [a])', "Join() is not closed"),
        ("[a] [b]", "'b' is not expected here"),
        ("", "A value is missing at the end"),
        ("Left([a]; 2)", "The character ';' at 8 is not expected"),
    ],
)
def test_an_expression_that_cannot_be_read_says_why(expression: str, reason: str) -> None:
    with pytest.raises(ExpressionError) as raised:
        parse(expression)

    assert reason in str(raised.value)


def test_a_function_with_the_wrong_arguments_says_so() -> None:
    with pytest.raises(ExpressionError, match="does not take these arguments"):
        evaluate(parse('Left("x", "many")'), lambda _: None)


def test_what_is_evaluated_is_among_what_entra_has() -> None:
    assert set(FUNCTIONS).issuperset(IMPLEMENTED)


def test_the_manual_lists_what_is_evaluated() -> None:
    manual = (Path(__file__).parents[2] / "docs" / "sandbox.md").read_text(encoding="utf-8")

    listed = re.search(r"`(AltSecIdFromNetId [^`]*)`", manual)

    assert listed is not None
    assert sorted(listed[1].split()) == sorted(IMPLEMENTED)
