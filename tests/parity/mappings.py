"""What takes each feature of mappings out of the code, by the row of docs/parity.md."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from reconcile.directory import dialogue
from reconcile.graph import extensions
from reconcile.model import attributes
from reconcile.model.attributes import Kind
from reconcile.model.links import (
    AttributeMapping,
    Computed,
    Constant,
    Direct,
    Drift,
    DriftRule,
    Nulls,
    When,
)
from reconcile.planning import mapping, sift
from reconcile.planning.references import Managers
from reconcile.topology import entra_import
from reconcile.topology.mappings import ENTRA_DEFAULTS
from tests.parity.offs import IMPORT, Off, answering, without

_rule = mapping._rule
any_attribute = answering("reconcile.topology.mapping_rules.attribute_refusal")


def unmapped(target: str) -> Off:
    """Entra's defaults do not have a mapping."""
    return lambda patch: patch.delitem(ENTRA_DEFAULTS, target)


def rule(change: Callable[[AttributeMapping, Nulls], tuple[AttributeMapping, Nulls]]) -> Off:
    """Rules are made of changed mappings, or of another way with nothing."""
    return without(mapping, "_rule", lambda one, nulls: _rule(*change(one, nulls)))


def source(kind: type) -> Off:
    """Mappings of one type give nothing."""
    made: Any = mapping._source

    def nothing(one: AttributeMapping, attribute: Any) -> Any:
        empty = isinstance(one.source, kind)
        return (lambda *_: None) if empty else made(one, attribute)

    return without(mapping, "_source", nothing)


def any_answer(person: Any, newcomers: Any, strangers: Any) -> list[Any]:
    """Whoever answers to any matching attribute is a candidate."""
    answers = (strangers.matches.get(key, ()) for key in newcomers.keys.get(person, ()))
    return [user for users in answers for user in users]


def no_manager_changes(patch: pytest.MonkeyPatch) -> None:
    def kept(*arguments: Any, **options: Any) -> Any:
        found = mapping.wanted_values(*arguments, **options)
        return {name: one for name, one in found.items() if (name, one) != ("manager", None)}

    patch.setattr("reconcile.planning.acting.wanted_values", kept)


def one_value(patch: pytest.MonkeyPatch) -> None:
    """An extension of several values looks like one of a single value."""

    def decode(raw: Any) -> Any:
        return {**msgspec.json.decode(raw), "isMultiValued": False}

    patch.setattr(extensions, "msgspec", SimpleNamespace(json=SimpleNamespace(decode=decode)))


def drift(always: DriftRule) -> Off:
    return without(Drift, "rule", lambda *_: always)


def all_cleared(one: AttributeMapping, nulls: Nulls) -> Any:
    return replace(_rule(one, nulls), clears=True)


SWITCHES: dict[str, tuple[Off, ...]] = {
    "default mappings": (unmapped("city"), unmapped("manager")),
    "constants: `showInAddressList` true, `userType` Member at creation": (
        unmapped("showInAddressList"),
        unmapped("userType"),
    ),
    "type Attribute": (source(Direct),),
    "type Constant": (source(Constant),),
    "type Function": (source(Computed),),
    "type None: left alone, filled by the default where it is empty": (
        answering("reconcile.planning.mapping._fills", answer=False),
        answering("reconcile.planning.mapping._fills", answer=True),
    ),
    "apply always, or only during object creation": (
        rule(lambda one, nulls: (replace(one, when=When.ALWAYS), nulls)),
    ),
    "`MultiValueAddOnly`, `ValueAddOnly`, `AttributeAddOnly`": (
        lambda patch: patch.setitem(entra_import._WHEN, "ValueAddOnly", When.ALWAYS),
    ),
    "default if null, at creation only": (
        rule(lambda one, nulls: (replace(one, default=None), nulls)),
    ),
    "null is skipped, never flowed": (
        rule(lambda one, _: (one, Nulls.CLEAR)),
        rule(lambda one, _: (one, Nulls.KEEP)),
    ),
    "matching attributes in the order of precedence": (without(sift, "_matches", any_answer),),
    "every object needs a value to be matched by": (
        answering("reconcile.planning.matching.refused_address", None),
    ),
    "no mapping of a matching attribute may go (`schemaInvalid`)": (
        answering("reconcile.topology.linked._unmapped_matching", ()),
    ),
    "`alternativeSecurityIds` is the anchor": (
        answering("reconcile.planning.acting._stamp_differs", answer=False),
    ),
    "manager, where both are in scope": (without(Managers, "_resolve", lambda *_: None),),
    "the removal of a manager does not flow": (no_manager_changes,),
    "`exportMissingReferences`": (answering(f"{IMPORT}._aside", ()),),
    "extension attributes 1–15": (
        without(dialogue, "write_value", lambda name, value: {name: value}),
    ),
    "directory extensions": (
        without(attributes, "find_attribute", attributes.ATTRIBUTES.get),
        answering("reconcile.graph.extensions.owner_of", "0" * 36),
    ),
    "names of directory extensions are case-sensitive": (any_attribute,),
    "multi-valued directory extensions are not supported": (one_value,),
    "directory extensions of text, truth, numbers and dates": (
        answering("reconcile.cli.inspection.takes", answer=True),
    ),
    "`userType`, `SamAccountName` are no sources": (any_attribute,),
    "`otherMails` is no target, `proxyAddresses` a source only": (any_attribute,),
    "multi-valued sources, in expressions": (
        lambda patch: patch.setitem(attributes._PLAIN, Kind.MANY, lambda _: ()),
    ),
    "photos, custom security attributes": (any_attribute,),
    "expression of at most 10,000 characters": (
        lambda patch: patch.setattr("reconcile.expressions.compiling.LONGEST", 1_000_000),
    ),
    "a value that Graph refuses fails the whole person": (
        answering("reconcile.planning.mapping.objection", None),
    ),
    "`displayName`, `usageLocation` cannot be cleared": (without(mapping, "_rule", all_cleared),),
    "target drift stays until the source changes": tuple(map(drift, DriftRule)),
}
