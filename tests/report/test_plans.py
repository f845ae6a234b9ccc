"""What a plan says to a person, to a program and to a pull request."""

from __future__ import annotations

import json

import pytest
from syrupy.assertion import SnapshotAssertion

from reconcile.model.actions import Adopt
from reconcile.model.cycles import Hold, HoldReason
from reconcile.model.plans import Plan, Reason
from reconcile.report.columns import WIDTH, width
from reconcile.report.cycles import plan_text
from reconcile.report.documents import cycles_document
from reconcile.report.markdown import plan_markdown
from reconcile.report.plans import Detail, notice_of_mail
from tests.report.samples import (
    TERMS,
    a_change,
    a_create,
    a_cycle,
    a_delete,
    a_person,
    a_plan,
    a_skip,
    a_week,
    an_update,
    too_many,
)


def with_skips() -> Plan:
    detail = (
        "ada@contoso.com is the address of other people of the source, too: give each their own."
    )
    return a_plan(
        *a_week(),
        skips=(
            a_skip("guest-a", Reason.EXTERNAL),
            a_skip("guest-b", Reason.EXTERNAL),
            a_skip("twin", Reason.DISPUTED_ADDRESS, detail),
        ),
    )


def text(plan: Plan, detail: Detail | None = None) -> str:
    return plan_text([a_cycle(plan)], detail or Detail())


def test_a_week_reads_like_this(snapshot: SnapshotAssertion) -> None:
    assert text(with_skips()) == snapshot


def test_everyone_is_named_on_demand(snapshot: SnapshotAssertion) -> None:
    assert text(with_skips(), Detail(everyone=True)) == snapshot


def test_a_week_is_this_document(snapshot: SnapshotAssertion) -> None:
    document = cycles_document("plan", "sandbox", [a_cycle(with_skips())], ["wingtip: no token."])

    assert json.dumps(document, indent=2, ensure_ascii=False) == snapshot


def test_a_week_is_this_markdown(snapshot: SnapshotAssertion) -> None:
    cycles = [a_cycle(with_skips()), a_cycle(None, held=too_many())]

    assert plan_markdown(cycles, Detail()) == snapshot


def test_many_are_counted_after_a_few() -> None:
    plan = a_plan(*(a_delete(f"person{number}") for number in range(9)))

    lines = text(plan).splitlines()

    assert lines[1] == "  - delete      9   9 no longer assigned"
    assert "      +4 more" in lines


def test_a_held_plan_says_who_and_what_to_do(snapshot: SnapshotAssertion) -> None:
    cycle = a_cycle(a_plan(a_delete("john")), held=too_many())

    assert plan_text([cycle], Detail(), options=" --env sandbox") == snapshot


def test_a_plan_is_pinned_in_the_next_command() -> None:
    plan = a_plan(a_create("ada"))

    last = plan_text([a_cycle(plan)], Detail(), options=" --env sandbox").splitlines()[-1]

    assert last == f"Next: tenantry apply --plan {plan.fingerprint} --env sandbox"


def test_a_held_plan_is_not_offered_for_applying() -> None:
    held = plan_text([a_cycle(a_plan(a_delete("john")), held=too_many())], Detail())

    assert "--plan" not in held


def test_nothing_to_do_is_said() -> None:
    assert text(a_plan()).endswith("Nothing to do: every link is as the topology declares it.")


@pytest.mark.parametrize("reason", list(HoldReason))
def test_every_hold_says_its_reason(reason: HoldReason) -> None:
    cycle = a_cycle(None, held=Hold(reason=reason, detail="A sentence."))

    assert f"({reason})" in plan_text([cycle], Detail())


@pytest.mark.parametrize("reason", list(Reason))
def test_every_skip_has_words(reason: Reason) -> None:
    plan = a_plan(skips=(a_skip("ada", reason), a_skip("grace", reason)))

    assert "skip        2   2 " in text(plan)


def test_an_adoption_that_changes_nothing_says_so() -> None:
    adoption = Adopt(person=a_person("mette"), changes=(), terms=TERMS)

    assert "only the stamp is written" in text(a_plan(adoption))


def test_no_line_is_longer_than_a_terminal() -> None:
    wide = "髙田さくら" * 20
    plan = a_plan(
        *(a_create(f"{wide}{number}") for number in range(4)),
        an_update(wide, a_change("jobTitle", wide, wide)),
        a_delete("ada" * 60),
        skips=(a_skip(wide, Reason.DISPUTED_ADDRESS, "so many words " * 30),),
    )

    assert max(width(line) for line in text(plan).splitlines()[1:-2]) <= WIDTH


def test_a_name_cannot_move_the_cursor() -> None:
    plan = a_plan(an_update("ada", a_change("jobTitle", "\x1b[2J", "Lead\n")))

    assert "\x1b" not in text(plan)
    assert "�[2J → Lead�" in text(plan)


def test_what_is_written_from_right_to_left_keeps_to_itself() -> None:
    plan = a_plan(an_update("ada", a_change("displayName", None, "עדה לאבלייס")))

    assert "(nothing) → \u2068עדה לאבלייס\u2069" in text(plan)


def test_the_first_push_warns_how_many_may_get_mail() -> None:
    notice = notice_of_mail(a_plan(*(a_create(f"p{n}") for n in range(3)), first=True))

    assert notice is not None
    assert notice.startswith("First push of contoso → fabrikam: 3 people will be invited")


def test_a_later_push_does_not_warn() -> None:
    assert notice_of_mail(a_plan(a_create("ada"))) is None
