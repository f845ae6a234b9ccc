"""The documentation's examples, replayed: the page tells truly how many are."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.sandbox.published import GRAPH
from tests.sandbox_examples.documented import examples, excluded
from tests.sandbox_examples.forms import differences
from tests.sandbox_examples.table import OPEN, PAGE, REPLAYED, judgements, table

beside = pytest.mark.skipif(not GRAPH.exists(), reason="no examples beside the checkout")


@beside
def test_the_page_counts_what_replays_today() -> None:
    assert table() in PAGE.read_text()


@beside
def test_nine_of_ten_examples_replay() -> None:
    found = Counter(judgement for _, judgement in judgements())

    assert found[REPLAYED] >= 0.9 * (found[REPLAYED] + found[OPEN])


@beside
def test_every_example_is_replayed_open_or_excluded_with_a_known_reason() -> None:
    reasons = {excluded(one) for one in examples()} - {None}

    assert reasons == {
        "delegated",
        "doc-error",
        "no-response-documented",
        "not-in-scope",
        "other-product",
        "other-template",
    }


def test_forms_differ_by_missing_members_and_other_kinds() -> None:
    shown = {"a": 1, "b": [{"c": "x"}], "d": None, "@odata.context": "x"}

    assert differences(shown, {"a": 2, "b": [{"c": None}], "d": True}) == []
    assert differences(shown, {"a": "2", "b": [{}]}) == [".a: str", ".b[].c", ".d"]
