"""Who is in scope: a job's assignments and filters and a person enter, a judgement leaves."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.native.attributes import Person, Value, whole_number
from sandbox.store import Directory


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What speaks for and against somebody, and the answer of each clause."""

    active: bool
    assigned: bool
    internal: bool
    passed: bool
    ignored: bool
    clauses: Mapping[str, bool]

    @property
    def in_scope(self) -> bool:
        """Whether the person belongs into the target."""
        return self.assigned and self.internal and self.passed

    def details(self) -> dict[str, Any]:
        """Return what the step of a log entry says."""
        return {
            "Active in the source system": str(self.active),
            "Assigned to the application": str(self.assigned),
            "User has the required role": str(self.assigned),
            "Scoping filter evaluation passed": str(self.passed and self.internal),
            "ScopeEvaluationResult": _json(self.clauses),
        }


def _json(clauses: Mapping[str, bool]) -> str:
    inner = ",".join(f'"{_quoted(name)}":{str(found).lower()}' for name, found in clauses.items())
    return f"{{{inner}}}"


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def assigned_users(source: Directory, principal_id: str) -> dict[str, None]:
    """Return the ids in scope by assignment: people, and the direct members of groups."""
    found: dict[str, None] = {}
    for given in source.registrations.assigned_to(principal_id).values():
        holder = given["principalId"]
        if holder in source.users:
            found[holder] = None
        elif holder in source.groups:
            members = source.members.get(holder, {})
            found.update(dict.fromkeys(one for one in members if one in source.users))
    return found


def judge(
    person: Person, mapping: Mapping[str, Any], *, assigned: bool, guests_too: bool
) -> Judgement:
    """Judge somebody by a job's object mapping."""
    scope = mapping.get("scope") or {}
    clauses: dict[str, bool] = {}
    passed = _any_passes(scope.get("groups") or (), person, clauses)
    ignored = not _any_passes(scope.get("inputFilterGroups") or (), person, clauses)
    guest = person.user.get("userType") == "Guest"
    return Judgement(
        active=person.user.get("accountEnabled") is not False and not person.deleted,
        assigned=assigned and not person.deleted,
        internal=not person.external and (guests_too or not guest),
        passed=passed,
        ignored=ignored,
        clauses=clauses,
    )


def _any_passes(
    groups: Sequence[Mapping[str, Any]], person: Person, clauses: dict[str, bool]
) -> bool:
    """Say whether all clauses of some group pass; without groups, everybody does."""
    passing = []
    for group in groups:
        results = [_noted(group, clause, person, clauses) for clause in group.get("clauses") or ()]
        passing.append(all(results))
    return any(passing) if passing else True


def _noted(
    group: Mapping[str, Any], clause: Mapping[str, Any], person: Person, clauses: dict[str, bool]
) -> bool:
    values = (clause.get("targetOperand") or {}).get("values") or []
    result = _passes(clause["operatorName"], person.value(clause["sourceOperandName"]), values)
    operand = f" '{values[0]}'" if values else ""
    name = f"{group.get('name')}.{clause['sourceOperandName']} {clause['operatorName']}{operand}"
    clauses[name] = result
    return result


def _passes(operator: str, have: Value, values: Sequence[str]) -> bool:
    if operator in {"IS NULL", "IS NOT NULL"}:
        return (have is None) == (operator == "IS NULL")
    # Without a value every other clause is false; lists are not supported.
    if have is None or isinstance(have, list):
        return False
    want = str(values[0]) if values else ""
    return _TESTS[operator](have, want)


def _numbers(test: Callable[[int, int], bool]) -> Callable[[str, str], bool]:
    """Return a test that only whole numbers pass."""

    def passes(have: str, want: str) -> bool:
        left, right = whole_number(have), whole_number(want)
        return left is not None and right is not None and test(left, right)

    return passes


_TESTS: Mapping[str, Callable[[str, str], bool]] = {
    "&": _numbers(lambda have, want: bool(have & want)),
    "!&": _numbers(lambda have, want: not have & want),
    "ENDS_WITH": lambda have, want: have.endswith(want),
    "EQUALS": lambda have, want: have == want,
    "Greater_Than": _numbers(lambda have, want: have > want),
    "Greater_Than_OR_EQUALS": _numbers(lambda have, want: have >= want),
    "Includes": lambda have, want: want in have,
    "IS FALSE": lambda have, _: have.lower() == "false",
    "IS TRUE": lambda have, _: have.lower() == "true",
    "NOT EQUALS": lambda have, want: have != want,
    "NOT REGEX MATCH": lambda have, want: re.search(want, have) is None,
    "REGEX MATCH": lambda have, want: re.search(want, have) is not None,
}
