"""Contracts of ten thousand variables are compared like small ones."""

from __future__ import annotations

import copy
from typing import Any

from confcontract import Contract
from confcontract.compare.diff import diff
from tests.compare.making import fixture

MANY = 10_000


def of_many(changed: dict[int, int]) -> Contract:
    """The baked contract of one variable, with that variable ten thousand times. changed: number → lower bound."""
    data: dict[str, Any] = copy.deepcopy(dict(fixture("RANGE_NARROWED", "old").data))
    (variable,), compiled = data["variables"], data["compiled"]
    (field,) = compiled["validator"]["fields"].values()
    names = [f"port{number}" for number in range(MANY)]
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
