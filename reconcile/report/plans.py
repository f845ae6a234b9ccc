"""A plan as text: who is created, changed or removed, which attributes and why, who is left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from reconcile.model.actions import Action, Adopt, Change, Create, Delete, Release, changes_of, verb
from reconcile.model.plans import Plan, Skip
from reconcile.model.tenants import ObjectId
from reconcile.report.columns import WIDTH, columns, safe, shorten, width, wrap
from reconcile.report.words import ORDINARY, VERBS, people, reason_words, value_text

_NAME = 38
_VALUE = 30
_INDENT = "      "


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """How much a report names: that many people of each kind, or everyone."""

    shown: int = 5
    everyone: bool = False

    def of(self, count: int) -> int:
        """How many of `count` are named."""
        return count if self.everyone else min(count, self.shown)


def plan_lines(plan: Plan, detail: Detail) -> Iterator[str]:
    """The lines under a link's heading."""
    names = {action.person.source: action.person.name for action in plan.actions}
    for kind in VERBS:
        actions = [action for action in plan.actions if verb(action) == kind]
        if actions:
            yield from _kind_lines(kind, actions, names, detail)
    yield from _skip_lines(plan.skips, detail)
    if plan.deferred:
        yield f"  . wait   {plan.deferred:>6,}   for a later cycle: the limit is reached"
    if plan.revised is not None:
        asked, concerned = plan.revised
        yield f"  ? rules  {asked:>6,}   unchanged people asked about, {concerned:,} concerned"
    if plan.unchanged:
        yield f"  = same   {plan.unchanged:>6,}   nothing to change"


def _kind_lines(
    kind: str, actions: Sequence[Action], names: Mapping[ObjectId, str], detail: Detail
) -> Iterator[str]:
    word = VERBS[kind]
    head = f"  {word.glyph} {word.future:<7}{len(actions):>6,}   "
    if kind == "create" and not detail.everyone:
        yield head + _few_names(actions, WIDTH - width(head))
        return
    yield (head + _causes(kind, actions)).rstrip()
    named = detail.of(len(actions))
    for action in actions[:named]:
        yield from _person_lines(action, names)
    if named < len(actions):
        yield f"{_INDENT}+{len(actions) - named:,} more"


def _few_names(actions: Sequence[Action], room: int) -> str:
    """As many addresses as fit in the room, and how many more there are."""
    text = ""
    for shown, action in enumerate(actions[:3]):
        name = safe(shorten(action.person.address or action.person.name, _NAME))
        longer = f"{text}, {name}" if text else name
        left = len(actions) - shown - 1
        more = f", +{left:,} more" if left else ""
        if text and width(longer + more) > room:
            return f"{text}, +{left + 1:,} more"
        text = longer
    left = len(actions) - min(3, len(actions))
    return shorten(f"{text}, +{left:,} more" if left else text, room)


def _causes(kind: str, actions: Sequence[Action]) -> str:
    """How many actions of each cause, or of each way to leave; some kinds are their own cause."""
    found: Counter[str] = Counter()
    if kind in {"create", "adopt"}:
        return ""
    for action in actions:
        if isinstance(action, Delete | Release):
            found[action.why.value] += 1
        else:
            found.update({change.cause.value for change in changes_of(action)})
    return ", ".join(f"{count:,} {cause}" for cause, count in sorted(found.items()))


def _person_lines(action: Action, names: Mapping[ObjectId, str]) -> Iterator[str]:
    name = safe(shorten(action.person.name, _NAME))
    if isinstance(action, Delete | Release):
        yield f"{_INDENT}{name}   {action.why.value}"
        return
    yield f"{_INDENT}{name}"
    if not isinstance(action, Create):
        yield from columns(
            [_change_row(change, names) for change in changes_of(action)],
            indent=_INDENT + "  ",
            gap=2,
        )
    if isinstance(action, Adopt) and not action.changes:
        yield f"{_INDENT}  nothing to change: only the stamp is written"


def _change_row(change: Change, names: Mapping[ObjectId, str]) -> tuple[str, str, str]:
    old, new = (shorten(value_text(one, names), _VALUE) for one in change.shown)
    return change.cause.value, change.attribute, f"{old} → {new}"


def _skip_lines(skips: Sequence[Skip], detail: Detail) -> Iterator[str]:
    if not skips:
        return
    found = Counter(skip.reason for skip in skips)
    summary = ", ".join(
        f"{count:,} {reason_words(reason, count)}"
        for reason, count in sorted(found.items(), key=lambda item: (-item[1], item[0]))
    )
    head = f"  . skip   {len(skips):>6,}   "
    yield from wrap(summary, first=head, rest=" " * len(head))
    telling = [s for s in skips if detail.everyone or s.reason not in ORDINARY]
    named = detail.of(len(telling))
    for skip in telling[:named]:
        yield f"{_INDENT}{safe(shorten(skip.name, _NAME))}   {reason_words(skip.reason)}"
        if skip.detail:
            indent = _INDENT + "  "
            yield from wrap(safe(skip.detail), first=indent, rest=indent)
    if 0 < named < len(telling):
        yield f"{_INDENT}+{len(telling) - named:,} more"


def notice_of_mail(plan: Plan) -> str | None:
    """What to say before the first push of a link; None when nobody is invited first."""
    inviting = plan.totals.get("create", 0)
    if not plan.first or not inviting:
        return None
    return (
        f"First push of {plan.link}: {people(inviting)} will be invited without an invitation "
        "mail, but the tenants' own settings may still send a notification mail to each. Try a "
        "few first with `--limit 5`."
    )
