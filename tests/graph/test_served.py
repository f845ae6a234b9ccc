"""Our clients against a sandbox in a process of its own: TLS, tokens and SDK as they are."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

CHECKOUT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    made = tmp_path_factory.mktemp("sandbox")
    command = [sys.executable, "-m", "sandbox", "serve", "--port", "0", "--home", str(made)]
    process = subprocess.Popen(
        [*command, "--people", "60"], cwd=CHECKOUT, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    try:
        for line in process.stderr:
            if "Ctrl-C" in line:
                break
        yield made
    finally:
        process.kill()
        process.wait()
        process.stderr.close()


@pytest.fixture(scope="module")
def played(home: Path) -> dict[str, Any]:
    bundle = str(home / "bundle.pem")
    ended = subprocess.run(
        [sys.executable, "-m", "tests.graph.against_served", (home / "origin").read_text().strip()],
        cwd=CHECKOUT,
        env={**os.environ, "SSL_CERT_FILE": bundle, "REQUESTS_CA_BUNDLE": bundle},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    found: dict[str, Any] = json.loads(ended.stdout)
    return found


def test_a_scope_is_read_over_tls_with_a_token_of_azure_identity(played: dict[str, Any]) -> None:
    assert played["people"] > 40


def test_the_unmodified_sdk_bootstraps_and_checks(played: dict[str, Any]) -> None:
    assert len(played["made"]) == 3
    assert played["unwell"] == []


def test_a_wrong_secret_is_refused_with_what_to_do(played: dict[str, Any]) -> None:
    assert "AADSTS7000215" in played["refusal"]
    assert "Put a valid client secret into TENANTRY_SANDBOX_SECRET" in played["refusal"]


def test_a_job_of_github_is_trusted_in_its_environment_and_in_no_other(
    played: dict[str, Any],
) -> None:
    trusted, other = played["federated"]

    assert trusted == ""
    assert "AADSTS7002" in other  # which number depends on what did not match
