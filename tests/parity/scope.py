"""What takes each feature of scoping out of the code, by the row of docs/parity.md."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from reconcile.directory.memberships import Memberships
from reconcile.directory.source import GraphSource
from reconcile.model.jobs import Job
from reconcile.model.links import MEMBERSHIP, Scope
from reconcile.model.users import User
from reconcile.planning import clauses
from reconcile.planning.judging import confirmed_why
from reconcile.planning.revising import Revision
from tests.parity.offs import IMPORT, Off, answering, without

UNPASSED = "reconcile.planning.scoping.passed_filter"
CONFIRMED = "reconcile.planning.leaving.confirmed_why"


def operator(name: str) -> Off:
    """A clause with the operator holds for nobody."""
    if name in clauses.BARE:
        return lambda patch: patch.setitem(clauses.BARE, name, lambda _: False)
    return lambda patch: patch.setitem(clauses.OPERATORS, name, lambda _: lambda *_: False)


def any_case(patch: pytest.MonkeyPatch) -> None:
    """Texts are equal whatever their case."""
    equals = clauses._texts(lambda text, values: text.lower() in map(str.lower, values))
    patch.setitem(clauses.OPERATORS, "equals", equals)


def scope_with(**changes: Any) -> Off:
    """A source reads a scope in which some settings are others."""

    def off(patch: pytest.MonkeyPatch) -> None:
        init = GraphSource.__init__

        def changed(self: GraphSource, client: Any, job: Job) -> None:
            scope: Scope = replace(job.link.scope, **changes)
            init(self, client, replace(job, link=replace(job.link, scope=scope)))

        patch.setattr(GraphSource, "__init__", changed)

    return off


async def _nobody(*_: object) -> None:
    return None


def transitive(patch: pytest.MonkeyPatch) -> None:
    init = Memberships.__init__

    def changed(self: Memberships, client: Any, job: Job) -> None:
        init(self, client, job)
        self._nested = True

    patch.setattr(Memberships, "__init__", changed)


def security_groups_only(patch: pytest.MonkeyPatch) -> None:
    named = GraphSource._named_groups
    patch.setattr(GraphSource, "_named_groups", lambda self: list(named(self))[:1])


def filters(passing: Callable[[Job, Callable[[Any], bool]], Any]) -> Off:
    """Filters are judged by `passing`, which is told whether a clause holds."""

    def passed(job: Job, user: User) -> Any:
        return passing(job, lambda clause: clauses.ready(clause)(user, job.at))

    return lambda patch: patch.setattr(UNPASSED, passed)


def one_clause_suffices(job: Job, holds: Callable[[Any], bool]) -> Any:
    every = job.link.scope.filters
    return next((one for one in every if any(map(holds, one.clauses))), None)


def every_filter_must_pass(job: Job, holds: Callable[[Any], bool]) -> Any:
    every = job.link.scope.filters
    passes = all(holds(clause) for one in every for clause in one.clauses)
    return every[0] if passes else None


def no_groups(patch: pytest.MonkeyPatch) -> None:
    def off(clause: Any) -> Any:
        return (lambda *_: False) if clause.operator in MEMBERSHIP else None

    patch.setattr(clauses, "_membership", off)


def no_negation(patch: pytest.MonkeyPatch) -> None:
    def positive(clause: Any) -> Any:
        return clauses._membership(clause) or clauses._comparison(clause)

    patch.setattr("reconcile.planning.scoping._ready", positive)


def who_is_disabled_stays(patch: pytest.MonkeyPatch) -> None:
    def confirmed(bench: Any, case: Any) -> Any:
        answer = bench.found.leavers.get(case.source)
        user = answer and answer.user
        return (
            None
            if user and user.properties.get("accountEnabled") is False
            else confirmed_why(bench, case)
        )

    patch.setattr(CONFIRMED, confirmed)


SWITCHES: dict[str, tuple[Off, ...]] = {
    "assigned users and groups, direct members only": (
        without(GraphSource, "_read_users", _nobody),
        transitive,
    ),
    "groups that are security-enabled, dynamic ones too": (security_groups_only,),
    "nested groups are not expanded": (scope_with(nested=False),),
    "all users (`SyncAll`)": (scope_with(everyone=False),),
    "assignment and filter must both pass": (
        filters(lambda job, _: next(iter(job.link.scope.filters), None)),
    ),
    "clauses of one group are ANDed, groups are ORed": (
        filters(one_clause_suffices),
        filters(every_filter_must_pass),
    ),
    "`EQUALS`, `NOT EQUALS`, case-sensitive": (
        *map(operator, ("equals", "not-equals", "in", "not-in")),
        any_case,
    ),
    "`Includes`, `ENDS_WITH`, `REGEX MATCH`, `NOT REGEX MATCH`": tuple(
        map(operator, ("includes", "ends-with", "regex-match", "not-regex-match"))
    ),
    "`Greater_Than`, `Greater_Than_OR_EQUALS` on whole numbers, `&`, `!&`": tuple(
        map(operator, ("greater-than", "greater-than-or-equals", "bit-set", "bit-not-set"))
    ),
    "`IS TRUE`, `IS FALSE`": tuple(map(operator, ("is-true", "is-false"))),
    "`IS NULL`, `IS NOT NULL`": tuple(map(operator, ("is-null", "is-not-null"))),
    "an empty attribute fails every operator but `IS NULL`": (
        without(clauses, "_text", lambda value: "" if value is None else str(value)),
    ),
    "multi-valued attributes, `manager` cannot be filtered by": (
        answering("reconcile.topology.filter_rules._ill_matched", None),
    ),
    "groups (`IsMemberOf`) cannot be filtered by": (no_groups,),
    "`userType` cannot be filtered by": (answering("reconcile.planning.clauses.read_value", None),),
    "dates cannot be filtered by": tuple(
        map(operator, ("before", "after", "older-than", "newer-than"))
    ),
    "no prefix, no negation": (operator("starts-with"), no_negation),
    'external users are skipped ("Filter external users")': (
        without(User, "external", property(lambda _: False)),
    ),
    "internal guests: the pages contradict each other": (
        without(User, "external", property(lambda user: user.text("userType") == "Guest")),
    ),
    "`inputFilterGroups`: failing is ignored, not deprovisioned": (
        answering(f"{IMPORT}.import_scope", ([], [])),
    ),
    "a schema's other rules and its mapping of groups": (answering(f"{IMPORT}._around", ()),),
    "no deletes, by leaving `Delete` out of `flowTypes`": (answering(f"{IMPORT}._switches", ()),),
    "saving a filter is a full initial cycle and may deprovision": (
        without(Revision, "_spares", lambda *_: True),
    ),
    "who is deleted, unassigned or filtered out is soft-deleted": (
        answering(CONFIRMED, None),
        answering(CONFIRMED, "deleted"),
    ),
    "who is disabled in the source is disabled only": (
        answering("reconcile.planning.diffing._differences", ()),
    ),
    "who was disabled before they left a group stays": (who_is_disabled_stays,),
    "who returns within 30 days is restored": (
        answering("reconcile.planning.matching.deleted_by_us", answer=False),
    ),
    "who was deleted by the target's administrator is not restored": (
        answering("reconcile.planning.matching.deleted_by_target", None),
    ),
    "two people with one address become one user": (
        answering("reconcile.planning.matching._rivals", []),
    ),
}
