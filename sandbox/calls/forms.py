"""The forms of what callers send about people: plain JSON enters, a typed body or a refusal leaves.

What may be absent may also be null; what is there must be of its type. Meaning is checked by the
calls themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

from sandbox.shapes import Form, shaped
from sandbox.wire import refuse

_Shape = TypeVar("_Shape", bound=msgspec.Struct)


class EmailAddress(Form):
    """An address and whose it is."""

    address: str | None = None
    name: str | None = None


class Recipient(Form):
    """Somebody who receives a copy."""

    email_address: EmailAddress | None = None


class Message(Form):
    """What the mail of an invitation says."""

    cc_recipients: list[Recipient] | None = None
    customized_message_body: str | None = None
    message_language: str | None = None


class Somebody(msgspec.Struct, kw_only=True, rename="camel"):
    """A user of whom only the id counts; a documented script sends all that it has read."""

    id: str | None = None


class Invitation(Form):
    """The body of an invitation."""

    invited_user: Somebody | None = None
    invited_user_display_name: str | None = None
    invited_user_email_address: str | None = None
    invited_user_message_info: Message | None = None
    invited_user_sponsors: list[dict[str, Any]] | None = None
    invited_user_type: str | None = None
    invite_redirect_url: str | None = None
    reset_redemption: bool | None = None
    send_invitation_message: bool | None = None


class Restoring(Form):
    """The body of restoring somebody."""

    auto_reconcile_proxy_conflict: bool | None = None
    new_user_principal_name: str | None = None


class Ids(Form):
    """The ids of objects, and of which types they may be."""

    ids: list[str] | None = None
    types: list[str] | None = None


class GroupIds(Form):
    """The groups that a membership is asked about."""

    group_ids: list[str] | None = None


class MemberGroups(Form):
    """Which of somebody's groups are wanted."""

    security_enabled_only: bool | None = None


class RoleTemplate(Form):
    """The role to put to use."""

    role_template_id: str | None = None


class PasswordProfile(Form):
    """A password and when it must be changed."""

    force_change_password_next_sign_in: bool | None = None
    force_change_password_next_sign_in_with_mfa: bool | None = None
    password: str | None = None


class Employment(Form):
    """Where in the organization somebody works."""

    cost_center: str | None = None
    division: str | None = None


class AssignedLabel(Form):
    """A sensitivity label of a group."""

    display_name: str | None = None
    label_id: str | None = None


class Writeback(Form):
    """Whether a group is written back to an on-premises directory."""

    is_enabled: bool | None = None
    on_premises_group_type: str | None = None


# The complex properties of users and groups. Extension attributes have rules of their own.
COMPLEX: Mapping[str, Any] = {
    "assignedLabels": list[AssignedLabel],
    "employeeOrgData": Employment,
    "passwordProfile": PasswordProfile,
    "writebackConfiguration": Writeback,
}


def formed(body: Any, form: type[_Shape]) -> _Shape:
    """Return a body in its form; refuses what does not have it, and says where."""
    if not isinstance(body, Mapping):
        raise refuse(400, "BadRequest", "Empty Payload. JSON content expected.")
    try:
        return shaped(body, form)
    except msgspec.ValidationError as problem:
        raise refuse(400, "Request_BadRequest", f"Invalid value: {problem}.") from problem


def has_form(value: Any, form: Any) -> bool:
    """Say whether a value has a form."""
    try:
        shaped(value, form)
    except msgspec.ValidationError:
        return False
    return True
