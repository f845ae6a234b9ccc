"""A pushed estate: a number of people enters; a sandbox and a state that agree on them leave.

The push runs in this process and in virtual time, with the documented quotas enforced, through
the same adapters and the same state as `tenantry apply`.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from bench.processes import Served, serving
from reconcile.directory.source import GraphSource
from reconcile.directory.target import GraphTarget
from reconcile.engine.ports import Doors
from reconcile.engine.round import run_round
from reconcile.graph.client import GraphClient
from reconcile.graph.control import verified_domains
from reconcile.graph.gate import gate
from reconcile.graph.partners import take
from reconcile.graph.policies import compose
from reconcile.graph.stamps import bootstrap, find_owner
from reconcile.model.cycles import Cycle, Gate
from reconcile.model.jobs import Job
from reconcile.model.stamps import StampCarrier
from reconcile.model.tenants import Alias, Environment
from reconcile.state.store import open_store
from reconcile.topology import links_from
from reconcile.topology.binding import Bound, bind
from reconcile.topology.environment import load_environment
from sandbox.estate import demo_estate
from sandbox.serving import listen
from sandbox.virtual import VirtualClock, run_virtually
from sandbox.world import Sandbox
from tests.graph.worlds import World

TOPOLOGY = """\
version: 1
name: bench
shape: single-to-single
source: contoso
target: fabrikam
sync: {scope: {assigned: {groups: [employees]}}}
policy: {automatic_redemption: true}
"""
ENVIRONMENT = Path(__file__).resolve().parents[1] / "stacks" / "environments" / "sandbox.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushed:
    """An estate after its first cycle. `seconds` are virtual."""

    sandbox: Sandbox
    topology: Path
    state: Path
    cycle: Cycle
    seconds: float
    writes: int
    throttled: int

    @property
    def apply(self) -> tuple[str, ...]:
        """The words of a cycle that asks nobody."""
        return "apply", *self.place, "--topologies", str(self.topology), "--yes"

    @property
    def place(self) -> tuple[str, ...]:
        """The options that name the environment and its state."""
        return "--env", "sandbox", "--state", str(self.state)


@contextmanager
def settled(people: int) -> Iterator[tuple[Pushed, Served]]:
    """A pushed estate, served to the command line, whose cycle has seen what the push wrote.

    Nothing is throttled, and what is counted is counted from here on.
    """
    with tempfile.TemporaryDirectory(prefix="tenantry-bench-") as name:
        folder = Path(name)
        listener = listen(0)
        origin = f"https://127.0.0.1:{listener.getsockname()[1]}"
        pushed = push(people, folder, origin)
        pushed.sandbox.meter.on = False
        with serving(pushed.sandbox, listener, folder / "sandbox") as served:
            served.tenantry(*pushed.apply)
            served.reset()
            yield pushed, served


def push(people: int, folder: Path, origin: str) -> Pushed:
    """Everyone in contoso's employees, pushed into fabrikam once."""
    topology = folder / "topology.yaml"
    topology.write_text(TOPOLOGY, encoding="utf-8")
    variables = {"TENANTRY_SANDBOX_ORIGIN": origin, "TENANTRY_SANDBOX_SECRET": "unused in process"}
    environment = load_environment(ENVIRONMENT, variables)

    async def main(clock: VirtualClock) -> Pushed:
        estate = demo_estate(people=people)
        world = World(clock, Sandbox(clock, estate=estate, origin=origin, throttling=True))
        try:
            return await _push(world, environment, topology)
        finally:
            await world.close()

    return run_virtually(main)


async def _push(world: World, environment: Environment, topology: Path) -> Pushed:
    links = links_from([topology], environment)
    clients = {alias: world.client(alias) for alias in (Alias("contoso"), Alias("fabrikam"))}
    for wish in compose(links, environment):
        for part in wish.parts:
            await take(clients[wish.tenant], replace(part, takeover=True))
    for client in clients.values():
        await bootstrap(client)
    (bound,) = bind(links, environment)
    job = await _job(bound, environment, clients)
    state = topology.with_name("state.db")
    doors = _doors(world, job, clients, state)
    tally = world.sandbox.requests
    began, before = world.clock.now(), tally.writes_done
    (cycle,) = await run_round(
        job.target, [job], doors, consent=lambda _plans: frozenset({job.name.slug})
    )
    return Pushed(
        sandbox=world.sandbox,
        topology=topology,
        state=state,
        cycle=cycle,
        seconds=(world.clock.now() - began) / timedelta(seconds=1),
        writes=tally.writes_done - before,
        throttled=tally.throttled,
    )


async def _job(bound: Bound, environment: Environment, clients: Mapping[Alias, GraphClient]) -> Job:
    """The job as the command line would bind it, so that its state is the command line's."""
    source, target = clients[bound.source.alias], clients[bound.target.alias]
    return Job(
        at=clients[bound.source.alias].clock.now(),
        link=bound.link,
        source=bound.source.id,
        target=bound.target.id,
        groups=bound.groups,
        users=bound.users,
        source_domains=await verified_domains(source),
        source_carrier=StampCarrier(owner=await find_owner(source)),
        target_carrier=StampCarrier(owner=await find_owner(target)),
        settle=environment.settle,
    )


def _doors(world: World, job: Job, clients: Mapping[Alias, GraphClient], state: Path) -> Doors:
    source, target = clients[job.name.source], clients[job.name.target]

    async def judged(one: Job) -> Gate:
        return await gate(source, target, one)

    return Doors(
        sources={job.name.slug: GraphSource(source, job)},
        target=GraphTarget(target, [job]),
        gate=judged,
        store=open_store(f"sqlite:///{state}", world.clock),
        clock=world.clock,
        holder="bench",
    )
