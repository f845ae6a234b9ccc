"""Files stay small, speak the project's words, and carry nothing of their author's machine."""

import re
import tomllib

import pytest

from tests.architecture.repository import ROOT, python_files, texts

LONGEST = 400
BANNED_SUFFIXES = (
    "manager",
    "helper",
    "helpers",
    "util",
    "utils",
    "service",
    "base",
    "handler",
    "data",
    "info",
    "process",
    "do",
)
SUFFIX = "|".join(BANNED_SUFFIXES)
MACHINE = re.compile(
    rf"{re.escape(str(ROOT))}/"  # this checkout
    r"|(?<![\w.])/(?:root|home/\w+|Users/\w+)/"  # someone's folders
    r"|\b(?:10|192\.168|172\.(?:1[6-9]|2\d|3[01]))(?:\.\d{1,3}){2,3}\b"  # someone's network
    r"|https?://[^\s\"'/]*(?:registry|mirror|proxy|artifactory|nexus)[\w.:-]*",  # registry
)


def test_no_file_is_longer_than_a_reader_can_hold() -> None:
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in python_files()
    }

    assert {name: lines for name, lines in lengths.items() if lines > LONGEST} == {}


def test_no_module_is_named_by_a_word_that_says_nothing() -> None:
    banned = re.compile(rf"(?:^|_)(?:{SUFFIX})$")

    names = [str(path.relative_to(ROOT)) for path in python_files() if banned.search(path.stem)]

    assert names == []


def test_no_class_is_named_by_a_word_that_says_nothing() -> None:
    banned = re.compile(rf"^class \w*(?:{SUFFIX.title()})\b", re.MULTILINE)

    names = [
        f"{path.relative_to(ROOT)}: {found[0]}"
        for path in python_files()
        for found in banned.finditer(path.read_text())
    ]

    assert names == []


@pytest.mark.parametrize(
    "line",
    [
        "see /home/ada/tenantry/x",
        "at 10.1.2.3",
        "index = https://mirror.example.com/simple",
    ],
)
def test_traces_of_a_machine_are_recognized(line: str) -> None:
    assert MACHINE.search(line)


def test_no_file_carries_the_machine_it_was_written_on() -> None:
    here = "tests/architecture/test_files.py"

    traces = [
        f"{path}: {found[0]}"
        for path, text in texts()
        if str(path) != here
        for found in MACHINE.finditer(text)
    ]

    assert traces == []


def test_locks_name_no_address() -> None:
    locks = (ROOT / "requirements").glob("*.txt")

    assert [path.name for path in locks if "://" in path.read_text()] == []


def test_locks_hold_what_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    groups = [
        project["project"]["dependencies"],
        *project["project"]["optional-dependencies"].values(),
        *project["dependency-groups"].values(),
    ]
    asked = {
        re.split(r"[\[<>=~! ]", line)[0].lower().replace("_", "-")
        for group in groups
        for line in group
    }
    lock = (ROOT / "requirements" / "development.txt").read_text()
    locked = set(re.findall(r"^([a-z0-9-]+)==", lock, re.MULTILINE))

    assert asked - locked == set()
