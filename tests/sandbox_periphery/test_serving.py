"""The sandbox as a process of its own, asked by Microsoft's unmodified clients."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import ClientSecretCredential
from azure.identity.aio import ClientSecretCredential as AsyncClientSecretCredential
from click.testing import CliRunner

from sandbox.chosen import chosen_tenants
from sandbox.cli import sandbox
from sandbox.estate import PLACES, SANDBOX_SECRET
from sandbox.fault_commands import fault
from sandbox.fault_kinds import Kind
from sandbox.running import reason_of
from sandbox.seeds import sandbox_id

CHECKOUT = Path(__file__).parents[2]
TENANT = PLACES["contoso"].tenant_id
APP = sandbox_id("app:contoso:reconciler")


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "sandbox", *map(str, arguments)]


@contextmanager
def served(home: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        command("serve", "--port", "0", "--home", home, *options),
        cwd=CHECKOUT,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        assert process.stderr
        process.stderr.close()


def greeting(process: subprocess.Popen[str]) -> str:
    assert process.stderr
    lines = [process.stderr.readline()]
    while lines[-1] and "Ctrl-C" not in lines[-1]:
        lines.append(process.stderr.readline())
    return "".join(lines)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    made = tmp_path_factory.mktemp("sandbox")
    with served(made, "--people", "120") as process:
        assert "4 tenants on https://127.0.0.1:" in greeting(process)
        yield made


@pytest.fixture
def exports(home: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What `eval "$(python -m sandbox env)"` sets, set for this process."""
    said = subprocess.run(
        command("env", "--home", home), cwd=CHECKOUT, capture_output=True, text=True, check=True
    )
    lines = [line.removeprefix("export ").partition("=") for line in said.stdout.splitlines()]
    found = {name: value for name, _, value in lines}
    for name, value in found.items():
        monkeypatch.setenv(name, value)
    return found


def client_of(exports: dict[str, str]) -> httpx.Client:
    trust = ssl.create_default_context(cafile=exports["SSL_CERT_FILE"])
    return httpx.Client(base_url=exports["TENANTRY_SANDBOX_ORIGIN"], verify=trust, trust_env=False)


def credential_of(exports: dict[str, str], **changed: str) -> ClientSecretCredential:
    proof = {"tenant_id": TENANT, "client_id": APP, "client_secret": SANDBOX_SECRET, **changed}
    return ClientSecretCredential(
        **proof,
        authority=exports["TENANTRY_SANDBOX_ORIGIN"],
        disable_instance_discovery=True,
    )


def test_env_names_everything_a_client_needs(exports: dict[str, str], home: Path) -> None:
    assert exports["TENANTRY_SANDBOX_ORIGIN"].startswith("https://127.0.0.1:")
    assert exports["TENANTRY_SANDBOX_SECRET"] == SANDBOX_SECRET
    assert exports["SSL_CERT_FILE"] == exports["REQUESTS_CA_BUNDLE"]
    assert Path(exports["SSL_CERT_FILE"]).read_text().count("BEGIN CERTIFICATE") > 50


def test_azure_identity_gets_a_token(exports: dict[str, str]) -> None:
    with credential_of(exports) as credential:
        token = credential.get_token(exports["TENANTRY_SANDBOX_ORIGIN"] + "/.default")

    assert token.token.count(".") == 2


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"client_secret": "wrong"}, "AADSTS7000215"),
        ({"client_id": TENANT}, "AADSTS700016"),
        ({"tenant_id": APP}, "Unable to get authority configuration"),
    ],
)
def test_azure_identity_understands_refusals(
    exports: dict[str, str], changed: dict[str, str], told: str
) -> None:
    with (
        credential_of(exports, **changed) as credential,
        pytest.raises(ClientAuthenticationError, match=told),
    ):
        credential.get_token(exports["TENANTRY_SANDBOX_ORIGIN"] + "/.default")


