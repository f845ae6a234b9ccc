"""Whom the matching attributes find, and whom they do not."""

from __future__ import annotations

import pytest

from reconcile.model.links import Adopt, AttributeMapping, Computed, Nulls, When
from tests.planning.rounds import plan_pair
from tests.strategies import Pair, a_job, direct


@pytest.mark.parametrize(
    "mapping",
    [
        direct("extensionAttribute1", "employeeId", when=When.CREATION),
        direct("extensionAttribute1", "employeeId", default="X"),
        AttributeMapping(
            target="extensionAttribute1",
            source=Computed(
                expression="IgnoreFlowIfNullOrEmpty([employeeId])", attributes=("employeeId",)
            ),
        ),
    ],
)
def test_nobody_is_found_by_what_their_mapping_does_not_make(mapping: AttributeMapping) -> None:
    """Neither the source's attribute of that name counts, nor a default, which is anybody's."""
    pair = Pair(
        job=a_job(
            adopt=Adopt.AUTO,
            matching=("extensionAttribute1",),
            mappings=(direct("mail"), mapping),
            nulls=Nulls.KEEP,
        )
    )
    pair.hire("ada", onPremisesExtensionAttributes={"extensionAttribute1": "X"})
    pair.target.add_guest(
        "bob@contoso.example", onPremisesExtensionAttributes={"extensionAttribute1": "X"}
    )

    assert plan_pair(pair).totals == {"create": 1}


def test_a_mapping_at_creation_finds_whom_it_would_make() -> None:
    mapping = direct("extensionAttribute1", "employeeId", when=When.CREATION)
    pair = Pair(
        job=a_job(
            adopt=Adopt.AUTO,
            matching=("extensionAttribute1",),
            mappings=(direct("mail"), mapping),
        )
    )
    pair.hire("ada", employeeId="7")
    pair.target.add_guest(
        "bob@contoso.example", onPremisesExtensionAttributes={"extensionAttribute1": "7"}
    )

    assert plan_pair(pair).totals == {"adopt": 1}
