"""All functions of the language: a name enters, its parameters and what evaluates it leave.

Names, parameters and their order are those of
https://learn.microsoft.com/entra/identity/app-provisioning/functions-for-customizing-application-data.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from reconcile.expressions import dates, forms, logic, texts
from reconcile.expressions.forms import Arguments, Evaluate, Form, Scene, nothing
from reconcile.expressions.syntax import Call
from reconcile.expressions.values import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """A function. A parameter that ends in `?` may be omitted, one in `…` repeated."""

    parameters: tuple[str, ...]
    form: Form

    @property
    def least(self) -> int:
        """How many arguments there must be: up to the last one that may not be omitted."""
        needed = [place for place, one in enumerate(self.parameters, 1) if "?" not in one]
        return max(needed, default=0)

    @property
    def most(self) -> int | None:
        """How many arguments there may be; None where the last one is repeated."""
        repeated = bool(self.parameters) and self.parameters[-1].endswith("…")
        return None if repeated else len(self.parameters)


def _strict(act: Callable[..., Value]) -> Form:
    """Evaluate all arguments, then act on their values."""

    def form(_: Call, arguments: Arguments) -> Evaluate:
        match [one or nothing for one in arguments]:
            case [only]:
                return lambda person, scene: act(only(person, scene))
            case [one, other]:
                return lambda person, scene: act(one(person, scene), other(person, scene))
            case several:
                return _on_several(act, several)

    return form


def _on_several(act: Callable[..., Value], several: list[Evaluate]) -> Evaluate:
    def evaluate(person: object, scene: Scene) -> Value:
        return act(*[one(person, scene) for one in several])

    return evaluate


def _of(parameters: str, act: Callable[..., Value]) -> Function:
    return Function(parameters=tuple(parameters.split()), form=_strict(act))


def _by(parameters: str, form: Form) -> Function:
    return Function(parameters=tuple(parameters.split()), form=form)


FUNCTIONS: dict[str, Function] = {
    "Append": _of("source suffix", texts.append),
    "BitAnd": _of("value1 value2", logic.bit_and),
    "CBool": _of("expression", logic.cbool),
    "CDate": _of("expression", dates.cdate),
    "CStr": _of("value", logic.cstr),
    "Coalesce": _by("source…", forms.coalesce),
    "ConvertToBase64": _of("source", texts.to_base64),
    "ConvertToUTF8Hex": _of("source", texts.to_utf8_hex),
    "Count": _of("attribute", texts.count),
    "DateAdd": _of("interval value dateTime", dates.date_add),
    "DateDiff": _of("interval date1 date2", dates.date_diff),
    "DateFromNum": _of("value", dates.date_from_num),
    "FormatDateTime": _of(
        "source dateTimeStyles? inputFormat outputFormat", dates.format_date_time
    ),
    "Guid": _by("", forms.guid_form),
    "IIF": _by("condition valueIfTrue valueIfFalse", forms.iif),
    "IgnoreFlowIfNullOrEmpty": _of("expression", logic.ignore_if_empty),
    "InStr": _of("value1 value2 start? compareType?", texts.in_str),
    "IsNull": _of("expression", logic.is_null),
    "IsNullOrEmpty": _of("expression", logic.is_null_or_empty),
    "IsPresent": _of("expression", logic.is_present),
    "IsString": _of("expression", logic.is_string),
    "Item": _of("attribute index", texts.item),
    "Join": _of("separator source…", texts.join),
    "Left": _of("string numChars", texts.left),
    "Mid": _of("source start length", texts.mid),
    "NormalizeDiacritics": _of("source", texts.normalize_diacritics),
    "Not": _of("source", logic.negated),
    "Now": _by("", forms.now),
    "NumFromDate": _of("value", dates.num_from_date),
    "PCase": _of("source wordSeparators?", texts.pcase),
    "RandomString": _by(
        "length minimumNumbers minimumSpecialCharacters minimumCapital minimumLowerCase "
        "charactersToAvoid?",
        forms.random_form,
    ),
    "Redact": _of("value", logic.same),
    "RemoveDuplicates": _of("attribute", texts.remove_duplicates),
    "Replace": _by(
        "source oldValue? regexPattern? regexGroupName? replacementValue? "
        "replacementAttributeName? template?",
        forms.replace,
    ),
    "Split": _of("source delimiter", texts.split),
    "StripSpaces": _of("source", texts.strip_spaces),
    "Switch": _by("source defaultValue? keyAndValue?…", forms.switch),
    "ToLower": _of("source culture?", texts.to_lower),
    "ToUpper": _of("source culture?", texts.to_upper),
    "Word": _of("string wordNumber delimiters", texts.word),
}

ELSEWHERE = {
    "AltSecIdFromNetId": "it makes the anchor of Entra's own job, which Graph lets nobody write",
    "AppRoleAssignments": "it lists the roles of an application, which nobody is pushed with",
    "AppRoleAssignmentsComplex": "it makes roles for SCIM applications",
    "DefaultDomain": "Entra has it, but nothing published says what it returns",
    "SelectUniqueValue": "Entra evaluates it toward on-premises Active Directory only",
    "SingleAppRoleAssignment": "it names a role of an application, which nobody is pushed with",
}
"""Functions that Entra has and that have no place here, and why."""

CHANCE = frozenset({"Guid", "RandomString"})
"""Functions whose value depends on the person and the mapping, and on nothing else."""

CLOCK = frozenset({"Now"})
"""Functions whose value depends on when they are evaluated."""
