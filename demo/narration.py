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

    def chapter(self, title: str) -> None:
        """Open a chapter, and tell how long the story has taken so far."""
        print(f"\n━━ {title} {'━' * max(66 - len(title), 3)} {self._seconds():>3} s\n", flush=True)

    def line(self, text: str) -> None:
        print(text, flush=True)

    def command(self, words: Sequence[str]) -> None:
        """Show a command as a person would type it."""
        print(f"$ tenantry {shlex.join(words)}", flush=True)

    def answer(self, text: str) -> None:
        """Show what a command answered, set apart from the story."""
        for line in text.strip().splitlines():
            print(f"  {line}".rstrip(), flush=True)
        print(flush=True)

    def _seconds(self) -> int:
        return round(time.monotonic() - self._began)


say = Voice()
