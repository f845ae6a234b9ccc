"""Links of one topology enter a schema of Entra's, and come back from the YAML that is printed."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

from reconcile.cli.carried import imported_text
from reconcile.model.links import Link
from reconcile.topology.compile import compile_topologies
from reconcile.topology.entra_import import Imported
from reconcile.topology.load import read_document
from reconcile.topology.validate import check

texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1)


def topology(sync: Any) -> Any:
    return {
        "version": 1,
        "name": "one",
        "shape": "single-to-single",
        "source": "contoso",
        "target": "fabrikam",
        "sync": {"scope": {"all": True, **sync.pop("scope", {})}, **sync},
    }


def a_link(**sync: Any) -> Link:
    document = read_document(json.dumps(topology(sync)), "one.yaml")
    assert [str(one) for one in check([document])] == []
    return compile_topologies([document])[0]


def came_back(found: Imported) -> Link:
    """The link of the topology that the printed YAML makes."""
    head = "version: 1\nname: one\nshape: single-to-single\nsource: contoso\ntarget: fabrikam\n"
    said = read_document(head + imported_text("schema.json", found), "one.yaml").value
    return a_link(**said.get("sync", {}))


def users_in(schema: Any) -> Any:
    return schema["synchronizationRules"][0]["objectMappings"][0]
