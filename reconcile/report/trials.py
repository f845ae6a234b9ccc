"""What trials missed enters; text for a terminal or a document leaves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from reconcile.model.links import LinkName
from reconcile.model.tenants import Alias
from reconcile.model.trials import Miss, Moment, Trial
from reconcile.report.columns import wrap
from reconcile.report.documents import document

_ANY = LinkName(Alias(""), Alias(""))
_LINKS = ("links", "link")
_WHEN = {Moment.CREATED: "at creation", Moment.LATER: "later"}


def trials_text(trials: Sequence[Trial], missed: Sequence[Miss]) -> str:
    """Each failure with its place and the links that fail alike, then how many there were."""
    alike: dict[Miss, list[Miss]] = {}
    for miss in missed:
        alike.setdefault(replace(miss, link=_ANY), []).append(miss)
    lines = [line for some in alike.values() for line in (*_failure(some), "")]
    runs = sum(len(trial.links) for trial in trials)
    verdict = f"{len(missed)} failed" if missed else "all as expected"
    tests = "1 test" if len(trials) == 1 else f"{len(trials)} tests"
    return "\n".join([*lines, f"{tests} on {runs} {_LINKS[runs == 1]}: {verdict}."])


def _failure(alike: Sequence[Miss]) -> list[str]:
    miss = alike[0]
    what = f"{miss.attribute} {_WHEN[miss.moment]}" if miss.moment else "scope"
    rest = " " * 12
    return [
        *wrap(f"{miss.spot}: {miss.trial}: {what}"),
        *wrap(", ".join(str(one.link) for one in alike), first="  on        ", rest=rest),
        *wrap(miss.expected, first="  expected  ", rest=rest),
        *wrap(miss.found, first="  found     ", rest=rest),
    ]


def trials_document(trials: Sequence[Trial], missed: Sequence[Miss]) -> dict[str, Any]:
    """The same for programs."""
    return document(
        "mapping tests",
        tests=len(trials),
        failures=[
            {
                "file": miss.spot.file,
                "line": miss.spot.line,
                "test": miss.trial,
                "link": miss.link.slug,
                "attribute": miss.attribute,
                "moment": miss.moment,
                "expected": miss.expected,
                "found": miss.found,
            }
            for miss in missed
        ],
    )
