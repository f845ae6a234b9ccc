"""A call enters; why a constant among its arguments cannot be used by anybody leaves."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from reconcile.expressions.chances import random_string
from reconcile.expressions.date_formats import pieces, require_date
from reconcile.expressions.dates import INTERVALS, date_from_num, styles_in, understood
from reconcile.expressions.failures import ExpressionError, why_refused
from reconcile.expressions.forms import REPLACES, given
from reconcile.expressions.patterns import pattern_of, require_group
from reconcile.expressions.syntax import Call, Number, Omitted, Text, Word, written
from reconcile.expressions.texts import require_culture
from reconcile.expressions.values import number_of

_COMPARE_TYPES = ("vbBinaryCompare", "vbTextCompare")
_REPLACE_WAYS = (
    "oldValue and replacementValue; oldValue and template; regexPattern and replacementValue; "
    "regexPattern, regexGroupName and replacementValue; or regexPattern, regexGroupName and "
    "replacementAttributeName"
)
_Refusals = Iterator[ExpressionError]
_Check = Callable[[Call], _Refusals]


def refusals_of(call: Call) -> _Refusals:
    """Tell what is wrong with the constants of a call that has as many arguments as it takes."""
    for check in _CHECKS.get(call.name, ()):
        yield from check(call)


def _constant(call: Call, place: int) -> Text | Number | None:
    found = call.arguments[place] if place < len(call.arguments) else None
    return found if isinstance(found, Text | Number) else None


def _tried(place: int, attempt: Callable[[str], object]) -> _Check:
    """Try a constant on what will have to take it."""

    def refusals(call: Call) -> _Refusals:
        constant = _constant(call, place)
        if constant is not None and (why := why_refused(attempt, str(constant.value))):
            yield ExpressionError(why, at=constant.at)

    return refusals


def _tried_with(place: int, other: int, attempt: Callable[[str, str], object]) -> _Check:
    """Try a constant together with another one."""

    def refusals(call: Call) -> _Refusals:
        first = _constant(call, other)
        if first is not None:
            yield from _tried(place, lambda value: attempt(str(first.value), value))(call)

    return refusals


def _numbers(*places: int) -> _Check:
    def refusals(call: Call) -> _Refusals:
        for place in places:
            yield from _tried(place, lambda value: number_of(value, call.name))(call)

    return refusals


def _interval(call: Call) -> _Refusals:
    constant = _constant(call, 0)
    if constant is not None and constant.value not in INTERVALS:
        message = f'"{constant.value}" is unknown. Expected one of: {", ".join(INTERVALS)}.'
        yield ExpressionError(message, at=constant.at)


def _in_str(call: Call) -> _Refusals:
    kind = call.arguments[3] if len(call.arguments) > 3 else None
    if isinstance(kind, Omitted) or kind is None:
        return
    name = kind.name if isinstance(kind, Word) else kind.value if isinstance(kind, Text) else ""
    if name not in _COMPARE_TYPES:
        message = f"{written(kind)} is no way to compare. Expected: {', '.join(_COMPARE_TYPES)}."
        yield ExpressionError(message, at=kind.at)


def _index(call: Call) -> _Refusals:
    index = _constant(call, 1)
    if index is not None and number_of(index.value, call.name) < 1:
        yield ExpressionError("values are counted from 1.", at=index.at)


def _random(call: Call) -> _Refusals:
    constants = [one.value for one in call.arguments if isinstance(one, Number | Text)]
    told = len(constants) == len(call.arguments)
    if told and (why := why_refused(random_string, "", *constants)):
        yield ExpressionError(why, at=call.at)


def _replace(call: Call) -> _Refusals:
    if given(call.arguments) not in REPLACES:
        yield ExpressionError(f"Replace takes {_REPLACE_WAYS}.", at=call.at)


_CHECKS: dict[str, tuple[_Check, ...]] = {
    "BitAnd": (_numbers(0, 1),),
    "CDate": (_tried(0, understood),),
    "DateAdd": (_interval, _numbers(1), _tried(2, understood)),
    "DateDiff": (_interval, _tried(1, understood), _tried(2, understood)),
    "DateFromNum": (_tried(0, date_from_num),),
    "FormatDateTime": (
        _tried(1, styles_in),
        _tried(2, pieces),
        _tried(3, pieces),
        _tried_with(3, 2, require_date),
    ),
    "InStr": (_numbers(2), _in_str),
    "Item": (_numbers(1), _index),
    "Left": (_numbers(1),),
    "Mid": (_numbers(1, 2),),
    "NumFromDate": (_tried(0, understood),),
    "RandomString": (_random,),
    "Replace": (_replace, _tried(2, pattern_of), _tried_with(3, 2, require_group)),
    "ToLower": (_tried(1, require_culture),),
    "ToUpper": (_tried(1, require_culture),),
    "Word": (_numbers(1),),
}
