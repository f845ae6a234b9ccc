"""People without a pair: invited, adopted, restored, or left alone with a reason."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from reconcile.model.actions import Adopt as Take
from reconcile.model.actions import Restore
from reconcile.model.links import Adopt, Scope
from reconcile.model.plans import Reason
from reconcile.model.stamps import Mark, Stamp
from reconcile.model.tenants import ObjectId
from tests.planning.rounds import only_skip, plan_pair, reasons, run_pair
from tests.strategies import Pair, a_clause_filter, a_job, direct, tenant_id


def test_a_new_person_is_created_with_all_that_is_mapped() -> None:
    pair = Pair()
    ada = pair.hire("ada", department="Law", businessPhones=["+45 1"])

    run_pair(pair)

    seen = pair.seen(ada)
    assert (seen["displayName"], seen["department"], seen["businessPhones"]) == (
        "Ada",
        "Law",
        ["+45 1"],
    )
    assert seen["userType"] == "Member"
    assert pair.target.stamp_of(pair.copy_of(ada)) == Stamp(pair.job.source, ada)


def test_a_disabled_person_is_created_blocked_and_the_mark_says_by_whom() -> None:
    pair = Pair()
    ada = pair.hire("ada", accountEnabled=False)

    run_pair(pair)

    assert pair.seen(ada)["accountEnabled"] is False
    assert pair.target.stamp_of(pair.copy_of(ada)) == Stamp(pair.job.source, ada, Mark.BLOCKED)


def test_a_manager_created_in_the_same_cycle_is_set_as_soon_as_known() -> None:
    pair = Pair()
    ada, boss = pair.hire("ada"), pair.hire("boss")
    pair.source.set_manager(ada, boss)

    run_pair(pair)
    run_pair(pair)

    assert pair.target.managers == {pair.copy_of(ada): pair.copy_of(boss)}
    assert plan_pair(pair).actions == ()


def test_two_people_with_one_address_are_both_disputed() -> None:
    pair = Pair()
    pair.hire("ada"), pair.hire("other", mail="ADA@contoso.example")

    plan = plan_pair(pair)

    assert plan.actions == ()
    assert reasons(plan) == [Reason.DISPUTED_ADDRESS] * 2


def test_a_newcomer_on_the_address_of_a_pair_is_disputed_and_the_pair_stays() -> None:
    pair = Pair()
    ada = pair.hire("ada")
    run_pair(pair), run_pair(pair)
    pair.source.edit(ada, department="Law")
    newcomer = pair.hire("other", mail="ada@contoso.example")

    plan = plan_pair(pair)

    assert plan.totals == {"update": 1}
    assert [(skip.source, skip.reason) for skip in plan.skips] == [
        (newcomer, Reason.DISPUTED_ADDRESS)
    ]


def test_the_address_of_an_unchanged_pair_is_known_too() -> None:
    pair = Pair()
    pair.hire("ada")
    run_pair(pair), run_pair(pair)
    pair.target.edit(*pair.target.users, mail="moved@contoso.example")
    run_pair(pair), run_pair(pair)
    pair.hire("other", mail="ada@contoso.example")

    assert reasons(plan_pair(pair)) == [Reason.DISPUTED_ADDRESS]


def test_a_new_person_on_an_old_address_is_disputed_until_released() -> None:
    pair = Pair()
    old = pair.hire("ada")
    run_pair(pair)
    pair.source.remove(old)
    run_pair(pair)
    new = pair.hire("ada")

    first = run_pair(pair)
    pair.store.release(pair.job, new)
    second = run_pair(pair)

    assert only_skip(first).reason is Reason.DISPUTED_MATCH
    assert second.totals == {"create": 1}


def test_a_released_person_goes_before_others_who_wait() -> None:
    pair = Pair()
    ada, eve = pair.hire("ada"), pair.hire("eve", mail="ada@contoso.example")
    run_pair(pair)
    pair.store.release(pair.job, ada)

    plan = run_pair(pair)

    assert [action.person.source for action in plan.actions] == [ada]
    assert [skip.source for skip in plan.skips] == [eve]


def test_a_person_out_of_the_filters_is_not_pushed() -> None:
    scope = Scope(groups=("everyone",), filters=(a_clause_filter("department", "Law"),))
    pair = Pair(job=a_job(scope=scope))
    pair.hire("ada", department="Sales")

    assert only_skip(plan_pair(pair)).reason is Reason.OUT_OF_SCOPE


@pytest.mark.parametrize(
    ("properties", "reason"),
    [
        ({"mail": "a+b@contoso.example"}, Reason.REFUSED_ADDRESS),
        ({"mail": "a@b.example"}, Reason.UNVERIFIED_DOMAIN),
        ({"mail": None, "userPrincipalName": None}, Reason.NO_ADDRESS),
    ],
)
def test_who_cannot_be_invited_waits_with_the_reason(
    properties: dict[str, Any], reason: Reason
) -> None:
    pair = Pair()
    pair.hire("ada", **properties)

    skip = only_skip(plan_pair(pair))

    assert (skip.reason, skip.waits) == (reason, True)


def test_an_existing_guest_is_reported() -> None:
    pair = Pair()
    pair.hire("ada")
    guest = pair.target.add_guest("ada@contoso.example")

    skip = only_skip(plan_pair(pair))

    assert (skip.reason, skip.target, skip.waits) == (Reason.NOT_ADOPTED, guest, True)


def test_an_existing_guest_is_adopted_where_the_topology_says_so() -> None:
    pair = Pair(job=a_job(adopt=Adopt.AUTO))
    ada = pair.hire("ada")
    guest = pair.target.add_guest("ada@contoso.example", jobTitle="Painter")

    plan = run_pair(pair)

    assert isinstance(plan.actions[0], Take)
    assert pair.copy_of(ada) == guest
    assert pair.target.users[guest]["userType"] == "Guest"
    assert pair.target.stamp_of(guest) == Stamp(pair.job.source, ada, Mark.ADOPTED)


def test_an_identical_guest_is_adopted_all_the_same() -> None:
    pair = Pair(job=a_job(adopt=Adopt.AUTO, mappings=(direct("mail"),)))
    pair.hire("ada")
    pair.target.add_guest("ada@contoso.example")

    plan = run_pair(pair)

    assert plan.totals == {"adopt": 1}
    assert plan.actions[0].changes == ()  # type: ignore[union-attr]


def test_a_block_of_an_adopted_guest_is_respected_and_reported() -> None:
    pair = Pair(job=a_job(adopt=Adopt.AUTO))
    ada = pair.hire("ada")
    pair.target.add_guest("ada@contoso.example", accountEnabled=False)

    plan = run_pair(pair)

    assert reasons(plan) == [Reason.BLOCKED_BY_TARGET]
    assert pair.seen(ada)["accountEnabled"] is False


def test_several_matches_are_disputed() -> None:
    pair = Pair(job=a_job(adopt=Adopt.AUTO))
    pair.hire("ada")
    first = pair.target.add_guest("ada@contoso.example")
    second = pair.target.add_guest("x@y.example", otherMails=["ada@contoso.example"])

    skip = only_skip(plan_pair(pair))

    assert skip.reason is Reason.DISPUTED_MATCH
    assert skip.detail == (
        f"Several target users match: {', '.join(sorted([first, second]))}. "
        "Leave one of them the address or the stamp."
    )


def test_a_guest_stamped_for_someone_else_is_never_touched() -> None:
    pair = Pair(job=a_job(adopt=Adopt.AUTO))
    pair.hire("ada")
    guest = pair.target.add_guest("ada@contoso.example")
    stamp = Stamp(tenant_id("tailspin"), ObjectId("1" * 36))
    pair.target.write_stamp(guest, stamp)

    skip = only_skip(plan_pair(pair))

    assert skip.reason is Reason.DISPUTED_MATCH
    assert skip.detail == (
        f"The target user with this address stands for {stamp.source}. Decide whose it is: "
        "correct the stamp, or release this person once the other is gone."
    )


def test_a_guest_who_is_another_persons_pair_is_never_touched() -> None:
    pair = Pair(job=a_job(adopt=Adopt.AUTO))
    ada = pair.hire("ada")
    run_pair(pair), run_pair(pair)
    pair.target.write_stamp(pair.copy_of(ada), None)
    pair.source.edit(ada, mail="lovelace@contoso.example")
    pair.hire("other", mail="ada@contoso.example")

    skips = plan_pair(pair).skips

    assert [skip.reason for skip in skips] == [Reason.DISPUTED_MATCH]
    assert "somebody else" in skips[0].detail


def test_an_internal_account_with_the_address_is_reported() -> None:
    pair = Pair(job=a_job(adopt=Adopt.AUTO))
    pair.hire("ada")
    pair.target.add("ada", mail="ada@contoso.example")

    assert only_skip(plan_pair(pair)).reason is Reason.INTERNAL_ACCOUNT


def test_an_internal_account_with_a_stamp_is_reported_and_never_touched() -> None:
    pair = Pair(job=a_job(adopt=Adopt.AUTO))
    ada = pair.hire("ada")
    account = pair.target.add("ada", mail="ada@contoso.example")
    pair.target.write_stamp(account, Stamp(pair.job.source, ada))

    assert only_skip(plan_pair(pair)).reason is Reason.STAMPED_INTERNAL


def test_a_deleted_internal_account_is_nobodys_match() -> None:
    pair = Pair()
    pair.hire("ada")
    pair.target.remove(pair.target.add("ada", mail="ada@contoso.example"))

    assert plan_pair(pair).totals == {"create": 1}


def test_a_guest_deleted_by_the_target_is_not_invited_again_until_released() -> None:
    pair = Pair(job=a_job(adopt=Adopt.AUTO))
    ada = pair.hire("ada")
    pair.target.remove(pair.target.add_guest("ada@contoso.example"))

    first = run_pair(pair)
    pair.store.release(pair.job, ada)
    second = run_pair(pair)

    assert only_skip(first).reason is Reason.DELETED_BY_TARGET
    assert second.totals == {"create": 1}


def test_another_matching_attribute_counts_only_with_an_address_of_the_source() -> None:
    pair = Pair(job=a_job(adopt=Adopt.AUTO, matching=("mail", "employeeId")))
    pair.hire("ada", employeeId="7")
    pair.hire("bob", employeeId="8")
    mine = pair.target.add_guest("a.l@contoso.example", employeeId="7")
    pair.target.add_guest("stranger@other.example", employeeId="8")

    plan = plan_pair(pair)

    assert plan.totals == {"adopt": 1, "create": 1}
    assert [one.person.target for one in plan.actions] == [mine, None]


def test_someone_back_within_thirty_days_is_restored() -> None:
    pair = Pair()
    ada = pair.hire("ada", department="Law")
    run_pair(pair)
    copy = pair.copy_of(ada)
    pair.source.remove(ada)
    run_pair(pair)
    pair.source.restore(ada)
    pair.source.edit(ada, department="IT")

    plan = run_pair(pair)

    assert isinstance(plan.actions[0], Restore)
    assert pair.copy_of(ada) == copy
    assert pair.seen(ada)["department"] == "IT"
    assert pair.target.stamp_of(copy) == Stamp(pair.job.source, ada)


def test_someone_back_after_the_bin_was_emptied_is_invited() -> None:
    pair = Pair()
    ada = pair.hire("ada")
    run_pair(pair)
    pair.source.remove(ada)
    run_pair(pair)
    pair.clock.advance(timedelta(days=31))
    pair.target.keep_bin()
    pair.source.restore(ada)

    assert run_pair(pair).totals == {"create": 1}


def test_a_failure_in_escrow_waits_for_its_time() -> None:
    pair = Pair()
    pair.hire("ada")
    pair.target.refusals["ada@contoso.example"] = "Request_BadRequest"
    run_pair(pair), run_pair(pair)

    early = plan_pair(pair)
    pair.clock.advance(timedelta(hours=1))

    assert only_skip(early).detail == (
        "Request_BadRequest in an earlier cycle; tried again from 2026-03-02 09:00 UTC."
    )
    assert plan_pair(pair).totals == {"create": 1}


def test_without_memory_a_user_deleted_by_the_target_is_not_restored() -> None:
    pair = Pair()
    ada = pair.hire("ada")
    run_pair(pair)
    pair.target.remove(pair.copy_of(ada))
    pair.store.shelves.clear()

    assert only_skip(plan_pair(pair)).reason is Reason.DELETED_BY_TARGET


def test_the_first_matching_attribute_that_anybody_answers_to_decides() -> None:
    matching = ("mail", "employeeId", "mobile")
    job = a_job(
        adopt=Adopt.AUTO,
        matching=matching,
        mappings=(direct("employeeId"), direct("mobile"), direct("mail")),
    )
    pair = Pair(job=job)
    pair.hire("ada", employeeId="7", mobilePhone="+45 1")
    numbered = pair.target.add_guest("numbered@contoso.example", employeeId="7")
    pair.target.add_guest("called@contoso.example", mobilePhone="+45 1")

    plan = plan_pair(pair)

    assert [action.person.target for action in plan.actions] == [numbered]
