"""A regular expression of .NET enters, the same one as the `regex` package writes it leaves.

Where both read a sign differently it is translated: classes that others are taken from, braces that
count nothing, ends of the text, numbers of groups. What only one of them has is refused. See
https://learn.microsoft.com/dotnet/standard/base-types/regular-expression-language-quick-reference.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

_DEEPEST = 100
_LARGEST = 20_000  # the package writes out what is repeated, which takes a gigabyte for a few signs
_PLAIN = frozenset("abdDfnrsStuvwWx0123456789")
_ANCHORS = frozenset("ABG")
_TRANSLATED = {"z": r"\Z", "Z": r"(?=\n?\Z)", "e": r"\x1b"}
_REPEAT = re.compile(r"\{(\d+)(?:,\d*)?\}", re.ASCII)
_PROPERTY = re.compile(r"[pP]\{(Is)?([\w-]+)\}", re.ASCII)
_HALF = re.compile(r"u[Dd][89A-Fa-f]|[pP]\{Cs\}")
_CONTROL = re.compile(r"c([@A-Za-z\[\]^_])")
_NUMBER = re.compile(r"[1-9]\d*", re.ASCII)
_REFERRED = re.compile(r"k(?:<(\w+)>|'(\w+)')")
_NAMED = re.compile(r"\(\?(?:<([^\W\d]\w*)>|'([^\W\d]\w*)')")
_FLAGS = re.compile(r"\(\?([imnsx]*)(?:-[imnsx]*)?([:)])")
_CONDITION = re.compile(r"\(\?\((\w+)\)")
_LOOKING = re.compile(r"\(\?(?=\(\?(?:[=!]|<[=!]))")
_PLAIN_GROUP = re.compile(r"\(\?(?:[:=!>]|<[=!])")
_COMMENT = re.compile(r"\(\?#[^)]*\)")


class Translation(NamedTuple):
    """`text` is for the package. Group n of .NET, from 1, is the package's `numbers[n - 1]`."""

    text: str
    numbers: tuple[int, ...]


class _Referred(NamedTuple):
    """A group that is referred to by .NET's number, which is known when all were read."""

    before: str
    number: int
    after: str


@lru_cache(maxsize=512)
def translated(pattern: str) -> Translation:
    """Translate a pattern.

    Raises:
        ValueError: .NET does not take it, or it cannot be told to the package.
    """
    return _Reader(pattern).whole()


