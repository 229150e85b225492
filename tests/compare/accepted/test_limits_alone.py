"""Where two sides differ in limits alone, what is found without trying more is what is found with it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import pytest
from pydantic import Field, create_model
from pydantic_settings import BaseSettings

from confcontract.author.bake import bake
from confcontract.compare.accepted import Inclusion, IndexedPlan, Side, compared, difference_in_json, differences
from confcontract.compare.accepted.limits_alone import differ_in_limits_alone
from confcontract.compare.accepted.text_trial import TextTrial
from tests.compare.accepted.family import NUMBERS, TEXTS, drawn, sides_of
from tests.compare.accepted.sides import side
from tests.compare.accepted.test_same_plan import sides


def no_limits(*_: object) -> bool:
    return False


@pytest.mark.parametrize("seed", range(4))
def test_nothing_else_is_found_where_more_is_tried(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def pairs() -> list[tuple[Side, Side]]:
        annotations = [*drawn(seed, 30), *TEXTS[:6]]
        return list(zip(sides(annotations), sides([*annotations[seed + 1 :], *annotations[: seed + 1]]), strict=True))

    found = [differences(*both) for both in pairs()]
    monkeypatch.setattr(compared, "differ_in_limits_alone", no_limits)
    assert [differences(*both) for both in pairs()] == found


@pytest.mark.parametrize("seed", range(6))
def test_the_json_of_a_section_shows_nothing_that_texts_do_not(seed: int) -> None:
    annotations = [*drawn(seed, 40), *TEXTS[:6], *NUMBERS[5:15]]
    step = 3 * seed + 1
    alone = 0
    for one, other in zip(sides(annotations), sides([*annotations[step:], *annotations[:step]]), strict=True):
        in_json = difference_in_json(one, other)
        if in_json is not None and differ_in_limits_alone(one, other):
            alone += 1
            told = differences(one, other)
            assert in_json.forward is Inclusion.HOLDS or any(each.forward is not Inclusion.HOLDS for each in told)
            assert in_json.rollback is Inclusion.HOLDS or any(each.rollback is not Inclusion.HOLDS for each in told)
    assert alone


@pytest.mark.parametrize(
    ("old", "new", "alone"),
    [
        (Annotated[int, Field(ge=0)], Annotated[int, Field(ge=1)], True),
        (Annotated[int, Field(ge=0)] | None, Annotated[int, Field(le=1)] | None, True),
        (str, Annotated[str, Field(min_length=1)], True),
        (Literal["a", "b"], Literal["b", "c"], True),
        (Annotated[int, Field(multiple_of=2)], Annotated[int, Field(multiple_of=4)], False),
        (str, Annotated[str, Field(pattern="^a")], False),
        (int, float, False),
        (Annotated[int, Field(ge=0)] | str, Annotated[int, Field(ge=1)] | None, False),
        (Annotated[list[int], Field(max_length=2)], list[int], False),
    ],
)
def test_which_differ_in_limits_alone(old: Any, new: Any, alone: bool) -> None:
    one, other = side(old), side(new)
    assert differ_in_limits_alone(one, other) is alone


def test_how_texts_are_read_is_more_than_limits() -> None:
    one, other = side(int), side(Annotated[int, Field(ge=1)], env_ignore_empty=True)
    assert not differ_in_limits_alone(one, other)


def test_a_plan_of_some_fields_accepts_what_the_whole_plan_does() -> None:
    annotations: list[Any] = [*drawn(7, 12), *TEXTS[:12]]
    plan = sides_of(annotations)[0].plan
    names = {f"v{n}" for n in range(0, len(annotations), 3)}
    some = IndexedPlan(plan.contract, lambda: names)
    assert some.hydrated("v0").plan["validator"]["fields"].keys() == names
    assert len(some.hydrated("v1").plan["validator"]["fields"]) == len(annotations)
    for variable in plan.contract.variables:
        whole, part = (TextTrial(Side(each, variable), required=True) for each in (plan, some))
        for text in ("", "a", "b", "1", "5", "[1]", '["a"]', '{"a": 1}', "null"):
            assert whole.accepts(text) is part.accepts(text)


def test_patterns_of_left_out_fields_are_not_put_back() -> None:
    annotations = {"first": Annotated[str, Field(pattern="a(?=b)")], "last": Annotated[str, Field(pattern="c(?=d)")]}
    fields: dict[str, Any] = {name: (each, ...) for name, each in annotations.items()}
    base = type("Base", (BaseSettings,), {"model_config": {"regex_engine": "python-re"}})
    cls: type[BaseSettings] = create_model("Settings", __base__=base, **fields)
    contract = bake(cls, name="shop", version="1")
    plan = IndexedPlan(contract, lambda: {"last"})
    by_name = {each["path"][0]: each for each in contract.variables}
    assert TextTrial(Side(plan, by_name["last"]), required=True).accepts("cd")
    assert TextTrial(Side(plan, by_name["first"]), required=True).accepts("ab")
