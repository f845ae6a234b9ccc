"""What stands in tenants beside what topologies want: shown, and written down to be pasted."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tests.served import Ran, Served
from tests.standing import allow_sync

LINK = "contoso-to-tailspin"


@pytest.fixture
def place(served: Served) -> list[str]:
    """Tailspin, where somebody set a policy by hand, and a topology that wants another."""
    return served.place("contoso", "tailspin")


def environment(place: list[str]) -> list[str]:
    return place[:2]


def imported(served: Served, place: list[str]) -> Ran:
    return served.tenantry("policies", "import", LINK, *environment(place))


def test_what_differs_is_shown_with_the_command_that_sets_it(
    served: Served, place: list[str]
) -> None:
    shown = served.tenantry("policies", "show", *place)

    assert shown.code == 0
    assert shown.out.startswith("contoso toward tailspin\n  + automaticUserConsentSettings.")
    assert shown.err == "Set what differs with `pulumi up`.\n"


def test_what_somebody_else_chose_is_told_apart(served: Served, place: list[str]) -> None:
    topology = Path(place[3])
    wanted = yaml.safe_load(topology.read_text())
    wanted["policy"]["target"] = {"trust": {"compliant_device": True}}
    strict = topology.with_name("strict.yaml")
    strict.write_text(yaml.safe_dump(wanted))

    shown = served.tenantry("policies", "show", *environment(place), "--topologies", str(strict))

    theirs = "~ inboundTrust.isCompliantDeviceAccepted: false → true   (somebody else chose this)"
    assert theirs in shown.out
    assert "unless the link's policy says `takeover: true`" in " ".join(shown.err.split())


def test_what_stands_is_written_down_and_agrees_once_it_is_pasted(
    served: Served, place: list[str]
) -> None:
    allow_sync(served, "contoso", "tailspin", allowed=True)
    topology = Path(place[3])
    block = yaml.safe_load(imported(served, place).out)["policy"]
    pasted = topology.with_name("pasted.yaml")
    pasted.write_text(yaml.safe_dump(yaml.safe_load(topology.read_text()) | {"policy": block}))

    shown = served.tenantry(
        "policies", "show", *environment(place), "--topologies", str(pasted), "-o", "json"
    )

    found = {one["tenant"]: one for one in shown.json["policies"]}
    assert found["tailspin"]["changes"] == []


def test_what_no_topology_says_is_told_as_a_comment(served: Served, place: list[str]) -> None:
    lines = imported(served, place).out.splitlines()

    assert lines[0] == "# contoso → tailspin, as it stands in both tenants."
    assert "# Not said above, and so unmanaged:" in lines
    assert max(map(len, lines)) <= 80


def test_a_policy_is_written_down_for_programs_too(served: Served, place: list[str]) -> None:
    ran = served.tenantry("policies", "import", LINK, *environment(place), "-o", "json")

    assert ran.json["kind"] == "imported policy"
    assert ran.json["link"] == LINK
    assert yaml.safe_load(imported(served, place).out)["policy"] == ran.json["policy"]
