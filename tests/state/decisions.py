"""What people decide about links, told to any store."""

from __future__ import annotations

from reconcile.engine.ports import Store
from reconcile.model.jobs import Job
from reconcile.model.tenants import ObjectId
from reconcile.state.links import key_of
from reconcile.state.store import SqlStore
from tests.fakes import FakeStore

WHO, WHY = "ada", "moved"


def allow(store: Store, job: Job, cycle: int) -> None:
    """Allow what a cycle staged, the last one that did."""
    if isinstance(store, FakeStore):
        store.allow(job)
        return
    assert isinstance(store, SqlStore)
    store.approvals.allow_deletes(key_of(job), cycle, who=WHO, why=WHY)


def release(store: Store, job: Job, source: ObjectId) -> None:
    if isinstance(store, FakeStore):
        store.release(job, source)
        return
    assert isinstance(store, SqlStore)
    store.approvals.release(key_of(job), source, who=WHO, why=WHY)
