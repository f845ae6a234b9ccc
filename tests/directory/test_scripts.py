"""Dialogues played by hand: what a script asks next depends on nothing but the answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from reconcile.directory.dialogue import REPLICATION, Ask, Scene
from reconcile.directory.ends import End
from reconcile.directory.scripts import script_for
from reconcile.graph.calls import Answer, Lost
from reconcile.model.actions import Action, Disable, Reference, Release, Restore, Update, Why
from reconcile.model.cycles import Result
from reconcile.model.reads import Step
from reconcile.model.stamps import Mark
from reconcile.model.tenants import ObjectId
from tests.directory.contract import NOBODY, a_change, a_create, a_person, terms
from tests.graph.worlds import a_job

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SCENE = Scene(job=a_job(), root="https://graph.microsoft.com/v1.0", began=NOW)
GUEST = ObjectId("22222222-2222-2222-2222-222222222222")
DONE = Answer(status=204)
LOST = Lost(reason="reset")


def an_answer(status: int, body: Any = None) -> Answer:
    return Answer(status=status, body=msgspec.json.encode(body))


def a_refusal(status: int, code: str) -> Answer:
    return an_answer(status, {"error": {"code": code, "message": "No."}})


INVITED = an_answer(201, {"invitedUser": {"id": GUEST}})
ABSENT = a_refusal(404, "Directory_ObjectNotFound")
BUSY = a_refusal(500, "InternalServerError")


def play(action: Action, answers: Sequence[Answer | Lost]) -> tuple[list[Ask], End]:
    """What is asked until the script ends; the last answer repeats."""
    script = script_for(action, SCENE)
    asked: list[Ask] = []
    try:
        asked.append(next(script))
        while True:
            asked.append(script.send(answers[min(len(asked), len(answers)) - 1]))
    except StopIteration as ended:
        end: End = ended.value
        return asked, end


def asked_for(asked: Sequence[Ask]) -> list[str]:
    return [f"{ask.call.method} {ask.call.resource}" for ask in asked]


def test_a_new_user_is_waited_for_and_no_longer_than_replication_takes() -> None:
    asked, end = play(a_create(None, displayName="Ada"), [INVITED, ABSENT])

    assert [ask.after for ask in asked[3:]] == list(REPLICATION)
    assert end.result is Result.FAILED
    assert end.invited
    assert end.target == GUEST


def test_an_extension_attribute_is_written_within_its_object() -> None:
    change = a_change("extensionAttribute7", "blue")
    action = Update(person=a_person(GUEST), changes=(change,), terms=terms())

    asked, _ = play(action, [DONE])

    assert asked[-1].call.body["onPremisesExtensionAttributes"] == {"extensionAttribute7": "blue"}  # type: ignore[index]


def test_a_user_who_cannot_be_read_yet_is_new() -> None:
    asked, end = play(a_create(None, displayName="Ada"), [INVITED, ABSENT, DONE])

    assert asked_for(asked) == ["POST /invitations", f"GET /users/{GUEST}", f"PATCH /users/{GUEST}"]
    assert end.result is Result.DONE


@pytest.mark.parametrize(
    "answer", [LOST, BUSY, Answer(status=200, body=b'{"id":'), an_answer(200, {"id": GUEST})]
)
def test_nothing_is_written_to_a_user_who_is_not_known_to_be_new(answer: Answer | Lost) -> None:
    asked, end = play(a_create(None, displayName="Ada"), [INVITED, answer])

    assert len(asked) == 2
    assert end.result is not Result.DONE
    assert end.invited
    assert end.target == GUEST


@pytest.mark.parametrize("body", [b"", b"{}", b'{"invitedUser":null}', b'{"invitedUser":{'])
def test_an_invitation_that_names_nobody_may_have_happened(body: bytes) -> None:
    _, end = play(a_create(None, displayName="Ada"), [Answer(status=201, body=body)])

    assert end.result is Result.UNKNOWN
    assert not end.invited


def test_an_invitation_asks_for_no_mail() -> None:
    asked, _ = play(a_create(None, displayName="Ada"), [BUSY])

    assert asked[0].call.body == {
        "invitedUserEmailAddress": "ada@contoso.com",
        "invitedUserDisplayName": "Ada",
        "inviteRedirectUrl": f"https://myapplications.microsoft.com/?tenantid={SCENE.job.target}",
        "sendInvitationMessage": False,
    }


def test_somebody_without_a_name_is_invited_by_address() -> None:
    asked, _ = play(a_create(None), [BUSY])

    assert "invitedUserDisplayName" not in asked[0].call.body  # type: ignore[operator]


def test_attributes_and_stamp_go_in_one_request() -> None:
    asked, _ = play(a_create(GUEST, department="Engines", telephoneNumber="+45"), [DONE])

    body: Any = asked[0].call.body
    assert len(asked) == 1
    assert body["department"] == "Engines"
    assert body["businessPhones"] == ["+45"]
    stamp = f"{SCENE.job.source}/{a_person().source};1;created"
    assert body["onPremisesExtensionAttributes"] == {"extensionAttribute15": stamp}


def a_disable(**others: str) -> Disable:
    changes = [a_change(name, value) for name, value in others.items()]
    changes.append(a_change("accountEnabled", new=False))
    person = a_person(GUEST)
    return Disable(person=person, changes=tuple(changes), terms=terms(Mark.BLOCKED))


def test_a_block_goes_first_and_with_its_stamp() -> None:
    asked, end = play(a_disable(department="Engines"), [DONE])

    stamp = f"{SCENE.job.source}/{a_person().source};1;created;blocked"
    assert [ask.call.body for ask in asked] == [
        {
            "accountEnabled": False,
            "onPremisesExtensionAttributes": {"extensionAttribute15": stamp},
        },
        {"department": "Engines"},
    ]
    assert end.result is Result.DONE


@pytest.mark.parametrize("answer", [LOST, a_refusal(400, "Request_BadRequest")])
def test_a_block_stands_when_the_rest_is_refused(answer: Answer | Lost) -> None:
    _, end = play(a_disable(mail="taken@contoso.com"), [DONE, answer])

    assert end.result is not Result.DONE
    assert end.target == GUEST
    assert end.message.startswith("Sign-in is blocked. ")


def test_without_a_block_nothing_else_is_written() -> None:
    asked, end = play(a_disable(department="Engines"), [a_refusal(403, "Forbidden")])

    assert len(asked) == 1
    assert "Sign-in is blocked" not in end.message


@pytest.mark.parametrize("answer", [LOST, BUSY])
def test_a_release_that_failed_is_told(answer: Answer | Lost) -> None:
    _, end = play(Release(person=a_person(GUEST), why=Why.DELETED), [answer])

    assert end.result is not Result.DONE
    assert end.transient


def test_releasing_who_is_gone_is_done() -> None:
    _, end = play(Release(person=a_person(GUEST), why=Why.DELETED), [ABSENT])

    assert end.result is Result.DONE


def test_a_restored_user_is_waited_for() -> None:
    action = Restore(person=a_person(GUEST), changes=(), terms=terms())

    asked, end = play(action, [an_answer(200, {}), ABSENT, DONE])

    assert [ask.after for ask in asked] == [0, 0, REPLICATION[0]]
    assert end.result is Result.DONE


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        (Reference(source=NOBODY, target=NOBODY), f"PUT /users/{GUEST}/manager/$ref"),
        (None, f"DELETE /users/{GUEST}/manager/$ref"),
    ],
)
def test_a_lost_manager_is_told_at_the_reference(new: Reference | None, expected: str) -> None:
    action = Update(person=a_person(GUEST), changes=(a_change("manager", new),), terms=terms())

    asked, end = play(action, [LOST])

    assert asked_for(asked) == [expected]
    assert (end.result, end.step) == (Result.UNKNOWN, Step.REFERENCE_RESOLUTION)


def test_an_action_on_somebody_without_a_target_user_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="Update needs a target user"):
        play(Update(person=a_person(), changes=(), terms=terms()), [DONE])


def test_text_cannot_be_a_reference() -> None:
    change = a_change("department", Reference(source=NOBODY))

    with pytest.raises(TypeError, match="department takes text"):
        play(Update(person=a_person(GUEST), changes=(change,), terms=terms()), [DONE])
