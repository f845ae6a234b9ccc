"""Whatever is asked: nothing but our own errors, the same answer twice, a text that reads back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from reconcile.expressions.catalogue import FUNCTIONS
from reconcile.expressions.compiling import expression
from reconcile.expressions.dates import WRITTEN, shown_as
from reconcile.expressions.failures import EvaluationError, ExpressionError
from reconcile.expressions.parsing import parsed
from reconcile.expressions.syntax import (
    COMPARISONS,
    Attribute,
    Call,
    Comparison,
    Node,
    Number,
    Omitted,
    Text,
    Word,
    written,
)
from tests.expressions.evaluating import value

TEXTS = st.one_of(
    st.text(max_size=8),
    st.sampled_from(["d", "yyyy", "yyyy-MM-dd", "2026-01-31", "(?<n>a)", "n", ",", "tr", "True"]),
)
VALUES = st.none() | TEXTS | st.booleans() | st.lists(TEXTS, max_size=3)
ATTRIBUTES = st.sampled_from(["a", "b", "c"]).map(lambda name: Attribute(name=name))
LEAVES = st.one_of(
    TEXTS.map(lambda text: Text(value=text)),
    st.integers(1 - 10**19, 10**19 - 1).map(lambda number: Number(value=number)),
    ATTRIBUTES,
    st.just(Omitted()),
    st.just(Word(name="vbTextCompare")),
)


LAYOUTS = st.lists(
    st.sampled_from(["d", "dd", "ddd", "f", "FFF", "g", "h", "HH", "K", "mm", "MMMM", "s", "tt"])
    | st.sampled_from(["y", "yyyy", "zzz", "/", ":", " ", ".", "'at'", "\\d", "%", '"', "T"])
    | st.text(max_size=2),
    max_size=8,
).map("".join)


def calls(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    return st.builds(
        lambda name, arguments: Call(name=name, arguments=tuple(arguments)),
        st.sampled_from([*FUNCTIONS, "Unknown"]),
        st.lists(inner, max_size=7).filter(lambda found: found != [Omitted()]),
    )


def comparisons(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    return st.builds(
        lambda sign, left, right: Comparison(sign=sign, left=left, right=right),
        st.sampled_from(COMPARISONS),
        inner.filter(lambda one: not isinstance(one, Omitted)),
        inner.filter(lambda one: not isinstance(one, Omitted)),
    )


ARGUMENTS = st.recursive(LEAVES, calls, max_leaves=8)
NODES = calls(ARGUMENTS | comparisons(ARGUMENTS))


@st.composite
def usable(draw: st.DrawFn) -> str:
    """A call with as many arguments as its function takes."""
    name = draw(st.sampled_from(sorted(FUNCTIONS)))
    function = FUNCTIONS[name]
    most = function.least + 3 if function.most is None else function.most
    count = draw(st.integers(function.least, most))
    arguments = draw(st.lists(ARGUMENTS, min_size=count, max_size=count))
    return written(Call(name=name, arguments=tuple(arguments)))


def refusal(text: str) -> ExpressionError | None:
    try:
        expression(text)
    except ExpressionError as refused:
        return refused
    return None


@given(LAYOUTS, LAYOUTS, st.datetimes(timezones=st.just(UTC)))
@example("F''FF''FFF''FFFF", "K", datetime.min.replace(tzinfo=UTC))
def test_any_format_writes_a_moment_and_reads_it_or_is_refused(
    layout: str, other: str, at: datetime
) -> None:
    person: dict[str, Any] = {"a": shown_as(at), "b": layout, "c": other, "d": WRITTEN}
    try:
        written = value("FormatDateTime([a], , [d], [b])", **person)
        value("FormatDateTime([e], , [b], [c])", **person, e=written)
    except EvaluationError:
        return

    assert isinstance(written, str)


@given(NODES)
def test_printing_and_reading_an_expression_is_the_identity(node: Node) -> None:
    assert parsed(written(node)) == node


@given(st.one_of(st.text(max_size=60), st.text('ILJoin()[]",&=<> \\', max_size=60)))
@example("Left(" * 5000)
@example('"' + "\\" * 9999)
@example("BitAnd(&HFFFFFFFFFFFFFFF, 1)")
def test_any_text_is_refused_with_a_place_in_it_or_read_as_it_is_printed(text: str) -> None:
    refused = refusal(text)

    if refused is not None:
        assert 0 <= refused.at <= len(text)
        assert refused.problem
        return
    assert expression(expression(text).text) == expression(text)


@given(usable(), st.fixed_dictionaries({"a": VALUES, "b": VALUES, "c": VALUES}))
def test_any_expression_gives_a_value_or_our_own_error_and_the_same_again(
    text: str, person: dict[str, Any]
) -> None:
    try:
        found = value(text, **person)
    except (ExpressionError, EvaluationError):
        return

    assert value(text, **person) == found