async def _names_by_sdk(origin: str, bundle: str) -> list[str]:
    from kiota_abstractions.base_request_configuration import RequestConfiguration
    from kiota_authentication_azure.azure_identity_authentication_provider import (
        AzureIdentityAuthenticationProvider,
    )
    from msgraph import GraphRequestAdapter, GraphServiceClient
    from msgraph.generated.users.users_request_builder import UsersRequestBuilder
    from msgraph_core import GraphClientFactory  # type: ignore[import-untyped]

    # The transport that msgraph-core wraps around this one does not close it.
    transport = httpx.AsyncHTTPTransport()
    client = GraphClientFactory.create_with_default_middleware(
        client=httpx.AsyncClient(transport=transport)
    )
    async with (
        client,
        transport,
        # aiohttp reads SSL_CERT_FILE once, when it is imported, which another test may have done.
        AsyncClientSecretCredential(
            TENANT,
            APP,
            SANDBOX_SECRET,
            authority=origin,
            disable_instance_discovery=True,
            connection_verify=bundle,
        ) as credential,
    ):
        provider = AzureIdentityAuthenticationProvider(
            credential, scopes=[f"{origin}/.default"], allowed_hosts=["127.0.0.1"]
        )
        adapter = GraphRequestAdapter(provider, client=client)
        adapter.base_url = f"{origin}/v1.0"
        users = GraphServiceClient(request_adapter=adapter).users
        query = UsersRequestBuilder.UsersRequestBuilderGetQueryParameters(
            top=50, select=["id", "displayName"]
        )
        page = await users.get(RequestConfiguration(query_parameters=query))
        names: list[str] = []
        while page:
            names += [user.display_name for user in page.value]
            link = page.odata_next_link
            page = await users.with_url(link).get() if link else None
        return names


def test_msgraph_lists_users_page_by_page(exports: dict[str, str]) -> None:
    names = asyncio.run(_names_by_sdk(exports["TENANTRY_SANDBOX_ORIGIN"], exports["SSL_CERT_FILE"]))

    assert len(names) == 120
    assert all(names)


def test_a_fault_is_armed_from_another_shell(exports: dict[str, str], home: Path) -> None:
    armed = subprocess.run(
        command("fault", "storm", "--count", "2", "--home", home),
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=True,
    )
    subprocess.run(command("fault", "clear", "--home", home), cwd=CHECKOUT, check=True)

    assert armed.stdout == "armed: storm\n"
    with client_of(exports) as client:
        assert client.get("/_sandbox/state").json()["faults"]["armed"] == []


def test_faults_are_listed_and_cleared_by_number(exports: dict[str, str], home: Path) -> None:
    run("fault", "outage", "--status", "504", "--nth", "3", "--home", home)
    said = run("fault", "list", "--home", home).stdout
    number = said.split()[0]
    cleared = run("fault", "clear", number, "--home", home).stdout
    again = run("fault", "clear", number, "--home", home)

    assert "outage    share 1.0  status 504  waits 2  left 1  struck 0" in said
    assert cleared == "armed: nothing\n"
    assert again.returncode == 2
    assert f"no fault {number} is armed" in again.stderr


def test_time_passes_from_another_shell(tmp_path: Path) -> None:
    with served(tmp_path, "--people", "0") as process:
        greeting(process)
        before = run("clock", "--home", tmp_path).stdout
        after = run("clock", "30d", "--home", tmp_path).stdout
        wrong = run("clock", "soon", "--home", tmp_path)

    passed = datetime.fromisoformat(after.strip()) - datetime.fromisoformat(before.strip())
    assert passed.days == 30
    assert wrong.returncode == 2
    assert "Expected: 90, 40m, 12h or 30d." in wrong.stderr


@pytest.mark.parametrize("kind", [*(kind.value for kind in Kind), "list", "clear"])
def test_help_of_faults_fits_into_eighty_columns(kind: str) -> None:
    said = CliRunner().invoke(fault, [kind, "--help"], terminal_width=80).output

    assert max(map(len, said.splitlines())) <= 80
    assert "..." not in said


def test_a_dropped_write_breaks_the_connection(exports: dict[str, str]) -> None:
    with credential_of(exports) as credential:
        token = credential.get_token(exports["TENANTRY_SANDBOX_ORIGIN"] + "/.default").token
    head = {"Authorization": f"Bearer {token}"}
    with client_of(exports) as client:
        user = client.get("/v1.0/users?$top=1", headers=head).json()["value"][0]
        client.post("/_sandbox/faults", json={"kind": "drop"})

        with pytest.raises(httpx.TransportError):
            client.patch(f"/v1.0/users/{user['id']}", headers=head, json={"jobTitle": "Changed"})

        after = client.get(f"/v1.0/users/{user['id']}?$select=jobTitle", headers=head).json()
    assert after["jobTitle"] == "Changed"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_quietly(tmp_path: Path, number: signal.Signals) -> None:
    with served(tmp_path, "--people", "0") as process:
        greeting(process)

        process.send_signal(number)

        assert process.wait(timeout=10) == 0
        assert process.stderr
        assert process.stderr.read() == ""


def test_a_taken_port_is_said_with_what_to_do(home: Path, exports: dict[str, str]) -> None:
    port = exports["TENANTRY_SANDBOX_ORIGIN"].rpartition(":")[2]

    refused = run("serve", "--port", port, "--home", home)

    assert refused.returncode == 2
    assert f"port {port} of 127.0.0.1 is taken" in refused.stderr
    assert "--port" in refused.stderr


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*arguments),
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "NO_COLOR": "1"},
    )


