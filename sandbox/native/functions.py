"""Functions of mapping expressions: values enter, a value leaves.

`FUNCTIONS` has the parameters of all that Entra documents, `IMPLEMENTED` those that are evaluated.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping

from sandbox.native.attributes import Value

_TRUE, _FALSE = "True", "False"


def _signatures(text: str) -> Mapping[str, tuple[str, ...]]:
    listed = (line.split() for line in text.strip().splitlines())
    return {name: tuple(parameters) for name, *parameters in listed}


# A question mark: may be left out. A star: any number of them.
FUNCTIONS = _signatures(
    """
    AltSecIdFromNetId netId
    Append source suffix
    AppRoleAssignments appRoleAssignments
    AppRoleAssignmentsComplex appRoleAssignments
    BitAnd value1 value2
    CBool expression
    CDate expression
    Coalesce source* defaultValue?
    ConvertToBase64 source
    ConvertToUTF8Hex source
    Count attribute
    CStr value
    DateAdd interval value dateTime
    DateDiff interval date1 date2
    DateFromNum value
    DefaultDomain
    FormatDateTime source dateTimeStyles? inputFormat outputFormat
    Guid
    IgnoreFlowIfNullOrEmpty expression
    IIF condition valueIfTrue valueIfFalse
    InStr value1 value2 start? compareType?
    IsNull expression
    IsNullOrEmpty expression
    IsPresent expression
    IsString expression
    Item attribute index
    Join separator source*
    Left string numChars
    Mid source start length
    NormalizeDiacritics source
    Not source
    Now
    NumFromDate value
    PCase string wordSeparators?
    RandomString length minNumbers minSpecial minCapital minLowerCase avoid?
    Redact source
    RemoveDuplicates attribute
    Replace source oldValue? regexPattern? regexGroupName? replacementValue? replacementAttribute? template?
    SelectUniqueValue rule*
    SingleAppRoleAssignment appRoleAssignments
    Split source delimiter
    StripSpaces source
    Switch source defaultValue? key* value*
    ToLower source culture?
    ToUpper source culture?
    Word string wordNumber delimiters
    """  # noqa: E501 - a line for a function
)


def _flat(value: Value) -> list[str]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _text(value: Value) -> str:
    return ",".join(_flat(value))


def _flag(value: bool) -> str:  # noqa: FBT001 - what the functions of an expression pass on
    return _TRUE if value else _FALSE


def _join(separator: Value, *parts: Value) -> Value:
    return _text(separator).join(one for part in parts for one in _flat(part) if one) or None


def _left(source: Value, count: Value) -> Value:
    number = int(_text(count))
    text = _text(source)
    return text if number < 0 else text[:number]


def _mid(source: Value, start: Value, length: Value) -> Value:
    first = max(int(_text(start)), 1) - 1
    return _text(source)[first : first + max(int(_text(length)), 0)]


def _coalesce(*values: Value) -> Value:
    return next((one for one in values if one not in (None, "", [])), None)


def _switch(source: Value, default: Value, *pairs: Value) -> Value:
    if len(pairs) % 2:
        raise ValueError("keys and values must come in pairs")
    keys = [_text(key) for key in pairs[::2]]
    text = _text(source)
    return pairs[2 * keys.index(text) + 1] if text in keys else default


def _split(source: Value, delimiter: Value) -> Value:
    return [part.strip() for part in _text(source).split(_text(delimiter))] if source else None


def _item(source: Value, index: Value) -> Value:
    return _flat(source)[int(_text(index)) - 1]


def _number(text: Value) -> int:
    return int(_text(text) or "0")


def _base64(source: Value) -> Value:
    return base64.b64encode(_text(source).encode("utf-16-le")).decode()


IMPLEMENTED: Mapping[str, Callable[..., Value]] = {
    "AltSecIdFromNetId": lambda net_id: net_id,
    "Append": lambda source, suffix: None if source is None else _text(source) + _text(suffix),
    "BitAnd": lambda one, other: str(_number(one) & _number(other)),
    "CBool": lambda value: _flag(_text(value) not in {"", "0", _FALSE}),
    "Coalesce": _coalesce,
    "ConvertToBase64": _base64,
    "ConvertToUTF8Hex": lambda source: _text(source).encode().hex().upper(),
    "Count": lambda source: str(len(_flat(source))),
    "CStr": lambda value: None if value is None else _text(value),
    "IgnoreFlowIfNullOrEmpty": lambda value: value or None,
    "IIF": lambda condition, yes, no: yes if condition == _TRUE else no,
    "IsNull": lambda value: _flag(value is None),
    "IsNullOrEmpty": lambda value: _flag(not value),
    "IsPresent": lambda value: _flag(bool(value)),
    "Item": _item,
    "Join": _join,
    "Left": _left,
    "Mid": _mid,
    "Not": lambda value: _flag(_text(value).lower() != "true"),
    "RemoveDuplicates": lambda source: list(dict.fromkeys(_flat(source))),
    "Split": _split,
    "StripSpaces": lambda source: None if source is None else _text(source).replace(" ", ""),
    "Switch": _switch,
    "ToLower": lambda source, _=None: None if source is None else _text(source).lower(),
    "ToUpper": lambda source, _=None: None if source is None else _text(source).upper(),
}
