"""What a command line says of options and directories that cannot be used."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sandbox import certificates
from sandbox.certificates import Home, HomeError
from sandbox.cli import sandbox


def said(*arguments: str | Path) -> Result:
    return CliRunner().invoke(sandbox, [*map(str, arguments)])


@pytest.fixture
def home(tmp_path: Path) -> Home:
    found = Home(path=tmp_path)
    certificates.prepare(found)
    return found


@pytest.mark.parametrize("port", ["70000", "-1"])
def test_a_port_that_is_none_is_refused_as_such(port: str) -> None:
    refused = said("serve", "--port", port)

    assert refused.exit_code == 2
    assert "is not in the range" in refused.output


def test_an_empty_secret_is_refused() -> None:
    refused = said("serve", "--secret", "")

    assert refused.exit_code == 2
    assert "--secret: found nothing" in refused.output


def test_a_home_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    refused = said("env", "--home", tmp_path / "file" / "home")

    assert refused.exit_code == 2
    assert "Choose another with --home" in refused.output


@pytest.mark.parametrize(("name", "text"), [("server.pem", "nonsense"), ("azuread", "x")])
def test_a_file_of_the_home_that_means_nothing_is_named(home: Home, name: str, text: str) -> None:
    (home.path / name).write_text(text)

    refused = said("env", "--home", home.path)

    assert refused.exit_code == 2
    assert f"{home.path / name}: found" in refused.output


def test_a_signing_key_that_is_none_is_named(home: Home) -> None:
    home.signing_key.write_text("nonsense")

    with pytest.raises(HomeError, match="found no RSA key"):
        certificates.signing_key(home)


def test_an_empty_certificate_is_made_anew(home: Home) -> None:
    home.server.write_text("")

    certificates.prepare(home)

    assert b"PRIVATE KEY" in home.server.read_bytes()


def test_the_end_of_a_second_sandbox_leaves_shells_at_the_first(home: Home) -> None:
    certificates.remember_origin(home, "https://127.0.0.1:1")
    before = certificates.remembered_origin(home)
    certificates.remember_origin(home, "https://127.0.0.1:2")

    certificates.forget_origin(home, "https://127.0.0.1:2", before)

    assert certificates.remembered_origin(home) == "https://127.0.0.1:1"


def test_the_end_of_the_first_sandbox_leaves_shells_at_the_second(home: Home) -> None:
    certificates.remember_origin(home, "https://127.0.0.1:2")

    certificates.forget_origin(home, "https://127.0.0.1:1", "https://127.0.0.1:0")

    assert certificates.remembered_origin(home) == "https://127.0.0.1:2"
