"""Functions on moments, which are text: always in UTC, written `M/d/yyyy h:mm:ss tt`."""

from __future__ import annotations

import calendar
import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from reconcile.expressions.date_formats import require_date, write
from reconcile.expressions.date_reading import moment, read
from reconcile.expressions.failures import EvaluationError
from reconcile.expressions.values import Value, is_empty, number_of, shown, text_of

WRITTEN = "M/d/yyyy h:mm:ss tt"
INTERVALS = ("yyyy", "m", "d", "ww", "h", "n", "s")
STYLES = frozenset(
    {
        "None",
        "AllowLeadingWhite",
        "AllowTrailingWhite",
        "AllowInnerWhite",
        "AllowWhiteSpaces",
        "NoCurrentDateDefault",
        "AdjustToUniversal",
        "AssumeLocal",
        "AssumeUniversal",
        "RoundtripKind",
    }
)
_APART = {
    "RoundtripKind": {"AssumeLocal", "AssumeUniversal", "AdjustToUniversal"},
    "AssumeLocal": {"AssumeUniversal"},
}
_TIME = r"(?P<H>\d{1,2}):(?P<mm>\d{2})(?::(?P<ss>\d{2})(?:\.(?P<f>\d{1,7})\d*)?)?"
_HALF_DAY = r"(?P<h>\d{1,2}):(?P<mm>\d{2})(?::(?P<ss>\d{2})(?:\.(?P<f>\d{1,7}))?)?\s*(?P<tt>[AP]M)"
_ZONE = r"\s*(?P<K>Z|[-+]\d{1,2}:?\d{2})?"
_ISO = r"(?P<yyyy>\d{4})-(?P<M>\d{1,2})-(?P<d>\d{1,2})"
_AMERICAN = r"(?P<M>\d{1,2})/(?P<d>\d{1,2})/(?P<yyyy>\d{4})"
# The forms that the documentation's examples have, and those of Graph's own moments.
_FORMS = tuple(
    re.compile(rf"\s*{day}{time}{_ZONE}\s*", re.IGNORECASE | re.ASCII)
    for day in (_ISO, _AMERICAN)
    for time in ("", rf"[T\s]\s*{_TIME}", rf"\s+{_HALF_DAY}")
)
_LONGEST = 100  # no date has as many characters, and many spaces can be shared out in many ways
_DAYS = re.compile("([0-9]{1,5})d")
_FILETIME_ZERO = datetime(1601, 1, 1, tzinfo=UTC)
_STEPS = {"d": 86_400, "ww": 604_800, "h": 3_600, "n": 60, "s": 1}


def understood(value: Value) -> datetime:
    """Read a moment in one of the usual forms.

    Raises:
        EvaluationError: it is in none of them.
    """
    return _understood(text_of(value) or "")


@lru_cache(maxsize=4096)
def _understood(text: str) -> datetime:
    for form in _FORMS if len(text) <= _LONGEST else ():
        if found := form.fullmatch(text):
            return moment(found.groupdict(), text)
    message = f"{shown(text)} is no date. Expected one such as 2026-01-31 or 1/31/2026 5:00:00 PM."
    raise EvaluationError(message)


@lru_cache(maxsize=4096)
def shown_as(at: datetime) -> str:
    return write(at, WRITTEN)


def cdate(value: Value) -> Value:
    return None if is_empty(value) else shown_as(understood(value))


def date_add(interval: Value, amount: Value, date: Value) -> Value:
    if is_empty(date):
        return None
    at, step = understood(date), number_of(amount, "DateAdd")
    unit = _interval(interval)
    try:
        if unit in _STEPS:
            return shown_as(at + timedelta(seconds=_STEPS[unit] * step))
        return shown_as(_months_later(at, step * (12 if unit == "yyyy" else 1)))
    except (OverflowError, ValueError) as problem:
        message = f"DateAdd leaves the calendar: {step} of {unit} from {shown(date)}."
        raise EvaluationError(message) from problem


