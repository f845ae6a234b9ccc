"""What a person sees: texts enter; answers leave on stdout, talk and progress on stderr."""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from reconcile.errors import InputError, ReconcileError

if TYPE_CHECKING:
    from rich.progress import Progress

_COLOURS = {"+": "green", "&": "green", "^": "green", "~": "yellow", "-": "red", "!": "red"}
_RED_WORDS = ("Held:", "Failed:")


def answer(text: str) -> None:
    """Write the answer of a command; colour only repeats what glyph and word say."""
    if not _colourful():
        click.echo(text)
        return
    for line in text.splitlines():
        click.echo(_coloured(line))


def answer_json(document: Mapping[str, Any]) -> None:
    """Write the answer of a command for programs."""
    click.echo(json.dumps(document, indent=2, ensure_ascii=False))


def talk(text: str) -> None:
    """Say something that is not the answer."""
    click.echo(text, err=True)


def complain(error: ReconcileError) -> None:
    """Say why nothing more was done."""
    click.echo(str(error), err=True)


def ask(question: str, *, otherwise: str) -> bool:
    """Ask a person for a yes; `otherwise` tells a machine what to type instead.

    Raises:
        InputError: nobody is there to answer.
    """
    if not sys.stdin.isatty():
        raise InputError(f"{question} Nobody is there to answer. {otherwise}")
    return click.confirm(question, default=False, err=True)


class Bar:
    """A bar on stderr while something long goes on; without a terminal it draws nothing."""

    def __init__(self, title: str) -> None:
        """Nothing is drawn before the first step."""
        self._title = title
        self._drawn: Progress | None = None
        self._total = 0

    def expect(self, steps: int) -> None:
        """So many more steps will be told."""
        self._total += steps

    def step(self, done: int) -> None:
        """So many more are done, of those expected."""
        if not sys.stderr.isatty() or _plain():
            return
        if self._drawn is None:
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

            columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
            self._drawn = Progress(*columns, console=Console(stderr=True), transient=True)
            self._drawn.add_task(self._title, total=self._total)
            self._drawn.start()
        self._drawn.update(self._drawn.task_ids[0], advance=done, total=self._total)

    def clear(self) -> None:
        """Take the bar away, so that the answer has the terminal to itself."""
        if self._drawn is not None:
            self._drawn.stop()
            self._drawn = None


@contextmanager
def bar(title: str) -> Iterator[Bar]:
    """A bar that is taken away at the end, whatever happens."""
    drawn = Bar(title)
    try:
        yield drawn
    finally:
        drawn.clear()


def listen(verbosity: int) -> None:
    """Send log records to stderr: warnings always, `-v` what is done, `-vv` for whom."""
    level = (logging.WARNING, logging.INFO, logging.DEBUG)[min(verbosity, 2)]
    handler = logging.StreamHandler()
    handler.setFormatter(_Fields())
    logger = logging.getLogger("reconcile")
    logger.handlers = [handler]
    logger.setLevel(level)
    logger.propagate = False


class _Fields(logging.Formatter):
    """A constant phrase, then the facts as `key=value`."""

    _ORDINARY = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}

    def format(self, record: logging.LogRecord) -> str:
        extra = {k: v for k, v in vars(record).items() if k not in self._ORDINARY}
        fields = "".join(f" {key}={value}" for key, value in sorted(extra.items()))
        text = f"{record.levelname.lower()}: {record.getMessage()}{fields}"
        return f"{text}\n{self.formatException(record.exc_info)}" if record.exc_info else text


def _colourful() -> bool:
    return sys.stdout.isatty() and not _plain()


def _plain() -> bool:
    return "NO_COLOR" in os.environ


def _coloured(line: str) -> str:
    stripped = line.lstrip()
    if stripped.startswith(_RED_WORDS):
        return click.style(line, fg="red", bold=True)
    colour = _COLOURS.get(stripped[:1]) if stripped[1:2] == " " else None
    return click.style(line, fg=colour) if colour else line
