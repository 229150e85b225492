"""What is found of a variable is what is found of another that is the same case; and how a text comes to the validator,
as far as a glance shows, is how it comes there."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract.author.bake import bake
from confcontract.compare.accepted import Cases, IndexedPlan, Side
from confcontract.compare.accepted.text_trial import TextTrial
from tests.compare.accepted.family import NUMBERS, TEXTS, drawn
from tests.compare.accepted.test_same_plan import sides

_TEXTS = ("a", "1", "99", "true", "", "none", "[1]", "a,b")


def test_the_same_case_is_compared_once_and_found_to_be_the_same() -> None:
    annotations = [*drawn(3, 12), *TEXTS[:6], *NUMBERS[:6]] * 4  # at the top, and in a section
    old, new = sides(annotations), sides([*annotations[5:], *annotations[:5]])
    cases = Cases()
    found = [cases.compared(one, other) for one, other in zip(old, new, strict=True)]
    assert found == [Cases().compared(one, other) for one, other in zip(old, new, strict=True)]
    assert len({id(told) for told, _ in found if told}) < len([told for told, _ in found if told])


def test_what_is_found_at_a_glance_comes_to_the_validator_in_that_way() -> None:
    for config in ({}, {"env_ignore_empty": True}, {"env_parse_none_str": "none"}, {"case_sensitive": True}):
        glances = 0
        for number, one in enumerate(found := sides([*drawn(5, 20), *TEXTS[:6], *NUMBERS[:6]], **config)):
            if one.texts_touched is None or not one.is_found_by_its_path:
                continue
            glances += 1
            other = Side(one.plan, one.variable)
            other.__dict__["is_found_by_its_path"] = False  # then it is found out with the names of the contract
            trials = [TextTrial(each, required=False) for each in (one, other)]
            assert [trials[0].value(text) for text in _TEXTS] == [trials[1].value(text) for text in _TEXTS], number
        assert glances > len(found) / 4


def test_what_has_other_names_is_no_glance() -> None:
    class Settings(BaseSettings):
        model_config = SettingsConfigDict(env_nested_delimiter="__")
        plain: str = "a"
        aliased: Annotated[str, Field(validation_alias="other")] = "a"

    contract: Any = bake(Settings, name="shop", version="1")
    plan = IndexedPlan(contract)
    glances = {each["path"][0]: Side(plan, each).is_found_by_its_path for each in contract.variables}
    assert glances == {"plain": True, "aliased": False}
