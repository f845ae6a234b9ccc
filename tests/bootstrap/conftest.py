"""A machine for a bootstrap to find: only the tools that a test puts there."""

import os
import shutil
import stat
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.architecture.repository import ROOT

BOOTSTRAP = ROOT / "bin" / "bootstrap"
ENGINE = ROOT / "bin" / "engine"
TOOLS = (
    *("awk", "basename", "cat", "chmod", "cksum", "cp", "cut", "date", "dirname", "env", "head"),
    *(
        "ln",
        "mkdir",
        "mktemp",
        "mv",
        "readlink",
        "realpath",
        "rm",
        "sed",
        "sh",
        "sleep",
        "tail",
        "touch",
        "tr",
    ),
)


@dataclass(frozen=True, kw_only=True)
class Machine:
    """A PATH of its own and a home of its own."""

    tools: Path
    home: Path
    more: dict[str, str] = field(default_factory=dict)

    @property
    def cache(self) -> Path:
        return self.home / ".cache" / "tenantry"

    def has(self, name: str, original: str | Path | None = None) -> None:
        """Put a program of this machine there."""
        found = original or shutil.which(name)
        assert found, f"these tests need {name}"
        (self.tools / name).symlink_to(found)

    def has_script(self, name: str, text: str) -> None:
        """Put a program there that a test has written."""
        write_script(self.tools / name, text)

    def environment(self, changes: Mapping[str, str] | None = None) -> dict[str, str]:
        """Return what a process there finds in its environment; the registry stays the same."""
        kept = ("_PROXY", "_BUNDLE", "_CERT", "SSL_CERT_FILE", "SSL_CERT_DIR", "INDEX_URL")
        registry = {
            name: value for name, value in os.environ.items() if name.upper().endswith(kept)
        }
        own = {"PATH": str(self.tools), "HOME": str(self.home)}
        return registry | own | self.more | dict(changes or {})

    def start(
        self, *options: str, script: Path = BOOTSTRAP, **changes: str
    ) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [script, *options],
            env=self.environment(changes),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, script: Path, *options: str, **changes: str) -> subprocess.CompletedProcess[str]:
        with self.start(*options, script=script, **changes) as process:
            out, talk = process.communicate()
        return subprocess.CompletedProcess(process.args, process.returncode, out, talk)

    def bootstrap(self, *options: str, **changes: str) -> subprocess.CompletedProcess[str]:
        return self.run(BOOTSTRAP, *options, **changes)

    def engine(self, *options: str, **changes: str) -> subprocess.CompletedProcess[str]:
        return self.run(ENGINE, *options, **changes)

    def where(self) -> Path:
        return Path(self.bootstrap("--where").stdout.strip())

    def left_aside(self) -> list[str]:
        """Return what a build that is over should have removed."""
        return sorted(path.name for path in self.cache.glob("e*/.*"))


def write_script(script: Path, text: str) -> None:
    script.write_text(f"#!/bin/sh\n{text}\n")
    script.chmod(script.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    tools, home = tmp_path / "bin", tmp_path / "home"
    tools.mkdir()
    home.mkdir()
    made = Machine(tools=tools, home=home)
    for name in TOOLS:
        made.has(name)
    return made
