"""Invents people: a seed and a number enter, the same users in Graph's form leave each time."""

from __future__ import annotations

import json
import random
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from sandbox.seeds import GraphObject, sandbox_id

# NFKD leaves these letters alone; mail addresses want them in ASCII.
_LETTERS = str.maketrans(
    {
        "ø": "oe",
        "Ø": "Oe",
        "æ": "ae",
        "Æ": "Ae",
        "ß": "ss",
        "ł": "l",
        "Ł": "L",
        "đ": "d",
        "Đ": "D",
        "ı": "i",
    }
    | {
        "ä": "ae",
        "ö": "oe",
        "ü": "ue",
        "Ä": "Ae",
        "Ö": "Oe",
        "Ü": "Ue",
        "å": "aa",
        "Å": "Aa",
    }
)
EXTERNAL_DOMAINS = ("northwindtraders.com", "adatum.com", "proseware.com", "gmail.com")


@dataclass(frozen=True, slots=True)
class Name:
    """A name part as its bearer writes it, and as a mail address spells it."""

    native: str
    latin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Culture:
    """Where a person lives, and what people there are called."""

    language: str
    country: str
    country_name: str
    family_first: bool
    phone: str
    given: Sequence[Name]
    surnames: Sequence[Name]
    places: Sequence[Mapping[str, str | None]]
    streets: Sequence[str]


def ascii_local_part(text: str) -> str:
    """Spell a Latin name with the letters, digits and hyphens that mail systems accept."""
    plain = (
        unicodedata.normalize("NFKD", text.translate(_LETTERS)).encode("ascii", "ignore").decode()
    )
    return "".join(letter for letter in plain.lower() if letter.isalnum() or letter == "-")


def _names(listed: str) -> list[Name]:
    split = (entry.partition("|") for entry in listed.split(", "))
    return [Name(native, latin or native) for native, _, latin in split]


def _read(name: str) -> Any:
    return json.loads((files("sandbox") / "data" / name).read_text(encoding="utf-8"))


@cache
def cultures() -> tuple[list[Culture], list[int]]:
    """Return the cultures and how often each occurs."""
    rows = _read("cultures.json")
    made = [
        Culture(
            language=row["language"],
            country=row["country"],
            country_name=row["countryName"],
            family_first=row["order"] == "family-first",
            phone=row["phone"],
            given=_names(row["given"]),
            surnames=_names(row["surnames"]),
            places=row["places"],
            streets=row["streets"].split(", "),
        )
        for row in rows
    ]
    return made, [row["weight"] for row in rows]


@cache
def _work() -> tuple[list[tuple[str, list[str]]], list[str]]:
    work = _read("work.json")
    return list(work["departments"].items()), work["offices"]


def account(
    *,
    alias: str,
    domain: str,
    name: str,
    display_name: str,
    local_part: str,
    **more: Any,
) -> GraphObject:
    """Make an internal member account; `more` overrides or adds Graph properties."""
    address = f"{local_part}@{domain}"
    principal = more.get("userPrincipalName", address)
    return {
        "id": sandbox_id(f"user:{alias}:{name}"),
        "accountEnabled": True,
        "businessPhones": [],
        "createdDateTime": "2024-02-01T09:00:00Z",
        "creationType": None,
        "displayName": display_name,
        "externalUserState": None,
        "identities": [
            {
                "signInType": "userPrincipalName",
                "issuer": domain,
                "issuerAssignedId": principal,
            }
        ],
        "mail": address,
        "mailNickname": local_part.replace("+", "").replace("'", ""),
        "otherMails": [],
        "proxyAddresses": [f"SMTP:{address}"] if more.get("mail", address) == address else [],
        "showInAddressList": True,
        "usageLocation": "US",
        "userPrincipalName": address,
        "userType": "Member",
    } | more


def guest(
    *, alias: str, host: str, name: str, display_name: str, mail: str, **more: Any
) -> GraphObject:
    """Make an account as `POST /invitations` leaves it; `host` is the tenant's first domain."""
    principal = f"{mail.replace('@', '_')}#EXT#@{host}"
    return (
        account(
            alias=alias,
            domain=host,
            name=name,
            display_name=display_name,
            local_part=ascii_local_part(mail.partition("@")[0]),
            userPrincipalName=principal,
            mail=mail,
            mailNickname=f"{mail.replace('@', '_')}#EXT#",
            otherMails=[mail],
            proxyAddresses=[f"SMTP:{mail}"],
            userType="Guest",
            creationType="Invitation",
            externalUserState="Accepted",
            externalUserStateChangeDateTime="2024-02-02T10:00:00Z",
            identities=[
                {
                    "signInType": "federated",
                    "issuer": "ExternalAzureAD",
                    "issuerAssignedId": None,
                },
                {
                    "signInType": "userPrincipalName",
                    "issuer": host,
                    "issuerAssignedId": principal,
                },
            ],
        )
        | more
    )


