"""Topologies compile to links: shapes, layers, policies, and the same bytes each time."""

import json
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from reconcile.errors import TopologyError
from reconcile.model.links import Adopt, Constant, Direct, Limit, Link, Nulls, When
from reconcile.report.links import links_document, links_mermaid, links_text
from reconcile.topology import links_from
from reconcile.topology.compile import compile_topologies
from reconcile.topology.load import read_document
from reconcile.topology.validate import check

ROOT = Path(__file__).parents[2]
ONE = """
version: 1
name: one
shape: single-to-single
source: contoso
target: fabrikam
sync:
  scope: {all: true}
"""


def links(*texts: str) -> Sequence[Link]:
    documents = [read_document(text, f"{place}.yaml") for place, text in enumerate(texts)]
    assert check(documents) == []
    return compile_topologies(documents)


def link(rest: str = "") -> Link:
    (found,) = links(ONE + rest)
    return found


def names(text: str) -> list[str]:
    return [one.name.slug for one in links(text)]


@pytest.fixture
def in_the_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


@pytest.mark.usefixtures("in_the_checkout")
def test_the_examples_compile_to_these_links(snapshot: SnapshotAssertion) -> None:
    assert links_text(links_from([Path("topologies")])) == snapshot


@pytest.mark.usefixtures("in_the_checkout")
def test_the_examples_compile_to_this_json(snapshot: SnapshotAssertion) -> None:
    document = links_document(links_from([Path("topologies/acquisition.yaml")]))

    assert json.dumps(document, indent=2) == snapshot


@pytest.mark.usefixtures("in_the_checkout")
def test_the_examples_compile_to_this_diagram(snapshot: SnapshotAssertion) -> None:
    assert links_mermaid(links_from([Path("topologies")])) == snapshot


@pytest.mark.usefixtures("in_the_checkout")
@pytest.mark.parametrize("path", sorted((ROOT / "topologies").glob("*.yaml")), ids=lambda p: p.stem)
def test_every_example_is_right_by_itself(path: Path) -> None:
    assert links_from([path])


def test_what_is_wrong_is_raised_with_every_problem() -> None:
    with pytest.raises(TopologyError) as refused:
        links_from([Path("nowhere.yaml"), Path("neither.yaml")])

    assert len(refused.value.problems) == 2


def test_a_hub_pushes_to_each_spoke() -> None:
    text = ONE.replace("single-to-single", "hub-to-spokes").replace("source:", "hub:")

    assert names(text.replace("target: fabrikam", "spokes: [wingtip, fabrikam]")) == [
        "contoso-to-fabrikam",
        "contoso-to-wingtip",
    ]


def test_many_push_to_one() -> None:
    text = ONE.replace("single-to-single", "many-to-one")

    assert names(text.replace("source: contoso", "sources: [wingtip, contoso]")) == [
        "contoso-to-fabrikam",
        "wingtip-to-fabrikam",
    ]


def test_a_mesh_leaves_out_what_is_excepted() -> None:
    text = ONE.replace("single-to-single", "mesh").replace(
        "source: contoso\ntarget: fabrikam", "tenants: [a, b, c]\nexcept: [a <-> b, c -> a]"
    )

    assert names(text) == ["a-to-c", "b-to-c", "c-to-b"]


def test_absent_settings_are_the_defaults_of_the_model() -> None:
    found = link()

    declared = Link(
        name=found.name,
        topology="one",
        origin="0.yaml:5",
        scope=found.scope,
        mappings=found.mappings,
    )
    assert found == declared


def test_the_last_word_about_a_link_is_its_origin() -> None:
    found = link("links:\n  - {link: contoso -> fabrikam, paused: true}\n")

    assert (found.origin, found.paused) == ("0.yaml:10", True)


def test_maps_of_an_entry_are_merged_and_lists_replaced() -> None:
    found = link(
        """
  thresholds: {deletes: {count: 5, share: 20%}}
  matching: [mail, userPrincipalName]
links:
  - link: contoso -> fabrikam
    sync: {thresholds: {deletes: {count: 3}}, matching: [userPrincipalName]}
"""
    )

    assert found.thresholds.deletes == Limit(count=3, share=20)
    assert found.thresholds.updates == Limit(share=30)
    assert found.matching == ("userPrincipalName",)


def test_an_entry_chooses_between_everyone_and_the_assigned() -> None:
    found = link(
        "links:\n  - {link: contoso -> fabrikam, sync: {scope: {assigned: {groups: [b, a]}}}}\n"
    )

    assert not found.scope.everyone
    assert found.scope.groups == ("a", "b")


