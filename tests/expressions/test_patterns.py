"""Regular expressions mean what they mean in .NET, or are refused."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reconcile.expressions.failures import EvaluationError
from reconcile.expressions.patterns import replaced, search

SIGNS = st.text("abx019()[]{}<>?*+|\\.^$-,:=!'#_ pPLkdwZzn\n", max_size=16)


@pytest.mark.parametrize(
    ("text", "pattern", "replacement", "expected"),
    [
        # Groups without a name are numbered first.
        ("one two", r"(?<n>\w+) (\w+)", "$1 $2 ${n}", "two one one"),
        ("abb", r"(?<n>a)(b)\1", "x", "x"),
        ("aab", r"(?<n>a)\k<n>", "x", "xb"),
        ("aab", r"(?'n'a)\k'n'", "x", "xb"),
        ("b xa", r"(x)?(?(1)a|b)", "-", "- -"),
        # A class may be without another one.
        ("hello]", "[a-z-[aeiou]]", "", "eo]"),
        ("abcdefg", "[a-g-[b-f-[d]]]", "-", "-bc-ef-"),
        ("a[b", "[[]", "-", "a-b"),
        # Braces that count nothing stand for themselves.
        ("xa{i} a{,2}", "a{i}|a{,2}", "-", "x- -"),
        # The package has other words for the ends of a text.
        ("x\n", r"x\Z", "-", "-\n"),
        ("x\n", r"x\z", "-", "x\n"),
        ("\x01\x1b", r"\cA\e", "-", "-"),
        ("Ab", r"\p{Lu}", "-", "-b"),
        ("αЯ", r"\p{IsGreek}", "-", "-Я"),
        ("xAb", "(?x) (?i) a # [b", "-", "x-b"),
        ("ab", "(?(?=a)ab|c)", "-", "-"),
        # What stands for parts of the match and of the text.
        ("abc", "b", "[$&$`$'$_$$]", "a[bacabc$]c"),
        ("bc", "(b)|(c)", "<$+>", "<><c>"),
        ("x", "(x)", "$0 $01 $10 ${2} $", "x x $10 ${2} $"),
    ],
)
def test_a_pattern_replaces_as_in_dot_net(
    text: str, pattern: str, replacement: str, expected: str
) -> None:
    assert replaced(text, pattern, replacement) == expected


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        (r"\h", r"\h is unknown in .NET here"),
        (r"[\z]", r"\z is unknown in .NET here"),
        ("(?P<n>x)", "(?P< opens nothing"),
        ("(?R)", "(?R) opens nothing"),
        ("(?n)(x)", "the option n is unknown here"),
        ("(?<a-b>x)", "(?<a opens nothing"),
        ("a++", "the second + of ++ is unknown"),
        ("[[:alpha:]]", r"Write \p{L}"),
        ("[a-[b]c]", "its closing ] has to stand"),
        ("[a", "no closing ]"),
        (r"(a)\2", "refers to group 2"),
        (r"\p{IsNothing}", "unknown property"),
        (r"[\uD800-\uDFFF]", "half a letter"),
        (r"\p{Cs}", "half a letter"),
        ("[a-z-" * 101 + "[a]" + "]" * 101, "classes are nested more than 100 deep"),
        ("a{2147483648}", "it repeats too much"),
        ("((a{1000}){1000}){1000}", "it repeats too much"),
        ("(" * 101 + ")" * 101, "nested more than 100 deep"),
    ],
)
def test_what_only_one_of_both_has_is_refused(pattern: str, why: str) -> None:
    with pytest.raises(EvaluationError) as refused:
        search("x", pattern)

    assert why in str(refused.value)


@given(SIGNS, SIGNS, SIGNS)
@example("x", "(?<", "")
@example("x", "\\", "$")
def test_any_pattern_is_used_or_refused(text: str, pattern: str, replacement: str) -> None:
    try:
        found = replaced(text, pattern, replacement)
    except EvaluationError:
        return

    assert replaced(text, pattern, replacement) == found
