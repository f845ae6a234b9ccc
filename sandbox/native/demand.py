"""Provisioning on demand: a run and a person's id enter, what was done with them leaves."""

from __future__ import annotations

from sandbox.native.cycle import carry_out, set_managers
from sandbox.native.decisions import Decision, decide
from sandbox.native.events import NOT_ENTITLED, Event, Verb
from sandbox.native.run import Run


def provision(run: Run, user_id: str) -> Event | None:
    """Do with one person what a cycle would do, whatever the job's state; None for nobody.

    Unlike a cycle it restores nobody: whom the job deleted is made a second time, as Entra warns.
    """
    memory = run.memory
    entitled = run.entitled()
    if user_id not in run.source.users and user_id not in memory.pairs:
        return None
    memory.seen.pop(user_id, None)
    pair = memory.pairs.get(user_id)
    if user_id in entitled and pair is not None and pair.target in run.target.deleted_users:
        del memory.pairs[user_id]
    decision = decide(run, user_id, entitled) or _unassigned(run, user_id)
    if decision is None:
        return None
    memory.demands += 1
    event = carry_out(run, run.unique("demand", memory.demands), decision)
    set_managers(run, [decision])
    run.source.provisioning.add(event)
    return event


def _unassigned(run: Run, user_id: str) -> Decision | None:
    """Return the decision about somebody whom cycles do not even look at."""
    person = run.person(user_id)
    if person is None:
        return None
    return Decision(
        person=person,
        state=run.state(person, assigned=False),
        judgement=run.judge(person, assigned=False),
        verb=Verb.SKIP,
        reason=NOT_ENTITLED,
    )
