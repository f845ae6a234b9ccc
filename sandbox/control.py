"""The sandbox's own API under `/_sandbox`: wishes of tests and demos enter, the world changes.

Graph knows nothing of it: it counts no request, needs no token, and listens on loopback only.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.clock import LONGEST, ClockError, ManualClock, SystemClock, stamp
from sandbox.control_snapshots import snapshot_routes
from sandbox.faults import FaultError
from sandbox.sync_jobs import target_of

if TYPE_CHECKING:
    from sandbox.store import Directory
    from sandbox.world import Sandbox

# Only what alters answers: what alters tenants would have to be kept with them.
_FLAGS = frozenset({"throttling", "invitations_draw_writes", "expired_delta_is_gone"})
_AWKWARDNESS = (0, 1, 2)
_DELAYS = ("replication_delay", "listings_delay", "points_delay")
_Wish = Callable[["Sandbox", Mapping[str, Any]], Any]


class WishError(ValueError):
    """A request to the control API that means nothing; the message says what was expected."""


def control_routes(sandbox: Sandbox) -> list[Route]:
    """Return the routes that steer one sandbox."""
    wishes: Mapping[tuple[str, str], _Wish] = {
        ("GET", "/_sandbox/state"): _state,
        ("POST", "/_sandbox/reset"): _reset_counts,
        ("POST", "/_sandbox/clock"): _advance,
        ("POST", "/_sandbox/settings"): _settings,
        ("GET", "/_sandbox/faults"): _faults,
        ("POST", "/_sandbox/faults"): _arm,
        ("DELETE", "/_sandbox/faults"): _disarm,
        ("POST", "/_sandbox/assertions"): _assertion,
    }
    steering = [
        Route(path, _endpoint(sandbox, wish), methods=[method])
        for (method, path), wish in wishes.items()
    ]
    return [*steering, *snapshot_routes(sandbox)]


def _endpoint(sandbox: Sandbox, wish: _Wish) -> Callable[[Request], Any]:
    async def fulfil(request: Request) -> Response:
        try:
            said = _object(await request.body())
            return JSONResponse(wish(sandbox, said))
        except (WishError, FaultError, ClockError) as problem:
            return JSONResponse({"error": str(problem)}, status_code=400)

    return fulfil


def _object(body: bytes) -> Mapping[str, Any]:
    try:
        said = json.loads(body or b"{}")
    except ValueError as problem:
        raise WishError(f"body: no JSON ({problem}). Expected: an object.") from problem
    if not isinstance(said, dict):
        raise WishError(f"body: found {type(said).__name__}. Expected: an object.")
    return said


def _number(said: Mapping[str, Any], name: str) -> float:
    value = said.get(name)
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float)
        or not (
            # Nor is a number that is none within these limits.
            0 <= value <= LONGEST
        )
    ):
        raise WishError(
            f"{name}: found {value!r}. Expected: a number of seconds, 0 to {LONGEST:,} "
            "(a hundred years)."
        )
    return float(value)


def _text(said: Mapping[str, Any], name: str) -> str:
    value = said.get(name)
    if not isinstance(value, str) or not value:
        raise WishError(f"{name}: found {value!r}. Expected: a text.")
    return value


def _known(said: Mapping[str, Any], *names: str) -> None:
    unknown = ", ".join(sorted(set(said) - set(names)))
    if unknown:
        raise WishError(f"body: unknown {unknown}. Known: {', '.join(sorted(names)) or 'nothing'}.")


def _state(sandbox: Sandbox, _: Mapping[str, Any]) -> Any:
    """Tell what there is, what was asked and how the world behaves."""
    sandbox.settle()
    requests = sandbox.requests
    return {
        "now": stamp(sandbox.clock.now()),
        "tenants": [_tenant(tenant) for tenant in sandbox.store.tenants.values()],
        "requests": requests.graph,
        "innerRequests": requests.inner,
        "tokens": requests.tokens,
        "writes": requests.writes,
        "writesDone": requests.writes_done,
        "throttled": requests.throttled,
        "byRoute": dict(requests.by_route.most_common()),
        "settings": _settings_now(sandbox),
        "faults": {"armed": sandbox.faults.armed, "struck": sandbox.faults.struck},
        "mails": [
            {"tenant": tenant, "kind": kind, "address": address}
            for tenant, kind, address in sandbox.mails
        ],
    }


def _tenant(tenant: Directory) -> dict[str, Any]:
    kept = tenant.registrations
    made = [app for app in kept.applications.values() if app["appId"] not in kept.seeded]
    return {
        "alias": tenant.alias,
        "tenantId": tenant.tenant_id,
        "users": len(tenant.users),
        "invited": sum(user.get("creationType") == "Invitation" for user in tenant.users.values()),
        "deletedUsers": len(tenant.deleted_users),
        "groups": len(tenant.groups),
        "partners": len(tenant.partners),
        "syncPolicies": len(tenant.identity_sync),
        "applications": sorted(app["displayName"] for app in made),
        "assignments": sum(
            len(given) for holder, given in kept.assignments.items() if holder != kept.graph_id
        ),
        "jobs": [
            _job(tenant, holder, job) for holder in kept.jobs for job in kept.jobs[holder].values()
        ],
    }


def _job(tenant: Directory, principal_id: str, job: Mapping[str, Any]) -> dict[str, Any]:
    principal = tenant.registrations.service_principals[principal_id]
    secrets = tenant.registrations.secrets.get(principal_id, ())
    return {
        "application": principal["displayName"],
        "target": target_of(secrets),
        "state": job["schedule"]["state"],
    }


def _settings_now(sandbox: Sandbox) -> dict[str, Any]:
    return {
        "throttling": sandbox.meter.on,
        "replication_delay": max(sandbox.listings_delay, sandbox.points_delay),
        "listings_delay": sandbox.listings_delay,
        "points_delay": sandbox.points_delay,
        "invitations_draw_writes": sandbox.meter.invitations_draw_writes,
        "delta_awkwardness": sandbox.store.switches.delta_awkwardness,
        "expired_delta_is_gone": sandbox.store.switches.expired_delta_is_gone,
    }


def _reset_counts(sandbox: Sandbox, said: Mapping[str, Any]) -> Any:
    """Start counting anew, with full quotas and the seed's first chance."""
    _known(said)
    sandbox.faults.reseed()
    sandbox.requests.reset()
    sandbox.meter.reset()
    return {}


