"""The right to write: asked for before each send, it answers nothing, or raises."""

from __future__ import annotations

from collections.abc import Callable

Check = Callable[[], None]
"""Raises where the caller may not write any more."""


def unchecked() -> None:
    """The check of whoever may always write."""