def test_a_directory_file_that_is_none_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "people.json"
    path.write_text('{"users": []}', encoding="utf-8")

    refused = run("serve", "--home", tmp_path, "--directory", f"contoso={path}")

    assert refused.returncode == 2
    assert f"{path}: found an object without" in refused.stderr


def test_a_directory_without_an_alias_is_refused(tmp_path: Path) -> None:
    refused = run("--home", tmp_path, "--directory", "people.json")

    assert refused.returncode == 2
    assert "Expected: ALIAS=FILE" in refused.stderr


def test_a_tenant_of_ones_own_people_is_served(tmp_path: Path) -> None:
    people: list[dict[str, Any]] = [
        {"id": f"00000000-0000-0000-0000-00000000000{n}", "userPrincipalName": f"u{n}@a.example"}
        for n in range(3)
    ]
    path = tmp_path / "people.json"
    path.write_text(json.dumps({"value": people}), encoding="utf-8")

    with served(tmp_path, "--people", "0", "--directory", f"adatum={path}") as process:
        said = greeting(process)

    assert "5 tenants" in said
    assert "adatum           3 people" in said


def test_a_tenant_with_nobody_in_it_is_served_by_name(tmp_path: Path) -> None:
    options = ("--people", "0", "--tenant", "adatum", "--tenant", "proseware=Prose.Example")
    with served(tmp_path, *options) as process:
        said = greeting(process)

    assert "6 tenants" in said
    assert "adatum           0 people" in said
    assert "proseware        0 people" in said


def test_a_named_tenant_stands_in_the_place_of_the_demonstrations() -> None:
    found = {
        seed.alias: seed
        for seed in chosen_tenants(40, directories=(), tenants=("fabrikam", "adatum=mail.example"))
    }

    assert (found["fabrikam"].users, found["fabrikam"].groups) == ([], [])
    assert found["adatum"].verified_domains == ("mail.example", "adatum.onmicrosoft.com")
    assert len(found["contoso"].users) == 40


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (("adatum", "adatum=other.example"), "--tenant adatum names adatum already"),
        (("adatum=contoso.com",), "contoso.com is verified in contoso"),
        (("a=one.example", "b=one.example"), "one.example is verified in b"),
        (("adatum=nodomain",), "Expected: ALIAS or ALIAS=DOMAIN"),
        (("=adatum.example",), "Expected: ALIAS or ALIAS=DOMAIN"),
        (("my-tenant",), "my-tenant is no alias"),
        (("a" * 33,), "is no alias. Expected: at most 32 letters"),
    ],
)
def test_a_tenant_that_is_none_or_there_twice_is_refused(given: tuple[str, ...], told: str) -> None:
    options = [part for one in given for part in ("--tenant", one)]

    refused = CliRunner().invoke(sandbox, ["serve", *options])

    assert refused.exit_code == 2
    assert told in refused.output


def test_a_tenant_is_filled_from_one_file_only(tmp_path: Path) -> None:
    path = tmp_path / "people.json"
    path.write_text('[{"id": "1", "userPrincipalName": "u@a.example"}]', encoding="utf-8")
    twice = ["--directory", f"adatum={path}"] * 2

    refused = CliRunner().invoke(sandbox, ["serve", *twice])

    assert refused.exit_code == 2
    assert "names adatum already" in refused.output


def test_a_span_beyond_all_time_is_refused_and_the_sandbox_lives(home: Path) -> None:
    refused = run("clock", "99999999d", "--home", home)

    assert refused.returncode == 2
    assert "Expected: a number of seconds, 0 to 3,155,760,000 (a hundred years)" in refused.stderr
    assert run("clock", "--home", home).returncode == 0


@pytest.mark.parametrize("answer", [b"Internal Server Error", b"[]", b"{}", b"\xff"])
def test_an_answer_that_is_no_refusal_has_no_reason(answer: bytes) -> None:
    assert reason_of(answer) is None


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("adatum", "fabrikam.com is verified in fabrikam"),
        ("my-tenant", "my-tenant is no alias"),
    ],
)
def test_a_file_is_refused_where_it_fits_no_tenant(tmp_path: Path, given: str, told: str) -> None:
    path = tmp_path / "people.json"
    path.write_text('[{"id": "1", "userPrincipalName": "u@fabrikam.com"}]', encoding="utf-8")

    refused = CliRunner().invoke(sandbox, ["serve", "--directory", f"{given}={path}"])

    assert refused.exit_code == 2
    assert told in refused.output
