"""A policy object as Pulumi sees it: properties and what the engine asks enter, Graph is asked."""

from __future__ import annotations

import sys
from abc import abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, ClassVar, TypeVar

from pulumi.dynamic import (
    CheckResult,
    ConfigureRequest,
    CreateResult,
    DiffResult,
    ReadResult,
    ResourceProvider,
    UpdateResult,
)

from reconcile.errors import ReconcileError
from reconcile.graph import partners
from reconcile.graph.client import GraphClient
from reconcile.graph.holding import NOTHING, Held, Kind
from reconcile.graph.partners import Part, named
from reconcile.graph.settings import Settings, keyed, nested, same, value_at
from reconcile.model.tenants import Alias, TenantId
from stacks.dynamic.connections import connections

T = TypeVar("T")
Props = Mapping[str, Any]

_IDENTITY = ("tenant_id", "partner_id")
_LABELS = ("tenant", "partner")
_LEARNT: Mapping[str, Any] = {"before": {}, "stopped": ""}
_ECHOED = (*_LABELS, *_IDENTITY, "takeover")


class RefusedError(Exception):
    """What Pulumi shows of an error: the whole message, and no more."""

    # Python names the module of an exception in front of its message, except here.
    __module__ = "builtins"


class PolicyProvider(ResourceProvider):
    """Create, read, update and delete of one kind of policy object."""

    # Nothing is captured, so the provider in the state is no secret: the state is smaller and
    # written faster.
    serialize_as_secret_always = False
    kind: ClassVar[Kind]

    @abstractmethod
    def settings(self, props: Props) -> Settings:
        """The settings that properties speak about."""

    @abstractmethod
    def shown(self, settings: Settings) -> dict[str, Any]:
        """The properties that speak about settings."""

    def configure(self, req: ConfigureRequest) -> None:
        """Learn the environment's name; its file is found from the working directory."""
        # Called in the provider's process only. The frames of a refusal would hide its message.
        sys.tracebacklimit = 0
        self._environment = req.config.require("environment")

    def check(self, olds: Props, news: dict[str, Any]) -> CheckResult:
        """Refuse in the preview what would be refused later, and carry on what inputs learnt.

        In a preview an update's outputs are its inputs, and whatever else there is is unknown.
        """
        news.update({name: olds.get(name, empty) for name, empty in _LEARNT.items()})
        self._show_stop(olds, news)
        part, last = self._part(news), self._held(olds) if olds else NOTHING
        if keyed(part.settings).keys() - keyed(last.settings).keys():
            self._run(news, lambda client: partners.weigh(client, part, last))
        return CheckResult(news, [])

    def _show_stop(self, olds: Props, news: dict[str, Any]) -> None:
        """Show a stopped switch as it stands, since nothing here is going to change it."""
        if not news["stopped"]:
            return
        wanted, switch = keyed(self.settings(news)), self.kind.switch
        if wanted.get(switch) is True:
            wanted[switch] = value_at(self.settings(olds), switch)
            news.update(self.shown(nested(wanted)))
        else:
            news["stopped"] = ""

    def diff(self, _id: str, olds: Props, news: Props) -> DiffResult:
        """Compare what stood last with what is wanted; what the target stopped is no difference."""
        had = keyed(self.settings(olds))
        wanted = keyed(self._part(news).settings)
        if olds.get("stopped") and wanted.get(self.kind.switch) is True:
            had[self.kind.switch] = True
        differing = had.keys() != wanted.keys() or any(
            not same(had[key], value) for key, value in wanted.items()
        )
        replaces = [name for name in _IDENTITY if olds.get(name) != news.get(name)]
        labelled = any(olds.get(name) != news.get(name) for name in _LABELS)
        # The new object is another one in Graph, so both may stand for a moment. Deleted last, the
        # old ones go in the right order: a synchronization before its partner.
        return DiffResult(changes=differing or labelled or bool(replaces), replaces=replaces)

    def create(self, props: Props) -> CreateResult:
        part = self._part(props)
        held = self._run(props, lambda client: partners.take(client, part))
        return CreateResult(f"{props['tenant_id']}/{part.partner_id}", self._outputs(props, held))

    def read(self, id_: str, props: Props) -> ReadResult:
        """What stands, as outputs and as inputs, so that a refresh shows drift; ONE read."""
        part, last = self._part(props), self._held(props)
        held = self._run(props, lambda client: partners.look(client, part, last))
        if held is None:
            return ReadResult("", {})
        outputs = self._outputs(props, held)
        return ReadResult(id_, outputs, dict(outputs))

    def update(self, _id: str, olds: Props, news: Props) -> UpdateResult:
        part, last = self._part(news), self._held(olds)
        held = self._run(news, lambda client: partners.hold(client, part, last))
        return UpdateResult(self._outputs(news, held))

    def delete(self, _id: str, props: Props) -> None:
        part, last = self._part(props), self._held(props)
        kept = self._run(props, lambda client: partners.let_go(client, part, last))
        if kept:
            sys.stderr.write(
                f"{part.tenant} toward {part.partner}: the {self.kind} stays, since somebody else "
                f"set {', '.join(kept)} in it. What we set is no longer in it.\n"
            )

    def _run(self, props: Props, play: Callable[[GraphClient], Awaitable[T]]) -> T:
        try:
            return connections(self._environment).run(TenantId(props["tenant_id"]), play)
        except ReconcileError as error:
            raise RefusedError(str(error)) from None

    def _part(self, props: Props) -> Part:
        """What is wanted; a switch that is shown as stopped is one that is wanted on."""
        wanted = keyed(self.settings(props))
        if props.get("stopped"):
            wanted[self.kind.switch] = True
        return Part(
            kind=self.kind,
            tenant=Alias(props["tenant"]),
            partner=Alias(props["partner"]),
            partner_id=TenantId(props["partner_id"]),
            settings=nested(wanted),
            takeover=bool(props.get("takeover")),
        )

    def _held(self, props: Props) -> Held:
        return Held(
            settings=self.settings(props),
            before=props.get("before") or {},
            stopped=bool(props.get("stopped")),
        )

    def _outputs(self, props: Props, held: Held) -> dict[str, Any]:
        """What stands. Nothing is None: an output that is missing is unknown in every preview."""
        return {
            **{name: props[name] for name in _ECHOED},
            **self.shown(held.settings),
            "before": dict(held.before),
            "stopped": self._stop(props) if held.stopped else "",
        }

    def _stop(self, props: Props) -> str:
        part = self._part(props)
        link = part.inbound
        return (
            f"{link}: stopped by {part.tenant}, which switched off "
            f"{named(self.kind, self.kind.switch)}. It stays off: nothing here switches it on "
            f"again. Ask in {part.tenant}; then run `tenantry resume {link.slug} --why …`."
        )
