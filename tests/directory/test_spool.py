from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest

from reconcile.directory import spool as spools
from reconcile.directory.spool import Spool, UserPage
from reconcile.model.reads import RawUser
from reconcile.model.tenants import TenantId

USERS = [b'{ "id" : "1", "displayName":"\\u00d8" }', b'{"id":"2"}']


def a_spool() -> Spool:
    return Spool(TenantId("t"), datetime(2026, 1, 1, tzinfo=UTC))


def test_users_come_back_as_the_exact_bytes_that_were_read() -> None:
    spool = a_spool()

    spool.add(UserPage(b'{"value":[' + b" , ".join(USERS) + b"]}").values)
    spool.add([b'{"id":"3"}'], deleted=True)

    assert [list(page) for page in spool.pages()] == [
        [RawUser("1", USERS[0]), RawUser("2", USERS[1])],  # type: ignore[arg-type]
        [RawUser("3", b'{"id":"3"}', deleted=True)],  # type: ignore[arg-type]
    ]
    assert spool.count == 3


def test_an_empty_page_leaves_no_trace() -> None:
    spool = a_spool()

    spool.add([])

    assert list(spool.pages()) == []


def test_a_spool_that_grows_goes_to_a_file_without_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spools, "IN_MEMORY", 100)
    spool = a_spool()

    for number in range(50):
        spool.add([b'{"id":"%d"}' % number])

    assert [page[0].id for page in spool.pages()] == [str(number) for number in range(50)]
    assert not isinstance(spool._file.name, str)


def test_two_walks_do_not_disturb_each_other() -> None:
    spool = a_spool()
    for number in range(3):
        spool.add([b'{"id":"%d"}' % number])

    pairs = [(a[0].id, b[0].id) for a, b in zip(spool.pages(), spool.pages(), strict=True)]

    assert pairs == [("0", "0"), ("1", "1"), ("2", "2")]


@pytest.mark.parametrize("body", [b'{"value":[{"id":1}]}', b'{"value":[{}]}', b'{"value":[7]}'])
def test_a_user_without_an_id_is_no_user(body: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        UserPage(body)