class _Reader:
    """Reads a pattern from left to right and writes it anew."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._written: list[str | _Referred] = []
        self._groups: list[str | None] = []
        # How many signs each open group has when all that is repeated is written out.
        self._sizes = [0]
        self._last = 0
        self._verbose = False

    def whole(self) -> Translation:
        while self._at < len(self._text):
            self._piece(self._text[self._at])
        # .NET numbers the groups without a name first.
        places = list(enumerate(self._groups, 1))
        numbers = [place for place, name in places if name is None]
        numbers += [place for place, name in places if name is not None]
        text = "".join(
            one if isinstance(one, str) else _resolved(one, numbers) for one in self._written
        )
        return Translation(text, tuple(numbers))

    def _piece(self, sign: str) -> None:
        match sign:
            case "\\":
                self._atom(self._escape(inside=False))
            case "[":
                self._atom(self._class())
            case "(":
                self._open()
            case ")":
                self._close()
            case "*" | "+" | "?" | "{":
                self._repeat(sign)
            case "#" if self._verbose:
                self._skip(re.compile(r"#[^\n]*"))
            case _:
                self._at += 1
                self._atom(sign)

    def _atom(self, written: str | _Referred) -> None:
        self._written.append(written)
        self._grow(1)

    def _grow(self, size: int) -> None:
        self._sizes[-1] += size
        self._last = size
        if self._sizes[-1] > _LARGEST:
            raise ValueError("it repeats too much. Count less, or write + or *")

    def _skip(self, form: re.Pattern[str]) -> bool:
        """Write what stands here as it is, if it has a form."""
        found = form.match(self._text, self._at)
        if found:
            self._at = found.end()
            self._written.append(found[0])
        return found is not None

    def _repeat(self, sign: str) -> None:
        counted = _REPEAT.match(self._text, self._at)
        if sign == "{" and counted is None:
            self._at += 1
            self._atom(r"\{")
            return
        written = counted[0] if counted else sign
        self._at += len(written)
        if self._text.startswith("+", self._at):
            raise ValueError(f"the second + of {written}+ is unknown in .NET")
        self._written.append(written)
        if counted:
            self._sizes[-1] -= self._last
            self._grow(self._last * max(int(counted[1]), 1))
        self._skip(re.compile(r"\?"))

    def _open(self) -> None:
        if self._skip(_COMMENT):
            return
        found = _FLAGS.match(self._text, self._at)
        if found is not None:
            self._flags(found)
            if found[2] == ")":
                return
        elif not self._text.startswith("(?", self._at):
            self._at += 1
            self._groups.append(None)
            self._written.append("(")
        elif not (self._named() or self._conditional() or self._skip(_PLAIN_GROUP)):
            raise ValueError(f"{self._text[self._at : self._at + 4]} opens nothing that is known")
        self._sizes.append(0)
        if len(self._sizes) > _DEEPEST:
            raise ValueError(f"its groups are nested more than {_DEEPEST} deep")

    def _named(self) -> bool:
        found = _NAMED.match(self._text, self._at)
        if found is None:
            return False
        self._at = found.end()
        name = found[1] or found[2]
        if name not in self._groups:
            self._groups.append(name)
        self._written.append(f"(?P<{name}>")
        return True

    def _conditional(self) -> bool:
        """Read `(?(1)` or `(?(name)`, or as far as the condition if that looks around."""
        if found := _CONDITION.match(self._text, self._at):
            self._at = found.end()
            self._written.append(_by_name_or_number("(?(", found[1], ")"))
            return True
        return self._skip(_LOOKING)

    def _flags(self, found: re.Match[str]) -> None:
        if "n" in found[1]:
            raise ValueError("the option n is unknown here. Write (?: for groups that hold nothing")
        self._verbose = self._verbose or "x" in found[1]
        self._at = found.end()
        self._written.append(found[0])

    def _close(self) -> None:
        self._at += 1
        self._written.append(")")
        if len(self._sizes) > 1:
            self._grow(self._sizes.pop())

    def _escape(self, *, inside: bool) -> str | _Referred:
        start = self._at
        self._at += 2
        sign = self._text[start + 1 : start + 2]
        if found := _CONTROL.match(self._text, start + 1):
            self._at = found.end()
            return f"\\x{ord(found[1].upper()) ^ 64:02x}"
        if _HALF.match(self._text, start + 1):
            raise ValueError("it names half a letter. Letters beyond U+FFFF are whole ones here")
        if found := _PROPERTY.match(self._text, start + 1):
            self._at = found.end()
            return f"\\{sign}{{{'In' if found[1] else ''}{found[2]}}}"
        if not inside and (referred := self._reference(start + 1)):
            return referred
        if sign in _TRANSLATED and (sign == "e" or not inside):
            return _TRANSLATED[sign]
        known = sign in _PLAIN or (sign in _ANCHORS and not inside)
        if not known and sign.isascii() and (sign.isalpha() or sign == "_"):
            raise ValueError(f"\\{sign} is unknown in .NET here")
        return self._text[start : self._at]

    def _reference(self, start: int) -> str | _Referred | None:
        if found := _REFERRED.match(self._text, start):
            self._at = found.end()
            return _by_name_or_number(r"\g<", found[1] or found[2], ">")
        if found := _NUMBER.match(self._text, start):
            self._at = found.end()
            return _Referred(r"\g<", int(found[0]), ">")
        return None

    def _class(self, depth: int = 1) -> str:
        """Write a class; one from which another is taken becomes two conditions on a sign."""
        if depth > _DEEPEST:
            raise ValueError(f"its classes are nested more than {_DEEPEST} deep")
        head = "[^" if self._text.startswith("[^", self._at) else "["
        self._at += len(head)
        signs: list[str] = []
        while self._at < len(self._text):
            rest = self._text[self._at : self._at + 2]
            if rest[0] == "]" and signs:
                self._at += 1
                return f"{head}{''.join(signs)}]"
            if rest == "-[" and signs:
                self._at += 1
                return self._without(self._class(depth + 1), f"{head}{''.join(signs)}]")
            signs.append(self._member(rest))
        raise ValueError("a class has no closing ]")

    def _member(self, rest: str) -> str:
        if rest[0] == "\\":
            return str(self._escape(inside=True))
        if rest == "[:":
            raise ValueError("classes such as [:alpha:] are unknown in .NET. Write \\p{L}")
        self._at += 1
        return f"\\{rest[0]}" if rest[0] in "[]" else rest[0]

    def _without(self, taken: str, whole: str) -> str:
        if not self._text.startswith("]", self._at):
            raise ValueError("after what a class is without, its closing ] has to stand")
        self._at += 1
        return f"(?:(?!{taken}){whole})"


def _by_name_or_number(before: str, name: str, after: str) -> str | _Referred:
    if name.isdecimal():
        return _Referred(before, int(name), after)
    return f"{before}{name}{after}"


def _resolved(referred: _Referred, numbers: list[int]) -> str:
    if 0 < referred.number <= len(numbers):
        return f"{referred.before}{numbers[referred.number - 1]}{referred.after}"
    raise ValueError(f"it refers to group {referred.number}, which it has not")
