"""Functions beyond their documented examples: null, borders, and values that do not fit."""

from __future__ import annotations

from typing import Any

import pytest

from reconcile.expressions.failures import EvaluationError
from reconcile.expressions.values import DROPPED
from tests.expressions.evaluating import value

ROWS: list[tuple[str, dict[str, Any], Any]] = [
    ('Append([a], ".test")', {}, None),
    ("Append([a], [b])", {"a": "x"}, "x"),
    ("BitAnd([a], 2)", {"a": "514"}, 2),
    ('IIF(BitAnd([a], 2)="0", "True", "False")', {"a": "514"}, "False"),
    ('CBool("0")', {}, False),
    ("CBool([a])", {}, False),
    ("CBool([a] = [b])", {}, False),
    ('CDate("1/31/2026 5:00 PM")', {}, "1/31/2026 5:00:00 PM"),
    ("CDate([a])", {}, None),
    ("CStr(&HFF)", {}, "255"),
    ('Coalesce([a], [b], "")', {}, ""),
    ("Coalesce([a])", {}, None),
    ("ConvertToBase64([a])", {"a": "Zoë"}, "WgBvAOsA"),
    ("ConvertToUTF8Hex([a])", {"a": "Zoë"}, "5A6FC3AB"),
    ("Count([a])", {"a": ["x", "y"]}, 2),
    ("Count([a])", {}, 0),
    # An attribute of several values without any is null.
    ('Coalesce([a], "x")', {"a": []}, "x"),
    ('Append([a], "x")', {"a": []}, None),
    ("IsNull([a])", {"a": []}, True),
    ("IsNull(IgnoreFlowIfNullOrEmpty([a]))", {}, True),
    ('DateAdd("m", 1, CDate("2026-01-31"))', {}, "2/28/2026 12:00:00 AM"),
    ('DateAdd("n", 90, CDate("2026-01-31"))', {}, "1/31/2026 1:30:00 AM"),
    ('DateDiff("ww", CDate([a]), CDate([b]))', {"a": "2026-01-03", "b": "2026-01-04"}, 1),
    ('DateDiff("yyyy", CDate([a]), CDate([b]))', {"a": "2025-12-31", "b": "2026-01-01"}, 1),
    ('DateDiff("d", CDate([a]), CDate([b]))', {"a": "2026-01-02", "b": "2026-01-01"}, -1),
    ('DateDiff("d", CDate([a]), Now())', {}, None),
    ("DateFromNum([a])", {"a": "129699324000000000"}, "1/1/2012 11:00:00 PM"),
    ("NumFromDate([a])", {"a": "2012-01-01T23:00:00Z"}, 129699324000000000),
    (
        (
            'NumFromDate(Join("", FormatDateTime([a], , "yyyy-MM-ddzzz", "yyyy-MM-dd"), '
            '" 23:59:59-08:00"))'
        ),
        {"a": "2020-12-31-08:00"},
        132539615990000000,
    ),
    (
        'FormatDateTime([a], , "d MMM yyyy", "dddd, dd.MM.yy")',
        {"a": "3 Feb 2026"},
        "Tuesday, 03.02.26",
    ),
    (
        'FormatDateTime([a], , "M/d/yyyy hh:mm:ss tt", "HH:mm")',
        {"a": "1/2/2026 12:05:00 AM"},
        "00:05",
    ),
    ('FormatDateTime([a], , "yyyy\'T\'MM", "%M")', {"a": "2026T04"}, "4"),
    # Letters of a kind count as one specifier, however many there are.
    (
        'FormatDateTime([a], , "yyyy-MM-dd", "ddddd MMMMM hhh ssss yyyyyy zzzz ggg")',
        {"a": "2020-01-01"},
        "Wednesday January 12 00 002020 +00:00 A.D.",
    ),
    ('FormatDateTime([a], , "yyyy-MM-dd", "\'o\\\'clock\' %d")', {"a": "2020-01-02"}, "o'clock 2"),
    ('FormatDateTime([a], , "MM-dd", "d.M.")', {"a": "02-29"}, "29.2."),
    ('FormatDateTime([a], , "HH:mm", "hh:mm tt")', {"a": "13:05"}, "01:05 PM"),
    ('FormatDateTime([a], , "H:mm:ss.FFF", "H:mm:ss.FF")', {"a": "1:02:03"}, "1:02:03"),
    ('FormatDateTime([a], , "yyyy-MM-dd yyyy", "yy")', {"a": "2020-01-01 2020"}, "20"),
    ("IgnoreFlowIfNullOrEmpty([a])", {"a": ""}, DROPPED),
    ('Join("-", IgnoreFlowIfNullOrEmpty([a]), "x")', {}, "x"),
    ('IIF([a]="", "empty", "held")', {}, "held"),
    ('IIF([a]<>"x", "other", "same")', {}, "same"),
    ('IIF(IsNullOrEmpty([a]), "empty", "held")', {}, "empty"),
    ('IIF([a] > 9, "more", "less")', {"a": "10"}, "more"),
    (
        'IIF([a] > [b], "more", "less")',
        {"a": "129699324000000001", "b": "129699324000000000"},
        "more",
    ),
    ("BitAnd([a], &HFFFFFFFFFFFFFFF)", {"a": "9223372036854775807"}, 0xFFFFFFFFFFFFFFF),
    ('IIF([a] > "b", "after", "before")', {"a": "c"}, "after"),
    ('InStr([a], "E", , vbTextCompare)', {"a": "repeated"}, 2),
    ('InStr([a], "x")', {"a": "repeated"}, 0),
    ('InStr([a], "X", , vbTextCompare)', {"a": "İx"}, 2),
    ("IsNull([a])", {"a": ""}, False),
    ("IsPresent([a])", {"a": "x"}, True),
    ("IsString([a])", {"a": "x"}, True),
    ("Item([a], 2)", {"a": ["x"]}, None),
    ("Item([a], 1)", {"a": "only"}, "only"),
    ('Join(", ", [a], [b])', {"a": ["x", "", "y"], "b": "z"}, "x, y, z"),
    ('Join(", ", [a])', {}, ""),
    ("Left([a], 3)", {"a": "John Doe"}, "Joh"),
    ("Left([a], 0)", {"a": "John Doe"}, ""),
    ("Mid([a], 3, 10)", {"a": "abcd"}, "cd"),
    ("NormalizeDiacritics([a])", {"a": "Łukasz Gößwein Ærø ḗ"}, "Lukasz Gosswein AEroe e"),
    ("NormalizeDiacritics([a])", {"a": "Йод"}, "Йод"),
    ('Not("maybe")', {}, True),
    ("Now()", {}, "8/18/2021 12:00:00 AM"),
    ("PCase([a])", {"a": "o'NEIL-smith (2ND)"}, "O'neil-Smith (2Nd)"),
    ('PCase([a], "")', {"a": "JOHN DOE"}, "John doe"),
    ('PCase([a], " ")', {"a": "2ND O'NEIL"}, "2nd O'neil"),
    ("PCase([a])", {"a": "D\u2019ARC 4x4B ǆ"}, "D\u2019Arc 4X4b ǅ"),
    ('Not("1")', {}, True),
    ("Not([a])", {"a": True}, False),
    ("Redact([a])", {"a": "x"}, "x"),
    ("RemoveDuplicates([a])", {"a": ["x", "y", "x"]}, ("x", "y")),
    ('Replace([a], "<u>", , , , , "<u>@x.com")', {"a": "js"}, "js@x.com"),
    (
        'Replace([a], , "(?<n>^\\d*)", "n", "888", , )',
        {"a": "545 Tremont Street"},
        "888 Tremont Street",
    ),
    ('Replace([a], , "(\\w+) (\\w+)", , "$2 $1 $$ ${9}", , )', {"a": "one two"}, "two one $ ${9}"),
    ('Replace([a], , "(?\'n\'b)", "n", "x", , )', {"a": "abc"}, "axc"),
    ('Replace([a], "x", , , "y", , )', {}, None),
    ('Split([a], ",")', {}, None),
    ("StripSpaces([a])", {"a": " one two "}, "onetwo"),
    ('Switch([a], , "x", "1")', {"a": "X"}, None),
    ('Switch([a], "d", "True", "1")', {"a": True}, "1"),
    ('ToLower([a], "tr-TR")', {"a": "DIŞI"}, "dışı"),
    ("ToUpper([a])", {"a": "straße"}, "STRAßE"),
    ("ToUpper([a])", {"a": "\u0131"}, "\u0131"),
    ("ToLower([a])", {"a": "İ ΟΔΟΣ"}, "İ οδοσ"),
    ("PCase([a])", {"a": "İSMAİL ΣΑΣ"}, "İsmaİl Σασ"),
    ('Word([a], 3, ",!&#")', {"a": "This,string!has&many separators"}, "has"),
    ('Word([a], 2, " ")', {"a": "two  words"}, "words"),
]
NAMES = [f"{number} {row[0][:50]}" for number, row in enumerate(ROWS)]


