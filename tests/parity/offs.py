"""What a switch is, and the two plain kinds of switches."""

from __future__ import annotations

from collections.abc import Callable

import pytest

IMPORT = "reconcile.topology.entra_import"

Off = Callable[[pytest.MonkeyPatch], None]
"""Takes one feature out of the code until the patch is undone."""


def without(owner: object, name: str, instead: object) -> Off:
    """A member of a module or class is something else."""
    return lambda patch: patch.setattr(owner, name, instead)


def answering(function: str, answer: object = None) -> Off:
    """A function, by its dotted name, answers the same whatever it is asked."""
    return lambda patch: patch.setattr(function, lambda *_, **__: answer)
