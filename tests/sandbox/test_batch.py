from __future__ import annotations

from typing import Any

import pytest

from sandbox.batch import answer_batch
from sandbox.seeds import sandbox_id
from sandbox.wire import Answer, Dropped, Request
from tests.sandbox.asking import Asker, a_sandbox

ONE, TWO = sandbox_id("user:fabrikam:1"), sandbox_id("user:fabrikam:2")
JSON = {"Content-Type": "application/json"}


def a_patch(step_id: str, user_id: str = ONE, **more: Any) -> dict[str, Any]:
    step = {"id": step_id, "method": "PATCH", "url": f"/users/{user_id}", "headers": JSON}
    return {**step, "body": {"jobTitle": f"Job {step_id}"}, **more}


def a_read(step_id: str, url: str = f"/users/{ONE}?$select=jobTitle") -> dict[str, Any]:
    return {"id": step_id, "method": "GET", "url": url}


def batch(asker: Asker, *steps: dict[str, Any]) -> dict[str, Any]:
    answer = asker.ask("POST", "/$batch", {"requests": list(steps)})
    assert answer.status == 200, answer.body
    return {response["id"]: response for response in answer.body["responses"]}


def test_each_inner_request_has_its_own_answer(fabrikam: Asker) -> None:
    answers = batch(
        fabrikam, a_patch("a"), a_read("b"), a_read("c", "users/nobody"), a_read("d", "/nothing")
    )

    assert {key: answer["status"] for key, answer in answers.items()} == {
        "a": 204,
        "b": 200,
        "c": 404,
        "d": 400,
    }
    assert "body" not in answers["a"]
    assert answers["b"]["body"]["jobTitle"] == "Job a"
    assert answers["c"]["body"]["error"]["innerError"]["request-id"]


def test_urls_and_filters_are_decoded(fabrikam: Asker) -> None:
    user_id = fabrikam.invited("ada@contoso.com")
    name = "ada_contoso.com%23EXT%23@fabrikam.onmicrosoft.com"
    query = "$select=id&$filter=mail%20eq%20%27ada@contoso.com%27"
    answers = batch(
        fabrikam, a_read("1", f"/users/{name}?$select=id"), a_read("2", f"/users?{query}")
    )

    assert answers["1"]["body"]["id"] == user_id
    assert answers["2"]["body"]["value"] == [{"id": user_id}]


def test_what_depends_on_a_failure_fails(fabrikam: Asker) -> None:
    answers = batch(
        fabrikam,
        a_patch("1", "nobody"),
        a_patch("2", TWO, dependsOn=["1"]),
        a_patch("3", TWO, dependsOn=["2"]),
        a_read("4"),
    )

    assert [answers[key]["status"] for key in "1234"] == [404, 424, 424, 200]
    assert fabrikam.get(f"/users/{TWO}")["jobTitle"] is None


@pytest.mark.parametrize(
    "steps",
    [
        [],
        [a_read(str(number)) for number in range(21)],
        [a_read("1"), a_read("1")],
        [a_read("1", "https://graph.microsoft.com/v1.0/users")],
        [{"id": "1", "method": "GET"}],
        [a_patch("1", headers={})],
        [a_patch("1", body=None)],
        [a_patch("1", dependsOn=["2"]), a_read("2")],
        [a_patch("1", dependsOn=["1"])],
        [a_patch("1", dependsOn=["2"]), a_patch("2", dependsOn=["1"])],
        [a_read("1"), a_patch("2", dependsOn="1")],
        [a_read("1"), a_patch("2", dependsOn=[1])],
        [a_read("1"), a_patch("2", dependsOn=[{}])],
        [a_patch("1", headers=["Content-Type"])],
    ],
)
def test_a_batch_that_is_wrong_is_refused_whole(fabrikam: Asker, steps: list[Any]) -> None:
    assert fabrikam.code("POST", "/$batch", {"requests": steps}) == (400, "BadRequest")
    assert fabrikam.world.requests.inner == 0


def test_a_batch_counts_once_and_its_writes_count_each(fabrikam: Asker) -> None:
    batch(fabrikam, a_patch("1"), a_patch("2", "nobody"), a_read("3"))

    tally = fabrikam.world.requests

    assert (tally.graph, tally.inner, tally.writes, tally.writes_done) == (1, 3, 2, 1)


def test_answers_come_out_of_order(fabrikam: Asker) -> None:
    body = {"requests": [a_read(str(number)) for number in range(4)]}

    answers = fabrikam.ask("POST", "/$batch", body).body["responses"]

    assert [answer["id"] for answer in answers] != ["0", "1", "2", "3"]


def test_inner_requests_are_throttled_one_by_one(fabrikam: Asker) -> None:
    fabrikam.world.faults.arm("storm", nth=2, count=1, retry_after=9)
    answers = batch(fabrikam, a_patch("1"), a_patch("2", TWO), a_read("3"))

    assert [answers[key]["status"] for key in "123"] == [204, 429, 200]
    assert answers["2"]["headers"]["Retry-After"] == "9"
    assert fabrikam.get(f"/users/{TWO}")["jobTitle"] is None


def test_a_dropped_inner_write_loses_the_whole_answer_after_the_effect(fabrikam: Asker) -> None:
    fabrikam.world.faults.arm("drop", nth=2)
    request = fabrikam.request("POST", "/$batch", {"requests": [a_patch("1"), a_patch("2", TWO)]})

    assert isinstance(fabrikam.world.answer(request), Dropped)
    assert fabrikam.get(f"/users/{ONE}")["jobTitle"] == "Job 1"
    assert fabrikam.get(f"/users/{TWO}")["jobTitle"] == "Job 2"


def test_a_batch_within_a_batch_is_nothing(fabrikam: Asker) -> None:
    inner = {"id": "1", "method": "POST", "url": "/$batch", "headers": JSON, "body": {}}

    assert batch(fabrikam, inner)["1"]["status"] == 400


def test_throttling_charges_inner_requests() -> None:
    asker = Asker(a_sandbox(throttling=True))
    statuses: list[int] = []
    for _ in range(10):
        steps = [a_patch(str(number)) for number in range(20)]
        statuses += [answer["status"] for answer in batch(asker, *steps).values()]

    assert asker.world.meter.on
    assert set(statuses) == {204}
    assert asker.world.requests.writes == 200


def test_a_request_that_breaks_the_sandbox_leaves_the_others_their_answers(
    fabrikam: Asker,
) -> None:
    def ask(request: Request) -> Answer | Dropped:
        if request.path == "/broken":
            raise ZeroDivisionError
        return fabrikam.world.answer(request)

    steps = [a_patch("a"), a_read("b", "/broken"), a_read("c")]
    found = answer_batch(fabrikam.request("POST", "/$batch", {"requests": steps}), ask)

    assert isinstance(found, Answer)
    statuses = {one["id"]: one["status"] for one in found.body["responses"]}
    assert statuses == {"a": 204, "b": 500, "c": 200}
