from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from sandbox.estate import AWKWARD, PLACES, TenantSeed, demo_estate
from sandbox.people import Workforce
from sandbox.seeds import sandbox_id

MAPPED = {
    "accountEnabled",
    "businessPhones",
    "city",
    "country",
    "department",
    "displayName",
    "employeeId",
    "givenName",
    "jobTitle",
    "mail",
    "mailNickname",
    "officeLocation",
    "postalCode",
    "preferredLanguage",
    "showInAddressList",
    "state",
    "streetAddress",
    "surname",
    "userPrincipalName",
    "userType",
}


@pytest.fixture(scope="module")
def estate() -> dict[str, TenantSeed]:
    return {seed.alias: seed for seed in demo_estate()}


def test_the_same_seed_makes_the_same_estate(estate: dict[str, TenantSeed]) -> None:
    again = {seed.alias: seed for seed in demo_estate()}

    assert again == estate


def test_another_seed_makes_other_people() -> None:
    first, second = (demo_estate(seed, 60)[0] for seed in (1, 2))

    assert [user["displayName"] for user in first.users] != [
        user["displayName"] for user in second.users
    ]


@pytest.mark.parametrize("people", [0, 1, 30, 1000, 3000])
def test_contoso_has_as_many_people_as_asked_for_once_the_awkward_fit(people: int) -> None:
    awkward = sum(person.tenant == "contoso" for person in AWKWARD.values())

    users = demo_estate(people=people)[0].users

    assert len(users) == max(people, awkward - 1)


def test_without_the_awkward_a_small_estate_is_really_small() -> None:
    seeds = demo_estate(people=3, awkward=False)

    assert [len(seed.users) for seed in seeds] == [3, 3, 3, 3]


def test_names_ids_and_principals_are_unique(estate: dict[str, TenantSeed]) -> None:
    for seed in estate.values():
        everyone = [*seed.users, *seed.deleted_users]
        for key in ("id", "userPrincipalName"):
            assert len({user[key].lower() for user in everyone}) == len(everyone)


def test_only_two_people_share_a_mail(estate: dict[str, TenantSeed]) -> None:
    mails = Counter(
        user["mail"].lower() for user in estate["contoso"].users if user["mail"] is not None
    )

    assert [mail for mail, number in mails.items() if number > 1] == ["front.desk@contoso.com"]


def test_somebody_has_every_attribute_that_entra_maps(estate: dict[str, TenantSeed]) -> None:
    held = {name for user in estate["contoso"].users for name, value in user.items() if value}

    assert held >= MAPPED


@pytest.mark.parametrize("sample", ["Ж", "Ω", "م", "王", "佐", "김", "ø", "ł", "ğ", "ễ"])
def test_names_come_in_many_scripts(estate: dict[str, TenantSeed], sample: str) -> None:
    first, last = {
        "Ж": ("А", "я"),
        "Ω": ("Α", "ω"),
        "م": ("\u0621", "\u064a"),
        "王": ("\u4e00", "\u9fff"),
        "佐": ("\u4e00", "\u9fff"),
        "김": ("\uac00", "\ud7a3"),
    }.get(sample, (sample, sample))

    letters = {letter for user in estate["contoso"].users for letter in user["displayName"]}

    assert any(first <= letter <= last for letter in letters)


def test_mail_addresses_of_ordinary_people_can_be_invited() -> None:
    force = Workforce(alias="a", domain="a.example", host="a.example", company="A", seed=1)

    local_parts = [user["mail"].partition("@")[0] for user in force.people(500)]

    assert all(part.replace(".", "").replace("-", "").isalnum() for part in local_parts)
    assert all(part.isascii() and not part.startswith(".") for part in local_parts)


def test_employees_hold_guests_disabled_people_and_a_nested_group(
    estate: dict[str, TenantSeed],
) -> None:
    contoso = estate["contoso"]
    users = {user["id"]: user for user in contoso.users}
    employees = next(group for group in contoso.groups if group["displayName"] == "employees")

    members = employees["members"]

    assert sandbox_id("group:contoso:trainees") in members
    assert any(users[member]["creationType"] for member in members if member in users)
    assert any(not users[member]["accountEnabled"] for member in members if member in users)
    assert AWKWARD["nested-only"].id not in members


def test_every_line_of_management_ends_at_one_person(estate: dict[str, TenantSeed]) -> None:
    managers = estate["contoso"].managers

    tops = set()
    for person in managers:
        above = person
        while above in managers:
            above = managers[above]
        tops.add(above)

    assert len(tops) == 1


@pytest.mark.parametrize("name", sorted(AWKWARD))
def test_the_awkward_are_where_the_list_says(estate: dict[str, TenantSeed], name: str) -> None:
    person = AWKWARD[name]
    seed = estate[person.tenant]

    found = [user for user in [*seed.users, *seed.deleted_users] if user["id"] == person.id]

    assert [
        user["userPrincipalName"].removeprefix(person.id.replace("-", "")) for user in found
    ] == [person.principal]


def test_the_manual_names_all_the_awkward() -> None:
    manual = (Path(__file__).parents[2] / "docs" / "sandbox.md").read_text(encoding="utf-8")

    assert [name for name in AWKWARD if f"`{name}`" not in manual] == []


def test_a_display_name_is_as_long_as_graph_allows_or_shorter(
    estate: dict[str, TenantSeed],
) -> None:
    longest = max(len(user["displayName"]) for user in estate["contoso"].users)

    assert 200 < longest <= 256


def test_policies_made_by_hand_have_members_that_no_schema_declares(
    estate: dict[str, TenantSeed],
) -> None:
    (partner,) = estate["tailspin"].partners

    assert partner["tenantId"] == PLACES["contoso"].tenant_id
    assert "crossCloudMeetingConfiguration" in partner
