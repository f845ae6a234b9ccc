"""The story: a served sandbox enters, a week of synchronization leaves, checked as it is told."""

from __future__ import annotations

import asyncio

from demo.commands import TOPOLOGY, Tenantry
from demo.ledger import Counts, Ledger
from demo.narration import say
from demo.week import SPOKES, Week, pass_week
from sandbox.spawned import Spawned

_PEOPLE_AT_LEAST = 900


class StoryError(Exception):
    """The story did not come out as it is told."""


class Story:
    """Tells one story once."""

    def __init__(self, sandbox: Spawned, tenantry: Tenantry) -> None:
        """Tell it on a sandbox that has just come up."""
        self._sandbox = sandbox
        self._tenantry = tenantry
        self.ledger = Ledger()

    def tell(self) -> None:
        """All chapters.

        Raises:
            StoryError: something came out otherwise.
            CommandError: a command refused.
        """
        self._come_up()
        self._get_ready()
        self._push_everyone()
        week = self._live_a_week()
        self._follow(week)
        self._be_quiet()

    def _come_up(self) -> None:
        for tenant in self._sandbox.state()["tenants"]:
            say.line(f"  {tenant['alias']:<10} {tenant['users']:>6,} people   {tenant['tenantId']}")

    def _get_ready(self) -> None:
        say.chapter("The tenants are made ready: stamps, policies on both sides")
        self._tell("bootstrap")
        say.line("Somebody set a policy in tailspin by hand; the topology takes it over.")
        words = ("policies", "apply", "--topologies", TOPOLOGY, "--yes", "--takeover")
        self._tell(*words)
        answer = self._tenantry.run("check", "--topologies", TOPOLOGY)
        say.answer(answer.splitlines()[-1])

    def _push_everyone(self) -> None:
        say.chapter("A thousand people are pushed into three targets")
        self._tell("plan", "--topologies", TOPOLOGY)
        done = self._apply()
        _expect(done["created"] >= _PEOPLE_AT_LEAST * SPOKES, f"too few were created: {done}")
        mails = [one for one in self._sandbox.state()["mails"] if one["kind"] == "invitation"]
        _expect(not mails, f"{len(mails)} invitation mails were sent, none was expected")

    def _live_a_week(self) -> Week:
        say.chapter("A week passes, and people change things")
        say.line("Through Graph, by azure-identity and msgraph-sdk as they are:")
        return asyncio.run(pass_week(self._sandbox.variables))

    def _follow(self, week: Week) -> None:
        say.chapter("The next cycle shows each change with its cause, and follows")
        self._tell("plan", "--topologies", TOPOLOGY)
        done = self._apply()
        wanted = {
            "created": week.created,
            "updated": week.updated,
            "deleted": week.deleted,
            "drift corrected": week.drifted,
        }
        found = {name: done.get(name, 0) for name in wanted}
        _expect(found == wanted, f"the week came out as {found}, it was {wanted}")

    def _be_quiet(self) -> None:
        say.chapter("Then there is nothing left to do")
        self._sandbox.control("POST", "reset")
        done = self._apply()
        counted = self._sandbox.state()
        say.line(f"The sandbox counted {counted['requests']} requests, {counted['writes']} writes.")
        _expect(not +done, f"a quiet cycle did something: {done}")
        _expect(counted["writes"] == 0, f"a quiet cycle sent {counted['writes']} writes")

    def _tell(self, *words: str) -> None:
        say.answer(_brief(self._tenantry.run(*words)))

    def _apply(self) -> Counts:
        applied = self._tenantry.apply("--yes")
        done = self.ledger.enter(applied)
        told = ", ".join(f"{count:,} {name}" for name, count in sorted(done.items()) if count)
        say.answer(told or "nothing to do")
        return done


def _expect(holds: bool, otherwise: str) -> None:  # noqa: FBT001 - it is a sentence
    if not holds:
        raise StoryError(otherwise)


def _brief(answer: str) -> str:
    """The first paragraph whole; of those like it, only what is told once for each link."""
    first, *rest = answer.strip().split("\n\n")
    return "\n\n".join([first, *("\n".join(_counts(paragraph)) for paragraph in rest)])


def _counts(paragraph: str) -> list[str]:
    """The lines that count; names of people are indented, sentences that go on even more."""
    return [
        line
        for line in paragraph.splitlines()
        if not line.startswith(" " * 6) or line.startswith(" " * 20)
    ]
