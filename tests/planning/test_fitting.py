"""What mappings write to directory extensions, and which types of extensions take it."""

from __future__ import annotations

import pytest

from reconcile.model.links import AttributeMapping, Computed, Constant, Direct, Unmapped
from reconcile.planning.fitting import takes, written_type

SOURCE = f"extension_{'0' * 32}_source"
TARGET = f"extension_{'1' * 32}_target"


@pytest.mark.parametrize(
    ("source", "declared", "fits", "refuses"),
    [
        (Direct(attribute="city"), {}, ["String"], ["Boolean", "Integer", "DateTime"]),
        (Direct(attribute="accountEnabled"), {}, ["Boolean"], ["String"]),
        (Direct(attribute=SOURCE), {SOURCE: "Boolean"}, ["Boolean"], ["String"]),
        (Direct(attribute=SOURCE), {SOURCE: "Integer"}, ["String"], ["Integer"]),
        (Direct(attribute=SOURCE), {}, ["String"], ["Boolean"]),
        (Constant(value="yes"), {}, ["String"], ["Boolean"]),
        (Constant(value=True), {}, ["Boolean"], ["String"]),
        (Computed(expression="Now()"), {}, ["String", "Boolean"], ["Integer", "LargeInteger"]),
        (Unmapped(), {}, ["String"], ["Binary"]),
    ],
)
def test_an_extension_takes_what_its_owner_declared(
    source: Direct | Constant | Computed | Unmapped,
    declared: dict[str, str],
    fits: list[str],
    refuses: list[str],
) -> None:
    written = written_type(AttributeMapping(target=TARGET, source=source), declared)

    assert [takes(kind, written) for kind in fits] == [True] * len(fits)
    assert [takes(kind, written) for kind in refuses] == [False] * len(refuses)
