"""Lost state: an estate enters, the pairs that the stamps in its targets claim leave, by link."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from reconcile.cli import shell
from reconcile.cli.wiring import Estate
from reconcile.model.jobs import Job
from reconcile.model.links import LinkName
from reconcile.model.reads import Import
from reconcile.model.users import User, decode_user
from reconcile.state.rebuild import Rebuilt


async def rebuild_links(estate: Estate) -> AsyncIterator[tuple[LinkName, Rebuilt]]:
    """Read each target once, under its lease, and replace the memory of every link into it.

    Raises:
        DirectoryError: a target cannot be read whole; its links keep what they remember.
        LeaseHeldError: another run writes to the target.
    """
    for target, links in shell.by_target(estate.links).items():
        jobs = [await estate.job(link) for link in links]
        doors = estate.doors(target, jobs)
        lease = estate.store.acquire(estate.clients.tenant(target).id, doors.holder)
        try:
            whole = await doors.target.read()
            lease.check()
            for job in jobs:
                yield job.name, estate.store.rebuild(job, _users(whole, job))
        finally:
            lease.release()


def _users(whole: Import, job: Job) -> Iterator[User]:
    for page in whole.pages():
        for one in page:
            yield decode_user(one.raw, job.target_carrier, deleted=one.deleted)
