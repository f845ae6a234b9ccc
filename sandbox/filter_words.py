"""The words of a `$filter`: its text enters, one word after the other leaves, or a refusal."""

from __future__ import annotations

import re

from sandbox.wire import Refusal, refuse


class Words:
    """Reads a text word by word; a pattern's groups say which kinds of words there are.

    The kinds `string` and `word` are what their names say: quoted text, and names.
    """

    def __init__(self, text: str, pattern: re.Pattern[str]) -> None:
        """Cut a text into words."""
        self._words: list[tuple[str, str]] = []
        self._next = at = 0
        while at < len(text.rstrip()):
            found = pattern.match(text, at)
            if found is None:
                raise syntax_error(f"character '{text[at]}' is not valid at position {at}")
            kind = str(found.lastgroup)
            self._words.append((kind, found[kind]))
            at = found.end()

    def any_next(self) -> tuple[str, str]:
        """Take the next word, whatever it is, with its kind; quoted text leaves its quotes."""
        if self._next >= len(self._words):
            raise syntax_error("the expression ends too early")
        self._next += 1
        kind, text = self._words[self._next - 1]
        return kind, text[1:-1].replace("''", "'") if kind == "string" else text

    def name(self) -> str:
        """Take the next word, which has to be a name."""
        kind, text = self.any_next()
        if kind != "word":
            raise syntax_error(f"'{text}' is not a name")
        return text

    def take(self, text: str) -> bool:
        """Take the next word if it is this one, in whatever case."""
        ahead = self._words[self._next : self._next + 1]
        if ahead and ahead[0][0] != "string" and ahead[0][1].lower() == text:
            self._next += 1
            return True
        return False

    def expect(self, text: str) -> None:
        """Take the next word, which has to be this one."""
        if not self.take(text):
            raise syntax_error(f"'{text}' is missing")

    def expect_end(self) -> None:
        """Refuse anything that is left."""
        if self._next < len(self._words):
            raise syntax_error(f"unexpected '{self._words[self._next][1]}'")


def syntax_error(message: str) -> Refusal:
    """Make the refusal of a text that is no filter."""
    return refuse(400, "BadRequest", f"Invalid filter clause: Syntax error: {message}.")
