"""What the mappings want a target user to be."""

from __future__ import annotations

from typing import Any

import pytest

from reconcile.model.actions import Reference
from reconcile.model.links import (
    AttributeMapping,
    Computed,
    Constant,
    Nulls,
    Unmapped,
    When,
)
from reconcile.model.tenants import ObjectId
from reconcile.model.users import User
from reconcile.planning.mapping import (
    created_values,
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


def computed(target: str, expression: str, *attributes: str, **rest: Any) -> AttributeMapping:
    source = Computed(expression=expression, attributes=attributes)
    return AttributeMapping(target=target, source=source, **rest)


def test_an_expression_is_evaluated_for_the_person() -> None:
    mapping = computed("displayName", 'Join(" ", [givenName], [surname])')

    assert wanted(mapping, givenName="Ada", surname="Byron") == {"displayName": "Ada Byron"}


def test_an_expression_without_a_value_clears_and_a_dropped_one_leaves_alone() -> None:
    assert wanted(computed("department", "ToUpper([department])")) == {"department": None}
    assert wanted(computed("department", "IgnoreFlowIfNullOrEmpty([department])")) == {}


def test_an_expression_without_a_value_takes_the_default_at_creation() -> None:
    mapping = computed("department", "ToUpper([department])", default="Unknown")

    assert wanted(mapping, creating=True) == {"department": "Unknown"}
    assert wanted(mapping) == {}


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        (computed("department", "CDate([city])"), "department cannot be computed"),
        (computed("accountEnabled", "ToUpper([city])"), "accountEnabled takes true or false"),
        (computed("userType", "ToUpper([city])"), "userType takes Guest or Member"),
        (computed("department", 'Split([city], "s")'), "department takes one value, not 2"),
        (direct("employeeHireDate", "city"), 'employeeHireDate takes a date: "Oslo" is no date'),
        (direct("usageLocation", "city"), "usageLocation takes 2 characters, not 4"),
    ],
)
def test_a_value_that_its_attribute_cannot_take_is_invalid(
    mapping: AttributeMapping, said: str
) -> None:
    (sentence,) = invalid_values(wanted(mapping, city="Oslo")).values()

    assert said in sentence


@pytest.mark.parametrize("date", ["2026-01-31", "1/31/2026", "2026-01-31T01:00:00.000+01:00"])
def test_a_date_is_wanted_as_graph_answers_it(date: str) -> None:
    mapping = direct("employeeHireDate", "extensionAttribute1")
    held: dict[str, Any] = {"onPremisesExtensionAttributes": {"extensionAttribute1": date}}

    assert wanted(mapping, **held) == {"employeeHireDate": "2026-01-31T00:00:00Z"}


def test_one_empty_value_is_nothing() -> None:
    mapping = computed("department", 'RemoveDuplicates(Split([city], ","))', default="None")

    assert wanted(mapping, creating=True, city=",") == {"department": "None"}
    assert wanted(computed("department", "RemoveDuplicates([otherMails])"), otherMails=[""]) == {
        "department": None
    }


def test_numbers_and_truth_become_what_the_attribute_holds() -> None:
    assert wanted(computed("employeeId", "BitAnd(7, 3)")) == {"employeeId": "3"}
    assert wanted(computed("department", "IsPresent([city])"), city="x") == {"department": "True"}
    assert wanted(computed("accountEnabled", 'Not("True")')) == {"accountEnabled": False}


@pytest.mark.parametrize("properties", [{}, {"department": "Law", "city": "Oslo"}])
def test_what_is_created_and_what_lasts_is_what_each_moment_wants(properties: Any) -> None:
    job = a_job(
        mappings=(
            direct("department", default="Unknown"),
            direct("jobTitle", "city", when=When.CREATION),
            direct("state", "city"),
            computed("companyName", "IgnoreFlowIfNullOrEmpty([city])"),
            AttributeMapping(target="postalCode", source=Unmapped(), default="0"),
        )
    )
    person = User(id=ADA, properties=properties)

    assert created_values(job, person) == (
        wanted_values(job, person, creating=True),
        wanted_values(job, person, creating=False),
    )


def test_a_mapping_of_type_none_fills_what_is_empty_in_the_target() -> None:
    mapping = AttributeMapping(target="department", source=Unmapped(), default="Unknown")
    job = a_job(mappings=(mapping,))
    person, held = User(id=ADA, properties={}), User(id=BOSS, properties={"department": "Law"})

    found = [
        wanted_values(job, person, creating=creating, seen=seen)
        for creating, seen in ((True, None), (False, None), (False, held), (False, person))
    ]

    assert found == [{"department": "Unknown"}, {}, {}, {"department": "Unknown"}]


def test_several_values_and_ids_are_sources_of_expressions() -> None:
    mapping = computed("department", "Append(Item([proxyAddresses], 1), [objectId])")

    found = wanted(mapping, proxyAddresses=["SMTP:a@x", "smtp:b@x"], id=ADA)

    assert found == {"department": f"SMTP:a@x{ADA}"}


def test_a_directory_extension_is_read_and_wanted_like_any_attribute() -> None:
    name = f"extension_{'0' * 32}_costCentre"

    held: dict[str, Any] = {name: "C1"}

    assert wanted(direct("department", name), **held) == {"department": "C1"}
    assert wanted(direct(name, "city"), city="Oslo") == {name: "Oslo"}
