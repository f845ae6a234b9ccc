"""`tenantry expression eval`: what is typed, what is answered, what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from reconcile.cli.main import main

ADA = {
    "id": "11111111-1111-1111-1111-111111111111",
    "displayName": "Ada",
    "mail": "ada@contoso.com",
    "accountEnabled": True,
    "businessPhones": ["+1 206"],
    "proxyAddresses": ["SMTP:ada@contoso.com", "smtp:a@contoso.com"],
    "onPremisesExtensionAttributes": {"extensionAttribute1": "blue"},
}


def evaluate(text: str, *more: str, user: Any = ADA) -> Result:
    arguments = ["expression", "eval", text, "--user", "-", *more]
    content = user if isinstance(user, str | bytes) else json.dumps(user)
    return CliRunner().invoke(main, arguments, input=content)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Left([mail], 3)", "ada"),
        ('Append([telephoneNumber], "!")', "+1 206!"),
        ("ToUpper([extensionAttribute1])", "BLUE"),
        ("RemoveDuplicates([proxyAddresses])", "SMTP:ada@contoso.com\nsmtp:a@contoso.com"),
        ('CBool([accountEnabled]="True")', "True"),
        ('Append("\x1b[2J", "\u05d0")', "\u2068�[2J\u05d0\u2069"),
        ("Left([mail], 0)", "(nothing)"),
        ('IgnoreFlowIfNullOrEmpty("")', "(dropped: the attribute is left out)"),
    ],
)
def test_a_value_is_answered(text: str, answer: str) -> None:
    found = evaluate(text)

    assert (found.exit_code, found.stdout) == (0, f"{answer}\n")


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("Left([mail], 3)", "text", "ada"),
        ("Count([proxyAddresses])", "number", 2),
        ('CBool([accountEnabled]="True")', "truth", True),
        ('Split("a,b", ",")', "texts", ["a", "b"]),
        ("Left([mail], 0)", "nothing", None),
        ('IgnoreFlowIfNullOrEmpty("")', "dropped", None),
    ],
)
def test_a_value_has_its_type_for_programs(text: str, kind: str, value: object) -> None:
    answer = json.loads(evaluate(text, "-o", "json").stdout)

    assert (answer["version"], answer["kind"]) == (1, "evaluation")
    assert (answer["type"], answer["value"]) == (kind, value)


def test_a_user_is_read_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "ada.json"
    file.write_text(json.dumps(ADA))

    found = CliRunner().invoke(main, ["expression", "eval", "Left([mail], 3)", "--user", str(file)])

    assert found.stdout == "ada\n"


def test_the_time_can_be_told() -> None:
    found = evaluate("Now()", "--now", "2026-01-31")

    assert found.stdout == "1/31/2026 12:00:00 AM\n"


def test_a_time_of_another_zone_is_told_in_utc() -> None:
    found = evaluate("Now()", "--now", "2026-01-31T01:00:00+02:00")

    assert found.stdout == "1/30/2026 11:00:00 PM\n"


@pytest.mark.parametrize("time", ["yesterday", "0001-01-01T00:00:00+02:00"])
def test_a_time_that_is_none_is_wrong_usage(time: str) -> None:
    found = evaluate("Now()", "--now", time)

    assert found.exit_code == 2
    assert f'"{time}" is no time. Write it as 2026-01-31' in found.stderr


def test_a_property_that_nobody_asked_graph_for_is_told() -> None:
    found = evaluate("Coalesce([department], [physicalDeliveryOfficeName])")

    assert (found.exit_code, found.stdout) == (0, "(nothing)\n")
    assert "has no department, physicalDeliveryOfficeName" in found.stderr
    assert "?$select=department,officeLocation" in found.stderr


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "Lef([mail], 3)",
            "there is no function Lef. Did you mean Left?\n    Lef([mail], 3)\n    ^\n",
        ),
        (
            "Left([mial], 3)",
            'unknown attribute "mial". Did you mean "mail"?\n    Left([mial], 3)\n         ^\n',
        ),
        (
            'Replace([mail], "[mial]", , , [ mial ],)',
            (
                'unknown attribute "mial". Did you mean "mail"?\n'
                '    Replace([mail], "[mial]", , , [ mial ],)\n'
                f"    {' ' * 30}^\n"
            ),
        ),
        (
            "Left([manager], 3)",
            (
                '"manager" is a reference, which no function takes.\n'
                "    Left([manager], 3)\n         ^\n"
            ),
        ),
    ],
)
def test_an_unusable_expression_is_pointed_into(text: str, message: str) -> None:
    found = evaluate(text)

    assert (found.exit_code, found.stdout, found.stderr) == (2, "", message)


def test_a_value_that_does_not_fit_ends_with_one() -> None:
    found = evaluate('DateAdd("d", 1, [mail])')

    assert (found.exit_code, found.stdout) == (1, "")
    assert found.stderr.startswith('"ada@contoso.com" is no date.')


@pytest.mark.parametrize(
    ("user", "message"),
    [
        ("{", "stdin:1:2: this is not JSON: "),
        (b"\xff", "stdin: this is not UTF-8 text."),
        ("[" * 100_000, "stdin: this is no JSON that can be read: "),
        ('{"mail": "\\ud800"}', "stdin: an escape in this JSON names no letter."),
        ("[]", "stdin: this holds no single user."),
        ({"value": [ADA]}, "stdin: this holds no single user."),
        ({**ADA, "id": 7}, "stdin: the id is no text."),
        ({**ADA, "mail": 7}, "mail is not what Graph answers. Expected text."),
        ({**ADA, "proxyAddresses": [7]}, "proxyAddresses is not what Graph answers."),
        ({**ADA, "businessPhones": "1"}, "businessPhones is not what Graph answers."),
        ({**ADA, "accountEnabled": "yes"}, "accountEnabled is not what Graph answers."),
        (
            {**ADA, "onPremisesExtensionAttributes": {"extensionAttribute1": 7}},
            "onPremisesExtensionAttributes is not what Graph answers. Expected an object.",
        ),
    ],
)
def test_what_is_no_user_is_refused(user: Any, message: str) -> None:
    text = (
        "Join([mail], [proxyAddresses], [telephoneNumber], [accountEnabled], [extensionAttribute1])"
    )

    found = evaluate(text, user=user)

    assert (found.exit_code, found.stdout) == (2, "")
    assert found.stderr.startswith(message)
