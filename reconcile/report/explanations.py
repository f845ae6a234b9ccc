"""Explanations as text and JSON: in or out, matched to whom, every attribute, and what is next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from reconcile.model.actions import (
    REDACTED,
    Change,
    Delete,
    Reference,
    Release,
    action_data,
    changes_of,
)
from reconcile.model.explanations import (
    Explanation,
    FilterSeen,
    Matched,
    Scoped,
    Standing,
    Traced,
    Treatment,
    Way,
)
from reconcile.model.links import AttributeMapping, Computed, Constant, Direct, When
from reconcile.report.columns import WIDTH, columns, safe, shorten, wrap
from reconcile.report.links import clause_text
from reconcile.report.words import VERBS, reason_words, value_text

_LABEL = 12
_REST = " " * (_LABEL + 2)
_VALUE = 40
_STANDING = {
    Standing.IN: "In scope",
    Standing.OUT: "Out of it",
    Standing.UNCLEAR: "Unclear",
}
_TREATED = {
    Treatment.WRITTEN: "written",
    Treatment.CLEARED: "cleared",
    Treatment.SAME: "same",
    Treatment.LEFT_ALONE: "left alone",
    Treatment.DROPPED: "dropped",
    Treatment.INVALID: "invalid",
    Treatment.WAITING: "waiting",
}
_WAYS = {
    Way.PAIR: "by the pair in state",
    Way.STAMP: "by its stamp",
    Way.INVITATION: "by an earlier invitation",
    Way.ATTRIBUTE: "by",
    Way.ADDRESS: "by the address",
}


def explanation_text(explanations: Sequence[Explanation]) -> str:
    """Every person on every link, in at most eighty columns."""
    blocks = ["\n".join(_block(one)) for one in explanations]
    return "\n\n".join(blocks) or "Nobody to explain."


def _block(one: Explanation) -> Iterator[str]:
    yield shorten(f"{one.link}   {safe(one.name)}", WIDTH)
    yield f"  {'Person':<{_LABEL}}{one.person}"
    yield from _scope_lines(one.scope)
    yield from _row("Matched", match_text(one.match))
    yield from _next_lines(one)
    if one.attributes:
        yield "  Attributes"
        yield from _attribute_lines(one.attributes)


def _row(label: str, text: str) -> list[str]:
    lines = wrap(safe(text), first=f"  {label:<{_LABEL}}", rest=_REST)
    return [shorten(line, WIDTH) for line in lines]


def _scope_lines(scope: Scoped) -> Iterator[str]:
    """In or out, by which assignment, and each filter with each of its clauses."""
    assigned = f"assigned by {', '.join(scope.assigned_by)}" if scope.assigned_by else ""
    yield from _row(_STANDING[scope.standing], scope.detail or assigned or "assigned")
    if scope.detail and assigned:
        yield from _row("", f"{assigned[0].upper()}{assigned[1:]}.")
    yield from filter_lines(scope)


def filter_lines(scope: Scoped) -> Iterator[str]:
    """Each filter with each of its clauses, and what that saw."""
    for one in scope.filters:
        yield from _row("  filter", f"{one.name}: {'passes' if one.passes else 'does not pass'}")
        yield from columns(_clause_rows(one), indent="      ", gap=2)


def _clause_rows(tried: FilterSeen) -> list[tuple[str, str, str]]:
    words = {True: "holds", False: "fails", None: "cannot be told"}
    return [
        (
            words[one.holds],
            shorten(safe(clause_text(one.clause)), _VALUE),
            f"sees {safe(one.seen) if one.seen is not None else '(nothing)'}",
        )
        for one in tried.clauses
    ]


def match_text(match: Matched | None) -> str:
    """Whom a person is matched to, and how."""
    if match is None:
        return "nobody in the target"
    by = f" {', '.join(match.by)}" if match.by else ""
    named = match.name != match.target
    target = f"{match.name} ({match.target})" if named else match.target
    return f"{target} {_WAYS[match.way]}{by}"


def _next_lines(one: Explanation) -> Iterator[str]:
    yield from _row("Next cycle", next_text(one))
    if one.action is not None:
        yield from columns(
            [
                (change.cause.value, change.attribute, change_text(change))
                for change in changes_of(one.action)
            ],
            indent="    ",
            gap=2,
        )
    for skip in one.skips:
        told = skip.detail == one.scope.detail
        yield from _row("", reason_words(skip.reason) + ("." if told else f": {skip.detail}"))
    if one.held is not None:
        yield from _row("Held", f"{one.held.detail} ({one.held.reason})")


def change_text(change: Change) -> str:
    """Old to new; a manager without a target user is written once there is one."""
    old, new = (shorten(value_text(one, {}), 24) for one in change.shown)
    late = isinstance(change.new, Reference) and change.new.target is None
    return f"{old} → {new}{' (later)' if late else ''}"


def next_text(one: Explanation) -> str:
    """What the next cycle does with a person, in a few words."""
    action = one.action
    if action is not None:
        word = VERBS[one.verb]
        why = f": {action.why.value}" if isinstance(action, Delete | Release) else ""
        return f"{word.glyph} {word.future}{why}"
    if not one.judged:
        return "nothing: nobody on this link was judged"
    if one.skips and one.skips[0].waits:
        return ". nothing until that is settled"
    return {
        "settle": "= nothing to write; both sides are remembered as they are",
        "forget": ". forgets the pair: the person left, and nobody is there to delete",
    }.get(one.verb, "= nothing to change" if one.scope.standing is Standing.IN else ". nothing")


def _attribute_lines(attributes: Sequence[Traced]) -> Iterator[str]:
    rows = [
        (_TREATED[one.treatment], one.mapping.target, shorten(value_text(one.value, {}), _VALUE))
        for one in attributes
    ]
    for line, one in zip(columns(rows, indent="    ", gap=2), attributes, strict=True):
        yield line
        detail = " ".join(part for part in (_origin(one), one.why) if part)
        if detail:
            lines = wrap(safe(detail), first=" " * 8, rest=" " * 8)
            yield from (shorten(line, WIDTH) for line in lines)


def _origin(one: Traced) -> str:
    """Where a value comes from; an attribute of the same name needs no word."""
    source = one.mapping.source
    if isinstance(source, Direct) and source.attribute == one.mapping.target:
        return ""
    read = ", ".join(f"{name} {value_text(value, {})}" for name, value in one.sources)
    kind, text = _mapping(one.mapping)
    shown = "" if kind == "direct" else f" {value_text(text, {})}"
    return f"{kind}{shown}{f' of {read}' if read else ''}."


def _mapping(mapping: AttributeMapping) -> tuple[str, str | bool]:
    """The kind of a mapping in the words of topologies, and what it holds."""
    match mapping.source:
        case Direct(attribute=name):
            return "direct", name
        case Constant(value=value):
            return "constant", value
        case Computed(expression=text):
            return "expression", text
        case _:
            return "none", ""


def explanation_members(one: Explanation) -> dict[str, Any]:
    """One explanation as JSON data, in the public form of `--output json`."""
    return {
        "link": one.link.slug,
        "person": one.person,
        "name": one.name,
        "known": one.known,
        "scope": _scope_members(one.scope),
        "match": _match_members(one.match),
        "next": one.verb,
        "judged": one.judged,
        "action": action_data(one.action) if one.action is not None else None,
        "skips": [
            {
                "step": skip.step.value,
                "reason": skip.reason.value,
                "detail": skip.detail,
                "target": skip.target,
                "waits": skip.waits,
            }
            for skip in one.skips
        ],
        "held": {"reason": one.held.reason.value, "detail": one.held.detail} if one.held else None,
        "attributes": [_attribute_members(traced) for traced in one.attributes],
    }


def _scope_members(scope: Scoped) -> dict[str, Any]:
    return {
        "standing": scope.standing.value,
        "assigned_by": list(scope.assigned_by),
        "reason": scope.reason.value if scope.reason else None,
        "detail": scope.detail,
        "filters": [
            {
                "name": tried.name,
                "passes": tried.passes,
                "clauses": [
                    {"clause": clause_text(one.clause), "holds": one.holds, "seen": one.seen}
                    for one in tried.clauses
                ],
            }
            for tried in scope.filters
        ],
    }


def _match_members(match: Matched | None) -> dict[str, Any] | None:
    if match is None:
        return None
    return {
        "target": match.target,
        "name": match.name,
        "way": match.way.value,
        "by": list(match.by),
    }


def _attribute_members(one: Traced) -> dict[str, Any]:
    kind, text = _mapping(one.mapping)
    return {
        "attribute": one.mapping.target,
        "mapping": kind,
        "from": text,
        "at_creation": one.mapping.when is When.CREATION,
        "default": REDACTED if one.hidden and one.mapping.default else one.mapping.default,
        "sources": dict(one.sources),
        "value": one.value.source if isinstance(one.value, Reference) else one.value,
        "held": one.held,
        "treatment": one.treatment.value,
        "cause": one.cause.value if one.cause else None,
        "why": one.why,
        "hidden": one.hidden,
    }
