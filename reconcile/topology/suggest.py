"""A word that is not known and the words that are enter; what to say about it leaves."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was most likely meant."""
    folded = {one.lower(): one for one in sorted(known)}
    found = difflib.get_close_matches(word.lower(), folded, n=1)
    return folded[found[0]] if found else None


def hint(word: str, known: Iterable[str], label: str = "Expected one of") -> str:
    """A sentence with the nearest known word, else with all of them."""
    words = sorted(known)
    near = nearest(word, words)
    return f'Did you mean "{near}"?' if near else f"{label}: {', '.join(words)}."
