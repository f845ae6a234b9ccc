"""How people are named: by mail, principal name or id, in the source tenant of every link."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from reconcile.cli.demands import (
    AT_MOST,
    explain_code,
    explain_people,
    provision_code,
    provision_people,
)
from reconcile.cli.people import People, name_people, read_words
from reconcile.cli.wiring import Estate
from reconcile.directory.people import find_people
from reconcile.errors import InputError
from reconcile.graph.stamps import bootstrap
from reconcile.model.cycles import HoldReason
from reconcile.report.steps import End
from tests.cli.estates import estate_of
from tests.graph.worlds import World, a_job, in_world

LINKS = (("contoso", "fabrikam"), ("contoso", "tailspin"), ("wingtip", "fabrikam"))


def in_estate(play: Callable[[World, Estate], Awaitable[None]], *, refused: str = "") -> None:
    async def main(world: World) -> None:
        for alias in ("fabrikam", "tailspin"):
            await bootstrap(world.client(alias))
        estate = estate_of(world, *(a_job(*one).link for one in LINKS), refused=refused)
        with estate.store:
            await play(world, estate)

    in_world(main)


def some_person(world: World, alias: str) -> dict[str, str]:
    users = world.sandbox.tenant(alias).users.values()
    return next(one for one in users if one.get("mail") and "#EXT#" not in one["userPrincipalName"])


def test_a_mail_and_a_principal_name_find_the_same_person_whatever_their_case() -> None:
    async def play(world: World) -> None:
        user = some_person(world, "contoso")
        names = [user["mail"].upper(), user["userPrincipalName"], "nobody@contoso.com"]

        found = await find_people(world.client("contoso"), names)

        assert found == {names[0]: (user["id"],), names[1]: (user["id"],), names[2]: ()}

    in_world(play)


def test_many_names_are_asked_for_in_batches() -> None:
    async def play(world: World) -> None:
        client = world.client("contoso")
        await find_people(client, ["ada@contoso.com"])
        before = client.requests

        await find_people(client, [f"person{number}@contoso.com" for number in range(40)])

        assert client.requests - before == 2

    in_world(play)


def test_a_person_is_explained_on_every_link_of_their_tenant_and_no_other() -> None:
    async def play(world: World, estate: Estate) -> None:
        user = some_person(world, "contoso")

        answered = await explain_people(estate, await name_people(estate, [user["mail"]]))

        told = [(one.link.slug, one.person) for one in answered.explanations]
        assert told == [
            ("contoso-to-fabrikam", user["id"]),
            ("contoso-to-tailspin", user["id"]),
        ]
        assert explain_code(answered) == 0

    in_estate(play)


def test_links_into_targets_that_nobody_concerns_are_not_read() -> None:
    async def play(world: World, estate: Estate) -> None:
        user = some_person(world, "wingtip")

        await name_people(estate, [user["mail"]])

        assert {link.name.target for link in estate.links} == {"fabrikam"}

    in_estate(play)


def test_an_id_that_nobody_has_is_unknown_and_ends_with_two() -> None:
    async def play(_world: World, estate: Estate) -> None:
        people = await name_people(estate, ["00000000-0000-0000-0000-00000000dead"])

        answered = await explain_people(estate, people)

        assert answered.explanations == ()
        assert (len(answered.unknown), explain_code(answered)) == (1, 2)

    in_estate(play)


def test_a_tenant_that_gives_no_token_stops_no_other() -> None:
    async def play(world: World, estate: Estate) -> None:
        user = some_person(world, "contoso")

        answered = await explain_people(estate, await name_people(estate, [user["mail"]]))

        assert len(answered.explanations) == 2
        assert [str(error) for error in answered.errors] == [
            "wingtip: the authority refused the secret."
        ]

    in_estate(play, refused="wingtip")


def test_whom_a_tenant_that_gives_no_token_may_know_is_not_called_unknown() -> None:
    async def play(_world: World, estate: Estate) -> None:
        people = await name_people(estate, ["nobody@contoso.com"])

        answered = await explain_people(estate, people)

        assert (answered.unknown, len(answered.errors)) == ((), 1)
        assert explain_code(answered) == answered.errors[0].exit_code

    in_estate(play, refused="wingtip")


def test_who_was_found_is_not_called_unknown_where_their_target_cannot_be_asked() -> None:
    async def play(world: World) -> None:
        estate = estate_of(world, a_job("contoso", "fabrikam").link)
        words = [some_person(world, "contoso")["mail"], "nobody@contoso.com"]
        with estate.store:
            answered = await explain_people(estate, await name_people(estate, words))

        assert answered.unknown == ("nobody@contoso.com",)
        assert "Run `tenantry bootstrap fabrikam`." in str(answered.errors[0])

    in_world(play)


def test_a_mail_of_two_people_is_refused_on_demand() -> None:
    async def play(_world: World, estate: Estate) -> None:
        people = await name_people(estate, ["front.desk@contoso.com"])

        with pytest.raises(
            InputError, match=r'"front.desk@contoso.com" may be any of .+, .+\. Name'
        ):
            await provision_people(estate, people, applies=True)

    in_estate(play)


def test_more_than_twenty_people_are_refused_on_demand() -> None:
    async def play(_world: World, estate: Estate) -> None:
        words = tuple(f"person{number}" for number in range(AT_MOST + 1))

        with pytest.raises(InputError, match="21 people are named"):
            await provision_people(estate, People(words=words, ids={}), applies=False)

    in_estate(play)


def test_a_file_names_people_one_a_line(tmp_path: Path) -> None:
    file = tmp_path / "people.txt"
    file.write_text("# leads\nada@contoso.com\n\n grace@contoso.com \nada@contoso.com\n")

    assert read_words(["kurt@contoso.com"], file) == (
        "kurt@contoso.com",
        "ada@contoso.com",
        "grace@contoso.com",
    )


def test_nobody_named_is_refused() -> None:
    with pytest.raises(InputError, match="Nobody is named"):
        read_words([], None)


def test_on_demand_a_closed_gate_holds_people_and_ends_with_three() -> None:
    async def play(world: World, estate: Estate) -> None:
        people = await name_people(estate, [some_person(world, "wingtip")["mail"]])

        answered = await provision_people(estate, people, applies=True)

        assert [(one.end, one.reason) for one in answered.demanded] == [
            (End.HELD, HoldReason.SYNC_NOT_ALLOWED)
        ]
        assert provision_code(answered) == 3

    in_estate(play)


def test_a_file_that_windows_wrote_names_its_first_person_too(tmp_path: Path) -> None:
    file = tmp_path / "people.txt"
    file.write_bytes("ada@contoso.com\r\ngrace@contoso.com\r\n".encode("utf-8-sig"))

    assert read_words([], file) == ("ada@contoso.com", "grace@contoso.com")
