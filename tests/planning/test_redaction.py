"""What an expression redacts is written, and shown nowhere."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from reconcile.model.links import AttributeMapping, Computed
from reconcile.model.plans import Plan, action_data
from reconcile.report.plans import Detail, plan_lines
from tests.planning.rounds import plan_pair, run_pair
from tests.strategies import Pair, direct

SECRET = "Trust no one"


def redacting(text: str = "Redact([jobTitle])", target: str = "department") -> Pair:
    source = Computed(expression=text, attributes=("jobTitle",), redacted=True)
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
    return lines + json.dumps([action_data(action) for action in plan.actions])


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


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("Redact(CDate([jobTitle]))", "department"),
        ("Redact([jobTitle])", "userType"),
        ("Redact([jobTitle])", "accountEnabled"),
    ],
)
def test_why_a_redacted_value_cannot_be_used_does_not_show_it(text: str, target: str) -> None:
    pair = redacting(text, target)
    pair.hire("ada", jobTitle=SECRET)

    plan = plan_pair(pair)

    assert "redacted" in plan.skips[0].detail
    assert SECRET not in told(plan) + repr(plan.skips)


def test_plans_with_other_redacted_values_have_other_fingerprints() -> None:
    one, other = redacting(), redacting()
    one.hire("ada", jobTitle=SECRET)
    other.hire("ada", jobTitle="Another")

    first, second = plan_pair(one), plan_pair(other)

    assert told(first) == told(second)
    assert first.fingerprint != second.fingerprint
