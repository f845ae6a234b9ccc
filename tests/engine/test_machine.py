"""Anything may happen to two tenants, their network and our runs; see `drama.py` for the rest."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from reconcile.errors import LeaseHeldError
from reconcile.model.cycles import Cycle
from reconcile.model.tenants import ObjectId
from reconcile.state.links import key_of
from sandbox.seeds import sandbox_id
from tests.engine.drama import SOURCE, TARGET, Drama, ours
from tests.engine.estates import Estate
from tests.engine.lives import KilledError
from tests.engine.test_quiet import a_link

NAMES = st.sampled_from(["ada", "alan", "grace", "edsger", "barbara"])
WORDS = st.sampled_from(["Works", "Sales", None])
PICKS = st.integers(min_value=0, max_value=9)
GROUP = sandbox_id(f"group:{SOURCE}:employees")
MONTH = timedelta(days=31)


class Everything(RuleBasedStateMachine):
    """Two tenants, one link between them, real adapters, real state."""

    drama: Drama
    estate: Estate

    @initialize(delayed=st.booleans())
    def begin(self, *, delayed: bool) -> None:
        settle = timedelta(minutes=5) if delayed else timedelta(0)
        self.estate = Estate(links=[a_link()], settle=settle, delay=30 if delayed else 0)
        self.drama = Drama(self.estate)
        self._number = 0
        self._hire("anchor")  # an empty group would hold the link for good
        self.estate.pass_time(timedelta(minutes=1))

    def _hire(self, name: str, **properties: Any) -> None:
        self._number += 1
        principal = f"{name}{self._number}@contoso.com"
        person = self.estate.hire(SOURCE, name, userPrincipalName=principal, **properties)
        self.drama.addresses[person].add(f"{name}@contoso.com")

    @property
    def _source(self) -> Any:
        return self.estate.sandbox.tenant(SOURCE)

    @property
    def _target(self) -> Any:
        return self.estate.sandbox.tenant(TARGET)

    def _person(self, pick: int) -> ObjectId:
        """Someone who exists; the anchor is nobody's toy."""
        alive = [one for one in self.drama.people if one in self._source.users]
        return alive[pick % len(alive)]

    def _movable(self, pick: int) -> ObjectId | None:
        alive = [
            one
            for one in self.drama.people
            if one in self._source.users and self._source.users[one]["displayName"] != "Anchor"
        ]
        return alive[pick % len(alive)] if alive else None

    # The source.

    @rule(name=NAMES, department=WORDS, enabled=st.booleans())
    def hire(self, name: str, department: str | None, *, enabled: bool) -> None:
        taken = self._source.index.find("mail", f"{name}@contoso.com")
        self._hire(
            name,
            department=department,
            accountEnabled=enabled,
            proxyAddresses=[] if taken else [f"SMTP:{name}@contoso.com"],
        )

    @rule(pick=PICKS, department=WORDS, title=WORDS, phone=st.sampled_from([[], ["+45 1"]]))
    def edit(self, pick: int, department: str | None, title: str | None, phone: list[str]) -> None:
        changes = {"department": department, "jobTitle": title, "businessPhones": phone}
        self._source.patch_user(self._person(pick), changes)

    @rule(pick=PICKS, name=NAMES)
    def change_mail(self, pick: int, name: str) -> None:
        if (person := self._movable(pick)) is not None:
            self._source.patch_user(person, {"mail": f"{name}.new@contoso.com"})

    @rule(pick=PICKS, boss=PICKS)
    def move_manager(self, pick: int, boss: int) -> None:
        person, manager = self._person(pick), self._person(boss)
        self._source.set_manager(person, None if person == manager else manager)

    @rule(pick=PICKS, enabled=st.booleans())
    def enable_or_disable(self, pick: int, *, enabled: bool) -> None:
        self._source.patch_user(self._person(pick), {"accountEnabled": enabled})

    @rule(pick=PICKS, stays=st.booleans())
    def assign_or_unassign(self, pick: int, *, stays: bool) -> None:
        if (person := self._movable(pick)) is not None:
            (self._source.add_member if stays else self._source.remove_member)(GROUP, person)

    @rule(pick=PICKS)
    def delete(self, pick: int) -> None:
        if (person := self._movable(pick)) is not None:
            self._source.delete_user(person)

    @rule(pick=PICKS)
    @precondition(lambda self: bool(self._source.deleted_users))
    def restore(self, pick: int) -> None:
        deleted = sorted(self._source.deleted_users)
        self._source.restore_user(deleted[pick % len(deleted)])

    # The target.

    @rule(pick=PICKS, word=WORDS)
    @precondition(lambda self: bool(ours(self.drama)))
    def drift(self, pick: int, word: str | None) -> None:
        self._target.patch_user(self._copy(pick)["id"], {"department": word, "jobTitle": "Drift"})

    @rule(pick=PICKS, boss=PICKS)
    @precondition(lambda self: bool(ours(self.drama)))
    def drift_of_manager(self, pick: int, boss: int) -> None:
        user, manager = self._copy(pick)["id"], self._copy(boss)["id"]
        self._target.set_manager(user, None if user == manager else manager)

    @rule(pick=PICKS)
    @precondition(lambda self: bool(ours(self.drama)))
    def block(self, pick: int) -> None:
        user = self._copy(pick)
        if user["accountEnabled"]:
            self._target.patch_user(user["id"], {"accountEnabled": False})
            self.drama.blocked_by_target.add(user["id"])

    @rule(pick=PICKS)
    @precondition(lambda self: bool(ours(self.drama)))
    def delete_in_target(self, pick: int) -> None:
        user = self._copy(pick)
        stamp = self.estate.stamp(TARGET, user)
        assert stamp is not None
        self._target.delete_user(user["id"])
        self.drama.removed_by_target.add(user["id"])
        self.drama.bothered.add(stamp.person)

    @rule(name=NAMES)
    def invite_by_hand(self, name: str) -> None:
        mail = f"{name}@contoso.com"
        if self._target.index.find("proxyAddresses", f"smtp:{mail}"):
            return
        self._foreign(
            name,
            mail=mail,
            userPrincipalName=f"{name}_hand#EXT#@fabrikam.onmicrosoft.com",
            otherMails=[mail],
            creationType="Invitation",
            externalUserState="Accepted",
            userType="Guest",
        )

    @rule(name=NAMES, mine=st.booleans())
    def make_internal_account(self, name: str, *, mine: bool) -> None:
        mail = f"{name}@contoso.com"
        if self._target.index.find("proxyAddresses", f"smtp:{mail}"):
            return
        stamp = ours(self.drama)[:1] if mine else []
        properties = {one: v for user in stamp for one, v in user.items() if "tenantry" in one}
        if not self._target.index.find("userPrincipalName", f"{name}.own@fabrikam.com"):
            upn = f"{name}.own@fabrikam.com"
            self._foreign(name, mail=mail, userPrincipalName=upn, **properties)

    def _foreign(self, name: str, **properties: Any) -> None:
        user = self.estate.add(TARGET, name, **properties)
        self.drama.foreign[user] = self._target.users[user]
        # A guest that no listing shows yet and that is minutes old passes for one of ours.
        self.estate.pass_time(timedelta(seconds=self.estate.delay))

    def _copy(self, pick: int) -> dict[str, Any]:
        users = ours(self.drama)
        return users[pick % len(users)]

    # The weather.

    @rule(nth=st.integers(1, 6), count=st.integers(1, 8))
    def storm(self, nth: int, count: int) -> None:
        self.estate.sandbox.faults.arm("storm", nth=nth, count=count, tenant=self._target.tenant_id)

    @rule(nth=st.integers(1, 6))
    def drop_after_a_write(self, nth: int) -> None:
        self.estate.sandbox.faults.arm("drop", nth=nth, tenant=self._target.tenant_id)

    @rule(
        nth=st.integers(1, 4), count=st.sampled_from([1, 50]), path=st.sampled_from(["", "/users"])
    )
    def truncate_pages(self, nth: int, count: int, path: str) -> None:
        self.estate.sandbox.faults.arm("truncate", nth=nth, count=count, path=path)

    @rule()
    def clear_up(self) -> None:
        self.estate.sandbox.faults.clear()

    @rule(seconds=st.sampled_from([1, 20, 40, 301, 7200]))
    def wait(self, seconds: int) -> None:
        self.estate.pass_time(timedelta(seconds=seconds))

    @rule()
    def wait_a_month(self) -> None:
        self.estate.pass_time(MONTH)

    # The reconciler, and the people who run it.

    @rule(pick=PICKS)
    def release(self, pick: int) -> None:
        [job] = self.estate.jobs()
        waiting = sorted(self.estate.store.memory(job).waiting())
        if waiting:
            person = waiting[pick % len(waiting)]
            self.estate.store.approvals.release(key_of(job), person, who="test", why="test")

    @rule()
    def cycle(self) -> None:
        self._cycle()

    @rule(step=st.integers(1, 24))
    def killed_cycle(self, step: int) -> None:
        try:
            self._cycle(killed_at=step)
        except KilledError:
            note(f"killed at step {step}")

    def _cycle(self, killed_at: int | None = None) -> Cycle | None:
        self.drama.watch()
        try:
            (cycle,) = self.estate.cycle(killed_at=killed_at)
        except LeaseHeldError:
            self.estate.pass_time(timedelta(seconds=11))
            return None
        note(f"{cycle.verdict} {[(o.action, o.result, o.code) for o in cycle.outcomes]}")
        return cycle

    @invariant()
    def nothing_forbidden_happened(self) -> None:
        self.drama.watch()
        assert list(self.drama.invariants()) == []

    def teardown(self) -> None:
        if hasattr(self, "drama"):
            try:
                self._calm_down()
            finally:
                self.estate.close()

    def _calm_down(self) -> None:
        """The weather clears, nobody acts, a few cycles pass: then everything is in its place."""
        self.estate.sandbox.faults.clear()
        for _ in range(6):
            self.estate.pass_time(timedelta(hours=25))
            self._cycle()
            assert list(self.drama.invariants()) == []
        cycles: list[Cycle] = []
        assert self.estate.writes(lambda: cycles.extend(self.estate.cycle())) == 0
        assert cycles[0].plan is not None
        assert cycles[0].plan.actions == ()
        assert list(self.drama.unfinished(cycles[0])) == []


def play(examples: int, steps: int) -> None:
    rough = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
    run_state_machine_as_test(
        Everything,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=rough,
        ),
    )


@pytest.mark.timeout(600)
def test_whatever_happens_nobody_is_harmed_and_all_comes_right() -> None:
    play(examples=80, steps=30)


@pytest.mark.slow
@pytest.mark.timeout(7200)
def test_whatever_happens_for_a_long_time_all_comes_right() -> None:
    play(examples=1_500, steps=60)
