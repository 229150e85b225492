"""A file that the settings class reads goes by aliases and names of fields: another alias, and it is not understood."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import AliasChoices, Field, create_model
from pydantic_settings import BaseSettings, JsonConfigSettingsSource, SettingsConfigDict

from confcontract import Contract, bake, resolve
from confcontract.findings.direction import FORWARD, ROLLBACK
from confcontract.findings.severity import ERROR
from tests.compare.making import blocking
from tests.support.own_order import Given, OwnOrder, Sources


class _Shop(OwnOrder, BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_")

    @classmethod
    def in_order(cls, given: Given) -> Sources:
        return given.environment, JsonConfigSettingsSource(cls)


def _contract(file: Path | None, *aliases: str, by_name: bool = False, extra: str = "forbid") -> Contract:
    base = create_model("Base", __base__=_Shop)
    config = {"json_file": file, "populate_by_name": by_name, "extra": extra}
    base.model_config.update(config)  # type: ignore[typeddict-item]
    field: Any = Field(1, validation_alias=AliasChoices(*aliases)) if aliases else 1
    return bake(create_model("Shop", __base__=base, port=(int, field)), name="shop", version="1")


@pytest.mark.parametrize(
    ("before", "after", "key"),
    [((), ("SHOP_PORT",), "port"), (("SHOP_PORT",), (), "SHOP_PORT"), ((), ("SHOP_PORT", "OTHER"), "port")],
)
@pytest.mark.parametrize("extra", ["forbid", "ignore"])
def test_a_key_that_is_read_no_more_is_an_error(
    tmp_path: Path, before: tuple[str, ...], after: tuple[str, ...], key: str, extra: str
) -> None:
    file = tmp_path / "shop.json"
    file.write_text(json.dumps({key: 5}))
    old, new = (_contract(file, *aliases, extra=extra) for aliases in (before, after))
    read = resolve(new, environ={})
    assert resolve(old, environ={}).values == {"port": 5}
    assert read.ok is (extra == "ignore")
    assert read.values != {"port": 5}
    for direction, ours, theirs in ((FORWARD, old, new), (ROLLBACK, new, old)):
        [finding] = [each for each in blocking(ours, theirs, direction) if each.rule.startswith("FILE_SOURCE")]
        assert (finding.path, finding.severity) == ("port", ERROR)
        assert f'"{key}" in {file}' in finding.sentence


def test_a_name_that_is_passed_on_beside_the_alias_is_refused_together_with_a_file(tmp_path: Path) -> None:
    file = tmp_path / "shop.json"
    file.write_text('{"port": 5}')
    old, new = _contract(file, by_name=True), _contract(file, "SHOP_NEW", by_name=True)
    environ = {"SHOP_PORT": "6"}
    assert resolve(old, environ=environ).ok
    assert not resolve(new, environ=environ).ok
    for direction, ours, theirs in ((FORWARD, old, new), (ROLLBACK, new, old)):
        [finding] = [each for each in blocking(ours, theirs, direction) if each.rule.startswith("FILE_SOURCE")]
        assert "SHOP_PORT" in finding.sentence
        assert "only" in finding.remedy


@pytest.mark.parametrize(
    ("before", "after"), [((), ("SHOP_PORT", "PORT")), (("A",), ("A",)), (("A", "SHOP_PORT"), ("A", "SHOP_PORT"))]
)
def test_keys_that_are_still_read_are_not_reported(tmp_path: Path, before: Any, after: Any) -> None:
    old, new = (_contract(tmp_path / "shop.json", *aliases) for aliases in (before, after))
    assert not blocking(old, new, FORWARD)


def test_without_files_keys_do_not_matter() -> None:
    assert not blocking(_contract(None), _contract(None, "SHOP_PORT"), FORWARD)
