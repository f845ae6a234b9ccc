"""Whatever its documents allow, and some of what they do not, the sandbox answers as they say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from sandbox.openapi.document import VERSIONS
from sandbox.routes.table import ROUTES
from tests.sandbox_openapi.fuzzing import Operation, faults, operations
from tests.sandbox_openapi.peopled import Peopled, peopled

pytestmark = [
    # Hypothesis describes a strategy for an error that it handles itself, and finds that long.
    pytest.mark.filterwarnings("ignore:Generating overly large repr"),
    # What may be in complex members of applications is looser here than in Microsoft's document.
    pytest.mark.unwitnessed,
]
PLACES = sorted({name.split("/")[1] for name in ROUTES} | {"$batch"})


@pytest.fixture(scope="module")
def place() -> Peopled:
    return peopled()


@pytest.fixture(scope="module")
def described(place: Peopled) -> Mapping[str, list[Operation]]:
    return {version: operations(place, version) for version in VERSIONS}


@pytest.mark.parametrize("segment", PLACES)
def test_a_few_requests_are_answered_as_documented(
    place: Peopled, described: Mapping[str, list[Operation]], segment: str
) -> None:
    about = [one for one in described["beta"] if one.path.split("/")[1] == segment]

    assert [fault for one in about for fault in faults(one, place, examples=2)] == []


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("segment", PLACES)
def test_many_requests_are_answered_as_documented(
    place: Peopled, described: Mapping[str, list[Operation]], version: str, segment: str
) -> None:
    about = [one for one in described[version] if one.path.split("/")[1] == segment]

    assert [fault for one in about for fault in faults(one, place, examples=20)] == []


@pytest.fixture
def troubled(place: Peopled) -> Iterator[Peopled]:
    yield place
    place.world.faults.clear(None)


@pytest.mark.parametrize(
    ("kind", "options", "fault"),
    [
        ("outage", {"status": 503}, "GET /organization: 503"),
        ("truncate", {}, "GET /organization: JSON deserialization error"),
    ],
)
def test_what_is_wrong_with_an_answer_is_found(
    troubled: Peopled,
    described: Mapping[str, list[Operation]],
    kind: str,
    options: dict[str, Any],
    fault: str,
) -> None:
    reading = next(one for one in described["beta"] if one.label == "GET /organization")

    troubled.world.faults.arm(kind, **options)

    assert faults(reading, troubled, examples=3)[0].startswith(fault)
