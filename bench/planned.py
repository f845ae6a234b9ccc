"""Planning alone, in a process of its own: how many people changed enters, figures leave.

Both tenants are made page by page, as a spool would give them back; memory is what a first cycle
would have left.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import NAMESPACE_URL, uuid5

from reconcile.expressions.compiling import expression
from reconcile.model.jobs import Job, Side
from reconcile.model.links import AttributeMapping, Computed, Link, LinkName, Scope
from reconcile.model.reads import Agreement, Coverage, Found, Intent, RawUser, Seal, Waiting
from reconcile.model.stamps import StampCarrier
from reconcile.model.tenants import Alias, ObjectId, TenantId
from reconcile.planning.plan import plan_cycle
from reconcile.planning.sift import sift
from reconcile.topology.mappings import ENTRA_DEFAULTS

PAGE = 999
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
EXPRESSIONS = {
    "displayName": 'Join(" ", [givenName], [surname], "(Contoso)")',
    "department": 'Switch([department], [department], "IT", "Technology")',
    "companyName": 'IIF([country]="DK", "Contoso A/S", "Contoso")',
}
CARRIER = StampCarrier(attribute="extensionAttribute15")


def a_job() -> Job:
    """Entra's default mappings, three of them made by expressions."""
    mappings = dict(ENTRA_DEFAULTS)
    for target, text in EXPRESSIONS.items():
        made = expression(text)
        source = Computed(expression=made.text, attributes=tuple(sorted(made.attributes)))
        mappings[target] = AttributeMapping(target=target, source=source)
    return Job(
        at=NOW,
        link=Link(
            name=LinkName(Alias("contoso"), Alias("fabrikam")),
            topology="bench",
            origin="bench:1",
            scope=Scope(everyone=True),
            mappings=tuple(mappings[name] for name in sorted(mappings)),
        ),
        source=TenantId(str(uuid5(NAMESPACE_URL, "contoso"))),
        target=TenantId(str(uuid5(NAMESPACE_URL, "fabrikam"))),
        source_domains=frozenset({"contoso.com"}),
        target_carrier=CARRIER,
    )


def _id(alias: str, number: int) -> ObjectId:
    return ObjectId(str(uuid5(NAMESPACE_URL, f"{alias}/{number}")))


def _source(job: Job, number: int) -> dict[str, object]:
    name = f"person{number}@contoso.com"
    texts = {one: f"{one} {number % 50}" for one in job.select(Side.SOURCE)}
    kept = {"manager", "creationType", "externalUserState", "otherMails", "proxyAddresses"}
    person: dict[str, object] = {k: v for k, v in texts.items() if k not in kept}
    person |= {
        "id": _id("contoso", number),
        "accountEnabled": True,
        "businessPhones": ["+45 1"],
        "mail": name,
        "userPrincipalName": name,
        "manager": {"id": _id("contoso", number // 10)},
    }
    return person


def _target(job: Job, number: int) -> dict[str, object]:
    return {
        "id": _id("fabrikam", number),
        "accountEnabled": True,
        "creationType": "Invitation",
        "displayName": "as before",
        "mail": f"person{number}@contoso.com",
        "userPrincipalName": f"person{number}_contoso.com#EXT#@fabrikam.com",
        "onPremisesExtensionAttributes": {
            "extensionAttribute15": f"{job.source}/{_id('contoso', number)}"
        },
    }


@dataclass(slots=True, kw_only=True)
class Made:
    """A tenant's listing, made anew whenever it is read."""

    tenant: TenantId
    job: Job
    people: int
    side: Side
    coverage: Coverage = Coverage.WHOLE
    watermark: None = None
    taken_at: datetime = NOW
    holes: Sequence[str] = ()

    def pages(self) -> Iterator[Sequence[RawUser]]:
        """Every page, in the order of numbers."""
        make = _source if self.side is Side.SOURCE else _target
        for start in range(0, self.people, PAGE):
            numbers = range(start, min(start + PAGE, self.people))
            made = [make(self.job, number) for number in numbers]
            yield [RawUser(ObjectId(str(one["id"])), json.dumps(one).encode()) for one in made]


@dataclass(slots=True, kw_only=True)
class Remembered:
    """What a first cycle left: everybody is paired, and nobody reads as they did then."""

    people: int
    fingerprint: str
    rebuilt: bool = False
    pairs: dict[ObjectId, Agreement] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Pair everybody."""
        for number in range(self.people):
            pair = Agreement(
                source=_id("contoso", number),
                target=_id("fabrikam", number),
                source_seal=b"before..",
                target_seal=b"before..",
                wanted=b"hash" * 20,
            )
            self.pairs[pair.source] = self.pairs[pair.target] = pair

    @property
    def population(self) -> int:
        return self.people

    def seals(self, side: Side) -> Mapping[ObjectId, Seal]:
        """Every pair's seal."""
        pairs = {pair.source: pair for pair in self.pairs.values()}.values()
        if side is Side.SOURCE:
            return {pair.source: pair.source_seal for pair in pairs}
        return {pair.target: pair.target_seal for pair in pairs}

    def agreements(self, side: Side, ids: Collection[ObjectId]) -> Mapping[ObjectId, Agreement]:
        """The pairs of these people."""
        found = {one: self.pairs[one] for one in ids if one in self.pairs}
        return {
            one: pair
            for one, pair in found.items()
            if (pair.source == one) == (side is Side.SOURCE)
        }

    def waiting(self) -> Mapping[ObjectId, Waiting]:
        """Nobody waits."""
        return {}

    def intents(self) -> Mapping[ObjectId, Intent]:
        """Nobody is on the way."""
        return {}


def main(people: int) -> dict[str, float]:
    """Plan a cycle in which everybody changed."""
    job = a_job()
    memory = Remembered(people=people, fingerprint=job.fingerprint)
    source, target = (
        Made(tenant=tenant, job=job, people=people, side=side)
        for tenant, side in ((job.source, Side.SOURCE), (job.target, Side.TARGET))
    )
    making = time.process_time()
    for read in (source, target):
        for _ in read.pages():
            pass
    making = time.process_time() - making
    began = time.process_time()
    findings = sift(job, source, target, memory)
    # The listings are gone over once each; who unchanged partners are is not asked here.
    sifted = time.process_time() - began - making
    plan = plan_cycle(job, findings, Found(), memory, now=NOW)
    elapsed = time.process_time() - began - making
    return {"sift": sifted, "elapsed": elapsed, "actions": len(plan.actions)}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(int(sys.argv[1]))))
