"""What a configuration says of the values of its members is told of these: str_max_length=5 on the settings class."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict, Field, create_model
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import Contract, bake, resolve
from confcontract.compare.diff import diff
from confcontract.findings.severity import REVIEW

CONFIGS: list[ConfigDict] = [
    {"str_strip_whitespace": True},
    {"str_min_length": 2},
    {"str_max_length": 3},
    {"allow_inf_nan": False},
    {"regex_engine": "python-re"},
    {"val_temporal_unit": "milliseconds"},
]
SET = ("", " ", "a", " a ", "abcd", "AB", "AB\n", "1", "inf", "nan", "1e999", '["a"]', '["abcd", " "]', "1.5", "86400")


def of_config(top: ConfigDict, section: ConfigDict) -> Contract:
    inner = create_model("Inner", __config__=section, host=(str, "ab"), ratio=(float, 1.0), names=(list[str], ["ab"]))
    base = type("Base", (BaseSettings,), {"model_config": SettingsConfigDict(env_nested_delimiter="__", **top)})  # type: ignore[typeddict-item]
    fields: dict[str, Any] = {"text": (str, "ab"), "on": (bool, True), "number": (float, 1.0), "price": (Decimal, 1)}
    fields |= {"names": (list[str], ["ab"]), "by_name": (dict[str, float], {}), "wait": (timedelta, timedelta(1))}
    fields |= {"code": (str, Field("AB", pattern="^[A-Z]{2}$")), "section": (inner, inner())}
    return bake(create_model("Settings", __base__=base, **fields), name="shop", version="1")


def accepted(contract: Contract) -> set[tuple[str, str]]:
    """Names and texts."""
    tried = ((each["name"], text) for each in contract.variables for text in SET)
    return {(name, text) for name, text in tried if resolve(contract, environ={name: text}).ok}


@pytest.mark.parametrize("config", CONFIGS, ids=lambda each: next(iter(each)))
def test_values_that_one_configuration_refuses_are_told_of_their_variables(config: ConfigDict) -> None:
    old, new = of_config({}, {}), of_config(config, config)
    before, now = accepted(old), accepted(new)
    found = diff(old, new, "full").findings
    assert not [each for each in found if each.rule == "PLAN_CHANGED"]
    for direction, lost in (("forward", before - now), ("rollback", now - before)):
        blocking = [each for each in found if each.direction == direction and each.severity.reaches(REVIEW)]
        told = {name for each in blocking for name in each.names}
        assert not [each for each in lost if each[0] not in told and each[0] != "SECTION"]
    assert before != now or "val_temporal_unit" in config


def test_what_is_not_limited_by_it_is_not_told_of() -> None:
    class Before(BaseSettings):
        name: str = "a"
        workers: int = 1
        ratio: float = 1.0

    class After(Before):
        model_config = SettingsConfigDict(str_max_length=5)

    old, new = (bake(each, name="shop", version=version) for version, each in (("1", Before), ("2", After)))
    (finding,) = diff(old, new).findings
    assert (finding.rule, finding.where) == ("RANGE_NARROWED", "NAME")


class Section(BaseModel):
    host: str = "a"


def test_an_option_that_no_rule_knows_is_named() -> None:
    class Before(BaseSettings):
        section: Section = Section()

    class After(Before):
        model_config = SettingsConfigDict(str_to_lower=True)

    old, new = (bake(each, name="shop", version=version) for version, each in (("1", Before), ("2", After)))
    (finding,) = diff(old, new).findings
    assert finding.rule == "PLAN_CHANGED"
    assert "how the settings are checked as a whole (str_to_lower) is not the same" in finding.sentence
