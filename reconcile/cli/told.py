"""How `explain` and `provision` answer: what rounds said of people enters, text or JSON leaves."""

from __future__ import annotations

from typing import Any

from reconcile.cli import console
from reconcile.cli.demands import Answered, refused
from reconcile.cli.people import is_id
from reconcile.report.documents import document
from reconcile.report.explanations import explanation_members, explanation_text
from reconcile.report.provisioning import provision_members, provision_text, refusals


def show_explanations(answered: Answered, environment: str, output: str) -> None:
    """Why plans say of people what they say; on stderr who is unknown, and what did not answer."""
    if output == "json":
        members = [explanation_members(one) for one in answered.explanations]
        console.answer_json(
            document(
                "explanation",
                environment=environment,
                **_asked(answered),
                explanations=members,
            )
        )
    elif answered.explanations:
        console.answer(explanation_text(answered.explanations))
    _complain_of(answered)


def show_provisioned(answered: Answered, environment: str, output: str) -> None:
    """The steps of each person on each link, and on stderr who is pushed by no link, and why."""
    if output == "json":
        members = [provision_members(one) for one in answered.demanded]
        console.answer_json(
            document(
                "provisioning", environment=environment, **_asked(answered), provisioned=members
            )
        )
    elif answered.demanded:
        console.answer(provision_text(answered.demanded))
    for sentence in refusals(refused(answered)):
        console.talk(sentence)
    _complain_of(answered)


def _asked(answered: Answered) -> dict[str, Any]:
    return {
        "people": [
            {"asked": word, "ids": sorted(answered.people.of(word))}
            for word in answered.people.words
        ],
        "unknown": list(answered.unknown),
        "problems": [str(error) for error in answered.errors],
    }


def _complain_of(answered: Answered) -> None:
    for error in answered.errors:
        console.complain(error)
    for word in answered.unknown:
        if is_id(word):
            console.talk(
                f"{word}: no source tenant of these links has a user of this object id, and no "
                "link remembers one."
            )
        else:
            console.talk(
                f"{word}: no source tenant of these links has a user of this mail or user "
                "principal name. Name somebody who was deleted by object id."
            )
