"""A parsed expression enters; what makes it unusable is raised, with its place.

What can be told before anybody is evaluated is told here: names, numbers of arguments, comparisons
where none may stand, and constants that a function cannot take.
"""

from __future__ import annotations

from difflib import get_close_matches

from reconcile.expressions.catalogue import ELSEWHERE, FUNCTIONS
from reconcile.expressions.constants import refusals_of
from reconcile.expressions.failures import ExpressionError
from reconcile.expressions.syntax import (
    Attribute,
    Call,
    Comparison,
    Node,
    Omitted,
    Word,
    written,
)

# The only functions whose first argument may be a comparison.
_CONDITIONAL = ("CBool", "IIF")


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
    for refusal in refusals_of(call):
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
            name = _parameter(call, place).rstrip("?…")
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
