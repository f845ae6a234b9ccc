"""Pulumi's values on the wire: protobuf structs enter, plain values and marks leave, and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from google.protobuf import json_format, struct_pb2
from pulumi.runtime import rpc

Properties: TypeAlias = dict[str, Any]


def decoded(struct: struct_pb2.Struct) -> Properties:
    """Return plain values; secrets lie open, unknown ones stay `rpc.UNKNOWN`."""
    plain: Properties = {
        name: _opened(value) for name, value in json_format.MessageToDict(struct).items()
    }
    return {name: value for name, value in plain.items() if not name.startswith("__")}


def secret_names(struct: struct_pb2.Struct) -> frozenset[str]:
    """Name the properties that are secret, or hold something that is."""
    return frozenset(
        name for name, value in json_format.MessageToDict(struct).items() if _holds_secret(value)
    )


def encoded(properties: Mapping[str, Any], secret: Iterable[str] = ()) -> struct_pb2.Struct:
    """Return the struct of plain values, with those named in `secret` wrapped as secrets."""
    hidden = frozenset(secret)
    struct = struct_pb2.Struct()
    struct.update(
        {
            name: rpc.wrap_rpc_secret(value) if name in hidden else value
            for name, value in properties.items()
            if value is not None
        }
    )
    return struct


def is_unknown(value: Any) -> bool:
    """Whether a value, or a part of it, is known only once the program has run."""
    match value:
        case dict():
            return any(is_unknown(part) for part in value.values())
        case list():
            return any(is_unknown(part) for part in value)
        case _:
            return bool(value == rpc.UNKNOWN)


def _opened(value: Any) -> Any:
    match value:
        case dict() if rpc.is_rpc_secret(value):
            return _opened(value["value"])
        case dict():
            return {name: _opened(part) for name, part in value.items()}
        case list():
            return [_opened(part) for part in value]
        case float() if value.is_integer():
            return int(value)
        case _:
            return value


def _holds_secret(value: Any) -> bool:
    match value:
        case dict():
            return rpc.is_rpc_secret(value) or any(_holds_secret(part) for part in value.values())
        case list():
            return any(_holds_secret(part) for part in value)
        case _:
            return False
