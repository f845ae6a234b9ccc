"""Links in state, by the words of a command line: options enter, keys and records leave."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from reconcile.cli import shell
from reconcile.cli.shell import Place
from reconcile.errors import InputError
from reconcile.model.links import Link, LinkName
from reconcile.model.tenants import Environment, ObjectId
from reconcile.state.links import LinkKey
from reconcile.state.past import KnownLink, Waiter
from reconcile.state.store import SqlStore


@contextmanager
def recorded(place: Place) -> Iterator[tuple[Environment, SqlStore]]:
    """The environment that was named, and its state."""
    environment = shell.read_environment(place.environment)
    with shell.open_state(place, environment) as store:
        yield environment, store


def key_of(environment: Environment, link: LinkName) -> LinkKey:
    """The tenants of a link, which is how state knows it.

    Raises:
        InputError: the environment does not bind them.
    """
    source, target = (shell.tenant_of(environment, alias) for alias in link)
    return LinkKey(source.id, target.id)


def known_links(
    environment: Environment, store: SqlStore, only: Sequence[LinkName] = ()
) -> list[KnownLink]:
    """The links of this environment that have a record, or those among them that were named.

    Raises:
        InputError: a named link has no record.
    """
    here = {tenant.id for tenant in environment.tenants.values()}
    found = [one for one in store.history.links() if here.issuperset(one.key)]
    if not only:
        return found
    wanted = {key_of(environment, name): name for name in only}
    for key, name in wanted.items():
        if key not in {one.key for one in found}:
            listed = ", ".join(one.name.slug for one in found) or "none"
            raise InputError(f"{name}: no cycle was recorded yet. Recorded: {listed}.")
    return [one for one in found if one.key in wanted]


def undeclared_links(
    environment: Environment, store: SqlStore, declared: Sequence[Link]
) -> list[KnownLink]:
    """Links with people in their targets that none of the topologies declares."""
    keys = {key_of(environment, link.name) for link in declared}
    known = known_links(environment, store)
    return [one for one in known if one.population and one.key not in keys]


def waiting_person(people: Sequence[Waiter], named: str, link: LinkName) -> ObjectId:
    """The source id of the one person who waits under an id, an address or a part of a name.

    Raises:
        InputError: nobody waits under that name, or several do.
    """
    exact = [one for one in people if named.casefold() in {one.source, one.name.casefold()}]
    found = exact or [one for one in people if named.casefold() in one.name.casefold()]
    if len(found) == 1:
        return found[0].source
    if not found:
        raise InputError(
            f'{link}: nobody named "{named}" waits. See who does with '
            f"`tenantry status {link.slug}`."
        )
    listed = ", ".join(f"{one.name} ({one.source})" for one in found[:5])
    raise InputError(f'{link}: "{named}" may be any of {listed}. Name one by id.')
