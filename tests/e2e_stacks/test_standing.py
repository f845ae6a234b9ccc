"""Everything that stands still, from the first `pulumi up` to the last `destroy`, typed by hand."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from sandbox.estate import SANDBOX_SECRET
from tests.e2e_stacks.engine import Ran
from tests.e2e_stacks.project import SYNC, Policy, Project, policy_path, project_in
from tests.served import ROOT

pytestmark = pytest.mark.timeout(300)

_POLICY = (
    "policy: {automatic_redemption: true, target: {trust: {mfa: true, compliant_device: true}}}"
)
_SYNC = "sync: {scope: {assigned: {groups: [employees]}}}"
_TAKEN = "links: [{link: contoso -> tailspin, policy: {takeover: true}}]"

FIRST = f"""\
version: 1
name: trial
shape: hub-to-spokes
hub: contoso
spokes: [fabrikam, tailspin]
{_SYNC}
{_POLICY}
{_TAKEN}
"""
EDITED = FIRST.replace("[fabrikam, tailspin]", "[tailspin, wingtip]")
RESHAPED = f"""\
version: 1
name: trial
shape: mesh
tenants: [contoso, tailspin]
{_SYNC}
{_POLICY}
{_TAKEN}
"""


@dataclass(slots=True, kw_only=True)
class Story:
    """What each step said, and what stood in the tenants after it."""

    project: Project
    ran: dict[str, Ran] = field(default_factory=dict)
    seen: dict[str, Any] = field(default_factory=dict)

    def see(self, moment: str, *pairs: tuple[str, str]) -> None:
        """Remember what tenants say about partners."""
        for tenant, partner in pairs:
            self.seen[f"{moment} {tenant}"] = self.project.partner(tenant, partner)


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory, engine: Path) -> Iterator[Story]:
    with project_in(tmp_path_factory.mktemp("standing"), engine) as project:
        told = Story(project=project)
        _it_is_built(told)
        _somebody_changes_trust(told)
        _targets_stop(told)
        _the_topology_is_edited(told)
        _half_of_it_is_deleted(told)
        yield told


def _it_is_built(story: Story) -> None:
    project = story.project
    story.see("before", ("tailspin", "contoso"))
    project.topology(FIRST)
    story.ran["up"] = project.up()
    story.ran["quiet"] = project.preview("--expect-no-changes")
    story.seen["backend"], story.seen["resources"] = project.backend(), project.resources()
    story.see("up", ("fabrikam", "contoso"), ("tailspin", "contoso"), ("contoso", "fabrikam"))
    story.seen["up apps"] = project.sync_apps("contoso")


def _somebody_changes_trust(story: Story) -> None:
    trust = {"inboundTrust": {"isMfaAccepted": False}}
    story.project.by_hand("fabrikam", "PATCH", policy_path("contoso"), trust)
    story.ran["drift"] = story.project.pulumi(
        "refresh", "-s", "sandbox", "--preview-only", "--expect-no-changes"
    )
    story.ran["mend"] = story.project.up("--skip-preview")
    story.see("mended", ("fabrikam", "contoso"))


def _targets_stop(story: Story) -> None:
    """Fabrikam closes synchronization; tailspin closes consent, and changes trust as well."""
    project = story.project
    closed: Policy = {"userSyncInbound": {"isSyncAllowed": False}}
    project.by_hand("fabrikam", "PATCH", policy_path("contoso", SYNC), closed)
    consent: Policy = {
        "automaticUserConsentSettings": {"inboundAllowed": False, "outboundAllowed": None},
        "inboundTrust": {"isMfaAccepted": False},
    }
    project.by_hand("tailspin", "PATCH", policy_path("contoso"), consent)
    story.ran["stopped"] = project.up("--skip-preview")
    story.see("stopped", ("fabrikam", "contoso"), ("tailspin", "contoso"))
    story.ran["stopped preview"] = project.preview("--expect-no-changes")
    for link in ("contoso-to-fabrikam", "contoso-to-tailspin"):
        story.ran[f"resume {link}"] = project.tenantry("resume", link, "--why", "agreed", "--yes")
    story.see("resumed", ("fabrikam", "contoso"), ("tailspin", "contoso"))
    story.ran["resumed preview"] = project.preview("--expect-no-changes")


def _the_topology_is_edited(story: Story) -> None:
    project = story.project
    kept = project.urns("contoso-to-tailspin")
    project.topology(EDITED)
    story.ran["edited"] = project.up("--skip-preview")
    story.see("edited", ("fabrikam", "contoso"), ("wingtip", "contoso"))
    story.seen["edited apps"] = project.sync_apps("contoso")
    project.topology(RESHAPED)
    story.ran["reshaped"] = project.up("--skip-preview")
    story.ran["reshaped quiet"] = project.preview("--expect-no-changes")
    story.see("reshaped", ("contoso", "tailspin"), ("wingtip", "contoso"))
    story.seen["kept"] = (kept, project.urns("contoso-to-tailspin"))


def _half_of_it_is_deleted(story: Story) -> None:
    project = story.project
    project.by_hand("contoso", "DELETE", policy_path("tailspin", SYNC))
    project.by_hand("contoso", "DELETE", policy_path("tailspin"))
    for app in project.sync_apps("contoso"):
        project.by_hand("contoso", "DELETE", f"/applications/{app['id']}")
    story.ran["destroy"] = project.destroy("--skip-preview")
    story.see("destroyed", ("tailspin", "contoso"))
    story.seen["left"] = {
        tenant: [*project.sync_apps(tenant), *project.sync_principals(tenant)]
        for tenant in ("contoso", "fabrikam", "tailspin", "wingtip")
    }
    story.seen["left partners"] = {
        tenant: [one["tenantId"] for one in project.partners(tenant)]
        for tenant in ("contoso", "fabrikam", "wingtip")
    }


def may_sync(policy: Policy | None) -> Any:
    assert policy is not None
    return policy[SYNC]["userSyncInbound"]["isSyncAllowed"]


def consents(policy: Policy | None) -> Any:
    assert policy is not None
    return policy["automaticUserConsentSettings"]["inboundAllowed"]


def trusts(policy: Policy | None) -> Any:
    assert policy is not None
    return policy["inboundTrust"]["isMfaAccepted"]


def test_every_step_ends_well(story: Story) -> None:
    failed = {name: ran.said for name, ran in story.ran.items() if ran.code and name != "drift"}

    assert failed == {}


def test_up_opens_both_sides_of_every_link(story: Story) -> None:
    fabrikam, contoso = story.seen["up fabrikam"], story.seen["up contoso"]

    assert (may_sync(fabrikam), consents(fabrikam), trusts(fabrikam)) == (True, True, True)
    assert contoso["automaticUserConsentSettings"]["outboundAllowed"] is True
    assert sorted(app["displayName"] for app in story.seen["up apps"]) == [
        "Tenantry: contoso to fabrikam (do not start)",
        "Tenantry: contoso to tailspin (do not start)",
    ]


def test_refresh_sees_what_was_changed_by_hand(story: Story) -> None:
    drift = story.ran["drift"]

    assert drift.code != 0
    assert "fabrikam-toward-contoso" in drift.out


def test_up_mends_what_was_changed_by_hand(story: Story) -> None:
    assert trusts(story.seen["mended fabrikam"]) is True


def test_up_does_not_reopen_what_the_target_closed(story: Story) -> None:
    fabrikam, tailspin = story.seen["stopped fabrikam"], story.seen["stopped tailspin"]

    assert (may_sync(fabrikam), consents(tailspin)) == (False, False)


def test_up_mends_the_rest_of_a_policy_whose_consent_the_target_closed(story: Story) -> None:
    assert trusts(story.seen["stopped tailspin"]) is True


@pytest.mark.parametrize("link", ["contoso-to-fabrikam", "contoso-to-tailspin"])
def test_a_preview_says_who_stopped_a_link_and_what_reopens_it(story: Story, link: str) -> None:
    assert f"tenantry resume {link}" in story.ran["stopped preview"].said


def test_resume_reopens_what_the_target_closed(story: Story) -> None:
    fabrikam, tailspin = story.seen["resumed fabrikam"], story.seen["resumed tailspin"]

    assert (may_sync(fabrikam), consents(tailspin)) == (True, True)


def test_after_resume_no_preview_speaks_of_a_stop(story: Story) -> None:
    assert "tenantry resume" not in story.ran["resumed preview"].said


def test_a_link_that_is_taken_out_of_the_topology_leaves_nothing(story: Story) -> None:
    assert story.seen["edited fabrikam"] is None
    assert story.seen["reshaped wingtip"] is None


def test_a_link_that_is_put_into_the_topology_is_built(story: Story) -> None:
    assert may_sync(story.seen["edited wingtip"]) is True
    assert "Tenantry: contoso to wingtip (do not start)" in {
        app["displayName"] for app in story.seen["edited apps"]
    }


def test_a_link_that_two_shapes_have_in_common_stays_what_it_is(story: Story) -> None:
    before, after = story.seen["kept"]

    assert before == after
    assert before


def test_a_mesh_opens_the_way_back(story: Story) -> None:
    assert may_sync(story.seen["reshaped contoso"]) is True


def test_destroy_leaves_no_policy_and_no_application_of_ours(story: Story) -> None:
    assert not any(story.seen["left"].values())
    assert story.seen["left partners"] == {
        "contoso": [],
        "fabrikam": [story.project.id_of("northwind")],
        "wingtip": [],
    }


def test_destroy_gives_back_the_policy_that_was_taken_over(story: Story) -> None:
    assert story.seen["before tailspin"] is not None
    assert story.seen["destroyed tailspin"] == story.seen["before tailspin"]


def test_no_secret_is_in_the_state(story: Story) -> None:
    assert SANDBOX_SECRET not in story.seen["backend"]


def test_nothing_of_this_machine_is_in_what_resources_say(story: Story) -> None:
    # Pulumi itself notes where in which file a resource was declared, seen from the project.
    said = [
        {key: one[key] for key in one.keys() - {"sourcePosition", "stackTrace"}}
        for one in story.seen["resources"]
    ]
    places = [str(ROOT), sys.prefix, str(story.project.folder)]

    assert said
    assert [place for place in places if place in json.dumps(said)] == []
