"""Paths and an environment enter, compiled links leave: load, validate, compile in one call."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from reconcile.errors import TopologyError
from reconcile.model.links import Link
from reconcile.model.tenants import Environment
from reconcile.topology.compile import compile_topologies
from reconcile.topology.load import load_topologies
from reconcile.topology.validate import check


def links_from(paths: Sequence[Path], environment: Environment | None = None) -> tuple[Link, ...]:
    """The links that the topology files declare.

    Raises:
        TopologyError: something in them is wrong, with every problem.
    """
    documents = load_topologies(paths)
    problems = check(documents, environment)
    if problems:
        raise TopologyError(problems)
    return compile_topologies(documents)
