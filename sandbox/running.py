"""A sandbox that runs in another process: a wish enters, its answer leaves."""

from __future__ import annotations

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
    import httpx  # noqa: PLC0415 - only who talks to a sandbox needs a client

    kept = Home(path=home)
    address = f"{origin_of(kept, port)}/_sandbox/{path}"
    try:
        trust = ssl.create_default_context(cafile=str(kept.bundle))
        with httpx.Client(verify=trust, trust_env=False, timeout=_PATIENCE) as client:
            answer = client.request(method, address, json=said)
    except (OSError, httpx.TransportError) as problem:
        raise Refused(
            f"sandbox: nothing answers at {address} ({problem}). Start it: tenantry sandbox"
        ) from problem
    if answer.status_code != httpx.codes.OK:
        raise Refused(answer.json()["error"])
    found: Mapping[str, Any] = answer.json()
    return found
