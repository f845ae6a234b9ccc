"""What takes each feature of expressions out of the code, by the row of docs/parity.md."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from reconcile.expressions import catalogue, parsing, scanning
from reconcile.expressions.catalogue import FUNCTIONS
from reconcile.expressions.syntax import Text
from reconcile.expressions.values import compared
from reconcile.model.links import Link
from reconcile.planning.revising import Revision
from tests.parity.offs import Off, without

CHANCE = ("Guid", "RandomString")


def function(name: str) -> Off:
    """A function gives the same text for everybody."""

    def off(patch: pytest.MonkeyPatch) -> None:
        other = replace(FUNCTIONS[name], form=lambda *_: lambda *_: "switched off")
        patch.setitem(FUNCTIONS, name, other)

    return off


def nothing_compares(patch: pytest.MonkeyPatch) -> None:
    """An empty value compares like an empty text."""

    def off(left: Any, sign: str, right: Any) -> bool:
        return compared(left or "\0", sign, right or "\0")

    patch.setattr("reconcile.expressions.compiling.compared", off)


def nothing_omitted(patch: pytest.MonkeyPatch) -> None:
    """What is omitted is an empty text."""
    patch.setattr(parsing, "Omitted", lambda at: Text(value="", at=at))


SWITCHES: dict[str, tuple[Off, ...]] = {
    "every documented function": tuple(
        function(name) for name in sorted(FUNCTIONS) if name not in CHANCE
    ),
    "functions of chance": tuple(map(function, CHANCE)),
    "`SelectUniqueValue`: on-premises Active Directory only": (
        lambda patch: patch.delitem(catalogue.ELSEWHERE, "SelectUniqueValue"),
    ),
    "omitted arguments": (nothing_omitted,),
    'only `\\"` and `\\\\` are escaped': (
        without(scanning, "_unescaped", lambda found: found.group()),
    ),
    "a condition on an empty attribute fails": (nothing_compares,),
    "`Switch` on an unchanged attribute may read null": (
        without(Revision, "_spares", lambda *_: True),
    ),
    "`IgnoreFlowIfNullOrEmpty` drops the attribute from the flow": (
        function("IgnoreFlowIfNullOrEmpty"),
    ),
    "`Redact`": (without(Link, "redacted", property(lambda _: frozenset())),),
}
