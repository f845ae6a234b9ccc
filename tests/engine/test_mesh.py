from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconcile.model.links import Link
from reconcile.topology.gather import links_from
from sandbox.seeds import sandbox_id
from tests.engine.estates import Estate

TENANTS = ("fabrikam", "tailspin", "wingtip")
MESH = """\
version: 1
name: mesh
shape: mesh
tenants: [fabrikam, tailspin, wingtip]
sync:
  scope: SCOPE
"""


@pytest.fixture(scope="module", params=["assigned: {groups: [employees]}", "all: true"])
def links(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[Link]:
    file: Path = tmp_path_factory.mktemp("topologies") / "mesh.yaml"
    file.write_text(MESH.replace("SCOPE", f"{{{request.param}}}"))
    return list(links_from([file]))


def objects(estate: Estate) -> Counter[str]:
    """How many objects in all tenants stand for each person, told by the addresses they carry."""
    return Counter(
        user["mail"] for name in TENANTS for user in estate.sandbox.tenant(name).users.values()
    )


def in_turn(estate: Estate, order: Sequence[str]) -> None:
    for target in order:
        estate.cycle(target)
        estate.pass_time(timedelta(minutes=10))


@settings(max_examples=8)
@given(
    people=st.lists(st.tuples(st.sampled_from(TENANTS), st.booleans()), max_size=8),
    order=st.lists(st.sampled_from(TENANTS), min_size=3, max_size=12),
    copies_join=st.booleans(),
)
def test_in_a_mesh_nobody_has_more_than_one_object_a_tenant(
    links: list[Link], people: list[tuple[str, bool]], order: list[str], *, copies_join: bool
) -> None:
    with Estate(links=links) as estate:
        for name in TENANTS:
            estate.hire(name, f"anchor.of.{name}")
        for place, (name, enabled) in enumerate(people):
            estate.hire(name, f"person{place}", accountEnabled=enabled)

        in_turn(estate, order)
        if copies_join:
            assign_the_copies(estate)
        for _ in range(2):
            in_turn(estate, TENANTS)

        assert set(objects(estate).values()) == {len(TENANTS)}
        assert len(objects(estate)) == len(people) + len(TENANTS)
        assert estate.writes(lambda: in_turn(estate, TENANTS)) == 0


def assign_the_copies(estate: Estate) -> None:
    """A dynamic group of all Members takes copies in, too; they look like the tenant's own."""
    for name in TENANTS:
        tenant = estate.sandbox.tenant(name)
        for user in tenant.users:
            tenant.add_member(sandbox_id(f"group:{name}:employees"), user)
