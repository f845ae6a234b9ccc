from __future__ import annotations

import httpx
import msgspec
import pytest

from reconcile.errors import (
    ConsentError,
    NotFoundError,
    PermanentError,
    ThrottledError,
    TransientError,
)
from reconcile.graph.calls import Call, Lost, Page
from tests.graph.scripted import Meeting, an_error, meet

WHOLE = httpx.Response(200, json={"value": [{"id": "1"}]})
PATCH = Call(method="PATCH", path="/users/1", body={"jobTitle": "Clerk"})


async def read_page(meeting: Meeting) -> int:
    return len((await meeting.client.read("/users", Page)).values)


def test_a_read_waits_as_long_as_it_is_told_and_no_longer() -> None:
    async def play(meeting: Meeting) -> float:
        began = meeting.clock.now()
        await meeting.client.read("/users", Page)
        return (meeting.clock.now() - began).total_seconds()

    waited = meet([an_error(429, "TooManyRequests", Retry_After="17"), WHOLE], play)

    assert 17 <= waited < 18


@pytest.mark.parametrize(
    "reply",
    [
        an_error(500, "InternalServerError"),
        an_error(503, "ServiceUnavailable"),
        an_error(504, "GatewayTimeout"),
        httpx.ConnectError("refused"),
        httpx.ReadError("reset"),
        httpx.Response(200, content=b'{"value":[{"id":"1"},{"i'),
        httpx.Response(200, content=b'{"@odata.context":"x"}'),
        httpx.Response(200, content=b""),
        httpx.Response(200, content=b'{"value":[]}', headers={"content-length": "99"}),
    ],
)
def test_a_read_is_repeated_after_any_broken_answer(reply: httpx.Response | Exception) -> None:
    assert meet([reply, WHOLE], read_page) == 1


@pytest.mark.parametrize(
    "body", [b'{"value":[{"id":"1"},{"i', b'{"@odata.context":"x"}', b"", b"null"]
)
def test_a_cut_body_never_reads_as_an_empty_page(body: bytes) -> None:
    with pytest.raises(TransientError, match="cut short"):
        meet([httpx.Response(200, content=body)], read_page)


def test_a_body_shorter_than_promised_is_cut_short() -> None:
    reply = httpx.Response(200, content=b'{"value":[]}', headers={"content-length": "99"})

    with pytest.raises(TransientError, match="fewer bytes came than were promised"):
        meet([reply], read_page)


def test_a_host_that_is_not_there_is_named() -> None:
    with pytest.raises(TransientError, match=r"fabrikam: 127\.0\.0\.1 cannot be reached"):
        meet([httpx.ConnectError("refused")], read_page)


def test_patience_ends() -> None:
    with pytest.raises(ThrottledError, match="too often for one run") as caught:
        meet([an_error(429, "TooManyRequests", Retry_After="3")], read_page)

    assert caught.value.retry_after == 3


def test_a_missing_permission_is_named_with_what_to_type() -> None:
    reply = an_error(403, "Authorization_RequestDenied", "Insufficient privileges.")

    with pytest.raises(ConsentError) as caught:
        meet([reply], read_page)

    assert str(caught.value) == (
        "fabrikam: Graph refused to read users: 403 Authorization_RequestDenied (request 8f1c). "
        "The app lacks User.Read.All: grant it, then run `tenantry check fabrikam`."
    )
    assert caught.value.request_id == "8f1c"


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (an_error(401, "InvalidAuthenticationToken"), ConsentError),
        (an_error(404, "Request_ResourceNotFound"), NotFoundError),
        (an_error(400, "Directory_ObjectNotFound"), NotFoundError),
        (an_error(400, "Request_UnsupportedQuery"), PermanentError),
        (an_error(403, "Forbidden", "Guest invitations not allowed."), ConsentError),
        (httpx.Response(418, content=b"short and stout"), PermanentError),
    ],
)
def test_a_refusal_has_its_place_in_the_tree(
    reply: httpx.Response, expected: type[Exception]
) -> None:
    with pytest.raises(expected):
        meet([reply], read_page)


@pytest.mark.parametrize(
    "reply",
    [
        httpx.ConnectError("refused"),
        httpx.ConnectTimeout("slow"),
        an_error(429, "TooManyRequests", Retry_After="1"),
        an_error(503, "ServiceUnavailable"),
    ],
)
def test_a_write_that_had_no_effect_is_sent_again(reply: httpx.Response | Exception) -> None:
    async def play(meeting: Meeting) -> int:
        await meeting.client.write(PATCH)
        return len(meeting.asked)

    assert meet([reply, httpx.Response(204)], play) == 2


@pytest.mark.parametrize(
    "reply", [httpx.ReadError("reset"), httpx.ReadTimeout("slow"), httpx.RemoteProtocolError("cut")]
)
def test_a_write_whose_answer_was_lost_is_never_sent_again(reply: Exception) -> None:
    async def play(meeting: Meeting) -> tuple[object, int]:
        return await meeting.client.attempt(PATCH), len(meeting.asked)

    outcome, sent = meet([reply, httpx.Response(204)], play)

    assert isinstance(outcome, Lost)
    assert sent == 1


def test_a_lost_write_is_told_as_one_that_may_have_happened() -> None:
    with pytest.raises(TransientError, match="it may have happened"):
        meet([httpx.ReadError("reset")], lambda meeting: meeting.client.write(PATCH))


def test_a_token_never_goes_to_another_host() -> None:
    body = {"value": [], "@odata.nextLink": "https://elsewhere.example/v1.0/users?$skiptoken=1"}

    async def play(meeting: Meeting) -> None:
        with pytest.raises(TransientError, match="lies on elsewhere"):
            async for _ in meeting.client.pages("/users", Page):
                pass
        assert {request.url.host for request in meeting.asked} == {"127.0.0.1"}

    meet([httpx.Response(200, json=body)], play)


def test_pages_are_followed_to_the_last() -> None:
    def page(number: int, following: int | None) -> httpx.Response:
        link = f"https://127.0.0.1:8443/v1.0/users?$skiptoken={following}"
        more = {"@odata.nextLink": link} if following else {}
        return httpx.Response(200, json={"value": [{"id": str(number)}], **more})

    async def play(meeting: Meeting) -> list[bytes]:
        return [bytes(raw) async for p in meeting.client.pages("/users", Page) for raw in p.values]

    assert meet([page(1, 2), page(2, 3), page(3, None)], play) == [
        b'{"id":"1"}',
        b'{"id":"2"}',
        b'{"id":"3"}',
    ]


def test_bytes_arrive_as_they_were_sent() -> None:
    exact = b'{ "value" : [ ] , "x":"\\u00e9" }'

    assert meet([httpx.Response(200, content=exact)], lambda m: m.client.get("/users")) == exact


def test_every_request_carries_token_and_id() -> None:
    async def play(meeting: Meeting) -> httpx.Request:
        await meeting.client.write(PATCH)
        return meeting.asked[0]

    request = meet([httpx.Response(204)], play)

    assert request.headers["authorization"] == "Bearer token"
    assert request.headers["client-request-id"] == "id"
    assert msgspec.json.decode(request.content) == {"jobTitle": "Clerk"}
