from __future__ import annotations

import json
from pathlib import Path

import pytest

from sandbox.directory_file import DirectoryFileError, read_directory
from sandbox.estate import demo_estate, imported_tenant

ADA = {"id": "1", "userPrincipalName": "ada@contoso.com", "displayName": "Ada", "mail": None}
HEADER = (
    "userPrincipalName,displayName,mail,id,userType,accountEnabled,telephoneNumber,createdDateTime"
)
ROW = 'ada@contoso.com,"Ada, Countess",ada@contoso.com,1,Member,False,+1 2,8/19/2021 1:25:31 PM'


def a_file(folder: Path, text: str) -> Path:
    path = folder / "people"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("document", [[ADA], {"@odata.context": "x", "value": [ADA]}])
def test_graphs_answer_is_read_with_or_without_its_envelope(
    tmp_path: Path, document: object
) -> None:
    (user,) = read_directory(a_file(tmp_path, json.dumps(document)))

    assert user["userPrincipalName"] == "ada@contoso.com"
    assert user["accountEnabled"] is True
    assert user["userType"] == "Member"


def test_a_guest_is_known_by_the_name_when_the_file_does_not_say(tmp_path: Path) -> None:
    guest = ADA | {"userPrincipalName": "ada_adatum.com#EXT#@contoso.onmicrosoft.com"}

    (user,) = read_directory(a_file(tmp_path, json.dumps([guest])))

    assert (user["userType"], user["creationType"]) == ("Guest", "Invitation")


def test_the_admin_centres_download_becomes_graphs_form(tmp_path: Path) -> None:
    (user,) = read_directory(a_file(tmp_path, f"\ufeff{HEADER}\n{ROW}\n"))

    assert user["displayName"] == "Ada, Countess"
    assert user["accountEnabled"] is False
    assert user["businessPhones"] == ["+1 2"]
    assert user["createdDateTime"] == "2021-08-19T13:25:31Z"


def test_an_older_download_with_its_older_columns_is_read_as_well(tmp_path: Path) -> None:
    text = "userPrincipalName,objectId,physicalDeliveryOfficeName,mobile\nada@contoso.com,1,B2,+3\n"

    (user,) = read_directory(a_file(tmp_path, text))

    assert (user["id"], user["officeLocation"], user["mobilePhone"]) == ("1", "B2", "+3")


def test_a_sandboxs_own_people_survive_the_way_through_a_file(tmp_path: Path) -> None:
    users = demo_estate(people=60)[0].users

    read = read_directory(a_file(tmp_path, json.dumps({"value": users})))

    assert [user["id"] for user in read] == [user["id"] for user in users]
    assert imported_tenant("contoso", read).verified_domains[0] == "contoso.com"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "the file is empty"),
        ("hello\nworld\n", ":1: found the columns hello"),
        ('{"value": [', ":1:12: found JSON that ends or breaks off"),
        ('{"users": []}', 'found an object without "value" (users)'),
        ('{"value": []}', "found no user at all"),
        ("[1]", "value[0] is 1, not a user"),
        ('[{"id": "1"}]', "value[0] has no userPrincipalName"),
        (json.dumps([ADA, ADA]), "value[1] has the id 1 of an earlier user"),
        (f"{HEADER}\nada@contoso.com,Ada\n", ":2: found a row with more or fewer fields"),
        (f"{HEADER}\n{ROW.rpartition(',')[0]},yesterday\n", ":2: createdDateTime is 'yesterday'"),
        (
            json.dumps({"value": [ADA], "@odata.nextLink": "https://x"}),
            "found one page of several",
        ),
        (
            json.dumps({"value": [ADA], "@odata.count": 5000}),
            'found 1 users where "@odata.count" says 5000',
        ),
        (json.dumps([ADA | {"mail": 5}]), "value[0] is not as Graph answers it"),
        (json.dumps([ADA | {"otherMails": [1]}]), "`$.otherMails[0]`"),
        (json.dumps([ADA | {"displayName": 7}]), "`$.displayName`"),
        (json.dumps([ADA | {"accountEnabled": "false"}]), "`$.accountEnabled`"),
        (json.dumps([ADA | {"displayName": "\ud800"}]), "found no JSON of Graph's"),
        ("[" * 200_000, "found no JSON of Graph's"),
        (json.dumps([ADA | {"id": "abc/def ?#"}]), "value[0].id is 'abc/def ?#'"),
        (json.dumps([ADA | {"userPrincipalName": "ada"}]), "value[0].userPrincipalName is 'ada'"),
        (
            json.dumps([ADA, ADA | {"id": "2", "userPrincipalName": "ADA@contoso.com"}]),
            "value[1] has the userPrincipalName ADA@contoso.com of an earlier user",
        ),
        (
            json.dumps(
                [ADA | {"id": "a"}, ADA | {"id": "A", "userPrincipalName": "b@contoso.com"}]
            ),
            "value[1] has the id A of an earlier user",
        ),
        (f"{HEADER}\n{ROW.replace('False', 'Wahr')}\n", ":2: accountEnabled is 'Wahr'"),
        (f"{HEADER}\n{ROW.replace('Ada,', 'a' * 131_073)}\n", ":2: found no row of a CSV"),
        (f"{HEADER},mail\n{ROW},x\n", ":1: found mail in two columns"),
        (f"{HEADER},objectId\n{ROW},x\n", ":1: found id in two columns"),
        (HEADER.replace(",", ";"), ":1: found semicolons between the columns"),
    ],
)
def test_what_is_no_directory_is_refused_with_its_place(
    tmp_path: Path, text: str, told: str
) -> None:
    path = a_file(tmp_path, text)

    with pytest.raises(DirectoryFileError) as refused:
        read_directory(path)

    assert str(refused.value).startswith(str(path))
    assert told in str(refused.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DirectoryFileError, match="cannot be read"):
        read_directory(tmp_path / "nowhere.json")


def test_a_picture_is_no_directory(tmp_path: Path) -> None:
    path = tmp_path / "picture.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n")

    with pytest.raises(DirectoryFileError, match="found no UTF-8 text"):
        read_directory(path)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be"])
def test_a_file_in_utf_16_is_told_what_to_become(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "people.csv"
    path.write_text(f"\ufeff{HEADER}", encoding=encoding)

    with pytest.raises(DirectoryFileError, match=r"found UTF-16\. Expected: UTF-8"):
        read_directory(path)
