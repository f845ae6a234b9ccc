"""Graph as the provider sees it: an account enters; requests leave, and answers or refusals."""

from __future__ import annotations

import ipaddress
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import jwt

_REPEATED = frozenset({429, 500, 502, 503, 504})
_TRIES = 8
_LOOKS = 300
_LOOKS_AT_NEWS = 100
_PAUSE = 0.2
# azuread waits until five reads in a row agree, a second apart. Here two are enough, at once.
_AGREEING = 2


class RefusedError(Exception):
    """What stands between the provider and the sandbox: the message says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What an `azuread.Provider` is configured with, its secret found."""

    tenant_id: str
    client_id: str
    secret: str
    metadata_host: str


def account(arguments: dict[str, Any], variables: dict[str, str]) -> Account:
    """Find what the official plugin would find, in its order.

    Raises:
        RefusedError: something is missing, or the cloud is not the sandbox.
    """
    host = str(arguments.get("metadataHost") or variables.get("ARM_METADATA_HOST") or "")
    if not _is_loopback(f"https://{host}"):
        raise RefusedError(
            f"azuread: metadata_host is {host or 'not set'}, but this provider serves the sandbox "
            "only. Set it to the sandbox's host and port, or use the official azuread plugin: "
            "pulumi plugin install resource azuread."
        )
    tenant = str(arguments.get("tenantId") or variables.get("ARM_TENANT_ID") or "")
    client = str(arguments.get("clientId") or variables.get("ARM_CLIENT_ID") or "")
    secret = str(arguments.get("clientSecret") or variables.get("ARM_CLIENT_SECRET") or "")
    if named := arguments.get("clientSecretFilePath"):
        try:
            secret = Path(str(named)).read_text(encoding="utf-8").strip()
        except OSError as problem:
            raise RefusedError(
                f"azuread: client_secret_file_path names {named}, which cannot be read "
                f"({problem.strerror}). Name the file that holds the secret."
            ) from problem
    for name, found in (("tenant_id", tenant), ("client_id", client), ("client_secret", secret)):
        if not found:
            raise RefusedError(
                f"azuread: {name} of the provider for {tenant or 'a tenant'} is not set. Expected: "
                f"the argument, or {'ARM_' + name.upper()} where the sandbox was started."
            )
    return Account(tenant_id=tenant, client_id=client, secret=secret, metadata_host=host)


