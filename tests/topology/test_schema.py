"""The schemas serve editors as well: closed, described, and in agreement with what is judged."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from reconcile.topology.load import load_file
from reconcile.topology.schemas import (
    Schema,
    branch,
    environment_schema,
    resolve,
    shapes,
    topology_schema,
    trials_schema,
)

ROOT = Path(__file__).parents[2]
SCHEMAS = [topology_schema(), environment_schema(), trials_schema()]


def objects(schema: Any, at: str = "") -> Iterator[tuple[str, Schema]]:
    """Every schema of an object with keys of its own; conditions beside them are none."""
    if isinstance(schema, dict):
        if "properties" in schema and "type" in schema:
            yield at, schema
        for key, inner in schema.items():
            if key not in {"examples", "if", "anyOf", "oneOf", "not"}:
                yield from objects(inner, f"{at}/{key}")


def keys(schema: Schema) -> Iterator[tuple[str, Schema]]:
    for at, found in objects(schema):
        for key, declared in found["properties"].items():
            yield f"{at}/{key}", resolve(declared, schema.get("$defs", {}))


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda one: one["title"])
def test_the_schema_is_one(schema: Schema) -> None:
    Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda one: one["title"])
def test_every_key_has_a_description_and_examples(schema: Schema) -> None:
    bare = [at for at, key in keys(schema) if not (key.get("description") and key.get("examples"))]

    assert bare == []


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda one: one["title"])
def test_every_level_is_closed(schema: Schema) -> None:
    # The topmost schema only chooses the shape's.
    open_ = [
        at for at, one in objects(schema) if at and one.get("additionalProperties") is not False
    ]

    assert open_ == []


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda one: one["title"])
def test_every_example_fits(schema: Schema) -> None:
    definitions = schema["$defs"]

    for at, key in keys(schema):
        for example in key["examples"]:
            found = list(Draft202012Validator({**key, "$defs": definitions}).iter_errors(example))
            assert found == [], at


@pytest.mark.parametrize("shape", shapes())
def test_the_examples_of_the_shapes_fit_their_branch(shape: str) -> None:
    for example in topology_schema()["$defs"][shape]["examples"]:
        assert Draft202012Validator(branch(shape)).is_valid(example)
        assert Draft202012Validator(topology_schema()).is_valid(example)


@pytest.mark.parametrize("path", sorted((ROOT / "topologies").glob("*.yaml")), ids=lambda p: p.stem)
def test_editors_find_nothing_in_the_examples(path: Path) -> None:
    assert Draft202012Validator(topology_schema()).is_valid(load_file(path).value)


def test_editors_find_nothing_in_the_example_of_mapping_tests() -> None:
    (path,) = (ROOT / "tests" / "mappings").glob("*.yaml")

    assert Draft202012Validator(trials_schema()).is_valid(load_file(path).value)


def test_the_documentation_names_every_key() -> None:
    pages = ("topology.md", "mappings.md")
    told = "".join((ROOT / "docs" / page).read_text("utf-8") for page in pages)

    untold = sorted({at.rpartition("/")[2] for s in SCHEMAS for at, _ in keys(s)})
    assert [key for key in untold if f"`{key}`" not in told] == []
