"""Documents name only what exists: make targets, files, commands."""

import re

import pytest

from tests.architecture.repository import ROOT, texts

TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
DOCUMENTS = {
    str(path): text
    for path, text in texts()
    if path.suffix == ".md" or str(path).startswith((".ci/", ".github/", ".pre-commit"))
}
LINK = re.compile(r"\]\((?!https?://|#)([^)#\s]+)")


@pytest.mark.parametrize("name", sorted(DOCUMENTS))
def test_every_make_target_that_a_document_names_exists(name: str) -> None:
    in_code = re.findall(
        r"(?:`|^\s*|run: |entry: |\(make -s\s)make(?: -s)? ([a-z-]+)", DOCUMENTS[name], re.MULTILINE
    )

    assert set(in_code) - TARGETS == set()


@pytest.mark.parametrize("name", sorted(DOCUMENTS))
def test_every_file_that_a_document_links_to_exists(name: str) -> None:
    folder = (ROOT / name).parent

    missing = [link for link in LINK.findall(DOCUMENTS[name]) if not (folder / link).exists()]

    assert missing == []


def test_the_readme_fits_one_screen_and_opens_with_the_two_commands() -> None:
    readme = DOCUMENTS["README.md"]

    commands = re.findall(r"^make ([a-z-]+)", readme, re.MULTILINE)

    assert commands[:2] == ["demo", "test"]
    assert len(readme.splitlines()) <= 60


@pytest.mark.parametrize("name", sorted(n for n in DOCUMENTS if n.startswith("docs/adr/")))
def test_a_decision_record_is_short_and_says_context_decision_and_consequences(name: str) -> None:
    record = DOCUMENTS[name]

    assert len(record.splitlines()) <= 60
    assert re.findall(r"^## (.+)$", record, re.MULTILINE) == ["Context", "Decision", "Consequences"]
