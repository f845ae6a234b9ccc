"""Entra's own jobs and their secrets: wanted properties enter, requests leave."""

from __future__ import annotations

from sandbox.azuread_plugin.graph import Graph, wait_until, wait_until_gone, wait_until_there
from sandbox.azuread_plugin.kinds import Argument, Kind, required
from sandbox.azuread_plugin.principals import PRINCIPALS
from sandbox.azuread_plugin.values import Properties

_HIDDEN = "*"


def _secrets(principal: str) -> str:
    return f"/v1.0{principal}/synchronization/secrets"


def _keep(graph: Graph, wanted: Properties) -> str:
    principal = str(wanted["servicePrincipalId"])
    _write(graph, principal, {}, wanted)
    return principal


def _write(graph: Graph, identity: str, _before: Properties, wanted: Properties) -> None:
    place, pairs = _secrets(identity), wanted.get("credentials", [])
    graph.put(place, {"value": pairs})
    wait_until(lambda: len(graph.listed(place)) == len(pairs), f"the appearance of {place}")


def _read_secrets(graph: Graph, identity: str, before: Properties) -> Properties | None:
    answer = graph.find(_secrets(identity))
    if answer is None:
        return None
    known = {pair["key"]: pair["value"] for pair in before.get("credentials", [])}
    return {
        "credentials": [
            # Graph does not tell what is secret: then what we set is taken to stand.
            {
                "key": pair["key"],
                "value": known.get(pair["key"], _HIDDEN)
                if pair["value"] == _HIDDEN
                else pair["value"],
            }
            for pair in answer["value"]
        ],
        "servicePrincipalId": identity,
    }


def _forget(graph: Graph, identity: str, before: Properties) -> None:
    """Delete the pairs, which to Graph means to empty them."""
    place = _secrets(identity)
    keys = [pair["key"] for pair in before.get("credentials", [])]
    graph.put(place, {"value": [{"key": key, "value": ""} for key in keys]})
    wait_until(
        lambda: not any(pair["key"] in keys for pair in graph.listed(place)),
        f"the disappearance of {place}",
    )


SYNCHRONIZATION_SECRET = Kind(
    arguments={
        "credentials": Argument(),
        "servicePrincipalId": required(settled=True, form=PRINCIPALS),
    },
    computed=(),
    create=_keep,
    read=_read_secrets,
    update=_write,
    delete=_forget,
    secret=frozenset({"credentials"}),
)


def _create(graph: Graph, wanted: Properties) -> str:
    principal = wanted["servicePrincipalId"]
    graph.get(f"/v1.0{principal}")
    made = graph.post(
        f"/v1.0{principal}/synchronization/jobs",
        {
            "@odata.type": "#microsoft.graph.synchronizationJob",
            "templateId": wanted["templateId"],
        },
    )
    identity = f"{principal}/synchronization/jobs/{made['id']}"
    wait_until_there(graph, f"/v1.0{identity}")
    if wanted["enabled"]:
        graph.post(f"/v1.0{identity}/start")
    return identity


def _read(graph: Graph, identity: str, _before: Properties) -> Properties | None:
    found = graph.find(f"/v1.0{identity}")
    if found is None:
        return None
    schedule = found.get("schedule") or {}
    state = schedule.get("state") or ""
    return {
        "enabled": state == "Active",
        "schedules": [
            {
                "expiration": schedule.get("expiration") or "",
                "interval": schedule.get("interval") or "",
                "state": state,
            }
        ],
        "servicePrincipalId": identity.partition("/synchronization/")[0],
        "templateId": found["templateId"],
    }


def _update(graph: Graph, identity: str, _before: Properties, wanted: Properties) -> None:
    graph.post(f"/v1.0{identity}/{'start' if wanted['enabled'] else 'pause'}")


def _delete(graph: Graph, identity: str, _before: Properties) -> None:
    graph.delete(f"/v1.0{identity}")
    wait_until_gone(graph, f"/v1.0{identity}")


SYNCHRONIZATION_JOB = Kind(
    arguments={
        "enabled": Argument(default=True),
        "servicePrincipalId": required(settled=True, form=PRINCIPALS),
        "templateId": required(settled=True),
    },
    computed=("schedules",),
    create=_create,
    read=_read,
    update=_update,
    delete=_delete,
)
