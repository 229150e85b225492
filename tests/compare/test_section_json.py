"""A section may be given as JSON, which has numbers where a variable of its own has text."""

from __future__ import annotations

from typing import Any, Literal

import pytest
from pydantic import create_model
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import Contract, bake, resolve
from confcontract.findings.direction import FORWARD, ROLLBACK
from tests.compare.making import blocking


class _Shop(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_", env_nested_delimiter="__")


def _contract(kind: Any) -> Contract:
    section = create_model("Db", port=(kind, ...))
    return bake(create_model("Shop", __base__=_Shop, db=(section, ...)), name="shop", version="1")


@pytest.mark.parametrize(
    ("old", "new", "json"),
    [
        (int, str, "5432"),
        (int | str, str, "5432"),
        (bool | str, str, "true"),
        (str | None, str, "null"),
        (float, int | str, "1.5"),
        (Any, str, "[1]"),
        (int | Literal["a"], Literal["a", "1"], "1"),
    ],
)
def test_what_only_the_json_of_a_section_can_say_is_reported_in_both_directions(old: Any, new: Any, json: str) -> None:
    before, after = _contract(old), _contract(new)
    environ = {"SHOP_DB": f'{{"port": {json}}}'}
    assert resolve(before, environ=environ).ok
    assert not resolve(after, environ=environ).ok
    for direction, ours, theirs in ((FORWARD, before, after), (ROLLBACK, after, before)):
        found = blocking(ours, theirs, direction)
        assert [each.path for each in found] == ["db.port"], direction


def test_the_finding_names_the_variable_of_the_section_and_shows_its_json() -> None:
    [finding] = blocking(_contract(int | str), _contract(str), FORWARD)
    assert (finding.rule, finding.names) == ("TYPE_NARROWED", ("SHOP_DB",))
    assert "in the JSON of the section, db.port accepts fewer values: " in finding.sentence
    assert r"{\"port\": " in finding.sentence


@pytest.mark.parametrize(
    ("old", "new"), [(int, float), (Literal[1, 2], int), (Literal["a"], str), (str, str | int), (bool, bool | str)]
)
def test_what_accepts_more_in_json_too_is_safe(old: Any, new: Any) -> None:
    assert not blocking(_contract(old), _contract(new), FORWARD)


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [
        ({}, {"enable_decoding": False}, "{}"),
        ({}, {"env_parse_none_str": "null"}, "null"),
        ({"env_ignore_empty": True}, {}, ""),
    ],
)
def test_how_the_text_of_a_section_becomes_data_counts_though_its_members_are_the_same(
    before: dict[str, Any], after: dict[str, Any], text: str
) -> None:
    def shop(config: dict[str, Any]) -> Contract:
        base = type("Base", (_Shop,), {"model_config": config})
        section = create_model("Db", port=(int, 1))
        return bake(create_model("Shop", __base__=base, db=(section, section())), name="shop", version="1")

    old, new = shop(before), shop(after)
    assert resolve(old, environ={"SHOP_DB": text}).ok
    assert not resolve(new, environ={"SHOP_DB": text}).ok
    assert "SHOP_DB" in {name for each in blocking(old, new, FORWARD) for name in each.names}
