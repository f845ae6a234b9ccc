"""Names are made of aliases and ids; a tenant's former aliases give the names of before."""

from __future__ import annotations

from dataclasses import replace

from reconcile.model.tenants import Alias
from tests.stacks.worlds import ONE, declared, sandbox, with_tenant


def test_a_tenant_without_a_past_gives_no_aliases() -> None:
    assert {one.aliases for one in declared(ONE).declared} == {()}


def test_a_renamed_tenant_renames_everything_that_has_its_name() -> None:
    environment = with_tenant("fabrikam", formerly=(Alias("adatum"),))

    found = {
        one.title.partition(":")[2]: one for one in declared(ONE, environment=environment).declared
    }

    renamed = {one.name: one.aliases for one in found.values() if "fabrikam" in one.name}
    kept = {one.aliases for one in found.values() if "fabrikam" not in one.name}
    assert renamed == {name: (name.replace("fabrikam", "adatum"),) for name in renamed}
    assert kept == {()}


def test_two_renamed_tenants_may_have_been_renamed_one_after_the_other() -> None:
    environment = with_tenant("fabrikam", formerly=(Alias("adatum"),))
    environment = with_tenant("contoso", environment, formerly=(Alias("litware"),))

    found = declared(ONE, environment=environment).one("IdentitySync")

    assert found.aliases == (
        "contoso-to-adatum",
        "litware-to-adatum",
        "litware-to-fabrikam",
    )


def test_the_name_of_a_group_may_change() -> None:
    known = sandbox()
    contoso = known.tenants[Alias("contoso")]
    groups = {"staff": contoso.groups["employees"]}
    renamed = replace(
        known, tenants={**known.tenants, Alias("contoso"): replace(contoso, groups=groups)}
    )

    before = declared(ONE).one("AppRoleAssignment")
    after = declared(ONE.replace("employees", "staff"), environment=renamed).one(
        "AppRoleAssignment"
    )

    assert (after.name, after.inputs) == (before.name, before.inputs)