def nested(form: str) -> str:
    text = "[a]"
    for _ in range(30):
        text = form.format(text)
    return text


@pytest.mark.parametrize(("text", "person", "expected"), ROWS, ids=NAMES)
def test_a_function_gives(text: str, person: dict[str, Any], expected: Any) -> None:
    found = value(text, **person)

    assert (found, type(found)) == (expected, type(expected))


@pytest.mark.parametrize(
    ("text", "person", "said"),
    [
        ("CDate([a])", {"a": "soon"}, "is no date"),
        ("CDate([a])", {"a": "2026-01-31" + " " * 100_000 + "x"}, "is no date"),
        (
            'FormatDateTime([a], "AllowInnerWhite", "yyyy        MM", "yyyy")',
            {"a": "2026" + " " * 1000 + "x"},
            "is not written as",
        ),
        ("CDate([a])", {"a": "2026-02-30"}, "is no moment that there is"),
        ('DateAdd("yyyy", 9000, [a])', {"a": "2026-01-01"}, "leaves the calendar"),
        ("DateFromNum([a])", {"a": "999999999999999999"}, None),
        ("DateFromNum([a])", {"a": "9223372036854775807"}, "leaves the calendar"),
        ("Left([a], [b])", {"a": "x", "b": "\x1b[2J"}, 'not "�[2J"'),
        ("Left([a], [b])", {"a": "x", "b": "many"}, "takes a whole number"),
        (nested('Replace({}, "x", , , "xxxx")'), {"a": "x"}, "more than 1000000 characters"),
        (nested('Replace({}, "x", , , , , "xxxx")'), {"a": "x"}, "more than 1000000 characters"),
        (nested('Replace({}, , ".", , "xxxx")'), {"a": "x"}, "more than 1000000 characters"),
        (nested('Replace({}, , "(?<n>.)", "n", "xxxx")'), {"a": "x"}, "more than 1000000"),
        (nested('Replace({}, , "^.", , "$_$_$_$_")'), {"a": "x"}, "more than 1000000 characters"),
        (nested('Join({}, "x", "x", "x", "x")'), {"a": "x"}, "more than 1000000 characters"),
        ("CDate([a])", {"a": "1/31/2026 13:00 PM"}, "is no moment that there is"),
        ("CDate([a])", {"a": "2026-01-31+08:99"}, "is no moment that there is"),
        ("DateFromNum([a])", {"a": "-1"}, "leaves the calendar"),
        ("NumFromDate([a])", {"a": "1600-12-31"}, "is before 1601"),
        ('FormatDateTime([a], , "ddd d/M/yyyy", "dd")', {"a": "Mon 1/1/2020"}, "is no moment"),
        ('FormatDateTime([a], , "HH:mm tt", "HH")', {"a": "13:05 AM"}, "is no moment"),
        ('FormatDateTime([a], , "yyyy yyyy", "yy")', {"a": "2020 2021"}, "is not written as"),
        ('FormatDateTime([a], , [b], "yyyy")', {"a": "03-15", "b": "MM-dd"}, "has no year"),
        (
            'FormatDateTime([a], , [b], "yyyy")',
            {"a": "1" * 40 + "x", "b": "yyyy" + "F''FF''FFF''FFFF''FFFFF''FFFFFF''FFFFFFF'x'" * 9},
            "is not written as",
        ),
        ('FormatDateTime([a], , "yyyy-MM-dd", "yyyy")', {"a": "2026"}, "is not written as"),
        ("Replace([a], , [b], , [a], , )", {"a": "x", "b": "("}, "is no regular expression"),
        ("ToLower([a], [b])", {"a": "x", "b": "??"}, "no name of a culture"),
        ('Replace([a], , "(a|aa)+$", , "", , )', {"a": "a" * 50 + "b"}, "takes more than 1 s"),
    ],
)
def test_a_value_that_does_not_fit_fails_that_person_with_a_sentence(
    text: str, person: dict[str, Any], said: str | None
) -> None:
    if said is None:
        assert value(text, **person) is not None
        return

    with pytest.raises(EvaluationError) as failed:
        value(text, **person)

    assert said in str(failed.value)


@pytest.mark.parametrize("drawn", ["Guid()", "RandomString(9, 1, 0, 1, 1)"])
def test_chance_depends_on_the_person_and_on_the_place_in_the_expression(drawn: str) -> None:
    text = f'Join(" ", {drawn}, {drawn})'

    one, other = str(value(text, seed="ada")), str(value(text, seed="grace"))

    assert one == value(text, seed="ada")
    assert len({*one.split(), *other.split()}) == 4
