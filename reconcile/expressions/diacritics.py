"""Letters with marks enter, letters without leave, by the table of NormalizeDiacritics.

The table of the page has letters that decompose into a plain letter and marks, which Unicode knows,
and a few that do not, which stand here. Marks on other alphabets than the Latin one stay.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

_WHOLE = {
    "æ": "ae",
    "Æ": "AE",
    "ø": "oe",
    "Ø": "OE",
    "œ": "oe",
    "Œ": "OE",
    "ß": "ss",
    "ł": "l",
    "Ł": "L",
    "\u0131": "i",
}


def normalized(text: str) -> str:
    """Return a text in which each Latin letter with marks is the letter alone."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", "".join(_letters(text)))


def _letters(text: str) -> Iterator[str]:
    latin = False
    for letter in unicodedata.normalize("NFD", text):
        if unicodedata.combining(letter):
            if not latin:
                yield letter
            continue
        plain = _WHOLE.get(letter, letter)
        latin = plain.isascii() and plain.isalpha()
        yield plain