def test_what_an_entry_sets_is_no_longer_removed_and_the_other_way_round() -> None:
    found = link(
        """
  mappings: {set: {mobile: {direct: mobile}}, remove: [city, state]}
links:
  - link: contoso -> fabrikam
    sync: {mappings: {set: {city: {constant: Oslo}}}}
"""
    )
    other = link(
        """
  mappings: {set: {mobile: {direct: mobile}, city: {constant: Oslo}}, remove: [state]}
links:
  - link: contoso -> fabrikam
    sync: {mappings: {set: {state: {direct: state}}, remove: [mobile]}}
"""
    )

    made = {one.target: one.source for one in found.mappings}
    assert made["city"] == Constant(value="Oslo")
    assert "state" not in made
    targets = {one.target for one in other.mappings}
    assert "mobile" not in targets
    assert {"city", "state"} <= targets


def test_a_mapping_is_replaced_as_a_whole() -> None:
    found = link(
        """
  mappings: {set: {department: {direct: city, when: creation, default: Other}}}
links:
  - link: contoso -> fabrikam
    sync: {mappings: {set: {department: {direct: state}}}}
"""
    )

    (department,) = [one for one in found.mappings if one.target == "department"]
    assert department.source == Direct(attribute="state")
    assert (department.when, department.default) == (When.ALWAYS, None)


def test_settings_reach_the_link() -> None:
    found = link(
        """
  address: userPrincipalName
  null: keep
  adopt: auto
  interval: 2h
"""
    )

    assert (found.address, found.nulls, found.adopt) == (
        "userPrincipalName",
        Nulls.KEEP,
        Adopt.AUTO,
    )
    assert found.interval == timedelta(hours=2)


def test_a_value_and_values_are_both_values() -> None:
    found = link(
        "links:\n  - link: contoso -> fabrikam\n    sync: {scope: {filters: [{name: f, clauses: ["
        "{attribute: city, operator: equals, value: Oslo}, "
        "{attribute: country, operator: in, values: [NO, SE]}]}]}}\n"
    )

    (one,) = found.scope.filters
    assert [clause.values for clause in one.clauses] == [("Oslo",), ("NO", "SE")]


def test_no_policy_manages_nothing() -> None:
    assert (link().policy.source, link().policy.target) == ({}, {})


def test_automatic_redemption_is_set_on_both_sides() -> None:
    found = link("policy: {automatic_redemption: true}\n").policy

    assert found.source == {"automaticUserConsentSettings": {"outboundAllowed": True}}
    assert found.target == {"automaticUserConsentSettings": {"inboundAllowed": True}}


def test_to_inherit_is_to_send_null() -> None:
    found = link(
        "policy: {automatic_redemption: inherit, target: {trust: inherit}, "
        "source: {b2b_direct_connect: inherit}}\n"
    ).policy

    assert found.target == {
        "automaticUserConsentSettings": {"inboundAllowed": None},
        "inboundTrust": None,
    }
    assert found.source == {
        "automaticUserConsentSettings": {"outboundAllowed": None},
        "b2bDirectConnectOutbound": None,
    }


def test_trust_names_only_the_claims_that_are_declared() -> None:
    found = link("policy: {target: {trust: {mfa: true, hybrid_joined_device: false}}}\n").policy

    assert found.target == {
        "inboundTrust": {"isMfaAccepted": True, "isHybridAzureADJoinedDeviceAccepted": False}
    }


def test_access_is_written_in_the_shape_of_graph() -> None:
    application = "00000003-0000-0FF1-CE00-000000000000"
    found = link(
        f"policy: {{target: {{b2b_collaboration: {{applications: [Office365, {application}]}}}}, "
        "source: {b2b_collaboration: {users: allowed}, "
        "b2b_direct_connect: {users: blocked, applications: blocked}}}\n"
    ).policy

    assert found.target["b2bCollaborationInbound"] == {
        "applications": {
            "accessType": "allowed",
            "targets": [
                {"target": "Office365", "targetType": "application"},
                {"target": application.lower(), "targetType": "application"},
            ],
        }
    }
    assert found.source["b2bCollaborationOutbound"] == {
        "usersAndGroups": {
            "accessType": "allowed",
            "targets": [{"target": "AllUsers", "targetType": "user"}],
        }
    }
    assert found.source["b2bDirectConnectOutbound"] == {
        "usersAndGroups": {
            "accessType": "blocked",
            "targets": [{"target": "AllUsers", "targetType": "user"}],
        },
        "applications": {
            "accessType": "blocked",
            "targets": [{"target": "AllApplications", "targetType": "application"}],
        },
    }


def test_two_topologies_may_declare_one_link_alike() -> None:
    (found,) = links(ONE, ONE.replace("name: one", "name: another"))

    assert (found.topology, found.origin) == ("another", "1.yaml:5")
