"""A parsed expression enters; what makes it unusable is raised, with its place.

What can be told before anybody is evaluated is told here: names, numbers of arguments, constants
that a function cannot take, comparisons where none may stand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from difflib import get_close_matches

from reconcile.expressions.catalogue import ELSEWHERE, FUNCTIONS
from reconcile.expressions.chances import random_string
from reconcile.expressions.date_formats import pieces
from reconcile.expressions.dates import INTERVALS, styles_in, understood
from reconcile.expressions.failures import EvaluationError, ExpressionError
from reconcile.expressions.forms import REPLACES, given
from reconcile.expressions.patterns import pattern_of, require_group
from reconcile.expressions.syntax import (
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
from reconcile.expressions.texts import CULTURE

# The only functions whose first argument may be a comparison.
_CONDITIONAL = ("CBool", "IIF")
_COMPARE_TYPES = ("vbBinaryCompare", "vbTextCompare")
_REPLACE_WAYS = (
    "oldValue and replacementValue; oldValue and template; regexPattern and replacementValue; "
    "regexPattern, regexGroupName and replacementValue; or regexPattern, regexGroupName and "
    "replacementAttributeName"
)


def check(node: Node) -> None:
    """Check an expression as a whole.

    Raises:
        ExpressionError: it cannot be evaluated for anybody.
    """
    if isinstance(node, Attribute):
        message = f"an expression is a function. Map the attribute directly: direct: {node.name}"
        raise ExpressionError(message, at=node.at)
    if not isinstance(node, Call):
        message = f"{written(node)} is no function. Expected one; a constant is mapped as constant:"
        raise ExpressionError(message, at=node.at)
    _check_call(node)


def _check_call(call: Call) -> None:
    _check_name(call)
    _check_number(call)
    for place, argument in enumerate(call.arguments):
        _check_argument(call, place, argument)
    for refusal in _CONSTANTS.get(call.name, _no_constants)(call):
        raise refusal


def _check_name(call: Call) -> None:
    if call.name in FUNCTIONS:
        return
    if call.name in ELSEWHERE:
        message = f"{call.name} has no place here: {ELSEWHERE[call.name]}."
        raise ExpressionError(message, at=call.at)
    same = {name.lower(): name for name in FUNCTIONS}.get(call.name.lower())
    near = [same] if same else get_close_matches(call.name, FUNCTIONS, n=1)
    hint = f" Did you mean {near[0]}?" if near else ""
    raise ExpressionError(f"there is no function {call.name}.{hint}", at=call.at)


def _check_number(call: Call) -> None:
    function = FUNCTIONS[call.name]
    found = len(call.arguments)
    if call.name == "Switch" and found % 2:
        message = "Switch takes keys and values in pairs: one of them is missing or too much."
        raise ExpressionError(message, at=call.at)
    if found < function.least or (function.most is not None and found > function.most):
        message = f"{call.name} takes {_listed(function.parameters)}, not {found}."
        raise ExpressionError(message, at=call.at)
    for place, argument in enumerate(call.arguments):
        if isinstance(argument, Omitted) and not _parameter(call, place).endswith("?"):
            name = _parameter(call, place).rstrip("…")
            message = f"{call.name} needs {name}, argument {place + 1}. Write one before this."
            raise ExpressionError(message, at=argument.at)


def _parameter(call: Call, place: int) -> str:
    parameters = FUNCTIONS[call.name].parameters
    return parameters[min(place, len(parameters) - 1)]


def _listed(parameters: tuple[str, ...]) -> str:
    number = "no arguments" if not parameters else f"{len(parameters)} arguments"
    if any(one.endswith(("?", "…")) for one in parameters):
        number = "these arguments"
    names = ", ".join(parameters)
    return f"{number} ({names})" if names else number


def _check_argument(call: Call, place: int, argument: Node) -> None:
    match argument:
        case Call():
            _check_call(argument)
        case Comparison():
            if call.name not in _CONDITIONAL or place:
                message = (
                    f"a comparison stands only in {' and '.join(_CONDITIONAL)}, as the condition."
                )
                raise ExpressionError(message, at=argument.at)
            _check_side(call, argument.left)
            _check_side(call, argument.right)
        case Word():
            if (call.name, place) != ("InStr", 3):
                message = f"{argument.name} is neither in quotation marks nor in brackets."
                raise ExpressionError(message, at=argument.at)
        case _:
            return


def _check_side(call: Call, side: Node) -> None:
    if isinstance(side, Call):
        _check_call(side)
    elif isinstance(side, Word):
        _check_argument(call, 0, side)


_Refusals = Iterator[ExpressionError]


def _no_constants(_: Call) -> _Refusals:
    return iter(())


def _text(call: Call, place: int) -> Text | None:
    found = call.arguments[place] if place < len(call.arguments) else None
    return found if isinstance(found, Text) else None


def _among(place: int, allowed: tuple[str, ...]) -> Callable[[Call], _Refusals]:
    def refusals(call: Call) -> _Refusals:
        constant = _text(call, place)
        if constant is not None and constant.value not in allowed:
            message = f'"{constant.value}" is unknown. Expected one of: {", ".join(allowed)}.'
            yield ExpressionError(message, at=constant.at)

    return refusals


def _tried(place: int, attempt: Callable[[str], object]) -> Callable[[Call], _Refusals]:
    """Try a constant on what will have to take it."""

    def refusals(call: Call) -> _Refusals:
        constant = _text(call, place)
        if constant is not None:
            try:
                attempt(constant.value)
            except EvaluationError as problem:
                yield ExpressionError(str(problem), at=constant.at)

    return refusals


def _all_of(*checks: Callable[[Call], _Refusals]) -> Callable[[Call], _Refusals]:
    def refusals(call: Call) -> _Refusals:
        for one in checks:
            yield from one(call)

    return refusals


def _in_str(call: Call) -> _Refusals:
    kind = call.arguments[3] if len(call.arguments) > 3 else None
    if isinstance(kind, Omitted) or kind is None:
        return
    name = kind.name if isinstance(kind, Word) else kind.value if isinstance(kind, Text) else ""
    if name not in _COMPARE_TYPES:
        message = f"{written(kind)} is no way to compare. Expected: {', '.join(_COMPARE_TYPES)}."
        yield ExpressionError(message, at=kind.at)


def _index(call: Call) -> _Refusals:
    index = call.arguments[1]
    if isinstance(index, Number) and index.value < 1:
        yield ExpressionError("values are counted from 1.", at=index.at)


def _random(call: Call) -> _Refusals:
    constants = [one.value for one in call.arguments if isinstance(one, Number | Text)]
    if len(constants) == len(call.arguments):
        try:
            random_string("", *constants)
        except EvaluationError as problem:
            yield ExpressionError(str(problem), at=call.at)


def _culture(name: str) -> None:
    if name and CULTURE.fullmatch(name) is None:
        message = f'"{name}" is no name of a culture. Expected one such as tr-TR.'
        raise EvaluationError(message)


def _replace(call: Call) -> _Refusals:
    if given(call.arguments) not in REPLACES:
        yield ExpressionError(f"Replace takes {_REPLACE_WAYS}.", at=call.at)
        return
    yield from _tried(2, pattern_of)(call)
    pattern, group = _text(call, 2), _text(call, 3)
    if pattern is not None and group is not None:
        yield from _tried(3, lambda name: require_group(pattern.value, name))(call)


_CONSTANTS: dict[str, Callable[[Call], _Refusals]] = {
    "CDate": _tried(0, understood),
    "DateAdd": _all_of(_among(0, INTERVALS), _tried(2, understood)),
    "DateDiff": _all_of(_among(0, INTERVALS), _tried(1, understood), _tried(2, understood)),
    "FormatDateTime": _all_of(_tried(1, styles_in), _tried(2, pieces), _tried(3, pieces)),
    "InStr": _in_str,
    "Item": _index,
    "RandomString": _random,
    "Replace": _replace,
    "ToLower": _tried(1, _culture),
    "ToUpper": _tried(1, _culture),
}
