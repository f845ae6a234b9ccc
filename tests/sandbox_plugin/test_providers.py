"""Providers of several tenants in one program, all served by the process beside the sandbox."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pulumi
import pulumi_azuread as azuread

from tests.sandbox_plugin.stacks import TEMPLATE, Program, Stack, by, provider
from tests.served import Served

TENANTS = ("contoso", "fabrikam", "tailspin", "wingtip")
NewStack = Callable[[Mapping[str, str]], Stack]


def an_app_each(served: Served, name: str = "sync") -> Program:
    def program() -> None:
        for tenant in TENANTS:
            owner = provider(served, tenant)
            app = azuread.ApplicationFromTemplate(
                tenant, display_name=f"{tenant} {name}", template_id=TEMPLATE, opts=by(owner)
            )
            pulumi.export(tenant, app.application_object_id)

    return program


def apps_of(served: Served, tenant: str) -> dict[str, str]:
    found = served.graph(tenant, "GET", "/applications")["value"]
    return {app["id"]: app["displayName"] for app in found if app.get("applicationTemplateId")}


def test_each_provider_speaks_to_its_own_tenant(beside: Served, new_stack: NewStack) -> None:
    stack = new_stack(beside.sandbox.variables)

    stack.up(an_app_each(beside))

    made = {tenant: apps_of(beside, tenant) for tenant in TENANTS}
    assert made == {
        tenant: {identity: f"{tenant} sync"} for tenant, identity in stack.outputs().items()
    }
    stack.destroy()
    assert [apps_of(beside, tenant) for tenant in TENANTS] == [{}, {}, {}, {}]
