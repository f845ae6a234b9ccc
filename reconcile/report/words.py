"""The words and glyphs of reports: values of the model enter, what a person reads leaves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from reconcile.model.actions import Reference
from reconcile.model.plans import Reason
from reconcile.model.tenants import ObjectId
from reconcile.model.users import Value
from reconcile.report.columns import safe


class Verb(NamedTuple):
    """How one kind of action is shown: a glyph, the word for a plan, the word once it is done."""

    glyph: str
    future: str
    past: str


VERBS: Mapping[str, Verb] = {
    "create": Verb("+", "create", "created"),
    "adopt": Verb("&", "adopt", "adopted"),
    "update": Verb("~", "update", "updated"),
    "restore": Verb("^", "restore", "restored"),
    "disable": Verb("!", "disable", "disabled"),
    "delete": Verb("-", "delete", "deleted"),
    "release": Verb("<", "release", "released"),
}
"""Every kind of action, in the order in which reports name them."""

_REASONS: Mapping[Reason, tuple[str, str]] = {
    Reason.EXTERNAL: ("external user", "external users"),
    Reason.OUT_OF_SCOPE: ("out of scope", "out of scope"),
    Reason.NO_ADDRESS: ("without an address", "without an address"),
    Reason.REFUSED_ADDRESS: ("address not invitable", "addresses not invitable"),
    Reason.UNVERIFIED_DOMAIN: ("unverified domain", "unverified domains"),
    Reason.DISPUTED_ADDRESS: ("disputed address", "disputed addresses"),
    Reason.DISPUTED_MATCH: ("disputed match", "disputed matches"),
    Reason.NOT_ADOPTED: ("existing user, not adopted", "existing users, not adopted"),
    Reason.INTERNAL_ACCOUNT: ("internal account", "internal accounts"),
    Reason.STAMPED_INTERNAL: ("stamped internal account", "stamped internal accounts"),
    Reason.UNDECIDED: ("undecided scope", "undecided scopes"),
    Reason.DELETED_BY_TARGET: ("deleted by the target", "deleted by the target"),
    Reason.BLOCKED_BY_TARGET: ("blocked by the target", "blocked by the target"),
    Reason.DRIFT_REPORTED: ("drift, reported only", "drifts, reported only"),
    Reason.ESCROWED: ("in escrow", "in escrow"),
    Reason.SETTLING: ("settling", "settling"),
    Reason.NOT_CONFIRMED: ("absence not confirmed", "absences not confirmed"),
    Reason.INVALID_VALUE: ("invalid value", "invalid values"),
}

ORDINARY = frozenset({Reason.EXTERNAL, Reason.OUT_OF_SCOPE})
"""Reasons that ask nothing of anybody: such people are counted, and named only on demand."""


def reason_words(reason: Reason, count: int = 1) -> str:
    """A reason in words, without its count."""
    return _REASONS[reason][0 if count == 1 else 1]


def value_text(value: Value | Reference, names: Mapping[ObjectId, str]) -> str:
    """A value of a mapped attribute; a manager is named when the report knows the name."""
    match value:
        case Reference(source=source):
            return safe(names.get(source, source))
        case None:
            return "(nothing)"
        case bool():
            return "true" if value else "false"
        case str():
            return safe(value)


def people(count: int) -> str:
    return "1 person" if count == 1 else f"{count:,} people"
