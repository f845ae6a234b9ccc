"""Functions that see how they are written, or leave arguments alone: calls enter, evaluators leave.

`None` among the evaluators is an argument that was omitted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from reconcile.expressions.chances import guid, random_string
from reconcile.expressions.dates import shown_as
from reconcile.expressions.patterns import group_in, group_replaced, replaced
from reconcile.expressions.syntax import Call, Node, Omitted
from reconcile.expressions.values import Value, is_empty, is_true, require_short, text_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What an expression may depend on beside a person: the time of the cycle in UTC, and a seed
    that tells this person and this mapping from all others.
    """

    now: datetime
    seed: str


Evaluate = Callable[[Any, Scene], Value]
Arguments = Sequence[Evaluate | None]
Form = Callable[[Call, Arguments], Evaluate]


def nothing(_person: Any, _scene: Scene) -> Value:  # noqa: ANN401 - whoever is evaluated
    """Evaluate what was omitted."""
    return None


def iif(_: Call, arguments: Arguments) -> Evaluate:
    condition, yes, no = (one or nothing for one in arguments)
    return lambda person, scene: (yes if is_true(condition(person, scene)) else no)(person, scene)


def switch(_: Call, arguments: Arguments) -> Evaluate:
    """Compare texts, upper and lower case apart; an empty source is the key ""."""
    source, default, *rest = (one or nothing for one in arguments)
    cases = list(zip(rest[::2], rest[1::2], strict=True))

    def evaluate(person: Any, scene: Scene) -> Value:  # noqa: ANN401 - whoever is evaluated
        held = text_of(source(person, scene)) or ""
        for key, value in cases:
            if (text_of(key(person, scene)) or "") == held:
                return value(person, scene)
        return default(person, scene)

    return evaluate


def coalesce(_: Call, arguments: Arguments) -> Evaluate:
    """Return the first value that is not null; the last one may be an empty text."""
    sources = [one or nothing for one in arguments]

    def evaluate(person: Any, scene: Scene) -> Value:  # noqa: ANN401 - whoever is evaluated
        for source in sources:
            value = source(person, scene)
            if text_of(value) is not None:
                return value
        return None

    return evaluate


def now(_: Call, __: Arguments) -> Evaluate:
    return lambda _person, scene: shown_as(scene.now)


def guid_form(call: Call, _: Arguments) -> Evaluate:
    place = call.at
    return lambda _person, scene: guid(f"{scene.seed}\0{place}")


def random_form(call: Call, arguments: Arguments) -> Evaluate:
    place = call.at
    limits = [one or nothing for one in arguments]

    def evaluate(person: Any, scene: Scene) -> Value:  # noqa: ANN401 - whoever is evaluated
        length, *rest = (one(person, scene) for one in limits)
        return random_string(f"{scene.seed}\0{place}", length, *rest)

    return evaluate


# Replace is five functions: which one is told by the arguments that are there.
_OLD, _PATTERN, _GROUP, _VALUE, _OTHER, _TEMPLATE = range(1, 7)
REPLACES = (
    {_OLD, _VALUE},
    {_OLD, _TEMPLATE},
    {_PATTERN, _VALUE},
    {_PATTERN, _GROUP, _VALUE},
    {_PATTERN, _GROUP, _OTHER},
)


def given(arguments: Sequence[Node]) -> set[int]:
    """Return the places of the arguments after the first that are not omitted."""
    return {place for place, one in enumerate(arguments) if place and not isinstance(one, Omitted)}


def replace(call: Call, arguments: Arguments) -> Evaluate:
    parts = [one or nothing for one in arguments] + [nothing] * (7 - len(arguments))
    act = _WAYS[frozenset(given(call.arguments))]
    source, rest = parts[0], parts[1:]

    def evaluate(person: Any, scene: Scene) -> Value:  # noqa: ANN401 - whoever is evaluated
        held = source(person, scene)
        return act(held, [text_of(one(person, scene)) or "" for one in rest])

    return evaluate


def _old_by_value(source: Value, rest: list[str]) -> Value:
    text, old = text_of(source), rest[_OLD - 1]
    return _put(text, old, rest[_VALUE - 1]) if text is not None and old else text


def _old_in_template(source: Value, rest: list[str]) -> Value:
    old, template = rest[_OLD - 1], rest[_TEMPLATE - 1]
    if is_empty(source):
        return None
    return _put(template, old, text_of(source) or "") if old else template


def _put(text: str, old: str, new: str) -> str:
    require_short(len(text) + text.count(old) * len(new))
    return text.replace(old, new)


def _pattern_by_value(source: Value, rest: list[str]) -> Value:
    text = text_of(source)
    return None if text is None else replaced(text, rest[_PATTERN - 1], rest[_VALUE - 1])


def _group_by_value(source: Value, rest: list[str]) -> Value:
    text = text_of(source)
    if text is None:
        return None
    return group_replaced(text, rest[_PATTERN - 1], rest[_GROUP - 1], rest[_VALUE - 1])


def _group_of_other(source: Value, rest: list[str]) -> Value:
    if not is_empty(source):
        return text_of(source)
    return group_in(rest[_OTHER - 1], rest[_PATTERN - 1], rest[_GROUP - 1])


_WAYS = {
    frozenset(places): act
    for places, act in zip(
        REPLACES,
        (_old_by_value, _old_in_template, _pattern_by_value, _group_by_value, _group_of_other),
        strict=True,
    )
}
