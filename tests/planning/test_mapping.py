"""What the mappings want a target user to be."""

from __future__ import annotations

from typing import Any

import pytest

from reconcile.model.links import AttributeMapping, Constant, Nulls, When
from reconcile.model.plans import Reference
from reconcile.model.tenants import ObjectId
from reconcile.model.users import User
from reconcile.planning.mapping import (
    invalid_values,
    split_hashes,
    wanted_hash,
    wanted_hashes,
    wanted_values,
)
from tests.strategies import a_job, direct

ADA = ObjectId("0" * 36)
BOSS = ObjectId("1" * 36)


def wanted(
    mapping: AttributeMapping, *, creating: bool = False, **properties: Any
) -> dict[str, Any]:
    job = a_job(mappings=(mapping,))
    return wanted_values(job, User(id=ADA, properties=properties), creating=creating)


def test_a_direct_mapping_takes_the_source_attribute() -> None:
    mapping = direct("department", "companyName")

    assert wanted(mapping, companyName="Contoso") == {"department": "Contoso"}


def test_a_constant_is_always_wanted() -> None:
    mapping = AttributeMapping(target="companyName", source=Constant(value="Contoso"))

    assert wanted(mapping) == {"companyName": "Contoso"}


@pytest.mark.parametrize(("written", "read"), [("true", True), ("False", False), (True, True)])
def test_a_constant_for_a_truth_value_is_one(written: str | bool, read: bool) -> None:  # noqa: FBT001
    mapping = AttributeMapping(target="showInAddressList", source=Constant(value=written))

    assert wanted(mapping) == {"showInAddressList": read}


def test_a_truth_value_in_a_text_is_written_as_entra_does() -> None:
    mapping = direct("extensionAttribute1", "accountEnabled")

    assert wanted(mapping, accountEnabled=True) == {"extensionAttribute1": "True"}


def test_a_mapping_at_creation_is_wanted_at_creation_only() -> None:
    mapping = AttributeMapping(
        target="userType", source=Constant(value="Member"), when=When.CREATION
    )

    assert wanted(mapping, creating=True) == {"userType": "Member"}
    assert wanted(mapping) == {}


def test_a_default_stands_for_an_empty_source_at_creation_and_is_left_alone_later() -> None:
    mapping = direct("department", default="Unknown")

    assert wanted(mapping, creating=True) == {"department": "Unknown"}
    assert wanted(mapping) == {}
    assert wanted(mapping, department="Law") == {"department": "Law"}


def test_an_empty_source_clears_unless_nulls_are_kept() -> None:
    job = a_job(mappings=(direct("department"),), nulls=Nulls.KEEP)

    assert wanted(direct("department")) == {"department": None}
    assert wanted_values(job, User(id=ADA, properties={}), creating=False) == {}


def test_an_attribute_that_graph_never_clears_is_left_alone() -> None:
    assert wanted(direct("displayName")) == {}


def test_a_manager_is_a_reference_to_a_source_person() -> None:
    assert wanted(direct("manager"), manager={"id": BOSS}) == {"manager": Reference(source=BOSS)}
    assert wanted(direct("manager")) == {"manager": None}


@pytest.mark.parametrize(
    ("values", "objections"),
    [
        ({"employeeId": "1" * 16}, {}),
        ({"employeeId": "1" * 17}, {"employeeId": "employeeId takes 16 characters, not 17."}),
        (
            {"accountEnabled": "maybe"},
            {"accountEnabled": "accountEnabled takes true or false, not 'maybe'."},
        ),
        ({"accountEnabled": None, "employeeType": "x" * 999}, {}),
    ],
)
def test_what_graph_would_refuse_is_told_beforehand(
    values: dict[str, Any], objections: dict[str, str]
) -> None:
    assert invalid_values(values) == objections


def test_hashes_tell_values_and_attributes_apart() -> None:
    hashes = {
        wanted_hash(name, value)
        for name in ("department", "jobTitle")
        for value in ("Law", "law", None, True, False)
    }

    assert len(hashes) == 10


def test_a_manager_without_target_user_counts_as_none() -> None:
    without = wanted_hashes({"manager": Reference(source=BOSS)})
    known = wanted_hashes({"manager": Reference(source=BOSS, target=ADA)})

    assert split_hashes(without) == {wanted_hash("manager", None)}
    assert split_hashes(known) == {wanted_hash("manager", BOSS)}
