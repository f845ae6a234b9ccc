"""The voice of the demonstration: chapters, commands and what they answered leave on stdout."""

from __future__ import annotations

import shlex
import time
from collections.abc import Sequence


class Voice:
    """Prints at once, so that a reader sees what is going on while it goes on."""

    def __init__(self) -> None:
        """Time counts from now."""
        self._began = time.monotonic()
        self._chapters: list[tuple[str, int]] = []

    def chapter(self, title: str) -> None:
        """Open a chapter, and tell how long the story has taken so far."""
        self._chapters.append((title, self._seconds()))
        print(f"\n━━ {title} {'━' * max(66 - len(title), 3)} {self._seconds():>3} s\n", flush=True)

    def line(self, text: str) -> None:
        print(text, flush=True)

    def times(self) -> None:
        """Tell how long each chapter took."""
        titles = [title for title, _ in self._chapters]
        begins = [begin for _, begin in self._chapters]
        ends = [*begins[1:], self._seconds()]
        print(flush=True)
        for title, begin, end in zip(titles, begins, ends, strict=True):
            print(f"  {end - begin:>3} s  {title}", flush=True)

    def command(self, program: str, words: Sequence[str]) -> None:
        """Show a command as a person would type it."""
        print(f"$ {shlex.join([program, *words])}", flush=True)

    def answer(self, text: str) -> None:
        """Show what a command answered, set apart from the story."""
        for line in text.strip().splitlines():
            print(f"  {line}".rstrip(), flush=True)
        print(flush=True)

    def _seconds(self) -> int:
        return round(time.monotonic() - self._began)


say = Voice()
