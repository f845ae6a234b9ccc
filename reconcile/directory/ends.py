"""Ends: a refusing or lost answer to one person's call enters, what came of the action leaves."""

from __future__ import annotations

from dataclasses import dataclass

from reconcile.graph.calls import Answer, Call, Lost
from reconcile.graph.failures import Fault, read_fault, transient, words_for
from reconcile.model.attributes import ATTRIBUTES
from reconcile.model.cycles import Result
from reconcile.model.reads import Step
from reconcile.model.tenants import ObjectId

PROTECTED = frozenset(one.property for one in ATTRIBUTES.values() if one.sensitive)
"""Properties that Graph lets only higher roles change on holders of administrator roles."""


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """What came of an action; the adapter adds the action and the time."""

    result: Result = Result.DONE
    target: ObjectId | None = None
    step: Step = Step.EXPORT
    code: str = ""
    message: str = ""
    request_id: str = ""
    invited: bool = False
    transient: bool = False


def failure(call: Call, answer: Answer | Lost, step: Step = Step.EXPORT) -> End:
    """The end of an action whose call was refused, or whose answer was lost."""
    words, permission = words_for(call)
    if isinstance(answer, Lost):
        return End(
            result=Result.UNKNOWN,
            step=step,
            code="NoAnswer",
            message=f"No answer came to {words} ({answer.reason}), so it may have happened.",
            transient=True,
        )
    fault = read_fault(answer)
    return End(
        result=Result.FAILED,
        step=step,
        code=fault.code,
        message=f"Graph refused to {words}: {_explained(call, fault, permission)}",
        request_id=fault.request_id,
        transient=transient(answer),
    )


def _explained(call: Call, fault: Fault, permission: str) -> str:
    if fault.code != "Authorization_RequestDenied":
        return fault.message or f"status {fault.status}."
    lacking = f"the app lacks {permission}, or" if permission else "the app lacks a permission, or"
    if call.method == "PATCH" and isinstance(call.body, dict):
        names = sorted(PROTECTED & set(call.body))
        if not names:
            return f"{lacking} an administrator of the target forbids it."
        what = f"its {', '.join(names)} from apps"
    else:
        what = "it from apps"
    return f"{lacking} this user holds an administrator role, which protects {what}."
