"""Functions on text. Where the documentation is silent, nothing in gives nothing out."""

from __future__ import annotations

import base64
import re
import unicodedata
from functools import lru_cache

from reconcile.expressions.diacritics import normalized
from reconcile.expressions.failures import EvaluationError
from reconcile.expressions.values import (
    Value,
    is_empty,
    number_of,
    require_short,
    shown,
    text_of,
    values_of,
)

# What .NET's ToTitleCase takes for the end of a word, by Unicode category, as the page on PCase
# lists it. A straight apostrophe belongs to its word there.
_SEPARATORS = ("Z", "Cc", "Cf", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "S")
_TURKIC = frozenset({"tr", "az"})
_CULTURE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|[0-9]{3}))?")


def append(source: Value, suffix: Value) -> Value:
    text = text_of(source)
    return None if text is None else text + (text_of(suffix) or "")


def join(separator: Value, *sources: Value) -> Value:
    """Join what is there; empty parts are left out, as a documented example shows."""
    parts: list[str] = []
    for source in sources:
        if isinstance(source, tuple):
            parts += filter(None, source)
        elif part := text_of(source):
            parts.append(part)
    mark = text_of(separator) or ""
    require_short(sum(map(len, parts)) + len(mark) * len(parts))
    return mark.join(parts)


def left(source: Value, count: Value) -> Value:
    text = text_of(source) or ""
    wanted = number_of(count, "Left")
    return text if wanted < 0 else text[:wanted]


def mid(source: Value, start: Value, length: Value) -> Value:
    text = text_of(source) or ""
    first = max(number_of(start, "Mid"), 1) - 1
    return text[first : first + max(number_of(length, "Mid"), 0)]


def in_str(source: Value, sought: Value, start: Value = None, how: Value = None) -> Value:
    """Return the place of a text in another, from 1; 0 where it is not there."""
    text, part = text_of(source) or "", text_of(sought) or ""
    if how == "vbTextCompare":
        text, part = _lower(text), _lower(part)
    first = 1 if is_empty(start) else max(number_of(start, "InStr"), 1)
    return text.find(part, first - 1) + 1


def strip_spaces(source: Value) -> Value:
    text = text_of(source)
    return None if text is None else text.replace(" ", "")


def to_lower(source: Value, culture: Value = None) -> Value:
    text = text_of(source)
    if text is None:
        return None
    if _is_turkic(culture):
        text = text.replace("İ", "i").replace("I", "\u0131")
    return _lower(text)


def to_upper(source: Value, culture: Value = None) -> Value:
    text = text_of(source)
    if text is None:
        return None
    if _is_turkic(culture):
        text = text.replace("i", "İ")
    return _upper(text)


# .NET changes letter by letter: ß stays what it is, and so does each place in a text. Its invariant
# culture changes neither İ nor its small counterpart.
def _lower(text: str) -> str:
    if text.isascii():
        return text.lower()
    return "".join(one if one == "İ" else one.lower() for one in text)


def _upper(text: str) -> str:
    if text.isascii():
        return text.upper()
    uppers = ((one, one.upper()) for one in text)
    return "".join(one if len(upper) > 1 or one == "\u0131" else upper for one, upper in uppers)


def _is_turkic(culture: Value) -> bool:
    name = text_of(culture)
    if not name:
        return False
    require_culture(name)
    return name.partition("-")[0].lower() in _TURKIC


def require_culture(name: str) -> None:
    """Raise an EvaluationError where a text is no name of a culture."""
    if name and _CULTURE.fullmatch(name) is None:
        message = f"{shown(name)} is no name of a culture. Expected one such as tr-TR."
        raise EvaluationError(message)


def pcase(source: Value, separators: Value = None) -> Value:
    """Begin each word with a capital and write the rest small."""
    text = text_of(source)
    if text is None:
        return None
    chosen = None if separators is None else text_of(separators) or ""
    begins, written = True, []
    for letter in _lower(text):
        written.append(_title(letter) if begins else letter)
        if chosen is not None:
            begins = letter in chosen
        elif unicodedata.category(letter).startswith("L"):
            begins = False
        else:
            # In .NET a word begins with a letter, so that 2nd becomes 2Nd, and digits end none.
            begins = begins or _separates(letter)
    return "".join(written)


def _title(letter: str) -> str:
    title = letter.title()
    return letter if len(title) > 1 or letter == "\u0131" else title


@lru_cache(maxsize=1024)
def _separates(letter: str) -> bool:
    return letter != "'" and unicodedata.category(letter).startswith(_SEPARATORS)


def word(source: Value, number: Value, delimiters: Value) -> Value:
    """Return the nth run of characters between delimiters, of which each is one character."""
    wanted = number_of(number, "Word")
    text, marks = text_of(source) or "", text_of(delimiters) or ""
    for mark in marks[1:]:
        text = text.replace(mark, marks[0])
    words = [one for one in text.split(marks[0]) if one] if marks else [text]
    return words[wanted - 1] if 0 < wanted <= len(words) else ""


def split(source: Value, delimiter: Value) -> Value:
    """Split at each delimiter; spaces around a part are taken off, as the example shows."""
    mark = text_of(delimiter)
    text = text_of(source)
    if not text:
        return None
    return tuple(part.strip() for part in text.split(mark)) if mark else (text,)


def normalize_diacritics(source: Value) -> Value:
    text = text_of(source)
    return None if text is None else normalized(text)


def to_base64(source: Value) -> Value:
    """Encode the UTF-16 form of a text, as the documented example is."""
    text = text_of(source)
    if text is None:
        return None
    return base64.b64encode(text.encode("utf-16-le", "surrogatepass")).decode()


def to_utf8_hex(source: Value) -> Value:
    text = text_of(source)
    return None if text is None else text.encode("utf-8", "surrogatepass").hex().upper()


def count(attribute: Value) -> Value:
    return len(values_of(attribute))


def item(attribute: Value, index: Value) -> Value:
    """Return the nth of several values, from 1; nothing where there are fewer."""
    values, wanted = values_of(attribute), number_of(index, "Item")
    return values[wanted - 1] if 0 < wanted <= len(values) else None


def remove_duplicates(attribute: Value) -> Value:
    return tuple(dict.fromkeys(values_of(attribute))) or None
