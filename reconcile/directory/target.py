"""The target of a round: external users are read whole, claims looked up, actions carried out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from reconcile.directory.dialogue import Ask, Scene, Script
from reconcile.directory.ends import End
from reconcile.directory.members import TOP
from reconcile.directory.scripts import script_for
from reconcile.directory.source import MANAGER
from reconcile.directory.spool import Spool, UserPage
from reconcile.errors import ConsentError, CredentialError, ReconcileError
from reconcile.graph.batch import decoded, listed, read_batch, run_batch
from reconcile.graph.calls import Answer, Call, Lost, literal, query, segment
from reconcile.graph.client import GraphClient
from reconcile.model.actions import Action
from reconcile.model.cycles import Outcome
from reconcile.model.jobs import Job, Side
from reconcile.model.reads import Found, Import, Sought, Watermark
from reconcile.model.rights import Check, unchecked
from reconcile.model.tenants import ObjectId
from reconcile.model.users import User, decode_user

DELETED = "/directory/deletedItems/microsoft.graph.user"
DELETED_ITEM = "/directory/deletedItems/{}/microsoft.graph.user"


class GraphTarget:
    """Reads and writes one target tenant for all links into it."""

    def __init__(self, client: GraphClient, jobs: Sequence[Job]) -> None:
        """Serve `jobs`, which share the target and so the carrier of its stamps."""
        self._client = client
        self._tenant = jobs[0].target
        self._carrier = jobs[0].target_carrier
        self._select = ",".join(sorted({name for job in jobs for name in job.select(Side.TARGET)}))
        self._expand = MANAGER if any(job.maps_manager for job in jobs) else ""

    async def read(self, since: Watermark | None = None) -> Import:
        """Every invited user, live and soft-deleted, whole: a whole read answers any watermark.

        Raises:
            DirectoryError: a page is missing, so nothing was read.
        """
        del since
        spool = Spool(self._tenant, self._client.clock.now())
        live = query(
            "/users",
            filter="creationType eq 'Invitation'",
            select=self._select,
            expand=self._expand,
            top=TOP,
        )
        async for page in self._client.pages(live, UserPage):
            spool.add(page.values)
        async for page in self._client.pages(self._deleted_path(), UserPage):
            spool.add(page.values, deleted=True)
        self._client.budget.know_size(spool.count)
        return spool

    async def look_up(self, sought: Sought) -> Found:
        """Ask who answers to addresses, and what became of target users.

        Raises:
            DirectoryError: a question has no answer; nothing is called absent because of that.
        """
        claimants = await self._claimants(sorted(sought.addresses))
        targets = await self._targets(sorted(sought.targets))
        return Found(claimants=claimants, targets=targets)

    async def _claimants(self, addresses: Sequence[str]) -> dict[str, list[User]]:
        """Everyone with an address, internal accounts included, live ones first."""
        if not addresses:
            return {}
        calls = [self._claim_call(address) for address in addresses]
        answers = await read_batch(self._client, calls)
        found: dict[str, list[User]] = {}
        for address, call, answer in zip(addresses, calls, answers, strict=True):
            pages = listed(self._client, call, answer, UserPage)
            found[address.lower()] = [
                self._user(raw) async for page in pages for raw in page.values
            ]
        # Which filters deleted items take is not documented, so they are read and compared here.
        async for page in self._client.pages(self._deleted_path(), UserPage):
            for raw in page.values:
                user = self._user(raw, deleted=True)
                for address in _names(user) & found.keys():
                    found[address].append(user)
        return found

    async def _targets(self, ids: Sequence[ObjectId]) -> dict[ObjectId, User | None]:
        """Each target user: live, else deleted, else nothing."""
        found: dict[ObjectId, User | None] = dict.fromkeys(ids)
        found |= await self._existing(ids, "/users/{}", deleted=False)
        gone = [one for one in ids if found[one] is None]
        return found | await self._existing(gone, DELETED_ITEM, deleted=True)

    async def _existing(
        self, ids: Sequence[ObjectId], path: str, *, deleted: bool
    ) -> dict[ObjectId, User]:
        """Those of the ids that exist under a path."""
        options = {"select": self._select, "expand": "" if deleted else self._expand}
        calls = [Call(path=query(path.format(segment(one)), **options)) for one in ids]
        answers = await read_batch(self._client, calls)
        found = {}
        for one, call, answer in zip(ids, calls, answers, strict=True):
            if answer.status != 404:
                found[one] = decoded(
                    self._client, call, answer, lambda body: self._user(body, deleted=deleted)
                )
        return found

    async def export(
        self, job: Job, actions: Sequence[Action], check: Check = unchecked
    ) -> Sequence[Outcome]:
        """Carry out at most twenty actions side by side, one `$batch` for the next call of each.

        `check` is called before each time that something is sent; after it raised, nothing is.

        Raises:
            DirectoryError: nothing was sent; also where the authority withdrew the credential.
                What `check` raises, where nothing was sent before.
        """
        scene = Scene(
            job=job,
            root=f"{self._client.tenant.cloud.graph}/v1.0",
            began=self._client.clock.now(),
        )
        try:
            ends = await self._play([script_for(action, scene) for action in actions], check)
        except CredentialError as error:
            raise ConsentError(str(error), tenant=self._client.alias) from error
        at = self._client.clock.now()
        return [_outcome(action, end, at) for action, end in zip(actions, ends, strict=True)]

    async def _play(self, scripts: Sequence[Script], check: Check) -> list[End]:
        """Advance all scripts, round by round, until each has ended."""
        states: list[Ask | End] = [_advance(script, None) for script in scripts]
        begun = False
        while True:
            asking = [place for place, state in enumerate(states) if isinstance(state, Ask)]
            if not asking:
                return [state for state in states if isinstance(state, End)]
            asks = [state for state in states if isinstance(state, Ask)]
            answers = await self._ask(asks, check, begun=begun)
            begun = True
            for place, answer in zip(asking, answers, strict=True):
                states[place] = _advance(scripts[place], answer)

    async def _ask(self, asks: Sequence[Ask], check: Check, *, begun: bool) -> list[Answer | Lost]:
        wait = max(ask.after for ask in asks)
        if wait:
            await self._client.clock.sleep(wait)
        try:
            return await run_batch(self._client, [ask.call for ask in asks], check)
        except ReconcileError as error:
            if not begun:
                raise
            # What earlier rounds did must be told, so the failure becomes each action's own.
            return [Lost(reason=str(error))] * len(asks)

    def _claim_call(self, address: str) -> Call:
        """A question for everybody with an address; Graph compares these without regard to case."""
        text, proxy = literal(address), literal(f"smtp:{address}")
        clauses = (
            f"mail eq {text}",
            f"userPrincipalName eq {text}",
            f"otherMails/any(m:m eq {text})",
            f"proxyAddresses/any(p:p eq {proxy})",
        )
        return Call(
            path=query(
                "/users", filter=" or ".join(clauses), select=self._select, expand=self._expand
            )
        )

    def _deleted_path(self) -> str:
        return query(DELETED, select=self._select, top=TOP)

    def _user(self, raw: bytes | msgspec.Raw, *, deleted: bool = False) -> User:
        return decode_user(bytes(raw), self._carrier, deleted=deleted)


def _advance(script: Script, answer: Answer | Lost | None) -> Ask | End:
    """The next question of a script, or its end."""
    try:
        return next(script) if answer is None else script.send(answer)
    except StopIteration as ended:
        end: End = ended.value
        return end


def _names(user: User) -> frozenset[str]:
    """What a user answers to; Graph puts the id before the principal name of a deleted one."""
    name = (user.text("userPrincipalName") or "").lower()
    return user.addresses | {name, name.removeprefix(user.id.replace("-", ""))}


def _outcome(action: Action, end: End, at: datetime) -> Outcome:
    return Outcome(
        action=action,
        result=end.result,
        target=end.target,
        step=end.step,
        code=end.code,
        message=end.message,
        request_id=end.request_id,
        invited=end.invited,
        transient=end.transient,
        at=at,
    )
