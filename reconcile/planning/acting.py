"""Acting: a person's fate and what differs go in, an action or a renewed agreement comes out."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from reconcile.model.actions import (
    Action,
    Adopt,
    Cause,
    Create,
    Delete,
    Disable,
    Person,
    Reference,
    Release,
    Restore,
    Terms,
    Update,
)
from reconcile.model.jobs import Job
from reconcile.model.plans import Reason, Skip
from reconcile.model.reads import Agreement
from reconcile.model.stamps import Mark
from reconcile.model.tenants import ObjectId
from reconcile.model.users import User, Value
from reconcile.planning.addresses import address_of
from reconcile.planning.diffing import ENABLED, Difference, Terrain, creation_changes, differ
from reconcile.planning.fates import Entry, Joins, Leaves, Stays
from reconcile.planning.findings import Case
from reconcile.planning.fitting import Unusable
from reconcile.planning.mapping import (
    Wished,
    created_values,
    invalid_values,
    split_hashes,
    wanted_hashes,
    wanted_values,
)
from reconcile.planning.references import Managers, Placed
from reconcile.planning.skips import skip

_CAUSES = {Entry.ADOPTED: Cause.ADOPTION, Entry.RESTORED: Cause.SOURCE, Entry.PAIRED: None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """What is done about one person: one action, or an agreement to remember; and remarks."""

    action: Action | None = None
    settled: Agreement | None = None
    remarks: tuple[Skip, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What every deed needs to know beside its case.

    `silent` are the flags that may read as null, `redacted` what no report may show.
    """

    job: Job
    silent: frozenset[str]
    redacted: frozenset[str]
    managers: Managers
    new_rules: bool
    strict: bool
    young: frozenset[ObjectId]


def leave(case: Case, fate: Leaves) -> Deed:
    """Delete whom we made, release whom we adopted."""
    person = Person(
        source=case.source,
        target=fate.target,
        name=case.person.user.name if case.person else fate.name,
    )
    if Mark.ADOPTED in fate.mark:
        return Deed(action=Release(person=person, why=fate.why))
    return Deed(action=Delete(person=person, why=fate.why, mark=fate.mark))


def join(context: Context, case: Case, fate: Joins) -> Deed:
    """Create, with everything that is written at creation; remembered is what holds ever after."""
    place = context.managers.place
    nothing: frozenset[bytes] = frozenset()
    wished, lasting = created_values(context.job, fate.user)
    invalid = invalid_values(wished)
    first = place(_without(wished, invalid), known=nothing, seen=None, settling=False)
    later = place(_without(lasting, invalid), known=nothing, seen=None, settling=False)
    changes = creation_changes(first.wanted, context.redacted)
    blocked = any(change.attribute == ENABLED for change in changes)
    person = Person(
        source=case.source, target=fate.target, name=fate.user.name, address=fate.address
    )
    mark = Mark.BLOCKED if blocked else Mark.NONE
    terms = _terms(case, later, mark, invalid)
    remarks = _objections(case, fate, invalid, acts=True)
    return Deed(action=Create(person=person, changes=changes, terms=terms), remarks=remarks)


def stay(context: Context, case: Case, fate: Stays) -> Deed:
    """Adopt, restore, update, disable, or remember that nothing differs."""
    young = case.source in context.young
    pair = case.agreement
    known = split_hashes(pair.wanted) if pair is not None else frozenset()
    wished = wanted_values(context.job, fate.user, creating=False, seen=fate.seen)
    invalid = invalid_values(wished)
    placed = context.managers.place(
        _without(wished, invalid),
        known=known,
        seen=fate.seen,
        settling=young,
    )
    terrain = Terrain(
        drift=context.job.link.drift,
        known=known,
        fixed=Cause.CREATION if _unfinished(case, fate) else _CAUSES[fate.entry],
        new_rules=context.new_rules,
        settling=young,
        strict=context.strict,
        silent=context.silent,
        redacted=context.redacted,
    )
    difference = differ(terrain, placed.wanted, fate.seen, fate.mark)
    terms = _terms(case, placed, difference.mark, invalid)
    action = _action(context, case, fate, difference, terms, young=young)
    objections = _objections(case, fate, invalid, acts=action is not None)
    remarks = (*_remarks(case, fate, difference), *objections)
    if action is not None or young:
        return Deed(action=action, remarks=remarks)
    return Deed(settled=_settled(case, fate, difference, terms), remarks=remarks)


