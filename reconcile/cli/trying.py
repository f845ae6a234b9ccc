"""Trying an expression: its text and a person's JSON enter, the value or what is wrong leaves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from reconcile.cli.files import read_json
from reconcile.errors import InputError
from reconcile.expressions.compiling import expression
from reconcile.expressions.values import Value
from reconcile.model.attributes import attribute_of, reader
from reconcile.model.people import absent_attributes, answered_user, misshapen
from reconcile.model.users import User
from reconcile.report.columns import wrap
from reconcile.topology.mapping_rules import expression_problems


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluated:
    """What an expression gave, and the attributes it read that the person's file lacks."""

    value: Value
    absent: tuple[str, ...]

    def hint(self, file: str) -> str:
        """Why something may be empty, and how it is asked for."""
        asked = ",".join(dict.fromkeys(attribute_of(name).property for name in self.absent))
        text = (
            f"{file} has no {', '.join(self.absent)}, which counts as empty. Graph answers it if "
            f"asked: GET /users/{{id}}?$select={asked}"
        )
        return "\n".join(wrap(text))


def read_person(content: bytes, file: str) -> User:
    """The user in a JSON object as Graph answers it.

    Raises:
        InputError: the content is no such object.
    """
    found = read_json(content, file)
    if not isinstance(found, dict) or isinstance(found.get("value"), list):
        message = f"{file}: this holds no single user. Expected what GET /users/{{id}} answers."
        raise InputError(message)
    if not isinstance(found.get("id", ""), str):
        raise InputError(f"{file}: the id is no text. Expected what GET /users/{{id}} answers.")
    return answered_user(found)


def evaluated(text: str, user: User, now: datetime) -> Evaluated:
    """The value of an expression for one person at a time.

    Raises:
        InputError: the expression, or what it reads of the person, cannot be used.
        EvaluationError: the person's values do not fit the expression.
    """
    if problems := list(expression_problems(text)):
        raise InputError("\n".join(problems))
    made = expression(text)
    if problems := list(misshapen(user, made.attributes)):
        raise InputError("\n".join(problems))
    # As long as no link and no target attribute is told, chance is drawn from the person alone.
    value = made.bound(reader)(user, now, user.id)
    return Evaluated(value=value, absent=absent_attributes(user, made.attributes))
