"""YAML is read by the rules of YAML 1.2, and what cannot be read is told with its place."""

import math
from pathlib import Path
from typing import Any

import pytest

from reconcile.topology.document import Place
from reconcile.topology.load import load_file, load_topologies, read_document, resolve


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("NO", "NO"),
        ("on", "on"),
        ("12:30", "12:30"),
        ("0123", 123),
        ("0o17", 15),
        ("0x1F", 31),
        ("-7", -7),
        ("1_000", "1_000"),
        ("1.5e3", 1500.0),
        (".5", 0.5),
        ("-.inf", -math.inf),
        ("TRUE", True),
        ("false", False),
        ("~", None),
        ("", None),
        ("2026-11-23", "2026-11-23"),
        ("9" * 5000, "9" * 5000),
    ],
)
def test_plain_scalars_mean_what_the_core_schema_says(written: str, meant: Any) -> None:
    assert resolve(written) == meant
    assert type(resolve(written)) is type(meant)


def test_nan_is_a_number() -> None:
    found = resolve(".NaN")

    assert isinstance(found, float)
    assert math.isnan(found)


def test_a_quoted_scalar_is_text() -> None:
    assert read_document("a: 'true'\nb: \"1\"\nc: |\n  2\n", "f").value == {
        "a": "true",
        "b": "1",
        "c": "2\n",
    }


def test_escapes_that_name_a_letter_by_halves_are_that_letter() -> None:
    """JSON writes so what lies beyond the first 65,536 characters."""
    found = read_document('{"\\ud83d\\ude00": "\\ud83d\\ude00"}', "one.yaml")

    assert (found.value, found.problems) == ({"\N{GRINNING FACE}": "\N{GRINNING FACE}"}, ())


def test_keys_are_text_whatever_they_spell() -> None:
    assert read_document("null: keep\n1: x\n", "f").value == {"null": "keep", "1": "x"}


def test_every_value_knows_its_place() -> None:
    document = read_document("a:\n  - b: c\n", "f")

    assert document.at(("a", 0, "b")) == Place(2, 8)
    assert document.at(("a", 0, "b", "nowhere")) == Place(2, 8)


def test_a_missing_file_is_a_problem() -> None:
    (problem,) = load_file(Path("nowhere/at-all.yaml")).problems

    assert str(problem) == "nowhere/at-all.yaml:1:1: there is no such file. Check the path."


def test_a_path_that_cannot_be_read_is_a_problem(tmp_path: Path) -> None:
    (problem,) = load_file(tmp_path).problems

    assert "this file cannot be read" in problem.message


def test_bytes_that_are_not_text_are_a_problem(tmp_path: Path) -> None:
    file = tmp_path / "latin.yaml"
    file.write_bytes(b"version: 1\nname: \xe6r\xf8\n")

    (problem,) = load_file(file).problems

    assert (problem.line, problem.column) == (2, 7)
    assert problem.message == "this is not UTF-8 text. Save the file as UTF-8."


def test_a_byte_order_mark_is_no_problem(tmp_path: Path) -> None:
    file = tmp_path / "marked.yaml"
    file.write_bytes(b"\xef\xbb\xbfversion: 1\n")

    assert load_file(file).value == {"version": 1}


def test_a_folder_stands_for_its_files_once(tmp_path: Path) -> None:
    for name in ("b.yaml", "a.yml", "c.txt"):
        (tmp_path / name).write_text("version: 1\n")

    documents = load_topologies([tmp_path, tmp_path / "b.yaml"])

    assert [Path(one.file).name for one in documents] == ["a.yml", "b.yaml"]


def test_an_empty_folder_is_a_problem(tmp_path: Path) -> None:
    (document,) = load_topologies([tmp_path])

    assert document.problems[0].message.startswith("this folder holds no .yaml file.")
