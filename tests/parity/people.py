"""What takes each feature of schemas, explanations and provisioning on demand out of the code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from reconcile.cli import demands
from reconcile.engine import round as rounds
from reconcile.planning import explaining, judging, matching
from reconcile.planning.guard import guard
from reconcile.report.steps import Demanded, End
from reconcile.topology.entra_schema import OPERATORS
from tests.engine.estates import everyone
from tests.parity.offs import IMPORT, Off, answering, without
from tests.parity.scope import operator

EXPORT = "reconcile.topology.entra_export"


def no_anchor(patch: pytest.MonkeyPatch) -> None:
    """A schema is exported without what Entra finds users by."""
    patch.setattr(f"{EXPORT}._fixed", lambda: ())


def always_applied(patch: pytest.MonkeyPatch) -> None:
    """A dry run of the command writes."""
    provision = demands.provision_people

    async def off(estate: Any, people: Any, *, applies: bool) -> Any:
        del applies
        return await provision(estate, people, applies=True)

    patch.setattr(demands, "provision_people", off)


def always_agreed(patch: pytest.MonkeyPatch) -> None:
    """A round without consent writes."""
    _round(patch, lambda options: {**options, "consent": options["consent"] or everyone})


def everybody(patch: pytest.MonkeyPatch) -> None:
    """A round for one person acts on all."""
    _round(patch, lambda options: {**options, "only": None})


def _round(patch: pytest.MonkeyPatch, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    run = rounds.run_round

    async def off(*arguments: Any, **options: Any) -> Any:
        return await run(*arguments, **change(options))

    patch.setattr("tests.engine.test_explaining.run_round", off)


def counted_alone(patch: pytest.MonkeyPatch) -> None:
    """The guard counts only what is done on demand."""
    patch.setattr(rounds, "guard", lambda plan, *rest: guard(replace(plan, later=()), *rest))


def nobody_is_restored(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(judging, "deleted_by_us", lambda *_: False)
    patch.setattr(matching, "deleted_by_us", lambda *_: False)


SWITCHES: dict[str, tuple[Off, ...]] = {
    "GET a job's schema": (answering(f"{IMPORT}._mappings", ({}, [])),),
    "PUT a job's schema": (no_anchor,),
    "an operator judges alike in a job and here": tuple(map(operator, OPERATORS)),
    "Expression builder, `parseExpression`": (
        answering("reconcile.report.evaluations.value_text", ""),
    ),
    "the builder tries one person at a time": (
        answering("reconcile.planning.trials._compared", ()),
    ),
    "on demand: import, scoping, matching, export, with modified attributes": (
        answering("reconcile.report.provisioning.steps_of", ()),
    ),
    "on demand writes at once": (always_agreed, always_applied),
    "on demand acts on the one that was named": (everybody,),
    "no threshold counts what is done on demand": (counted_alone,),
    "`RedundantExport` where nothing is to do": (
        without(Demanded, "end", property(lambda _: End.SKIPPED)),
    ),
    "a person who is not in scope is skipped": (
        answering("reconcile.cli.demands.provision_code", 0),
    ),
    "groups cannot be provisioned on demand": (
        answering("reconcile.cli.demands.provision_code", 0),
    ),
    "5 requests in 10 s, one person each": (without(demands, "AT_MOST", 100),),
    "a user who was soft-deleted in the target is not restored on demand": (nobody_is_restored,),
    "why somebody is skipped: reason and clause, in the provisioning log": (
        without(explaining, "scope", lambda *_: None),
    ),
}
