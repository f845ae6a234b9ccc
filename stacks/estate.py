"""The project around the working directory: its environments and topologies leave, as shapes.

The engine starts a program and the providers of its resources in several places inside a project,
so the project is looked for upwards. This is where the stacks meet their surroundings: only here
they read the process's variables.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from reconcile.errors import InputError, TopologyError
from reconcile.model.links import Link
from reconcile.model.tenants import Environment
from reconcile.topology import links_from
from reconcile.topology.environment import load_environment

_PROJECT = "Pulumi.yaml"


def variables() -> Mapping[str, str]:
    """The process's variables."""
    return os.environ


def root() -> Path:
    """The folder of the project, at or above the working directory.

    Raises:
        InputError: there is no project.
    """
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / _PROJECT).is_file():
            return folder
    raise InputError(f"{here}: no {_PROJECT} here or above. Work inside a project of Tenantry.")


def environment(name: str) -> Environment:
    """The environment of a name in `stacks/environments`.

    Raises:
        InputError: there is no such environment.
        TopologyError: its file is wrong.
    """
    folder = root() / "stacks" / "environments"
    path = folder / f"{name}.yaml"
    if not path.is_file():
        known = ", ".join(sorted(one.stem for one in folder.glob("*.yaml"))) or "none"
        raise InputError(
            f'The stack names the environment "{name}", and stacks/environments has: {known}. '
            "Set `tenantry:environment` in Pulumi.<stack>.yaml to one of them."
        )
    try:
        return load_environment(path, variables())
    except TopologyError as error:
        raise _from_the_root(error) from None


def links(environment: Environment) -> tuple[Link, ...]:
    """The links that the environment's topologies declare.

    Raises:
        TopologyError: something in them is wrong, with every problem.
    """
    try:
        return links_from([root() / one for one in environment.topologies], environment)
    except TopologyError as error:
        raise _from_the_root(error) from None


def _from_the_root(error: TopologyError) -> TopologyError:
    """The same problems, in files as people name them, wherever the project lies."""
    prefix = f"{root()}{os.sep}"
    return TopologyError(
        [replace(one, file=one.file.removeprefix(prefix)) for one in error.problems]
    )