def _advance(sandbox: Sandbox, said: Mapping[str, Any]) -> Any:
    """Let time pass."""
    _known(said, "advance")
    clock = sandbox.clock
    if not isinstance(clock, SystemClock | ManualClock):
        raise WishError("clock: this sandbox's time is driven by the test that made it.")
    clock.advance(_number(said, "advance"))
    if sandbox.keeper is not None:
        sandbox.keeper.passed()
    sandbox.settle()
    return {"now": stamp(clock.now())}


def _settings(sandbox: Sandbox, said: Mapping[str, Any]) -> Any:
    """Change how the world behaves; nothing changes unless all of it means something."""
    _known(said, *_settings_now(sandbox))
    for name in _FLAGS & said.keys():
        if not isinstance(said[name], bool):
            raise WishError(f"{name}: found {said[name]!r}. Expected: true or false.")
    level = said.get("delta_awkwardness", sandbox.store.switches.delta_awkwardness)
    if isinstance(level, bool) or level not in _AWKWARDNESS:
        raise WishError(
            f"delta_awkwardness: found {level!r}. Expected: 0 (none), 1 (as Graph), 2 (always)."
        )
    delays = {name: _number(said, name) for name in _DELAYS if name in said}
    switches, meter = sandbox.store.switches, sandbox.meter
    switches.delta_awkwardness = level
    switches.expired_delta_is_gone = said.get(
        "expired_delta_is_gone", switches.expired_delta_is_gone
    )
    meter.on = said.get("throttling", meter.on)
    meter.invitations_draw_writes = said.get(
        "invitations_draw_writes", meter.invitations_draw_writes
    )
    _delay(sandbox, delays)
    return _settings_now(sandbox)


def _delay(sandbox: Sandbox, delays: Mapping[str, float]) -> None:
    """Delay listings and requests that name an object, both alike or each on its own."""
    if not delays:
        return
    both = delays.get("replication_delay")
    listings = sandbox.listings_delay if both is None else both
    points = sandbox.points_delay if both is None else both
    sandbox.replicate(
        listings=delays.get("listings_delay", listings),
        points=delays.get("points_delay", points),
    )


def _faults(sandbox: Sandbox, _: Mapping[str, Any]) -> Any:
    """Tell which faults can still strike."""
    return {"armed": sandbox.faults.armed, "faults": sandbox.faults.listed()}


def _arm(sandbox: Sandbox, said: Mapping[str, Any]) -> Any:
    """Arm a fault; tenants may be named by their aliases."""
    options = {name: value for name, value in said.items() if name != "kind"}
    for name in ("tenant", "source"):
        if isinstance(options.get(name), str):
            options[name] = _tenant_id(sandbox, options[name])
    sandbox.faults.arm(_text(said, "kind"), **options)
    return _faults(sandbox, {})


def _tenant_id(sandbox: Sandbox, name: str) -> str:
    for tenant in sandbox.store.tenants.values():
        if name in {tenant.alias, tenant.tenant_id}:
            return tenant.tenant_id
    known = ", ".join(sorted(tenant.alias for tenant in sandbox.store.tenants.values()))
    raise WishError(f"tenant: no tenant {name!r} is loaded. Loaded: {known}.")


def _disarm(sandbox: Sandbox, said: Mapping[str, Any]) -> Any:
    """Disarm the fault of a number, or all of them."""
    _known(said, "number")
    number = said.get("number")
    if number is not None and (isinstance(number, bool) or not isinstance(number, int)):
        raise WishError(f"number: found {number!r}. Expected: the number of an armed fault.")
    sandbox.faults.clear(number)
    return _faults(sandbox, {})


def _assertion(sandbox: Sandbox, said: Mapping[str, Any]) -> Any:
    """Issue a workload's token, as a build system that a tenant's application trusts does."""
    _known(said, "issuer", "subject", "audience")
    signed = sandbox.identity.assertion(
        issuer=_text(said, "issuer"),
        subject=_text(said, "subject"),
        audience=_text(said, "audience"),
    )
    return {"assertion": signed}
