"""A link that lost its state: target users go in, pairs as their stamps claim them come out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, update

from reconcile.model.jobs import Job
from reconcile.model.reads import Agreement
from reconcile.model.tenants import ObjectId
from reconcile.model.users import User
from reconcile.state.pairs import drop_all_pairs, keep_pairs
from reconcile.state.tables import link


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """How many pairs were found, and who could not be paired.

    `disputed` are source people whom several target users claim; `internal` are target users that
    carry a stamp and are no external users, so that their claim is not believed.
    """

    pairs: int
    disputed: tuple[ObjectId, ...] = ()
    internal: tuple[ObjectId, ...] = ()


def rebuild_link(connection: Connection, link_id: int, job: Job, users: Iterable[User]) -> Rebuilt:
    """Replace the pairs of a link. Nothing is known of what both sides agreed on, so the next
    cycle looks at everybody; the link is strict until one person allows its deletes.
    """
    claims: dict[ObjectId, dict[ObjectId, Agreement]] = {}
    internal: list[ObjectId] = []
    for user in users:
        if user.deleted or user.stamp is None or user.stamp.tenant != job.source:
            continue
        if not user.external:
            internal.append(user.id)
            continue
        person = user.stamp.person
        claim = Agreement(source=person, target=user.id, mark=user.stamp.mark)
        claims.setdefault(person, {})[user.id] = claim
    pairs = [claim for held in claims.values() if len(held) == 1 for claim in held.values()]
    drop_all_pairs(connection, link_id)
    keep_pairs(connection, link_id, job.target, pairs)
    connection.execute(
        update(link)
        .where(link.c.id == link_id)
        .values(rebuilt=True, fingerprint=None, population=len(pairs))
    )
    return Rebuilt(
        pairs=len(pairs),
        disputed=tuple(sorted(person for person, held in claims.items() if len(held) > 1)),
        internal=tuple(sorted(internal)),
    )