def _without(wished: Wished, invalid: Collection[str]) -> dict[str, Value | Reference]:
    """What may be written; one value that Graph would refuse must not keep back the others."""
    return {
        name: value
        for name, value in wished.items()
        if name not in invalid and not isinstance(value, Unusable)
    }


def _objections(
    case: Case, fate: Joins | Stays, invalid: Mapping[str, str], *, acts: bool
) -> tuple[Skip, ...]:
    """What is wrong at the source. Somebody who is acted on does not wait for it meanwhile."""
    if not invalid:
        return ()
    return (
        skip(
            Reason.INVALID_VALUE,
            f"{' '.join(invalid.values())} All else is written; mend it at the source.",
            name=fate.user.name,
            source=case.source,
            target=fate.target,
            remark=acts,
        ),
    )


def _unfinished(case: Case, fate: Stays) -> bool:
    """Whether the person's creation broke off after the stamp was written, so that it has no pair:
    what is missing was never there, and did not drift away.
    """
    return case.agreement is None and case.intent is not None and fate.entry is Entry.PAIRED


def _action(
    context: Context,
    case: Case,
    fate: Stays,
    difference: Difference,
    terms: Terms,
    *,
    young: bool,
) -> Action | None:
    person = Person(
        source=case.source,
        target=fate.target,
        name=fate.user.name,
        address=address_of(context.job, fate.user),
    )
    changes = difference.changes
    if fate.entry is Entry.ADOPTED:
        return Adopt(person=person, changes=changes, terms=terms)
    if fate.entry is Entry.RESTORED:
        return Restore(person=person, changes=changes, terms=terms)
    if any(change.attribute == ENABLED and change.new is False for change in changes):
        return Disable(person=person, changes=changes, terms=terms)
    restamp = difference.mark != fate.mark if young else _stamp_differs(fate.seen, difference.mark)
    if changes or (restamp and not young):
        return Update(person=person, changes=changes, terms=terms, restamp=restamp)
    return None


def _stamp_differs(seen: User | None, mark: Mark) -> bool:
    return seen is not None and (seen.stamp is None or seen.stamp.mark != mark)


def _settled(case: Case, fate: Stays, difference: Difference, terms: Terms) -> Agreement | None:
    """What to remember of a pair that needs no write; None if that is remembered already.

    A pair about which there is something to report keeps no seal, so that it is reported again.
    """
    remarkable = bool(difference.reported) or difference.blocked
    listed = [one for one in (case.target, *case.claims) if one and one.user is fate.seen]
    fresh = Agreement(
        source=case.source,
        target=fate.target,
        source_seal=terms.source_seal,
        target_seal=listed[0].seal if listed and not remarkable else b"",
        wanted=terms.wanted,
        mark=terms.mark,
    )
    return fresh if fresh != case.agreement else None


def _terms(case: Case, placed: Placed, mark: Mark, invalid: Collection[str]) -> Terms:
    """What to remember; without a seal the person is looked at again."""
    sealed = not placed.open and not invalid
    return Terms(
        source_seal=case.person.seal if case.person and sealed else b"",
        wanted=wanted_hashes(placed.wanted) + placed.kept,
        mark=mark,
    )


def _remarks(case: Case, fate: Stays, difference: Difference) -> list[Skip]:
    remarks = []
    if difference.reported:
        remarks.append(
            skip(
                Reason.DRIFT_REPORTED,
                f"Changed in the target, and only reported: {', '.join(difference.reported)}.",
                name=fate.user.name,
                source=case.source,
                target=fate.target,
            )
        )
    if difference.blocked:
        remarks.append(
            skip(
                Reason.BLOCKED_BY_TARGET,
                "Sign-in was blocked in the target, and not by us. It stays blocked.",
                name=fate.user.name,
                source=case.source,
                target=fate.target,
            )
        )
    return remarks
