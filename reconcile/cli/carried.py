"""What was read of Entra's schema enters; YAML for a topology, or a document, leaves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import yaml

from reconcile.errors import InputError
from reconcile.model.links import Link, LinkName
from reconcile.report.columns import safe, wrap
from reconcile.report.documents import document
from reconcile.topology.entra_import import Imported
from reconcile.topology.load import resolve

_PLACE = (
    "Put this into a topology, beside who is assigned. Entra never clears an attribute: with "
    "`null: keep` no link does."
)


class _Dumper(yaml.SafeDumper):
    """Quotes what the rules of YAML 1.2, by which topologies are read, would take for no text, and
    writes out what stands in two places, since topologies have no aliases.
    """

    def ignore_aliases(self, data: object) -> bool:
        del data
        return True


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    plain = "'" if not isinstance(resolve(value), str) else None
    # Between other quotes a line break that is not the usual one would be read as a space.
    style = plain if value.isprintable() else '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _text)


def settings_yaml(settings: dict[str, Any]) -> str:
    """Settings as YAML that a topology is read from."""
    dumped: str = yaml.dump(
        settings,
        Dumper=_Dumper,
        sort_keys=False,
        default_flow_style=None,
        allow_unicode=True,
        width=78,
    )
    return dumped.rstrip()


def imported_text(file: str, found: Imported) -> str:
    """YAML to paste into a topology, with what it does not say as comments."""
    sync: dict[str, Any] = {}
    if found.filters:
        sync["scope"] = {"filters": list(found.filters)}
    if found.mappings:
        sync["mappings"] = dict(found.mappings)
    lines = [f"# {file}, as far as it differs from Entra's defaults."]
    lines += wrap(_PLACE, first="# ", rest="# ")
    lines.append(settings_yaml({"sync": sync}) if sync else "# It does not differ.")
    if found.unsaid:
        lines.append("# Not said above:")
    for one in found.unsaid:
        end = "" if one.why.endswith("?") else "."
        lines += wrap(safe(f"{one.what}: {one.why}{end}"), first="# - ", rest="#   ")
    return "\n".join(lines)


def imported_document(file: str, found: Imported) -> dict[str, Any]:
    """The same for programs."""
    return document(
        "imported mappings",
        file=file,
        mappings=dict(found.mappings),
        filters=list(found.filters),
        unsaid=[{"what": one.what, "why": one.why} for one in found.unsaid],
    )


def one_link(links: Sequence[Link], name: LinkName | None) -> Link:
    """The named link, or the only one.

    Raises:
        InputError: there is no such link, or none was named and there are several.
    """
    listed = ", ".join(link.name.slug for link in links)
    if name is None:
        if len(links) != 1:
            raise InputError(f"Several links are declared: {listed}. Name one of them.")
        return links[0]
    for link in links:
        if link.name == name:
            return link
    raise InputError(f"No topology declares the link {name.slug}. Declared: {listed}.")