def _months_later(at: datetime, months: int) -> datetime:
    years, month = divmod(at.month - 1 + months, 12)
    year = at.year + years
    if not 1 <= year <= 9999:
        raise OverflowError
    return at.replace(
        year=year, month=month + 1, day=min(at.day, calendar.monthrange(year, month + 1)[1])
    )


def date_diff(interval: Value, earlier: Value, later: Value) -> Value:
    """Count from one moment to another as Visual Basic does: whole days, hours, minutes, seconds;
    but each new week (from Sunday), month or year.
    """
    if is_empty(earlier) or is_empty(later):
        return None
    one, other = understood(earlier), understood(later)
    match _interval(interval):
        case "yyyy":
            return other.year - one.year
        case "m":
            return (other.year - one.year) * 12 + other.month - one.month
        case "ww":
            return _whole(_sunday(other) - _sunday(one), _STEPS["ww"])
        case unit:
            return _whole(other - one, _STEPS[unit])


def _sunday(at: datetime) -> timedelta:
    """The beginning of a week, as a span, since the first week may begin before the calendar."""
    return at - _FILETIME_ZERO - timedelta(days=at.isoweekday() % 7)


def _whole(span: timedelta, unit: int) -> int:
    """How many whole units a span has, whichever way it goes."""
    count = abs(span) // timedelta(seconds=unit)
    return -count if span < timedelta() else count


def _interval(value: Value) -> str:
    name = text_of(value) or ""
    if name not in INTERVALS:
        message = f"{shown(value)} is no interval. Expected one of: {', '.join(INTERVALS)}."
        raise EvaluationError(message)
    return name


def date_from_num(value: Value) -> Value:
    if is_empty(value):
        return None
    ticks = number_of(value, "DateFromNum")
    message = f"DateFromNum leaves the calendar: {ticks}."
    if ticks < 0:
        raise EvaluationError(message)
    try:
        return shown_as(_FILETIME_ZERO + timedelta(microseconds=ticks // 10))
    except OverflowError as problem:
        raise EvaluationError(message) from problem


def num_from_date(value: Value) -> Value:
    if is_empty(value):
        return None
    span = understood(value) - _FILETIME_ZERO
    if span < timedelta():
        message = f"{shown(value)} is before 1601, where the times of Active Directory begin."
        raise EvaluationError(message)
    return span // timedelta(microseconds=1) * 10


def format_date_time(source: Value, styles: Value, from_format: Value, to_format: Value) -> Value:
    if is_empty(source):
        return None
    named = styles_in(text_of(styles) or "")
    inner = bool(named & {"AllowInnerWhite", "AllowWhiteSpaces"})
    layout, wanted = text_of(from_format) or "", text_of(to_format) or ""
    require_date(layout, wanted)
    return write(read(text_of(source) or "", layout, inner_space=inner), wanted)


def days_of(text: str) -> timedelta:
    """Read a number of days, such as `30d`.

    Raises:
        EvaluationError: the text is none.
    """
    found = _DAYS.fullmatch(text)
    if found is None:
        message = f"{shown(text)} is no number of days. Expected one such as 30d."
        raise EvaluationError(message)
    return timedelta(days=int(found[1]))


def styles_in(text: str) -> frozenset[str]:
    """Return the styles that a text names; each may have `DateTimeStyles.` before it.

    Raises:
        EvaluationError: one of them does not exist, or not beside another one.
    """
    found = {one.strip().removeprefix("DateTimeStyles.") for one in re.split(r"[,|]", text)} - {""}
    if unknown := sorted(found - STYLES):
        message = f"{shown(unknown[0])} is no style. Expected: {', '.join(sorted(STYLES))}."
        raise EvaluationError(message)
    for one, others in _APART.items():
        if one in found and (beside := sorted(others & found)):
            raise EvaluationError(f"{one} and {beside[0]} exclude each other. Leave one out.")
    return frozenset(found)
