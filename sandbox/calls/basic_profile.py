"""Users for who may read basic profiles only: a shape and a projection enter, narrow ones leave.

Microsoft names the properties of the basic profile with the permission; a caller that asks for
another is refused, and by default finds the others null. Neither answer is documented.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sandbox.contents import GraphObject
from sandbox.odata import Options, Project, Shape
from sandbox.permissions import denied
from sandbox.wire import Request

_BASIC = frozenset({"displayName", "givenName", "id", "mail", "surname", "userPrincipalName"})
_WIDER = frozenset(
    {"User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"}
)


def narrowed_shape(request: Request, shape: Shape) -> Shape:
    """Return how the caller may ask for users."""
    if request.caller.permissions & _WIDER:
        return shape
    return replace(
        shape,
        selectable=lambda name: _allowed(name) and shape.selectable(name),
        filterable=lambda name: _allowed(name) and shape.filterable(name),
    )


def narrowed(request: Request, options: Options) -> Callable[[Project], Project]:
    """Return what makes a projection show the caller no more than it may read."""
    if request.caller.permissions & _WIDER:
        return lambda project: project
    if options.expand_manager is not None:
        raise denied()
    return _hidden


def _hidden(project: Project) -> Project:
    def basic(user: GraphObject) -> GraphObject:
        row = project(user)
        return {name: value if name in _BASIC else _nothing(value) for name, value in row.items()}

    return basic


def _nothing(value: object) -> object:
    """Return what stands for a hidden value: collections are never null."""
    return [] if isinstance(value, list) else None


def _allowed(name: str) -> bool:
    if name not in _BASIC:
        raise denied()
    return True
