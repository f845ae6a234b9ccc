"""What holds for every topology: meshes are complete, order is nothing, no file breaks us."""

import random
from dataclasses import replace
from typing import Any

import yaml
from hypothesis import given
from hypothesis import strategies as st

from reconcile.model.links import Link
from reconcile.topology.compile import compile_topologies
from reconcile.topology.load import read_document
from reconcile.topology.schemas import shapes, topology_schema
from reconcile.topology.validate import check

ALIASES = [f"tenant{number}" for number in range(12)]
aliases = st.lists(st.sampled_from(ALIASES), min_size=2, max_size=8, unique=True)


def mesh(name: str, tenants: list[str]) -> dict[str, Any]:
    return {
        "version": 1,
        "name": name,
        "shape": "mesh",
        "tenants": tenants,
        "sync": {"scope": {"all": True}, "drift": {"attributes": {"city": "report"}}},
        "policy": {"automatic_redemption": True, "target": {"trust": {"mfa": True}}},
    }


def compiled(*topologies: Any) -> tuple[Link, ...]:
    documents = [read_document(yaml.safe_dump(t, sort_keys=False), t["name"]) for t in topologies]
    assert check(documents) == []
    return compile_topologies(documents)


def shuffled(value: Any, chance: random.Random) -> Any:
    """The same value with the keys of every map in another order."""
    if not isinstance(value, dict):
        return value
    keys = list(value)
    chance.shuffle(keys)
    return {key: shuffled(value[key], chance) for key in keys}


def without_place(links: tuple[Link, ...]) -> bytes:
    return repr([replace(link, origin="") for link in links]).encode()


@given(aliases)
def test_a_mesh_links_everyone_with_everyone_and_nobody_to_itself(tenants: list[str]) -> None:
    links = compiled(mesh("all", tenants))

    assert len({link.name for link in links}) == len(links) == len(tenants) * (len(tenants) - 1)
    assert all(link.name.source != link.name.target for link in links)


@given(aliases, st.randoms(use_true_random=False))
def test_the_order_of_keys_tenants_and_files_is_nothing(
    tenants: list[str], chance: random.Random
) -> None:
    topology = mesh("all", tenants)
    other = {
        **mesh("pair", ["outside", tenants[0]]),
        "links": [{"link": f"outside -> {tenants[0]}", "paused": True, "sync": {"adopt": "auto"}}],
    }
    again = {**shuffled(topology, chance), "tenants": chance.sample(tenants, len(tenants))}

    first = without_place(compiled(topology, other))
    second = without_place(compiled(shuffled(other, chance), again))

    assert first == second


@given(aliases)
def test_the_same_files_compile_to_the_same_bytes(tenants: list[str]) -> None:
    topology = mesh("all", tenants)

    assert repr(compiled(topology)) == repr(compiled(topology))


def known_keys(schema: Any) -> set[str]:
    if isinstance(schema, list):
        return {key for one in schema for key in known_keys(one)}
    if not isinstance(schema, dict):
        return set()
    own = schema.get("properties", {})
    found = set(own) if isinstance(own, dict) else set()
    return found | {key for one in schema.values() for key in known_keys(one)}


FITTING = "contoso mail city 40m 10% inherit allowed blocked equals in is-true auto reconciler"
words = st.sampled_from(
    [*shapes(), *FITTING.split(), "contoso -> fabrikam", "contoso <-> fabrikam"]
)
scalars = st.one_of(st.none(), st.booleans(), st.integers(-2, 99), st.floats(), st.text(), words)
names = st.one_of(st.sampled_from(sorted(known_keys(topology_schema()))), words, st.text())
trees = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(names, inner, max_size=6)),
    max_leaves=30,
)


@given(trees)
def test_a_value_of_any_kind_is_judged_without_breaking(value: Any) -> None:
    found = check([read_document(yaml.safe_dump(value, allow_unicode=True), "any.yaml")])

    assert all(problem.file == "any.yaml" and problem.line >= 1 for problem in found)


@given(trees, st.sampled_from(sorted(known_keys(topology_schema()))))
def test_a_topology_with_anything_in_one_place_is_judged(value: Any, key: str) -> None:
    topology = mesh("all", ["contoso", "fabrikam", "wingtip"])
    sync = {**topology["sync"], key: value}
    entry = {"link": "contoso -> fabrikam", "sync": {key: value}, key: value}

    for one in (
        {**topology, key: value},
        {**topology, "sync": sync},
        {**topology, "links": [entry]},
    ):
        document = read_document(yaml.safe_dump(one, allow_unicode=True), "any.yaml")
        if not check([document]):
            assert compile_topologies([document])


@given(st.text(alphabet=st.sampled_from("ab:-[]{}&*!|>'\"%@#,? \n\t\\Ux0")))
def test_a_text_of_any_kind_is_read_without_breaking(text: str) -> None:
    document = read_document(text, "any.yaml")

    assert document.whole or document.problems
