"""How a provider is configured: what it finds, and which clouds it does not touch."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.azuread_plugin.graph import Account, RefusedError, account

GIVEN = {"tenantId": "t", "clientId": "c", "metadataHost": "127.0.0.1:8443"}


@pytest.mark.parametrize(
    "host",
    ["", "graph.microsoft.com", "management.azure.com:443", "192.0.2.1:8443", "127.0.0.1.nip.io"],
)
def test_a_cloud_that_is_not_on_this_machine_is_refused(host: str) -> None:
    with pytest.raises(RefusedError, match="serves the sandbox only"):
        account({**GIVEN, "metadataHost": host}, {"ARM_CLIENT_SECRET": "s"})


@pytest.mark.parametrize("host", ["127.0.0.1:8443", "localhost:8443", "[::1]:8443"])
def test_the_sandbox_is_on_this_machine(host: str) -> None:
    found = account({**GIVEN, "metadataHost": host}, {"ARM_CLIENT_SECRET": "s"})

    assert found == Account(tenant_id="t", client_id="c", secret="s", metadata_host=host)


def test_a_secret_lies_in_the_file_that_is_named(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("from the file\n", encoding="utf-8")
    named = {**GIVEN, "clientSecretFilePath": str(tmp_path / "secret")}

    assert account(named, {}).secret == "from the file"


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="which cannot be read"):
        account({**GIVEN, "clientSecretFilePath": str(tmp_path / "none")}, {})


def test_a_missing_secret_is_named_with_the_variable() -> None:
    with pytest.raises(RefusedError, match="ARM_CLIENT_SECRET"):
        account(GIVEN, {})
