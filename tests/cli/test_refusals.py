"""What cannot be done is said in one message: where, what, what was expected, what to do."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from reconcile.cli.main import main
from reconcile.model.tenants import TenantId
from reconcile.state.store import open_store
from sandbox.seeds import sandbox_id
from tests.served import ROOT, Served


class StandingClock:
    """A clock that stands where the lease was taken: now."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None: ...


@pytest.fixture(autouse=True)
def in_the_checkout(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(ROOT)
    for name in ("TENANTRY_ENV", "TENANTRY_STATE", "TENANTRY_SANDBOX_SECRET"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))


def tenantry(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def test_a_command_that_does_not_exist_suggests_one_that_does() -> None:
    found = tenantry("aply")

    assert found.exit_code == 2
    assert 'no command "aply". Did you mean "apply"?' in found.stderr


def test_without_an_environment_the_known_ones_are_listed() -> None:
    found = tenantry("plan")

    assert found.exit_code == 2
    assert found.stderr == (
        "No environment is named. In stacks/environments: production.example, sandbox. "
        "Name one with `--env` or TENANTRY_ENV.\n"
    )


def test_an_environment_that_does_not_exist_is_named() -> None:
    found = tenantry("plan", "--env", "sandbx")

    assert found.exit_code == 2
    assert found.stderr == (
        'There is no environment "sandbx". In stacks/environments: production.example, sandbox. '
        "Name one of them, or a file.\n"
    )


def test_a_link_that_no_topology_declares_is_named() -> None:
    found = tenantry("plan", "--env", "sandbox", "--link", "contoso-to-nowhere")

    assert found.exit_code == 2
    assert found.stderr.startswith("No topology declares the link contoso-to-nowhere. Declared: ")


def test_a_word_that_is_no_link_says_how_links_are_written() -> None:
    found = tenantry("logs", "contoso", "--env", "sandbox")

    assert found.exit_code == 2
    assert '"contoso" is no link. Write it as contoso-to-fabrikam.' in found.stderr


@pytest.mark.parametrize(
    "spelled", ["contoso-to-fabrikam", "contoso -> fabrikam", "contoso→fabrikam"]
)
def test_a_link_may_be_spelled_as_people_do(spelled: str) -> None:
    found = tenantry("logs", spelled, "--env", "sandbox")

    assert found.stdout == "contoso → fabrikam: nothing like that is logged.\n"


def test_an_unknown_key_is_found_with_its_place() -> None:
    wrong = "tests/topology/invalid/unknown-key.yaml"

    found = tenantry("plan", "--env", "sandbox", "--topologies", wrong)

    assert found.exit_code == 2
    assert found.stderr.startswith(f"{wrong}:")
    assert "Did you mean" in found.stderr


def test_an_unbound_group_lists_the_tenants_that_lack_it(tmp_path: Path) -> None:
    topology = tmp_path / "topology.yaml"
    text = (ROOT / "topologies/subsidiaries.yaml").read_text().replace("[employees]", "[cleaners]")
    topology.write_text(text)

    found = tenantry("plan", "--env", "sandbox", "--topologies", str(topology))

    assert found.exit_code == 2
    assert 'the group "cleaners" is not bound in environment sandbox for contoso.' in found.stderr


def test_a_missing_credential_names_the_variable_that_must_hold_it() -> None:
    found = tenantry("plan", "--env", "sandbox", "--topologies", "topologies/subsidiaries.yaml")

    assert found.exit_code == 2
    assert "the variable TENANTRY_SANDBOX_SECRET is not set. It must hold" in found.stderr


def test_a_newer_state_database_is_neither_read_nor_written(tmp_path: Path) -> None:
    state = f"sqlite:///{tmp_path / 'newer.db'}"
    open_store(state, StandingClock()).close()
    with sqlite3.connect(tmp_path / "newer.db") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.close()

    found = tenantry("status", "--env", "sandbox", "--state", state)

    assert found.exit_code == 2
    assert "is at version 9999, this program knows" in found.stderr
    assert "nothing was read or written." in found.stderr


def test_nothing_is_allowed_without_a_reason() -> None:
    found = tenantry("allow-deletes", "contoso-to-fabrikam", "--cycle", "1", "--env", "sandbox")

    assert found.exit_code == 2
    assert "Missing option '--why'" in found.stderr


def test_a_wrong_secret_is_refused_by_the_authority(served: Served) -> None:
    place = served.place("contoso", "wingtip")

    found = served.tenantry(
        "plan", *place, *served.state("secret"), TENANTRY_SANDBOX_SECRET="not-the-secret"
    )

    assert found.code == 2
    assert "AADSTS7000215" in found.err
    assert "Put a valid client secret into TENANTRY_SANDBOX_SECRET" in found.err
    assert "not-the-secret" not in found.err


def test_a_missing_permission_is_named_by_check(served: Served) -> None:
    place = served.place("contoso", "wingtip", "reader", wingtip="reader")

    found = served.tenantry("check", *place, *served.state("reader"))

    assert found.code == 1
    assert "x mend permissions  Not granted: " in found.out
    assert "User.Invite.All (to invite people)" in " ".join(found.out.split())


def test_a_link_without_a_record_cannot_be_resumed(served: Served) -> None:
    place, why = served.place("contoso", "wingtip"), ["--why", "a trial"]

    found = served.tenantry("resume", "contoso-to-wingtip", *why, *place, *served.state("resume"))

    assert found.code == 2
    assert "was ever recorded" in found.err


def test_a_target_that_does_not_allow_sync_holds_the_link(served: Served) -> None:
    place = served.place("contoso", "wingtip")

    found = served.tenantry("plan", *place, *served.state("closed"))

    assert found.code == 3
    assert found.out.startswith("contoso → wingtip\nHeld: inbound user synchronization")
    assert "(AzureActiveDirectoryCrossTenantSyncPolicyCheckFailure)" in " ".join(found.out.split())
    assert "Set it with `pulumi up`." in " ".join(found.out.split())
    assert f"  See:    tenantry check {' '.join(place)}" in found.out


def test_an_unreachable_graph_is_named(served: Served) -> None:
    place = served.place("contoso", "wingtip")

    found = served.tenantry(
        "plan", *place, *served.state("away"), TENANTRY_SANDBOX_ORIGIN="https://127.0.0.1:9"
    )

    assert found.code == 1
    assert "127.0.0.1 cannot be reached" in found.err


def test_a_lease_that_another_run_holds_stops_apply(served: Served) -> None:
    place, state = served.place("contoso", "wingtip"), served.state("leased")
    with open_store(state[1], StandingClock()) as store:
        store.acquire(TenantId(sandbox_id("tenant:wingtip")), "ada@build-7")

    found = served.tenantry("apply", "--yes", *place, *state)

    assert found.code == 3
    assert "ada@build-7" in found.err
