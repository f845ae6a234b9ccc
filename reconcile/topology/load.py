"""Paths of YAML files enter, documents leave: values by the rules of YAML 1.2, each with its place.

PyYAML follows YAML 1.1, where `NO` is false, `0123` is 83 and `12:30` is 750. So only its parser is
used; what a scalar means is decided here. Tags, anchors and merge keys are no part of the format:
without them every value stands exactly where it is written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml
from yaml.reader import ReaderError

from reconcile.errors import Problem
from reconcile.topology.document import TOP, Document, Place, Where, problem_at

_DEPTH = 32
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_TRUTHS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_NUMBERS: tuple[tuple[re.Pattern[str], Callable[[str], int | float]], ...] = (
    (re.compile(r"[-+]?[0-9]{1,18}"), int),
    (re.compile(r"0o[0-7]{1,18}|0x[0-9a-fA-F]{1,15}"), lambda text: int(text, 0)),
    (re.compile(r"[-+]?(\.[0-9]{1,18}|[0-9]{1,18}(\.[0-9]{0,18})?)([eE][-+]?[0-9]{1,3})?"), float),
    (
        re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"),
        lambda text: float(text.replace(".", "")),
    ),
)
_SUFFIXES = (".yaml", ".yml")


def load_topologies(paths: Sequence[Path]) -> tuple[Document, ...]:
    """Every topology file among `paths`; a folder stands for the YAML files in it."""
    return load_files(paths, "topology files")


def load_files(paths: Sequence[Path], what: str) -> tuple[Document, ...]:
    """Every file among `paths` and in the folders among them; `what` they are is for messages."""
    found: dict[str, Document] = {}
    for path in paths:
        for document in _load_folder(path, what) if path.is_dir() else (load_file(path),):
            found.setdefault(document.file, document)
    return tuple(found[file] for file in sorted(found))


def _load_folder(folder: Path, what: str) -> Iterator[Document]:
    files = sorted(path for path in folder.iterdir() if path.suffix in _SUFFIXES)
    if not files:
        yield _broken(str(folder), f"this folder holds no .yaml file. Expected {what}.")
    for file in files:
        yield load_file(file)


def load_file(path: Path) -> Document:
    """One file; what keeps it from being read is among the document's problems."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return _broken(str(path), "there is no such file. Check the path.")
    except OSError as error:
        return _broken(str(path), f"this file cannot be read: {error.strerror or error}.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        column = error.start - content.rfind(b"\n", 0, error.start)
        message = "this is not UTF-8 text. Save the file as UTF-8."
        return _broken(str(path), message, Place(line, column))
    return read_document(text, str(path))


def read_document(text: str, file: str) -> Document:
    """The document in `text`; `file` is the name that problems give."""
    try:
        return _Reader(text, file).document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(mark.line + 1, mark.column + 1) if mark else TOP
        said = error.problem or error.context or "something unexpected"
        return _broken(file, f"this is not YAML: {said}.", place)
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        column = error.position - text.rfind("\n", 0, error.position)
        message = f"the character U+{ord(text[error.position]):04X} is not allowed in YAML."
        return _broken(file, message, Place(line, column))
    except (ValueError, OverflowError):
        # PyYAML turns the escape of an impossible character into these.
        return _broken(file, "this is not YAML: an escape names no character.")


def _broken(file: str, message: str, place: Place = TOP) -> Document:
    return Document(file=file, whole=False, problems=(problem_at(file, place, (), message),))


class _Reader:
    """Follows the parser's events through one document."""

    def __init__(self, text: str, file: str) -> None:
        self._events: Iterator[Any] = yaml.parse(text, Loader=yaml.SafeLoader)
        self._file = file
        self._keys: dict[Where, Place] = {}
        self._values: dict[Where, Place] = {}
        self._plain: dict[Where, str] = {}
        self._problems: list[Problem] = []
        self._refused: set[Where] = set()

    def document(self) -> Document:
        value: Any = None
        started = False
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                if started:
                    self._refuse(event, (), "a second document starts here. Expected one a file.")
                    break
                started = True
                value = self._node(next(self._events), ())
        return Document(
            file=self._file,
            value=value,
            whole=() not in self._refused,
            keys=self._keys,
            values=self._values,
            plain=self._plain,
            problems=tuple(self._problems),
            refused=frozenset(self._refused),
        )

    def _node(self, event: Any, where: Where) -> Any:
        self._values.setdefault(where, _place(event))
        if len(where) > _DEPTH:
            self._refuse(event, where, "this is nested too deeply. No topology needs that.")
            self._skip(event)
            return None
        if isinstance(event, yaml.AliasEvent):
            self._refuse(event, where, "aliases are not allowed here. Write the value out.")
            return None
        if event.anchor is not None:
            self._refuse(event, where, "anchors are not allowed here. Write the value out.")
        if event.tag is not None:
            self._refuse(event, where, f'the tag "{event.tag}" is not allowed. Leave it out.')
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event, where)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(where)
        return self._mapping(where)

    def _scalar(self, event: yaml.ScalarEvent, where: Where) -> Any:
        if event.style is not None:
            text = _whole_letters(event.value)
            if text is None:
                self._refuse(event, where, "an escape here names half a letter. Write the letter.")
            return text
        value = resolve(event.value)
        if not isinstance(value, str):
            self._plain.setdefault(where, event.value)
        return value

    def _sequence(self, where: Where) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            items.append(self._node(event, (*where, len(items))))
        return items

    def _mapping(self, where: Where) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._key(event, where, found)
            if key is None:
                self._skip(next(self._events))
                continue
            inner = (*where, key)
            self._keys[inner] = _place(event)
            found[key] = self._node(next(self._events), inner)
        return found

    def _key(self, event: Any, where: Where, found: dict[str, Any]) -> str | None:
        """The key that an event names; None when it was refused, and its value must go with it.

        Keys are text even where a value of that spelling is not: `null` is a key of the format.
        """
        if not isinstance(event, yaml.ScalarEvent) or event.tag or event.anchor:
            self._skip(event)
            self._refuse_key(event, where, "a key must be plain text.")
            return None
        key = _whole_letters(event.value)
        if key is None:
            self._refuse_key(event, where, "an escape here names half a letter. Write the letter.")
            return None
        if event.style is None and key == "<<":
            self._refuse_key(event, where, "merge keys are not allowed. Write the keys out.")
            return None
        if key in found:
            first = self._keys[(*where, key)].line
            self._refuse_key(event, where, f'the key "{key}" is also on line {first}.')
            return None
        return key

    def _skip(self, event: Any) -> None:
        """Pass over a node and everything in it."""
        depth = int(isinstance(event, yaml.CollectionStartEvent))
        while depth:
            event = next(self._events)
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)

    def _refuse(self, event: Any, where: Where, message: str) -> None:
        self._problems.append(problem_at(self._file, _place(event), where, message))
        self._refused.add(where)

    def _refuse_key(self, event: Any, where: Where, message: str) -> None:
        self._problems.append(problem_at(self._file, _place(event), where, message))


def _place(event: Any) -> Place:
    return Place(event.start_mark.line + 1, event.start_mark.column + 1)


def _whole_letters(text: str) -> str | None:
    """A text whose escapes name letters by halves, as JSON does, in whole; None if one is alone."""
    try:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le")
    except UnicodeDecodeError:
        return None


def resolve(text: str) -> str | bool | int | float | None:
    """What a plain scalar means in YAML 1.2's core schema; other words are text."""
    if text in _NULLS:
        return None
    if text in _TRUTHS:
        return _TRUTHS[text]
    return next((read(text) for form, read in _NUMBERS if form.fullmatch(text)), text)