class Workforce:
    """A tenant's ordinary people: members, some of them disabled or incomplete, and some guests."""

    def __init__(self, *, alias: str, domain: str, host: str, company: str, seed: int) -> None:
        """Prepare to invent the people of one tenant; the seed decides everything."""
        self._alias, self._domain, self._host, self._company = (
            alias,
            domain,
            host,
            company,
        )
        self._chance = random.Random(f"{seed}:{alias}")
        self._local_parts: Counter[str] = Counter()

    def people(self, count: int) -> Iterator[GraphObject]:
        """Yield that many people; a longer list begins with the shorter one."""
        for number in range(count):
            yield self._guest(number) if number % 37 == 36 else self._member(number)

    def _name(self) -> tuple[Culture, Name, Name]:
        everywhere, weights = cultures()
        culture = self._chance.choices(everywhere, weights)[0]
        return (
            culture,
            self._chance.choice(culture.given),
            self._chance.choice(culture.surnames),
        )

    def _local_part(self, given: Name, surname: Name) -> str:
        wanted = f"{ascii_local_part(given.latin)}.{ascii_local_part(surname.latin)}"
        self._local_parts[wanted] += 1
        taken = self._local_parts[wanted]
        return wanted if taken == 1 else f"{wanted}{taken}"

    def _member(self, number: int) -> GraphObject:
        culture, given, surname = self._name()
        parts = (
            (surname.native, given.native)
            if culture.family_first
            else (given.native, surname.native)
        )
        joint = "" if culture.language in {"zh-CN", "ja-JP", "ko-KR"} else " "
        made = account(
            alias=self._alias,
            domain=self._domain,
            name=str(number),
            display_name=joint.join(parts),
            local_part=self._local_part(given, surname),
            givenName=given.native,
            surname=surname.native,
            companyName=self._company,
            employeeId=f"{10000 + number}",
            preferredLanguage=culture.language,
            usageLocation=culture.country,
            accountEnabled=number == 0 or number % 29 != 0,
            employeeType="Temp" if number % 17 == 11 else "Employee",
            createdDateTime=f"20{16 + number % 9}-{1 + number % 12:02}-15T08:00:00Z",
        )
        made |= self._job(number) | self._address(culture)
        for missing in self._missing():
            made.pop(missing, None)
        return made

    def _job(self, number: int) -> GraphObject:
        departments, offices = _work()
        department, titles = self._chance.choice(departments)
        title = "Chief Executive Officer" if number == 0 else self._chance.choice(titles)
        return {
            "department": department,
            "jobTitle": title,
            "officeLocation": self._chance.choice(offices),
        }

    def _address(self, culture: Culture) -> GraphObject:
        place = self._chance.choice(culture.places)
        street = self._chance.choice(culture.streets)
        ending = self._chance.randrange(100, 1000)
        return {
            "streetAddress": f"{street} {self._chance.randrange(1, 240)}",
            "city": place["city"],
            "state": place["state"],
            "postalCode": place["postal"],
            "country": culture.country_name,
            "businessPhones": [f"{culture.phone}{ending}"],
            "mobilePhone": f"{culture.phone}{1099 - ending}",
        }

    def _missing(self) -> list[str]:
        """Choose what nobody filled in: a third of all people lack something."""
        if self._chance.random() > 1 / 3:
            return []
        optional = [
            "department",
            "jobTitle",
            "officeLocation",
            "employeeId",
            "mobilePhone",
            "streetAddress",
        ]
        optional += [
            "postalCode",
            "state",
            "preferredLanguage",
            "givenName",
            "country",
            "city",
            "companyName",
        ]
        return self._chance.sample(optional, self._chance.randrange(1, 4))

    def _guest(self, number: int) -> GraphObject:
        culture, given, surname = self._name()
        home = EXTERNAL_DOMAINS[number % len(EXTERNAL_DOMAINS)]
        local_part = f"{ascii_local_part(given.latin)}.{ascii_local_part(surname.latin)}{number}"
        return guest(
            alias=self._alias,
            host=self._host,
            name=str(number),
            display_name=f"{given.native} {surname.native}",
            mail=f"{local_part}@{home}",
            givenName=given.native,
            surname=surname.native,
            preferredLanguage=culture.language,
            externalUserState="PendingAcceptance" if number % 2 else "Accepted",
        )
