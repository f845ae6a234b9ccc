from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from reconcile.directory.source import GraphSource
from reconcile.directory.target import GraphTarget
from reconcile.engine.ports import Directory, TargetDirectory
from reconcile.graph.stamps import bootstrap
from reconcile.model.jobs import Job
from reconcile.model.stamps import StampCarrier
from reconcile.model.tenants import ObjectId, TenantId
from sandbox.virtual import VirtualClock as LoopClock
from sandbox.virtual import run_virtually
from tests.directory.contract import DirectoryContract, Scenario
from tests.fakes import FakeSource, FakeTarget, FakeTenant, VirtualClock
from tests.graph.worlds import World, a_job, in_world

GROUP = ObjectId("99999999-9999-9999-9999-999999999999")


@dataclass(slots=True)
class GraphStage:
    """The adapters, over Graph as the sandbox plays it."""

    world: World
    job: Job
    lag: float = 0.0

    def source(self) -> Directory:
        return GraphSource(self.world.client("contoso"), self.job)

    def target(self) -> TargetDirectory:
        return GraphTarget(self.world.client("fabrikam"), [self.job])

    def hire(self, name: str, **properties: Any) -> ObjectId:
        contoso = self.world.sandbox.tenant("contoso")
        address = f"{name}@contoso.com"
        person = contoso.add_user(
            {
                "displayName": name.title(),
                "userPrincipalName": address,
                "mail": address,
                "userType": "Member",
                "accountEnabled": True,
                **properties,
            }
        )
        contoso.add_member(GROUP, person)
        return ObjectId(person)

    def unassign(self, person: ObjectId) -> None:
        self.world.sandbox.tenant("contoso").remove_member(GROUP, person)

    def dismiss(self, person: ObjectId) -> None:
        self.world.sandbox.tenant("contoso").delete_user(person)

    def guest(self, mail: str, **properties: Any) -> ObjectId:
        return self._add(
            userPrincipalName=f"{mail.replace('@', '_')}#EXT#@fabrikam.onmicrosoft.com",
            mail=mail,
            userType="Guest",
            creationType="Invitation",
            externalUserState="Accepted",
            **properties,
        )

    def account(self, mail: str) -> ObjectId:
        name = f"{mail.partition('@')[0]}.own@fabrikam.com"
        return self._add(userPrincipalName=name, mail=mail, userType="Member")

    def _add(self, **properties: Any) -> ObjectId:
        user = {"displayName": "Somebody", "accountEnabled": True, **properties}
        fabrikam = self.world.sandbox.tenant("fabrikam")
        added = ObjectId(fabrikam.add_user(user))
        fabrikam.replicate(listings=0, points=self.lag)  # whoever is there already is seen
        return added

    def remove(self, user: ObjectId) -> None:
        self.world.sandbox.tenant("fabrikam").delete_user(user)


class TestGraph(DirectoryContract):
    def play(self, scenario: Scenario) -> None:
        async def main(world: World) -> None:
            world.sandbox.tenant("contoso").add_group({"id": GROUP, "displayName": "team"})
            made = await bootstrap(world.client("fabrikam"))
            carrier = StampCarrier(owner=made.owner.app_id)
            await scenario(GraphStage(world, a_job(groups={"team": GROUP}, carrier=carrier)))

        in_world(main)


class TestGraphThatLags(DirectoryContract):
    """Objects are seen late by id; what was just made is found all the same."""

    def play(self, scenario: Scenario) -> None:
        async def main(world: World) -> None:
            world.sandbox.tenant("contoso").add_group({"id": GROUP, "displayName": "team"})
            made = await bootstrap(world.client("fabrikam"))
            carrier = StampCarrier(owner=made.owner.app_id)
            world.sandbox.tenant("fabrikam").replicate(listings=0, points=5)
            await scenario(GraphStage(world, a_job(groups={"team": GROUP}, carrier=carrier), 5))

        in_world(main)


@dataclass(slots=True)
class FakeStage:
    """The fake that the engine and planning are tested with."""

    job: Job
    here: FakeTenant
    there: FakeTenant

    def source(self) -> Directory:
        return FakeSource(self.here, self.job)

    def target(self) -> TargetDirectory:
        return FakeTarget(self.there, [self.job])

    def hire(self, name: str, **properties: Any) -> ObjectId:
        person = self.here.add(name, **properties)
        self.here.groups.setdefault(GROUP, set()).add(person)
        return person

    def unassign(self, person: ObjectId) -> None:
        self.here.groups[GROUP].discard(person)

    def dismiss(self, person: ObjectId) -> None:
        self.here.remove(person)

    def guest(self, mail: str, **properties: Any) -> ObjectId:
        return self.there.add_guest(mail, **properties)

    def account(self, mail: str) -> ObjectId:
        return self.there.add(mail.partition("@")[0], mail=mail)

    def remove(self, user: ObjectId) -> None:
        self.there.remove(user)


class TestFake(DirectoryContract):
    def play(self, scenario: Scenario) -> None:
        clock = VirtualClock()
        carrier = StampCarrier(owner=str(uuid.UUID(int=7)))
        job = a_job(groups={"team": GROUP}, carrier=carrier)

        async def main(_: LoopClock) -> None:
            here = FakeTenant(id=TenantId(job.source), clock=clock, domain="contoso.com")
            there = FakeTenant(id=TenantId(job.target), clock=clock, domain="fabrikam.com")
            clock.advance(timedelta(hours=1))
            await scenario(FakeStage(job, here, there))

        run_virtually(main)
