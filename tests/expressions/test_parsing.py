"""What is no expression is refused before anybody is evaluated, with the place."""

from __future__ import annotations

import pytest

from reconcile.expressions.compiling import LONGEST, authored, expression
from reconcile.expressions.failures import ExpressionError, pointed_out
from reconcile.expressions.parsing import DEEPEST, parsed
from reconcile.expressions.syntax import Call, Omitted, Text, written

WRONG = [
    ("", 0, "empty"),
    ("Join(", 5, "the end stands where a value is expected"),
    ("Join(\n  [a]\n", 11, "the end stands where a comma"),
    ('IIF([a]="x" AND [b]="y", "1", "2")', 12, "put another IIF into this one"),
    ('Join(" " [a])', 9, "comma or the closing )"),
    ('Append([a], "b', 12, "no closing quotation mark"),
    ("Append([a, 1)", 7, "no closing bracket"),
    ("Append([], 1)", 7, "name no attribute"),
    ("Append('a', 1)", 7, "double quotation marks"),
    ("Append(“a”, 1)", 7, "word processor"),
    ("BitAnd(&HG, 1)", 7, "Hexadecimal"),
    ("Left([a], 1.5)", 10, "whole number"),
    ("Left([a], 99999999999999999999)", 10, "whole number"),
    ("Left([a], 1) x", 13, "is too much"),
    ('Append([a], "\ud800")', 13, "half a character"),
    ("Left([a]; 1)", 8, "begins nothing"),
    ("[department]", 0, "direct: department"),
    ('"Contoso"', 0, "constant"),
    ("Uppercase([a])", 0, "no function Uppercase"),
    ("toupper([a])", 0, "Did you mean ToUpper?"),
    ("SelectUniqueValue([a], [b])", 0, "on-premises"),
    ("Now(1)", 0, "no arguments, not 1"),
    ("Left([a])", 0, "2 arguments (string, numChars), not 1"),
    ("Left(, 1)", 5, "needs string"),
    ("Switch([a], [b])", None, None),
    ('Switch([a], [b], "k")', 0, "in pairs"),
    ("Append([a] = [b], [c])", 11, "a comparison stands only in CBool and IIF"),
    ("IIF([a] = yes, [b], [c])", 10, "neither in quotation marks nor in brackets"),
    ('DateAdd("x", 1, Now())', 8, "Expected one of: yyyy"),
    ('CDate("tomorrow")', 6, "is no date"),
    ('FormatDateTime([a], "Loose", "d/M/yyyy", "yyyy")', 20, "is no style"),
    (
        'FormatDateTime([a], "RoundtripKind, AssumeUniversal", "d/M/yyyy", "yyyy")',
        20,
        "exclude each other",
    ),
    ('FormatDateTime([a], , "d", "yyyy-MM-dd")', 22, "standard format"),
    ('FormatDateTime([a], "yyyy-MM-dd", "yyyy")', 0, "not 3"),
    ('FormatDateTime([a], , "MM-dd", "yyyy \'x")', 31, "' at 6 begins nothing"),
    ('FormatDateTime([a], , "ffffffff", "yyyy")', 22, "7 digits"),
    ('FormatDateTime([a], , "MM-dd", "ddd d.M.")', 31, "has no year"),
    ('FormatDateTime([a], , "HH:mm", "dd.MM.")', 31, "has no date"),
    ('Left([a], "x")', 10, "takes a whole number"),
    ('Mid([a], 1, "x")', 12, "takes a whole number"),
    ('Item([a], "0")', 10, "counted from 1"),
    ("DateAdd(5, 1, Now())", 8, "Expected one of: yyyy"),
    ("DateFromNum(9223372036854775807)", 12, "leaves the calendar"),
    ("ToLower([a], 5)", 13, "no name of a culture"),
    ("Switch([a])", 0, "in pairs"),
    ("InStr([a], [b], 1, vbFuzzy)", 19, "no way to compare"),
    ("Item([a], 0)", 10, "counted from 1"),
    ('Replace([a], "b")', 0, "Replace takes oldValue and replacementValue"),
    ('Replace([a], , "(", , "")', 15, "no regular expression"),
    ('Replace([a], , "(?<x>a)", "y", "")', 26, "has no group"),
    ('ToLower([a], "german")', 13, "no name of a culture"),
    ("RandomString(3, 2, 2, 0, 0)", 0, "the least numbers fit in"),
]


@pytest.mark.parametrize(("text", "at", "said"), WRONG, ids=[one[0][:40] for one in WRONG])
def test_what_cannot_be_used_is_refused_at_its_place(
    text: str, at: int | None, said: str | None
) -> None:
    if at is None or said is None:
        assert expression(text)
        return

    with pytest.raises(ExpressionError) as refused:
        expression(text)

    assert (refused.value.at, said in refused.value.problem) == (at, True), refused.value.problem


def test_an_expression_of_more_than_the_documented_length_is_refused() -> None:
    text = f'Append([a], "{"x" * LONGEST}")'

    with pytest.raises(ExpressionError, match="Entra takes 10000"):
        authored(text)


def test_what_is_printed_of_an_expression_may_be_longer_than_what_was_written() -> None:
    pattern = r"\d" * 4980
    made = authored(f'Replace([a], , "{pattern}", , "")')

    assert len(made.text) > LONGEST
    assert expression(made.text) == made


def test_nesting_without_end_is_refused() -> None:
    text = "Not(" * (DEEPEST + 1) + "[a]" + ")" * (DEEPEST + 1)

    with pytest.raises(ExpressionError, match="nested more than 50 deep"):
        expression(text)


def test_arguments_may_be_omitted_anywhere() -> None:
    node = parsed("F(, 1, , [a], )")

    assert isinstance(node, Call)
    assert [isinstance(one, Omitted) for one in node.arguments] == [True, False, True, False, True]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        (r'"a \"b\""', 'a "b"'),
        (r'"c:\\d"', "c:\\d"),
        (r'"[()\s-]+"', r"[()\s-]+"),
        ('"two\nlines"', "two\nlines"),
    ],
)
def test_only_quotation_marks_and_backslashes_are_escaped(text: str, meant: str) -> None:
    node = parsed(text)

    assert node == Text(value=meant)
    assert parsed(written(node)) == node


def test_what_an_expression_depends_on_is_known() -> None:
    made = expression('IIF(DateDiff("d", Now(), [hired]) > 5, Redact([mail]), Guid())')

    assert (made.attributes, made.timely, made.redacted, made.chance) == (
        frozenset({"hired", "mail"}),
        True,
        True,
        True,
    )


def test_a_caret_stands_under_the_place_of_a_long_line() -> None:
    text = "Join(" + ", ".join(f"[attribute{number}]" for number in range(40)) + " oops)"
    at = text.index("oops")

    line, caret = pointed_out(text, at)

    assert len(line) <= 72
    assert line[caret.index("^") :].startswith("oops")


@pytest.mark.parametrize(
    ("before", "shown", "blank"),
    [
        ("\t\t", "  ", "  "),
        ("日本", "日本", "\u3000\u3000"),
        ("e\u0301", "e\u0301", " "),
        ("\x1b[2J\x00\x85", " [2J  ", " " * 6),
        ("one,\r\n", "", ""),
        ("é" * 90, "é" * 18, " " * 18),
    ],
)
def test_a_caret_stands_where_a_terminal_draws_its_place(
    before: str, shown: str, blank: str
) -> None:
    line, caret = pointed_out(f"{before}oops{'.' * 14}", len(before))

    assert (line, caret) == (f"{shown}oops{'.' * 14}", f"{blank}^")
