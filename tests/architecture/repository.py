"""The checkout as the architecture tests see it: git lists, files and their text leave."""

import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CODE = ("bench", "demo", "reconcile", "sandbox", "stacks", "tests")


@cache
def tracked_files() -> tuple[Path, ...]:
    """Return what git would carry to a clone, new files included, ignored ones not."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return tuple(ROOT / name for name in listing.split("\0") if name and (ROOT / name).is_file())


def python_files() -> Iterator[Path]:
    """Yield every module of the project."""
    for path in tracked_files():
        if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in CODE:
            yield path


def texts() -> Iterator[tuple[Path, str]]:
    """Yield every tracked file that is text, with its content."""
    for path in tracked_files():
        try:
            yield path.relative_to(ROOT), path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
