"""What an expression redacts is written, and shown nowhere."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from reconcile.model.actions import REDACTED, Cause, Change, action_data
from reconcile.model.links import AttributeMapping, Computed
from reconcile.model.plans import Plan
from reconcile.report.plans import Detail, plan_lines
from tests.planning.rounds import plan_pair, run_pair
from tests.strategies import Pair, direct

SECRET = "Trust no one"


def redacting(expression: str = "Redact([jobTitle])", target: str = "department") -> Pair:
    source = Computed(expression=expression, attributes=("jobTitle",), redacted=True)
    pair = Pair()
    mappings = (
        direct("displayName"),
        direct("mail"),
        AttributeMapping(target=target, source=source),
    )
    pair.job = replace(pair.job, link=replace(pair.job.link, mappings=mappings))
    return pair


def told(plan: Plan) -> str:
    lines = "\n".join(plan_lines(plan, Detail(everyone=True)))
    actions = json.dumps([action_data(action) for action in plan.actions])
    return lines + actions + " ".join(skip.detail for skip in plan.skips)


def test_a_redacted_value_is_written_and_shown_nowhere() -> None:
    pair = redacting()
    ada = pair.hire("ada", jobTitle=SECRET)

    plan = run_pair(pair)

    assert pair.seen(ada)["department"] == SECRET
    assert SECRET not in told(plan)
    assert "[Redact]" in told(plan)


def test_an_old_value_that_a_redacted_one_replaces_is_not_shown_either() -> None:
    pair = redacting()
    ada = pair.hire("ada", jobTitle=SECRET)
    run_pair(pair)
    pair.source.edit(ada, jobTitle="Another")

    plan = plan_pair(pair)

    assert plan.totals == {"update": 1}
    assert SECRET not in told(plan)
    assert "Another" not in told(plan)


def test_plans_with_other_redacted_values_have_other_fingerprints() -> None:
    one, other = redacting(), redacting()
    one.hire("ada", jobTitle=SECRET)
    other.hire("ada", jobTitle="Another")

    first, second = plan_pair(one), plan_pair(other)

    assert told(first) == told(second)
    assert first.fingerprint != second.fingerprint


@pytest.mark.parametrize(
    ("target", "expression"),
    [
        ("department", "Redact(CDate([jobTitle]))"),
        ("showInAddressList", "Redact([jobTitle])"),
        ("userType", "Redact([jobTitle])"),
        ("accountEnabled", "Redact([jobTitle])"),
    ],
)
def test_what_is_wrong_with_a_redacted_value_does_not_tell_it(target: str, expression: str) -> None:
    pair = redacting(expression, target)
    pair.hire("ada", jobTitle=SECRET)

    created = run_pair(pair)
    waits = plan_pair(pair)

    for plan in (created, waits):
        words = " ".join(told(plan).split())
        assert f"{target} is not what Graph takes; its value is redacted." in words
        assert SECRET not in told(plan)


def test_a_truth_value_that_is_hidden_is_not_shown_as_nothing() -> None:
    change = Change(
        attribute="showInAddressList", old=None, new=False, cause=Cause.CREATION, hidden=True
    )

    assert change.shown == (None, REDACTED)
