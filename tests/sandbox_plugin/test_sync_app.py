"""A sync app as a link has one: what changes, what is replaced, what is found and what is lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pulumi
import pulumi_azuread as azuread
import pytest

from sandbox.seeds import sandbox_id
from tests.sandbox_plugin.stacks import TEMPLATE, Program, Stack, a_stack, by, provider
from tests.served import Served

NewStack = Callable[[Mapping[str, str]], Stack]
TAGS = ["WindowsAzureActiveDirectoryIntegratedApp", "HideApp", "tenantry:contoso->fabrikam"]
EMPLOYEES = sandbox_id("group:contoso:employees")
EXECUTIVES = sandbox_id("group:contoso:executives")


def a_sync_app(
    served: Served, *, name: str = "sync", group: str = EMPLOYEES, notes: str = "ours"
) -> Program:
    def program() -> None:
        owner = provider(served, "contoso", app="reconciler")
        app = azuread.ApplicationFromTemplate(
            "app", display_name=name, template_id=TEMPLATE, opts=by(owner)
        )
        found = app.application_object_id.apply(lambda identity: application(served, identity))
        principal = azuread.ServicePrincipal(
            "principal",
            client_id=found["appId"],
            use_existing=True,
            app_role_assignment_required=True,
            tags=TAGS,
            notes=notes,
            opts=by(owner),
        )
        azuread.AppRoleAssignment(
            "assignment",
            app_role_id=found["appRoles"][0]["id"],
            principal_object_id=group,
            resource_object_id=principal.object_id,
            opts=by(owner),
        )
        pulumi.export("app", app.application_object_id)
        pulumi.export("principal", principal.object_id)

    return program


def application(served: Served, identity: str) -> dict[str, Any]:
    found: dict[str, Any] = served.graph("contoso", "GET", f"/applications/{identity}")
    return found


def principal(served: Served, stack: Stack) -> dict[str, Any]:
    identity = stack.outputs()["principal"]
    found: dict[str, Any] = served.graph("contoso", "GET", f"/servicePrincipals/{identity}")
    return found


def assigned(served: Served, stack: Stack) -> list[str]:
    place = f"/servicePrincipals/{stack.outputs()['principal']}/appRoleAssignedTo"
    return [one["principalId"] for one in served.graph("contoso", "GET", place)["value"]]


@pytest.fixture(scope="module")
def kept(beside: Served, tmp_path_factory: pytest.TempPathFactory, engine: Path) -> Stack:
    return a_stack(tmp_path_factory.mktemp("kept") / "stack", engine, beside.sandbox.variables)


@pytest.fixture
def stack(beside: Served, kept: Stack) -> Stack:
    """One stack for all, brought back to where each test begins."""
    kept.up(a_sync_app(beside))
    return kept


def test_the_templates_own_principal_is_found_and_set(beside: Served, stack: Stack) -> None:
    found = principal(beside, stack)

    assert found["applicationTemplateId"] == TEMPLATE
    assert (sorted(found["tags"]), found["notes"]) == (sorted(TAGS), "ours")
    assert found["appRoleAssignmentRequired"]
    assert assigned(beside, stack) == [EMPLOYEES]


def test_another_group_replaces_the_assignment_alone(beside: Served, stack: Stack) -> None:
    changes = stack.up(a_sync_app(beside, group=EXECUTIVES))

    assert changes == {"same": 4, "replace": 1}
    assert assigned(beside, stack) == [EXECUTIVES]


def test_a_new_name_is_given_in_place(beside: Served, stack: Stack) -> None:
    changes = stack.up(a_sync_app(beside, name="renamed"))

    assert changes == {"same": 4, "update": 1}
    assert application(beside, stack.outputs()["app"])["displayName"] == "renamed"


def test_notes_that_are_wanted_no_longer_are_taken_away(beside: Served, stack: Stack) -> None:
    stack.up(a_sync_app(beside, notes=""))

    assert principal(beside, stack)["notes"] is None


def test_what_was_changed_by_hand_is_mended(beside: Served, stack: Stack) -> None:
    place = f"/servicePrincipals/{stack.outputs()['principal']}"
    beside.graph("contoso", "PATCH", place, {"tags": ["HideApp"]})

    seen = stack.refresh()
    changes = stack.up(a_sync_app(beside))

    assert seen == {"same": 4, "update": 1}
    assert changes == {"same": 4, "update": 1}
    assert sorted(principal(beside, stack)["tags"]) == sorted(TAGS)


def test_what_was_deleted_by_hand_is_made_again(beside: Served, stack: Stack) -> None:
    gone = stack.outputs()["app"]
    beside.graph("contoso", "DELETE", f"/applications/{gone}")

    stack.refresh()
    changes = stack.up(a_sync_app(beside))

    assert changes == {"same": 2, "create": 3}
    assert stack.outputs()["app"] != gone


def test_an_app_that_stands_is_imported(beside: Served, stack: Stack, new_stack: NewStack) -> None:
    app = stack.outputs()["app"]
    identity = f"/applicationTemplates/{TEMPLATE}/instantiate/{app}/{stack.outputs()['principal']}"

    def program() -> None:
        owner = provider(beside, "contoso", app="reconciler")
        azuread.ApplicationFromTemplate(
            "app",
            display_name="sync",
            template_id=TEMPLATE,
            opts=pulumi.ResourceOptions(provider=owner, import_=identity, retain_on_delete=True),
        )

    other = new_stack(beside.sandbox.variables)
    changes = other.up(program)

    assert changes == {"create": 2, "import": 1}
    other.destroy()


def test_a_preview_of_new_things_asks_for_nothing(beside: Served, new_stack: NewStack) -> None:
    fresh = new_stack(beside.sandbox.variables)
    before = beside.sandbox.state()

    changes = fresh.preview(a_sync_app(beside))

    assert changes == {"create": 5}
    assert writes(beside.sandbox.state()) == writes(before)


def writes(state: dict[str, Any]) -> Any:
    return state["writes"]
