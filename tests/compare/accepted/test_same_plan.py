"""Variables of which two plans say the same: no text may show a difference."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel, create_model
from pydantic_settings import BaseSettings

from confcontract.author.bake import bake
from confcontract.compare.accepted import Inclusion, IndexedPlan, Side, differences
from confcontract.compare.accepted.same_plan import SamePlan
from confcontract.compare.accepted.text_trial import TextTrial
from tests.compare.accepted.family import STRUCTURES, TEXTS, drawn
from tests.compare.accepted.test_pairs import texts_for


def sides(annotations: list[Any], **config: Any) -> list[Side]:
    """Half of them at the top, half in a section; each called by its place in the list."""
    fields: dict[str, Any] = {f"v{n}": (each, ...) for n, each in enumerate(annotations)}
    half = len(fields) // 2
    section = create_model("Section", **dict(list(fields.items())[half:]))
    base = type("Base", (BaseSettings,), {"model_config": {"env_nested_delimiter": "__", **config}})
    cls: type[BaseSettings] = create_model(
        "Settings", __base__=base, **dict(list(fields.items())[:half]), section=(section, ...)
    )
    contract = bake(cls, name="shop", version="1")
    plan = IndexedPlan(contract)
    return [
        Side(plan, each) for each in contract.variables if each["path"] != ["section"] and each["path"][-1] in fields
    ]


def every_other(old: list[Any], new: list[Any]) -> list[Any]:
    return [a if n % 2 else b for n, (a, b) in enumerate(zip(old, new, strict=True))]


@pytest.mark.parametrize("seed", range(3))
def test_what_two_plans_say_alike_accepts_the_same_texts(seed: int) -> None:
    old = drawn(seed, 20) + list(TEXTS[:10]) + list(STRUCTURES[:10])
    new = every_other(old, drawn(seed + 100, 20) + list(TEXTS[10:20]) + list(STRUCTURES[10:20]))
    a, b = sides(old), sides(new)
    plans = SamePlan(a[0].plan, b[0].plan)
    texts = texts_for([*a[:6], *b[:6]])
    alike = 0
    for before, after in zip(a, b, strict=True):
        assert before.path == after.path
        assert not plans.is_same(before.variable, after.variable) or plans.says_the_same(before, after)
        if plans.says_the_same(before, after):
            alike += 1
            trials = [TextTrial(each, required=True) for each in (before, after)]
            assert [text for text in texts if trials[0].accepts(text) != trials[1].accepts(text)] == []
    assert alike >= len(old) // 4  # half of them are the same; a few have a place of their own in the plan


def test_a_change_of_what_surrounds_the_variables_is_not_passed_over() -> None:
    class Same(BaseModel):
        size: int = 1

    annotations: list[Any] = [int, str, list[int], Same]
    plain, ignoring = sides(annotations), sides(annotations, env_ignore_empty=True)
    assert not SamePlan(plain[0].plan, ignoring[0].plan).is_same(plain[0].variable, ignoring[0].variable)
    stripped = sides(annotations, str_strip_whitespace=True, str_min_length=2)
    found = {each.path[-1]: differences(each, other) for each, other in zip(plain, stripped, strict=True)}
    assert found["v0"] == ()
    assert any(each.forward is Inclusion.BROKEN for each in found["v1"])
