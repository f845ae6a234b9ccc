"""Rules: how fast expressions are evaluated, people planned, and a changed mapping previewed."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from bench.figures import Figure
from bench.processes import run
from bench.worlds import TOPOLOGY, settled
from reconcile.expressions.compiling import expression

_TYPICAL = 'ToLower(Join(".", [givenName], [surname]))'
_EVALUATIONS = 200_000
_PLANNED = 100_000
# A preview of a change to everybody is held, and exits so, unless the limit lets it through.
_CHANGED = (
    "sync: {thresholds: {updates: {share: 100%}}, "
    "mappings: {set: {department: {expression: 'ToUpper([department])'}}}, "
)


def measure(people: int) -> list[Figure]:
    """Evaluate, plan in a process of its own, and preview against a served sandbox."""
    return [*_evaluated(), *_planned(), *_previewed(people)]


def _evaluated() -> list[Figure]:
    def reader(name: str) -> Callable[[Any], Any]:
        return lambda person: person.get(name)

    evaluate = expression(_TYPICAL).bound(reader)
    person, now = {"givenName": "Ada", "surname": "Byron"}, datetime(2026, 3, 1, tzinfo=UTC)
    began = time.process_time()
    for _ in range(_EVALUATIONS):
        evaluate(person, now, "seed")
    rate = _EVALUATIONS / (time.process_time() - began)
    return [Figure(name="rules: evaluations", value=rate, unit="a second", least=100_000)]


def _planned() -> list[Figure]:
    ran = run(sys.executable, "-m", "bench.planned", str(_PLANNED))
    if ran.code != 0:
        raise RuntimeError(f"planning ended with {ran.code}:\n{ran.output}")
    found = json.loads(ran.output)
    if found["actions"] != _PLANNED:
        raise RuntimeError(f"{found['actions']} of {_PLANNED} people were planned")
    rate = _PLANNED / found["elapsed"]
    return [
        Figure(name="rules: people planned, all changed", value=rate, unit="a second"),
        Figure(name="rules: peak memory of 100,000", value=ran.peak, unit="MB"),
    ]


def _previewed(people: int) -> list[Figure]:
    with settled(people) as (pushed, served):
        changed = pushed.topology.with_name("changed.yaml")
        changed.write_text(TOPOLOGY.replace("sync: {", _CHANGED), encoding="utf-8")
        began = time.perf_counter()
        ran = served.tenantry(
            "plan", *pushed.place, "--topologies", str(changed), "--output", "json"
        )
        elapsed = time.perf_counter() - began
        counted = served.state()
    (link,) = json.loads(ran.output[ran.output.index("{") :])["links"]
    asked = link["plan"]["revised"]
    if not asked or asked["asked"] < people * 0.9:
        raise RuntimeError(f"the preview asked about {asked}")
    return [
        Figure(name="rules: preview of a mapping, requests", value=counted["requests"], unit=""),
        Figure(
            name="rules: preview of a mapping, writes", value=counted["writes"], unit="", most=0
        ),
        Figure(name="rules: preview of a mapping, elapsed", value=elapsed, unit="s"),
        Figure(name="rules: preview of a mapping, peak memory", value=ran.peak, unit="MB"),
    ]
