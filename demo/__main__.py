"""`python -m demo`: tells the story, and ends with what was done and whether it came out."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
from pathlib import Path
from types import FrameType
from typing import NoReturn

from demo.commands import CommandError, Tenantry
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
    say.chapter("Four simulated Entra tenants come up")
    with spawn(folder / "sandbox") as sandbox:
        os.environ.update(sandbox.variables)
        os.environ.update(
            TENANTRY_ENV="sandbox", TENANTRY_STATE=str(folder / "state.db"), NO_COLOR="1"
        )
        story = Story(sandbox, Tenantry())
        story.tell()
    say.line("")
    say.line(story.ledger.closing_line())
    return 1 if story.ledger.failed else 0


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
