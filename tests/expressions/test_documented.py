"""What the documented examples show, function by function, also where nothing lies beside us."""

from __future__ import annotations

from typing import Any

import pytest

from tests.expressions.evaluating import value

HIRED = "2012-03-16-07:00"
THEN = "8/25/2021 5:41:18 PM"
PHONE = r'"\\+(?<isdCode>\\d* )(?<phoneNumber>\\d{10})"'

ROWS: list[tuple[str, dict[str, Any], Any]] = [
    ('Append([a], ".test")', {"a": "John.Doe@contoso.com"}, "John.Doe@contoso.com.test"),
    ("BitAnd(&HF, &HF7)", {}, 7),
    ("CBool([a] = [b])", {"a": "x", "b": "x"}, True),
    ("CDate([a])", {"a": "2020-03-16-07:00"}, "3/16/2020 7:00:00 AM"),
    ("CDate([a])", {"a": "2021-06-30+08:00"}, "6/29/2021 4:00:00 PM"),
    ("CDate([a])", {"a": "2009-06-15T01:45:30-07:00"}, "6/15/2009 8:45:30 AM"),
    ("Coalesce([a], [b])", {"b": "x"}, "x"),
    ('ConvertToBase64("Hello world!")', {}, "SABlAGwAbABvACAAdwBvAHIAbABkACEA"),
    ('ConvertToUTF8Hex("Hello world!")', {}, "48656C6C6F20776F726C6421"),
    ('DateAdd("d", 7, CDate([a]))', {"a": HIRED}, "3/23/2012 7:00:00 AM"),
    ('DateAdd("d", -10, CDate([a]))', {"a": HIRED}, "3/6/2012 7:00:00 AM"),
    ('DateAdd("ww", 2, CDate([a]))', {"a": HIRED}, "3/30/2012 7:00:00 AM"),
    ('DateAdd("m", 10, CDate([a]))', {"a": HIRED}, "1/16/2013 7:00:00 AM"),
    ('DateAdd("yyyy", 2, CDate([a]))', {"a": HIRED}, "3/16/2014 7:00:00 AM"),
    ('DateDiff("d", [a], [b])', {"a": "2021-08-18+08:00", "b": "2021-08-31+08:00"}, 13),
    ('DateDiff("d", [a], [b])', {"a": "2021-08-31+08:00", "b": "2021-08-31+08:00"}, 0),
    ('DateDiff("d", [a], [b])', {"a": THEN, "b": HIRED}, -3449),
    ('DateDiff("ww", [a], [b])', {"a": THEN, "b": HIRED}, -493),
    ('DateDiff("m", [a], [b])', {"a": THEN, "b": HIRED}, -113),
    ('DateDiff("yyyy", [a], [b])', {"a": THEN, "b": HIRED}, -9),
    ('DateDiff("h", [a], [b])', {"a": "2021-08-24", "b": "2021-08-25"}, 24),
    ('DateDiff("n", [a], [b])', {"a": "2021-08-24", "b": "2021-08-25"}, 1440),
    ('DateDiff("s", [a], [b])', {"a": "2021-08-24", "b": "2021-08-25"}, 86400),
    ("DateFromNum(129699324000000000)", {}, "1/1/2012 11:00:00 PM"),
    (
        'FormatDateTime([a], , "yyyyMMddHHmmss.fZ", "yyyy-MM-dd")',
        {"a": "20150123105347.1Z"},
        "2015-01-23",
    ),
    ('InStr("The quick brown fox", "quick")', {}, 5),
    ('InStr("repEated", "e", 3, vbBinaryCompare)', {}, 7),
    ("Item([a], 1)", {"a": ["x", "y"]}, "x"),
    ('Join(", ", "", [a], [b])', {"a": "Doe", "b": "John"}, "Doe, John"),
    ('Left("John Doe", 3)', {}, "Joh"),
    ("Left([a], 0)", {"a": "x"}, ""),
    ("Left([a], -1)", {"a": "x"}, "x"),
    ("Left([a], 3)", {}, ""),
    ("NormalizeDiacritics([a])", {"a": "Zoë"}, "Zoe"),
    ("PCase([a])", {"a": "PABLO GONSALVES (SECOND)"}, "Pablo Gonsalves (Second)"),
    ('PCase([a], " \'-")', {"a": "PINTO-DE'SILVA"}, "Pinto-De'Silva"),
    (
        'Replace([a], "Product Developer", , , "Software Engineer", , )',
        {"a": "Product Developer"},
        "Software Engineer",
    ),
    (
        'Replace([a], "<username>", , , , , "<username>@contoso.com")',
        {"a": "jsmith"},
        "jsmith@contoso.com",
    ),
    (f'Replace([a], , {PHONE}, , "${{phoneNumber}}", , )', {"a": "+91 9998887777"}, "9998887777"),
    # The page prints no +, but its pattern leaves it.
    ('Replace([a], , "[()\\\\s-]+", , "", , )', {"a": "+1 (999) 888-7777"}, "+19998887777"),
    (
        'Replace([a], , "(?<streetNumber>^\\\\d*)", "streetNumber", "888", , )',
        {"a": "545 Tremont Street"},
        "888 Tremont Street",
    ),
    ('Replace([a], , "(?<Suffix>@(.)*)", "Suffix", "", , )', {"a": "jsmith@contoso.com"}, "jsmith"),
    (f'Replace([a], , {PHONE}, "phoneNumber" , , [b], )', {"b": "+91 8887779999"}, "8887779999"),
    ('Replace([a], , "[a-zA-Z_]*", , "", , )', {"a": "john_doe72"}, "72"),
    ('Split([a], ",")', {"a": "One, Two"}, ("One", "Two")),
    ('Switch([a], "default", "true", "1", "", "0")', {}, "0"),
    ('Switch([a], "Sydney", "NSW", "Sydney", "QLD", "Brisbane")', {"a": "QLD"}, "Brisbane"),
    ('Word("The quick brown fox", 3, " ")', {}, "brown"),
    ('Word("This,string!has&many separators", 3, ",!&#")', {}, "has"),
    ('Word([a], 0, " ")', {"a": "x"}, ""),
    ('Word([a], 1, " ")', {}, ""),
]


@pytest.mark.parametrize(("text", "person", "expected"), ROWS)
def test_a_documented_function_gives(text: str, person: dict[str, Any], expected: Any) -> None:
    assert value(text, **person) == expected
