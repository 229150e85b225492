"""Contracts of ten thousand variables are compared like small ones."""

from __future__ import annotations

import copy
import tracemalloc
from typing import Any

import pytest

from confcontract import Contract
from confcontract.compare.diff import diff, told_of
from confcontract.compare.pairing import pair_up
from confcontract.compare.rules import all_rules
from tests.compare.making import fixture

MANY = 10_000


def of_many(changed: dict[int, int], many: int = MANY) -> Contract:
    """The baked contract of one variable, with that variable so many times. changed: number → lower bound."""
    data: dict[str, Any] = copy.deepcopy(dict(fixture("RANGE_NARROWED", "old").data))
    (variable,), compiled = data["variables"], data["compiled"]
    (field,) = compiled["validator"]["fields"].values()
    names = [f"port{number}" for number in range(many)]
    data["variables"] = [{**variable, "name": f"SHOP_{name.upper()}", "path": [name]} for name in names]
    compiled["validator"]["fields"] = {name: copy.deepcopy(field) for name in names}
    compiled["settings"][0]["fields"] = names
    compiled["names"] = [each["name"] for each in data["variables"]]
    for number, bound in changed.items():
        compiled["validator"]["fields"][names[number]]["schema"]["schema"]["ge"] = bound
        data["variables"][number]["constraints"] = {"minimum": bound}
    return Contract(data)


def test_ten_thousand_variables_are_compared() -> None:
    old, new = of_many({}), of_many({5: 1, 9_999: 3})
    found = diff(old, new, "forward", verified=True).findings
    told = [(each.where, each.rule) for each in found if each.where]
    assert told == [("SHOP_PORT5", "RANGE_NARROWED"), ("SHOP_PORT9999", "RANGE_NARROWED")]
    assert diff(old, old, "full", verified=True).findings == ()


def most_memory(many: int, changed: dict[int, int]) -> int:
    """Bytes that comparing takes at most, beside the contracts."""
    old, new = of_many({}, many), of_many(changed, many)
    tracemalloc.start()
    try:
        assert diff(old, new, "full", verified=True).findings
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("share", [1, 40])
def test_twice_as_many_variables_take_twice_the_memory(share: int) -> None:
    """share: one variable in so many is changed."""
    few = 100 if share == 1 else 1_600
    most_memory(40, {0: 1})  # what is imported, and made once
    one, two = (most_memory(size, dict.fromkeys(range(0, size, share), 1)) for size in (few, 2 * few))
    assert two < 2.1 * one


def test_where_all_is_equal_no_rule_has_anything_to_say() -> None:
    """Which is why equal contracts are not compared any further."""
    for rule in all_rules():
        for which in ("old", "new"):
            contract = fixture(rule, which)
            assert told_of(pair_up(contract, contract), verified=True) == [], (rule, which)