def _is_loopback(address: str) -> bool:
    host = urlsplit(address).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Graph:
    """One tenant's Graph, as one application sees it."""

    def __init__(self, account: Account, client: httpx.Client) -> None:
        """Find the cloud and get a token, as the official plugin does when it is configured."""
        self._account = account
        self._client = client
        self._lock = threading.Lock()
        found = self._sent("GET", f"https://{account.metadata_host}/metadata/endpoints"
                           "?api-version=2022-09-01").json()  # fmt: skip
        self.origin = str(found["microsoftGraphResourceId"]).rstrip("/")
        self._login = str(found["authentication"]["loginEndpoint"]).rstrip("/")
        for address in (self.origin, self._login):
            if not _is_loopback(address):
                raise RefusedError(
                    f"azuread: {account.metadata_host} names {address}, which is not on this "
                    "machine. This provider serves the sandbox only."
                )
        self._token = self._issued()

    @property
    def caller(self) -> str:
        """The object id of the application's own service principal."""
        claims = jwt.decode(self._token, options={"verify_signature": False})
        return str(claims["oid"])

    def get(self, path: str) -> Any:
        """Read one object.

        Raises:
            RefusedError: it is not there, or not ours to read.
        """
        return self._answer("GET", path).json()

    def find(self, path: str) -> Any | None:
        """Read one object, or None when it does not exist."""
        answer = self._asked("GET", path)
        return None if answer.status_code == 404 else _accepted(answer).json()

    def listed(self, path: str) -> list[Any]:
        """Read a list to its end."""
        page = self.get(path)
        found = list(page["value"])
        while link := page.get("@odata.nextLink"):
            page = self.get(str(link).removeprefix(self.origin))
            found += page["value"]
        return found

    def post(self, path: str, body: Any = None) -> Any:
        """Create something, or ask for an action."""
        answer = self._written("POST", path, body)
        return answer.json() if answer.content else None

    def patch(self, path: str, body: Any) -> None:
        """Change something."""
        self._written("PATCH", path, body)

    def put(self, path: str, body: Any) -> None:
        """Write a list whole."""
        self._written("PUT", path, body)

    def delete(self, path: str) -> None:
        """Delete something; that it is gone already is a refusal, as it is for azuread."""
        self._answer("DELETE", path)

    def _answer(self, method: str, path: str) -> httpx.Response:
        return _accepted(self._asked(method, path))

    def _written(self, method: str, path: str, body: Any) -> httpx.Response:
        """Write, again and again while what was just made has not replicated, as azuread does."""
        answer = self._asked(method, path, body)
        for _ in range(_LOOKS_AT_NEWS):
            if answer.status_code != 404:
                break
            time.sleep(_PAUSE)
            answer = self._asked(method, path, body)
        return _accepted(answer)

    def _asked(self, method: str, path: str, body: Any = None) -> httpx.Response:
        """Ask once more with a new token when the old one ran out."""
        token = self._token
        answer = self._sent(method, self.origin + path, token, body)
        if answer.status_code != 401:
            return answer
        with self._lock:
            if token == self._token:
                self._token = self._issued()
        return self._sent(method, self.origin + path, self._token, body)

    def _sent(self, method: str, address: str, token: str = "", body: Any = None) -> httpx.Response:
        """Send until the sandbox is neither throttling nor out of order."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        for tried in range(1, _TRIES + 1):
            try:
                answer = self._client.request(method, address, json=body, headers=headers)
            except httpx.TransportError as problem:
                raise RefusedError(
                    f"azuread: {method} {address} was not answered ({problem}). Start the sandbox: "
                    "tenantry sandbox"
                ) from problem
            if answer.status_code not in _REPEATED or tried == _TRIES:
                return answer
            time.sleep(float(answer.headers.get("Retry-After", tried)))
        raise AssertionError  # the last try returns

    def _issued(self) -> str:
        account = self._account
        answer = self._client.post(
            f"{self._login}/{account.tenant_id}/oauth2/v2.0/token",
            data={
                "grant_type": "client_credentials",
                "client_id": account.client_id,
                "client_secret": account.secret,
                "scope": f"{self.origin}/.default",
            },
        )
        if answer.status_code != 200:
            raise RefusedError(
                f"azuread: tenant {account.tenant_id} gave application {account.client_id} no "
                f"token: {answer.json().get('error_description', answer.text)}"
            )
        return str(answer.json()["access_token"])


def _accepted(answer: httpx.Response) -> httpx.Response:
    if answer.is_success:
        return answer
    said = answer.json().get("error", {}) if answer.content else {}
    raise RefusedError(
        f"azuread: {answer.request.method} {answer.request.url.path}: {answer.status_code} "
        f"{said.get('code', '')}: {said.get('message', '')}"
    )


def wait_until(look: Callable[[], bool], what: str, *, agreeing: int = _AGREEING) -> None:
    """Read until reads in a row agree, since a directory's replicas may not.

    Raises:
        RefusedError: they never did.
    """
    agreed = 0
    for _ in range(_LOOKS):
        agreed = agreed + 1 if look() else 0
        if agreed == agreeing:
            return
        if not agreed:
            time.sleep(_PAUSE)
    raise RefusedError(f"azuread: {what} did not happen within {_LOOKS * _PAUSE:.0f} seconds.")


def wait_until_there(graph: Graph, path: str) -> None:
    """Read until what was made is found."""
    wait_until(lambda: graph.find(path) is not None, f"the appearance of {path}")


def wait_until_gone(graph: Graph, path: str) -> None:
    """Read until what was deleted is not found."""
    wait_until(lambda: graph.find(path) is None, f"the disappearance of {path}")
