"""`tenantry` with one feature off: `python -m tests.parity.command FEATURE PLACE WORD …`."""

from __future__ import annotations

import sys

import pytest

from reconcile.cli.main import main
from tests.parity.switches import SWITCHES

if __name__ == "__main__":
    _, feature, place, *words = sys.argv
    with pytest.MonkeyPatch.context() as patch:
        SWITCHES[feature][int(place)](patch)
        main(words, prog_name="tenantry")
