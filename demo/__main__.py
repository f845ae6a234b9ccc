"""`python -m demo`: tells the story, and ends with what was done and whether it came out."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
from pathlib import Path
from types import FrameType
from typing import NoReturn

from demo.commands import CommandError, Pulumi, Tenantry, project_in
from demo.narration import say
from demo.story import Story, StoryError
from sandbox.spawned import NotStartedError, spawn


def main() -> int:
    """Tell the story on a sandbox that ends with it, whatever happens."""
    # Ended from outside, the story unwinds as by Ctrl-C, and takes the sandbox with it.
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        with tempfile.TemporaryDirectory(prefix="tenantry-demo-") as folder:
            return _tell(Path(folder))
    except (StoryError, CommandError, NotStartedError) as error:
        sys.stdout.flush()
        sys.stderr.write(f"demo: {error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("\ndemo: interrupted; the sandbox was stopped.\n")
        return 130


def _tell(folder: Path) -> int:
    project = project_in(folder / "project")
    os.environ.update(_surroundings(folder))
    pulumi = Pulumi(project)
    say.chapter("Four simulated Entra tenants come up")
    with spawn(folder / "sandbox", azuread=True) as sandbox:
        os.environ.update(sandbox.variables)
        story = Story(sandbox, Tenantry(project), pulumi)
        story.tell()
    say.times()
    say.line("")
    say.line(story.ledger.closing_line())
    return 1 if story.ledger.failed else 0


def _surroundings(folder: Path) -> dict[str, str]:
    """What the programs of the story keep, they keep where it is removed with it."""
    states = folder / "pulumi" / "state"
    states.mkdir(parents=True)
    return {
        "NO_COLOR": "1",
        "TENANTRY_ENV": "sandbox",
        "TENANTRY_STATE": str(folder / "state.db"),
        "PULUMI_BACKEND_URL": states.as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": "sandbox",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_HOME": str(folder / "pulumi"),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
