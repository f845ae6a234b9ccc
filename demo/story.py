"""The story: a served sandbox enters, a week of synchronization leaves, checked as it is told."""

from __future__ import annotations

import asyncio

from demo.commands import Pulumi, Tenantry
from demo.ledger import Counts, Ledger
from demo.narration import say
from demo.standing import made, taken_over
from demo.week import SPOKES, Week, pass_week
from sandbox.spawned import Spawned

_PEOPLE_AT_LEAST = 900


class StoryError(Exception):
    """The story did not come out as it is told."""


class Story:
    """Tells one story once."""

    def __init__(self, sandbox: Spawned, tenantry: Tenantry, pulumi: Pulumi) -> None:
        """Tell it on a sandbox that has just come up."""
        self._sandbox = sandbox
        self._tenantry = tenantry
        self._pulumi = pulumi
        self.ledger = Ledger()

    def tell(self) -> None:
        """All chapters.

        Raises:
            StoryError: something came out otherwise.
            CommandError: a command refused.
        """
        self._come_up()
        self._get_ready()
        self._build_the_house()
        self._push_everyone()
        week = self._live_a_week()
        self._follow(week)
        self._be_quiet()

    def _come_up(self) -> None:
        for tenant in self._sandbox.state()["tenants"]:
            say.line(f"  {tenant['alias']:<10} {tenant['users']:>6,} people   {tenant['tenantId']}")

    def _get_ready(self) -> None:
        say.chapter("The tenants are made ready: who owns the stamps")
        self._tell("bootstrap")

    def _build_the_house(self) -> None:
        say.chapter("Pulumi builds what stands still: policies, sync apps, scope")
        say.line("Somebody set a policy in tailspin by hand; that link says `takeover: true`.")
        self._pulumi.run("stack", "init", "sandbox", "--no-select")
        up = self._pulumi.run("up", "--yes", "-s", "sandbox")
        resources = self._pulumi.resources()
        say.answer(f"{_last(up, 'Resources:')}\n{made(resources)}")
        taken = taken_over(resources)
        for name, settings in taken.items():
            told = "\n".join(f"    {one}" for one in settings)
            say.answer(f"{name} was taken over; `pulumi destroy` gives back:\n{told}")
        _expect(set(taken) == {"tailspin-toward-contoso"}, f"taken over was {sorted(taken)}")
        say.answer(self._tenantry.run("check").splitlines()[-1])

    def _push_everyone(self) -> None:
        say.chapter("A thousand people are pushed into three targets")
        self._tell("plan")
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
        self._tell("plan")
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
        words = ("preview", "-s", "sandbox", "--expect-no-changes", "--suppress-progress")
        say.answer(_last(self._pulumi.run(*words), "Resources:"))

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


def _last(answer: str, heading: str) -> str:
    """The last paragraph of a heading."""
    return heading + answer.rpartition(heading)[2].partition("\n\n")[0]


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
