"""Compiled links as text: what the examples do not show."""

from datetime import timedelta

import pytest

from reconcile.model.links import (
    AttributeMapping,
    Direct,
    Limit,
    Link,
    LinkName,
    LinkPolicy,
    Scope,
    Thresholds,
)
from reconcile.model.tenants import Alias
from reconcile.report.links import duration, links_mermaid, links_text


def a_link(**changes: object) -> Link:
    settings: dict[str, object] = {
        "name": LinkName(Alias("contoso"), Alias("end")),
        "topology": "one",
        "origin": "one.yaml:5",
        "scope": Scope(everyone=True),
        "mappings": (),
        **changes,
    }
    return Link(**settings)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("time", "written"),
    [
        (timedelta(minutes=40), "40m"),
        (timedelta(hours=2), "2h"),
        (timedelta(days=7), "7d"),
        (timedelta(seconds=90), "90s"),
        (timedelta(0), "0s"),
    ],
)
def test_a_time_is_written_as_files_write_it(time: timedelta, written: str) -> None:
    assert duration(time) == written


def test_an_absent_limit_is_unlimited() -> None:
    text = links_text([a_link(thresholds=Thresholds(deletes=Limit(), updates=Limit(share=5)))])

    assert "deletes unlimited, updates 5%" in text


def test_a_source_of_another_name_is_named() -> None:
    mapping = AttributeMapping(
        target="department", source=Direct(attribute="city"), default="Unknown"
    )

    assert 'department = city or "Unknown"' in links_text([a_link(mappings=(mapping,))])


def test_policies_are_listed_in_names_of_graph() -> None:
    targets = {"targets": [{"target": "AllUsers", "targetType": "user"}]}
    policy = LinkPolicy(source={"b2bDirectConnectOutbound": {"usersAndGroups": targets}})

    text = links_text([a_link(policy=policy)])

    assert 'b2bDirectConnectOutbound.usersAndGroups.targets = ["AllUsers"]' in text


def test_a_diagram_survives_any_alias_and_label() -> None:
    diagram = links_mermaid([a_link(scope=Scope(groups=('a "b" #1',)), paused=True)])

    assert 't1["end"]' in diagram
    assert 't0 -.->|"group a #quot;b#quot; #35;1, paused"| t1' in diagram
