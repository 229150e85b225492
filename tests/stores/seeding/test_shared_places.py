"""Where several variables live at one place of a store, they have one value: given once, drawn once, or refused."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from confcontract.contract.reference import parse_reference
from confcontract.secrets.seeding.shared_places import settled

SAME = {"A": "vault:secret/shop#key", "B": "vault:secret/shop#key", "C": "vault:secret/shop#other"}
WHOLE = {"A": "aws-sm:shop", "B": "aws-sm:shop#key", "C": "aws-sm:elsewhere#key"}
DRAWN = {"length": 12, "alphabet": "ab"}


def settle(
    places: Mapping[str, str], given: Mapping[str, str], *made: str
) -> tuple[dict[str, str], set[str], dict[str | None, str]]:
    targets = {name: parse_reference(text) for name, text in places.items()}
    values, supplied, problems = settled(targets, given, dict.fromkeys(made, DRAWN))
    return values, supplied, {each.variable: each.message for each in problems}


@pytest.mark.parametrize(
    ("places", "given", "values"),
    [
        (SAME, {}, {}),
        (SAME, {"A": "x"}, {"A": "x", "B": "x"}),
        (SAME, {"B": "x", "C": "y"}, {"A": "x", "B": "x", "C": "y"}),
        (SAME, {"A": "x", "B": "x"}, {"A": "x", "B": "x"}),
        (WHOLE, {"B": "x"}, {"B": "x"}),
        (WHOLE, {"A": '{"key": 5, "more": "y"}'}, {"A": '{"key": 5, "more": "y"}', "B": "5"}),
        (WHOLE, {"A": '{"key": "x"}', "B": "x", "C": "z"}, {"A": '{"key": "x"}', "B": "x", "C": "z"}),
    ],
)
def test_what_is_given_at_a_place_is_the_value_of_all_that_live_there(
    places: Mapping[str, str], given: Mapping[str, str], values: dict[str, str]
) -> None:
    assert settle(places, given) == (values, set(values), {})


@pytest.mark.parametrize(
    ("places", "given", "wrong"),
    [
        (SAME, {"A": "x", "B": "y"}, {"B": "A"}),
        (WHOLE, {"A": "text"}, {"B": "A"}),
        (WHOLE, {"A": '["key"]'}, {"B": "A"}),
        (WHOLE, {"A": '{"other": "x"}'}, {"B": "A"}),
        (WHOLE, {"A": '{"key": null}'}, {"B": "A"}),
        (WHOLE, {"A": '{"key": "x"}', "B": "y"}, {"B": "A"}),
    ],
)
def test_what_does_not_go_together_is_refused_and_not_shown(
    places: Mapping[str, str], given: Mapping[str, str], wrong: dict[str, str]
) -> None:
    told = settle(places, given)[2]
    assert told == {name: f"conflicts with {other}, which is at the same place" for name, other in wrong.items()}


def test_a_value_is_drawn_once_for_a_place() -> None:
    values, supplied, told = settle(SAME, {}, "A", "B", "C")
    assert (supplied, told) == (set(), {})
    assert values["A"] == values["B"] != values["C"]
    values, supplied, told = settle(SAME, {"B": "x"}, "A")
    assert (values, supplied, told) == ({"A": "x", "B": "x"}, {"A", "B"}, {})
    assert settle(WHOLE, {}, "A")[2] == {"B": "conflicts with A, which is at the same place"}
