from __future__ import annotations

from datetime import timedelta

import pytest

from reconcile.model.cycles import Result
from reconcile.model.links import Link, LinkName, Scope
from reconcile.model.tenants import Alias
from tests.engine.estates import Estate
from tests.graph.worlds import MAPPINGS

DELAYS = [
    pytest.param(0.0, timedelta(0), id="without-delay"),
    pytest.param(30.0, timedelta(minutes=5), id="with-replication-delay"),
]


def a_link(source: str = "contoso", target: str = "fabrikam") -> Link:
    return Link(
        name=LinkName(Alias(source), Alias(target)),
        topology="test",
        origin="test:1",
        scope=Scope(groups=("employees",)),
        mappings=MAPPINGS,
    )


def an_estate(delay: float, settle: timedelta) -> Estate:
    """Two dozen people who report to each other; whoever reads sees all of them."""
    estate = Estate(links=[a_link()], delay=delay, settle=settle)
    contoso = estate.sandbox.tenant("contoso")
    line = [estate.hire("contoso", f"person{n}", department="Works") for n in range(24)]
    for place, person in enumerate(line[1:]):
        contoso.set_manager(person, line[place // 3])
    estate.pass_time(timedelta(minutes=1))
    return estate


@pytest.mark.parametrize(("delay", "settle"), DELAYS)
@pytest.mark.parametrize("pause", [timedelta(0), timedelta(seconds=40), timedelta(hours=1)])
def test_a_second_apply_plans_nothing_and_writes_nothing(
    delay: float, settle: timedelta, pause: timedelta
) -> None:
    with an_estate(delay, settle) as estate:
        (first,) = estate.cycle()
        assert [one.result for one in first.outcomes] == [Result.DONE] * 24
        estate.pass_time(pause)

        def again() -> None:
            (second,) = estate.cycle()
            assert second.plan is not None
            assert second.plan.actions == ()

        assert estate.writes(again) == 0
