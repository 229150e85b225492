"""A file that the settings class reads has numbers at its top, too, where a variable has text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import create_model
from pydantic_settings import (
    BaseSettings,
    JsonConfigSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from confcontract import Contract, bake, resolve
from confcontract.findings.direction import FORWARD, ROLLBACK
from confcontract.findings.severity import ERROR
from tests.compare.making import blocking
from tests.support.own_order import Given, OwnOrder, Sources


class _Shop(OwnOrder, BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_")

    @classmethod
    def in_order(cls, given: Given) -> Sources:
        return given.environment, TomlConfigSettingsSource(cls), JsonConfigSettingsSource(cls)


def _contract(kind: Any, **files: Path) -> Contract:
    base = create_model("Base", __base__=_Shop)
    base.model_config.update(files)  # type: ignore[typeddict-item]
    return bake(create_model("Shop", __base__=base, port=(kind, ...)), name="shop", version="1")


@pytest.mark.parametrize(
    ("old", "new", "value"),
    [(int, str, "5432"), (int | str, str, "5432"), (bool | str, str, "true"), (float, int | str, "1.5")],
)
def test_what_only_a_file_can_say_is_reported(tmp_path: Path, old: Any, new: Any, value: str) -> None:
    file = tmp_path / "shop.toml"
    file.write_text(f"port = {value}\n")
    before, after = (_contract(kind, toml_file=file) for kind in (old, new))
    assert resolve(before, environ={}).ok
    assert not resolve(after, environ={}).ok
    for direction, ours, theirs in ((FORWARD, before, after), (ROLLBACK, after, before)):
        [finding] = blocking(ours, theirs, direction)
        assert (finding.path, finding.names, finding.severity) == ("port", ("SHOP_PORT",), ERROR)
        assert "in a file that the settings class reads, port accepts " in finding.sentence
        assert r"{\"port\": " in finding.sentence


def test_null_is_tried_only_where_a_file_can_hold_it(tmp_path: Path) -> None:
    in_toml = [_contract(kind, toml_file=tmp_path / "shop.toml") for kind in (str | None, str)]
    in_json = [_contract(kind, json_file=tmp_path / "shop.json") for kind in (str | None, str)]
    (tmp_path / "shop.json").write_text('{"port": null}')
    assert [resolve(each, environ={}).ok for each in in_json] == [True, False]
    assert [each.severity for each in blocking(in_json[0], in_json[1], FORWARD)] == [ERROR]
    assert not blocking(in_toml[0], in_toml[1], FORWARD)


def test_without_such_files_texts_are_all_that_can_be_set() -> None:
    assert not blocking(_without_files(int), _without_files(str), FORWARD)


def _without_files(kind: Any) -> Contract:
    return bake(create_model("Shop", __base__=BaseSettings, port=(kind, ...)), name="shop", version="1")


@pytest.mark.parametrize(("old", "new"), [(int, float), (str, str | int), (bool, bool | str)])
def test_what_accepts_more_in_a_file_too_is_safe(tmp_path: Path, old: Any, new: Any) -> None:
    before, after = (_contract(kind, toml_file=tmp_path / "shop.toml") for kind in (old, new))
    assert not blocking(before, after, FORWARD)


@pytest.mark.parametrize(("instead", "refused"), [({}, True), ({"db": (dict[str, str], {})}, False)])
def test_a_section_that_only_one_version_knows_is_refused_by_the_other_in_a_file(
    tmp_path: Path, instead: dict[str, Any], refused: bool
) -> None:
    file = tmp_path / "shop.toml"
    file.write_text('port = 1\ndb = {host = "a"}\n')
    section = create_model("Db", host=(str, ...))
    base = create_model("Base", __base__=_Shop, port=(int, 1))
    base.model_config.update({"toml_file": file, "env_nested_delimiter": "__"})
    with_it = bake(create_model("Shop", __base__=base, db=(section, ...)), name="shop", version="1")
    without: Any = create_model("Shop", __base__=base, **instead)
    other = bake(without, name="shop", version="2")
    assert resolve(with_it, environ={}).ok
    assert resolve(other, environ={}).ok is not refused
    for old, new, direction in ((with_it, other, FORWARD), (other, with_it, ROLLBACK)):
        found = [each for each in blocking(old, new, direction) if each.path == "db.host"]
        assert [each.severity for each in found if each.rule.startswith(("ENV_ADDED", "ENV_REMOVED"))] == (
            [ERROR] if refused else []
        )
