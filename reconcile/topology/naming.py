"""The name of an attribute and what it is to be used for enter; why that cannot be leaves."""

from __future__ import annotations

import re
from typing import Literal

from reconcile.model.attributes import ATTRIBUTES, GRAPH_NAMES, Attribute, Kind, find_attribute
from reconcile.model.stamps import MARK_EXTENSION, SOURCE_EXTENSION
from reconcile.topology.suggest import nearest

Use = Literal["source", "target", "filter"]

_HELD = {
    Kind.DIRECTORY: "what its owner declared",
    Kind.FLAG: "true or false",
    Kind.MANY: "several values",
    Kind.REFERENCE: "a reference",
}
# Targets that Entra's default mapping or its documentation names, and that Graph lets no app write.
_UNWRITABLE = frozenset(
    {"IsSoftDeleted", "alternativeSecurityIds", "otherMails", "proxyAddresses", "userState"}
)
# Attributes that Entra documents as no sources, under the names that people try.
_NO_SOURCES = frozenset({"samaccountname", "onpremisessamaccountname"})
_STAMPS = (f"_{SOURCE_EXTENSION}", f"_{MARK_EXTENSION}")
_ALMOST_AN_EXTENSION = re.compile("extension_", re.IGNORECASE)


def held(attribute: Attribute) -> str:
    """What an attribute holds, in words."""
    return _HELD.get(attribute.kind, "text")


def fits(attribute: Attribute, use: Use) -> bool:
    """Whether an attribute may be used so; filters may ask for userType, which Entra's do not."""
    if use == "filter":
        return attribute.source or attribute.name == "userType"
    return attribute.target if use == "target" else attribute.source


def attribute_refusal(name: str, *, use: Use) -> str | None:
    """Why an attribute cannot be used as a mapping's source, its target or in a filter."""
    attribute = find_attribute(name)
    if use == "target" and attribute and name.endswith(_STAMPS):
        return f'"{name}" carries stamps of Tenantry. Map another.'
    if attribute is None and name in GRAPH_NAMES:
        return f'unknown attribute "{name}". Entra\'s mappings call it "{GRAPH_NAMES[name]}".'
    if use == "target" and (name in _UNWRITABLE or (attribute and not attribute.target)):
        return f'"{name}" cannot be written through Graph. Leave it out.'
    if attribute is None:
        return _unknown(name, use)
    if not fits(attribute, use):
        return f'"{name}" is no source attribute in Entra. Expected another one.'
    return None


def _unknown(name: str, use: Use) -> str:
    if use != "target" and name.casefold() in _NO_SOURCES:
        return f'"{name}" is no source attribute in Entra. A directory extension can hold it.'
    if _ALMOST_AN_EXTENSION.match(name):
        return (
            f'"{name}" is no directory extension. Expected extension_, the client id of its owner '
            "without hyphens in lower case, _ and its name."
        )
    near = nearest(name, [one for one in ATTRIBUTES if fits(ATTRIBUTES[one], use)])
    said = f'Did you mean "{near}"?' if near else f"Expected one of: {_listed(use)}."
    return f'unknown attribute "{name}". {said}'


def _listed(use: Use) -> str:
    plain = [
        one.name for one in ATTRIBUTES.values() if one.kind is not Kind.EXTENSION and fits(one, use)
    ]
    return ", ".join(
        [*plain, "extensionAttribute1 to extensionAttribute15", "a directory extension"]
    )
