"""The rules for writing a user: a body enters, the changes or Graph's refusal leave."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.calls.extension_values import check_available, check_quota, extension_value
from sandbox.calls.forms import COMPLEX, has_form
from sandbox.calls.user_names import check_name, renamed
from sandbox.calls.values import invalid, is_moment
from sandbox.contents import GraphObject
from sandbox.properties import (
    EXTENSION_ATTRIBUTES,
    LONGEST_EXTENSION_ATTRIBUTE,
    USER,
    Form,
    Property,
)
from sandbox.store import Directory
from sandbox.wire import Refusal, refuse

CHOICES = {"userType": ("Member", "Guest")}


def body_of(body: Any) -> Mapping[str, Any]:
    """Return a request's body as an object without its annotations."""
    if not isinstance(body, Mapping):
        raise refuse(400, "BadRequest", "Empty Payload. JSON content expected.")
    return {name: value for name, value in body.items() if not name.startswith("@odata.")}


def texts_in(body: Mapping[str, Any], name: str) -> list[str]:
    """Return the list of texts that a body has under a name, empty where it has none."""
    value = body.get(name)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise refuse(400, "Request_BadRequest", f"Invalid value specified for property '{name}'.")
    return value


def conflict(name: str) -> Refusal:
    """Make the refusal for a value that another object has."""
    message = f"Another object with the same value for property {name} already exists."
    details = [{"code": "ObjectConflict", "target": name, "message": message}]
    return refuse(400, "Request_BadRequest", message, details=details)


def checked(tenant: Directory, body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the properties to set; refuses the first one that Graph would refuse."""
    check_available(tenant, body)
    changes: dict[str, Any] = {}
    for name, value in body.items():
        if name.startswith("extension_"):
            changes[name] = extension_value(tenant, name, value)
        elif name not in USER:
            raise refuse(400, "Request_BadRequest", f"Invalid property '{name}'.")
        elif not USER[name].writable:
            raise refuse(
                400, "Request_BadRequest", f"Property '{name}' is read-only and cannot be set."
            )
        elif name == "onPremisesExtensionAttributes":
            changes[name] = _extension_attributes(value)
        else:
            changes[name] = checked_value(name, USER[name], value)
    if "userPrincipalName" in changes:
        check_name(tenant, changes["userPrincipalName"])
    # Nobody can read a password, so it is not kept.
    changes.pop("passwordProfile", None)
    return changes


def checked_value(name: str, rule: Property, value: Any, resource: str = "User") -> Any:
    """Return the value to set; refuses what is not of the property's form."""
    if value is None:
        return _cleared(name, rule, resource)
    match rule.form:
        case Form.TEXT:
            _check_text(name, rule, value)
        case Form.FLAG if not isinstance(value, bool):
            raise _wrong_type(name, rule.form)
        case Form.MOMENT:
            _check_moment(name, value)
        case Form.TEXTS:
            _check_texts(name, rule, value)
        case Form.OBJECT | Form.OBJECTS:
            _check_objects(name, rule, value)
            if name in COMPLEX and not has_form(value, COMPLEX[name]):
                raise invalid(name, resource)
        case _:
            pass
    return value


def _check_objects(name: str, rule: Property, value: Any) -> None:
    objects = value if rule.form is Form.OBJECTS else [value]
    if not isinstance(objects, list) or not all(isinstance(one, Mapping) for one in objects):
        raise _wrong_type(name, rule.form)


def _check_texts(name: str, rule: Property, value: Any) -> None:
    if not isinstance(value, list):
        raise _wrong_type(name, rule.form)
    if rule.most is not None and len(value) > rule.most:
        raise invalid(name)
    for one in value:
        _check_text(name, rule, one)


def _cleared(name: str, rule: Property, resource: str) -> None:
    if rule.form in {Form.TEXTS, Form.OBJECTS}:
        # A collection is cleared by an empty one; null is no value of it.
        raise _wrong_type(name, rule.form)
    if not rule.clearable:
        raise refuse(
            400,
            "Request_BadRequest",
            f"A value is required for property '{name}' of resource '{resource}'.",
            details=[{"code": "MissingValue", "target": name, "message": "A value is required."}],
        )


def _wrong_type(name: str, form: Form) -> Refusal:
    return refuse(
        400,
        "Request_BadRequest",
        f"A value without a type name was found for property '{name}', "
        f"and it is not of the expected type 'Edm.{form.value}'.",
    )


def _check_text(name: str, rule: Property, value: Any) -> None:
    if not isinstance(value, str):
        raise _wrong_type(name, rule.form)
    # Graph clears with null only: it refuses an empty text.
    if not value or (rule.longest is not None and len(value) > rule.longest):
        raise invalid(name)
    if name in CHOICES and value not in CHOICES[name]:
        raise invalid(name)


def _check_moment(name: str, value: Any) -> None:
    if not is_moment(value):
        raise invalid(name)


def _extension_attributes(value: Any) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise invalid("onPremisesExtensionAttributes")
    given = body_of(value)
    for name, text in given.items():
        if name not in EXTENSION_ATTRIBUTES:
            raise refuse(400, "Request_BadRequest", f"Invalid property '{name}'.")
        if text is not None and (
            not isinstance(text, str) or not 0 < len(text) <= LONGEST_EXTENSION_ATTRIBUTE
        ):
            raise invalid(name)
    return dict(given)


def merged(user: GraphObject, changes: dict[str, Any]) -> dict[str, Any]:
    """Return the changes and what follows: complex members merge, a mail becomes an address."""
    complete = dict(changes)
    attributes = changes.get("onPremisesExtensionAttributes")
    if attributes is not None:
        held = user["onPremisesExtensionAttributes"]
        complete["onPremisesExtensionAttributes"] = {**held, **attributes}
    if "userPrincipalName" in changes and user.get("identities"):
        complete["identities"] = renamed(user, changes["userPrincipalName"])
    if "mail" in changes and changes["mail"] != user.get("mail"):
        others = [one for one in user["proxyAddresses"] if not one.startswith("SMTP:")]
        mail = changes["mail"]
        kept = [one for one in others if mail is None or one.lower() != f"smtp:{mail.lower()}"]
        complete["proxyAddresses"] = ([f"SMTP:{mail}"] if mail else []) + kept
    check_quota(user, changes)
    return complete


def check_unique(tenant: Directory, user_id: str, changes: Mapping[str, Any]) -> None:
    """Refuse a name or address that somebody else in the tenant has."""
    wanted = [("userPrincipalName", changes.get("userPrincipalName"))]
    wanted += [("proxyAddresses", address) for address in changes.get("proxyAddresses", ())]
    for name, value in wanted:
        if value is not None and set(tenant.index.find(name, value)) - {user_id}:
            raise conflict(name)
