"""`tenantry mappings`: Entra's schema from and to topologies, and tests of mappings."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from reconcile.cli.main import main
from sandbox.native.schema import default_schema
from tests.served import ROOT


@pytest.fixture(autouse=True)
def in_the_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def mappings(*arguments: str, content: str = "") -> Result:
    return CliRunner().invoke(main, ["mappings", *arguments], input=content)


def test_the_schema_of_a_link_can_be_read_again() -> None:
    exported = mappings("export", "contoso-to-fabrikam")

    imported = mappings("import", "-", content=exported.stdout)

    assert exported.exit_code == 0
    assert imported.stdout == (
        "# stdin, as far as it differs from Entra's defaults.\n"
        "# Put this into a topology, beside who is assigned. Entra never clears an\n"
        "# attribute: with `null: keep` no link does.\n"
        "sync:\n"
        "  mappings:\n"
        "    set:\n"
        "      companyName: {constant: Contoso}\n"
        "      mobile: {direct: mobile}\n"
        "    remove: [employeeId]\n"
    )


def test_a_job_s_own_schema_is_changed_in_place(tmp_path: Path) -> None:
    file = tmp_path / "job.json"
    file.write_text(json.dumps(default_schema("job")))

    exported = mappings("export", "contoso-to-fabrikam", "--into", str(file))

    assert json.loads(exported.stdout)["id"] == "job"
    assert "Entra clears nothing" in exported.stderr


def test_a_file_that_holds_no_object_is_refused() -> None:
    exported = mappings("export", "contoso-to-fabrikam", "--into", "-", content="[]")

    assert (exported.exit_code, exported.stdout) == (2, "")
    assert exported.stderr.startswith("stdin: this is no JSON object.")


def test_the_only_link_need_not_be_named() -> None:
    exported = mappings("export", "--topologies", "topologies/acquisition.yaml")

    assert exported.exit_code == 0


@pytest.mark.parametrize(
    ("link", "message"),
    [
        ([], "Several links are declared: contoso-to-fabrikam, "),
        (["contoso-to-nowhere"], "No topology declares the link contoso-to-nowhere. Declared: "),
    ],
)
def test_a_link_must_be_told_from_others(link: list[str], message: str) -> None:
    exported = mappings("export", *link)

    assert (exported.exit_code, exported.stdout) == (2, "")
    assert exported.stderr.startswith(message)


def test_defaults_are_no_difference() -> None:
    imported = mappings("import", "-", content=json.dumps(default_schema("job")))

    assert imported.stdout.endswith("# It does not differ.\n")


def test_what_is_not_carried_over_stands_in_comments_and_in_the_document() -> None:
    schema = default_schema("job")
    users = schema["synchronizationRules"][0]["objectMappings"][0]
    users["attributeMappings"][3]["source"] = {"type": "Function", "expression": "Trim([a])"}
    content = json.dumps(schema)

    text, document = (
        mappings("import", "-", content=content),
        mappings("import", "-", "-o", "json", content=content),
    )

    assert text.stdout.endswith(
        "# Not said above:\n"
        "# - the mapping of streetAddress: there is no function Trim. It is Trim([a]).\n"
    )
    found = json.loads(document.stdout)
    assert (found["version"], found["kind"]) == (1, "imported mappings")
    assert found["unsaid"][0]["what"] == "the mapping of streetAddress"


def test_what_is_no_schema_is_refused() -> None:
    imported = mappings("import", "-", content="{}")

    assert (imported.exit_code, imported.stdout) == (2, "")
    assert imported.stderr.startswith("stdin: this schema maps no users to another tenant's.")


def test_the_people_of_the_repository_are_mapped_as_expected() -> None:
    found = mappings("test")

    assert (found.exit_code, found.stdout) == (0, "6 tests on 14 links: all as expected.\n")


WRONG = """\
version: 1
links: [subsidiaries]
tests:
  - name: Ada
    person: {city: Oslo}
    later:
      city: Rome
"""


def test_an_expectation_that_does_not_hold_ends_with_one(tmp_path: Path) -> None:
    file = tmp_path / "wrong.yaml"
    file.write_text(WRONG)

    found = mappings("test", str(tmp_path))

    assert found.exit_code == 1
    assert "wrong.yaml:7: Ada: city later" in " ".join(found.stdout.split())
    assert found.stdout.endswith(
        "  on        contoso → fabrikam, contoso → tailspin, contoso → wingtip\n"
        '  expected  "Rome"\n'
        '  found     "Oslo"\n'
        "\n"
        "1 test on 3 links: 3 failed.\n"
    )


def test_failures_are_data_for_programs(tmp_path: Path) -> None:
    file = tmp_path / "wrong.yaml"
    file.write_text(WRONG)

    answer = json.loads(mappings("test", str(file), "-o", "json").stdout)

    assert (answer["version"], answer["kind"], answer["tests"]) == (1, "mapping tests", 1)
    assert answer["failures"][0] == {
        "file": str(file),
        "line": 7,
        "test": "Ada",
        "link": "contoso-to-fabrikam",
        "attribute": "city",
        "moment": "later",
        "expected": '"Rome"',
        "found": '"Oslo"',
    }


def test_a_wrong_file_ends_with_two(tmp_path: Path) -> None:
    (tmp_path / "wrong.yaml").write_text(WRONG.replace("later", "latr"))

    found = mappings("test", str(tmp_path))

    assert (found.exit_code, found.stdout) == (2, "")
    assert found.stderr.endswith('unknown key "latr". Did you mean "later"?\n')


def test_a_folder_without_tests_is_wrong_usage(tmp_path: Path) -> None:
    found = mappings("test", str(tmp_path))

    assert found.exit_code == 2
    assert found.stderr.endswith("this folder holds no .yaml file. Expected mapping tests.\n")
