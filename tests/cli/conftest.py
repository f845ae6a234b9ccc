"""The command line's tests share one served sandbox."""

from tests.served import served

__all__ = ["served"]
