"""Every error that Tenantry raises on purpose, each with the exit code the command line ends with.

* ReconcileError
  x InputError(problems)                         exit 2
    + TopologyError                              a topology or environment file is wrong
    + CredentialError                            a credential is missing or refused
  x DirectoryError(tenant, request_id)           exit 1
    + TransientError(retry_after)                ThrottledError
    + PermanentError                             ConsentError, NotFoundError, ConflictError
  x StateError                                   exit 1; LeaseHeldError exit 3, VersionError exit 2
  x StalePlanError(reviewed, computed)           exit 3
  x PolicyConflictError(keys)                    exit 3
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class ReconcileError(Exception):
    """Something Tenantry refuses or cannot do; its text is the whole message for a person."""

    exit_code = 1


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class Problem:
    """One thing that is wrong in a file, with the place a person has to look at."""

    file: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.message}"


class InputError(ReconcileError):
    """What a person gave is wrong; nothing was read or written because of it."""

    exit_code = 2


class TopologyError(InputError):
    """One or several problems in topology or environment files, all of them at once."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class CredentialError(InputError):
    """A tenant's credential is missing, or the tenant's authority refused it."""


class DirectoryError(ReconcileError):
    """A tenant's directory did not do what was asked."""

    def __init__(self, message: str, *, tenant: str = "", request_id: str = "") -> None:
        self.tenant = tenant
        self.request_id = request_id
        super().__init__(message)


class TransientError(DirectoryError):
    """The same request may succeed later."""

    def __init__(
        self,
        message: str,
        *,
        tenant: str = "",
        request_id: str = "",
        retry_after: float | None = None,
    ) -> None:
        self.retry_after = retry_after
        super().__init__(message, tenant=tenant, request_id=request_id)


class ThrottledError(TransientError):
    """The directory asked us to come back later, more often than we are willing to."""


class PermanentError(DirectoryError):
    """The same request will not succeed until a person changes something."""


class ConsentError(PermanentError):
    """The application lacks a permission, or the tenant withdrew its consent."""


class NotFoundError(PermanentError):
    """The object does not exist, or does not exist yet."""


class ConflictError(PermanentError):
    """An object with the same key exists."""


class StateError(ReconcileError):
    """The state database cannot be used."""


class LeaseHeldError(StateError):
    """Another run holds the lease of this target tenant, or took it from us."""

    exit_code = 3


class VersionError(StateError):
    """The state database is of a version that this program does not know."""

    exit_code = 2


class StalePlanError(ReconcileError):
    """The plan that was reviewed is not the plan that was computed now."""

    exit_code = 3

    def __init__(self, message: str, *, reviewed: Sequence[str], computed: str) -> None:
        self.reviewed = tuple(reviewed)
        self.computed = computed
        super().__init__(message)


class PolicyConflictError(ReconcileError):
    """A policy exists and differs from what the topology declares, and nobody said to take it."""

    exit_code = 3

    def __init__(self, message: str, *, keys: Sequence[str]) -> None:
        self.keys = tuple(keys)
        super().__init__(message)
