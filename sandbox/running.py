"""A sandbox that runs in another process: a wish enters, its answer leaves."""

from __future__ import annotations

import json
import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sandbox import certificates
from sandbox.certificates import Home
from sandbox.options import DEFAULT_PORT, Refused

# A hundred thousand people are written to a file in seconds.
_PATIENCE = 300


def origin_of(kept: Home, port: int | None) -> str:
    """Return where a sandbox listens: at the port, or where the last one did."""
    if port is not None:
        return f"https://127.0.0.1:{port}"
    return certificates.remembered_origin(kept) or f"https://127.0.0.1:{DEFAULT_PORT}"


def wish(
    method: str, path: str, said: Mapping[str, Any], *, home: Path, port: int | None
) -> Mapping[str, Any]:
    """Send a wish to the control API.

    Raises:
        Refused: when nothing answers, or the wish is refused.
    """
    answer = _asked(method, path, json.dumps(said).encode(), home, port)
    found: Mapping[str, Any] = json.loads(answer)
    return found


def fetch(path: str, *, home: Path, port: int | None) -> bytes:
    """Fetch what the control API answers as it is.

    Raises:
        Refused: when nothing answers, or the wish is refused.
    """
    return _asked("GET", path, b"", home, port)


def send(path: str, whole: bytes, *, home: Path, port: int | None) -> Mapping[str, Any]:
    """Send the control API bytes as they are.

    Raises:
        Refused: when nothing answers, or the bytes are refused.
    """
    found: Mapping[str, Any] = json.loads(_asked("PUT", path, whole, home, port))
    return found


def _asked(method: str, path: str, body: bytes, home: Path, port: int | None) -> bytes:
    import httpx  # noqa: PLC0415 - only who talks to a sandbox needs a client

    kept = Home(path=home)
    address = f"{origin_of(kept, port)}/_sandbox/{path}"
    try:
        trust = ssl.create_default_context(cafile=str(kept.bundle))
        with httpx.Client(verify=trust, trust_env=False, timeout=_PATIENCE) as client:
            answer = client.request(method, address, content=body)
    except (OSError, httpx.TransportError) as problem:
        raise Refused(
            f"sandbox: nothing answers at {address} ({problem}). Start it: tenantry sandbox"
        ) from problem
    if answer.status_code != httpx.codes.OK:
        raise Refused(
            reason_of(answer.content) or f"sandbox: {address} answered {answer.status_code}."
        )
    return answer.content


def reason_of(answer: bytes) -> str | None:
    """Return why the control API refused; what else listens there says nothing of the kind."""
    try:
        said = json.loads(answer)
    except ValueError:
        return None
    return str(said["error"]) if isinstance(said, dict) and "error" in said else None
