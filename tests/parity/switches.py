"""All switches, by the first cell of their row in docs/parity.md."""

from __future__ import annotations

from tests.parity import expressions, mappings, people, scope
from tests.parity.offs import Off

SWITCHES: dict[str, tuple[Off, ...]] = (
    scope.SWITCHES | mappings.SWITCHES | expressions.SWITCHES | people.SWITCHES
)
