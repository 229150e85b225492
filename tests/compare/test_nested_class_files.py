"""The files of a settings class that is nested in another are compared like those of the outermost one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import pytest
from pydantic import Field, create_model
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    SettingsConfigDict,
    TomlConfigSettingsSource,
    YamlConfigSettingsSource,
)

from confcontract import Contract, bake, resolve
from confcontract.compare.diff import diff
from confcontract.compare.finding import Finding
from confcontract.findings.direction import FORWARD, ROLLBACK
from confcontract.findings.severity import ERROR, REVIEW
from tests.support.own_order import Given, OwnOrder, Sources


class _Sources(OwnOrder, BaseSettings):
    @classmethod
    def in_order(cls, given: Given) -> Sources:
        files = TomlConfigSettingsSource(cls), YamlConfigSettingsSource(cls)
        return given.arguments, given.environment, given.env_files, *files


def _contract(kind: Any = int, *, outer: Any = None, **files: Any) -> Contract:
    """`db` is a settings class with these files. It is read from no variable as a whole, so its files alone have
    numbers."""
    base = create_model("Files", __base__=_Sources)
    base.model_config.update({"env_prefix": "DB_", **files})  # type: ignore[typeddict-item]
    db = create_model("Db", __base__=base, port=(kind, ...))
    root = create_model("Root", __base__=_Sources)
    root.model_config.update({"env_prefix": "SHOP_", **(outer or {})})  # type: ignore[typeddict-item]
    kind = Annotated[db, NoDecode]
    shop = create_model("Shop", __base__=root, db=(kind, Field(default_factory=db)))
    return bake(shop, name="shop", version="1")


def _found(old: Contract, new: Contract, rule: str = "") -> list[Finding]:
    found = diff(old, new, "full", verified=True).findings
    return [each for each in found if each.severity.reaches(REVIEW) and each.rule.startswith(rule)]


@pytest.mark.parametrize("place", ["inner", "outer"])
def test_a_number_in_the_file_of_a_nested_class_is_compared(tmp_path: Path, place: str) -> None:
    file = tmp_path / "db.toml"
    file.write_text("port = 5432\n" if place == "inner" else "[db]\nport = 5432\n")
    files: dict[str, Any] = {"toml_file": file} if place == "inner" else {"outer": {"toml_file": file}}
    number, text = _contract(int, **files), _contract(str, **files)
    assert [resolve(each, environ={}).ok for each in (number, text)] == [True, False]
    for old, new, direction in ((number, text, FORWARD), (text, number, ROLLBACK)):
        [finding] = [each for each in _found(old, new) if each.direction is direction]
        assert (finding.severity, finding.path, finding.names) == (ERROR, "db.port", ("DB_PORT",))
        shown = r"{\"port\": true}" if place == "inner" else r"{\"db\": {\"port\": true}}"
        assert (
            f'in a file that the settings class reads, db.port accepts fewer values: integer → text; "{shown}"'
            in finding.sentence
        )


def test_null_is_tried_where_the_file_of_a_nested_class_can_hold_it(tmp_path: Path) -> None:
    for member, severities in (("yaml_file", [ERROR]), ("toml_file", [])):
        optional, needed = (_contract(kind, **{member: tmp_path / "db"}) for kind in (str | None, str))
        assert [each.severity for each in _found(optional, needed) if each.direction is FORWARD] == severities


def test_text_files_of_a_nested_class_show_no_numbers(tmp_path: Path) -> None:
    number, text = (_contract(kind, env_file=tmp_path / "db.env") for kind in (int, str))
    assert not [each for each in _found(number, text) if each.direction is FORWARD]


@pytest.mark.parametrize("member", ["toml_file", "yaml_file", "env_file"])
def test_a_file_of_a_nested_class_that_is_removed_or_added_is_told(member: str) -> None:
    more, less = _contract(**{member: ("a", "b")}), _contract(**{member: ("b",)})
    [removed], [added] = _found(more, less), _found(less, more)
    assert (removed.rule, removed.direction, removed.severity) == ("FILE_SOURCE_REMOVED", FORWARD, ERROR)
    assert removed.sentence.endswith(" file a for db")
    assert (added.rule, added.direction, added.severity) == ("FILE_SOURCE_ADDED", ROLLBACK, ERROR)


def test_a_file_that_only_the_other_class_goes_on_reading_is_told() -> None:
    everywhere = _contract(toml_file="a", outer={"toml_file": "a"})
    assert [each.path for each in _found(everywhere, _contract(toml_file="a"))] == [""]
    assert [each.path for each in _found(everywhere, _contract(outer={"toml_file": "a"}))] == ["db"]


@pytest.mark.parametrize("member", ["toml_file", "env_file"])
def test_the_files_of_a_nested_class_in_another_order_are_for_review(member: str) -> None:
    found = _found(_contract(**{member: ("a", "b")}), _contract(**{member: ("b", "a")}))
    assert [(each.rule, each.path, each.severity) for each in found] == [("SOURCE_ORDER_CHANGED", "db", REVIEW)] * 2
    assert "where several sources give a value in db, the order is another: " in found[0].sentence


def test_the_env_file_of_a_nested_class_in_another_encoding_is_an_error() -> None:
    old, new = (_contract(env_file=".env", env_file_encoding=each) for each in ("utf-8", "utf-16"))
    assert [(each.rule, each.path, each.sentence) for each in _found(old, new) if each.direction is FORWARD] == [
        ("ENCODING_CHANGED", "db", "the env file .env is read as utf-16 now, was utf-8")
    ]


def test_a_nested_class_that_moves_keeps_its_files() -> None:
    def at(place: str) -> Contract:
        db = type("Db", (_Sources,), {"model_config": SettingsConfigDict(toml_file="a"), "__module__": __name__})
        return bake(create_model("Shop", __base__=BaseSettings, **{place: (db, ...)}), name="shop", version="1")  # type: ignore[call-overload]

    assert _found(at("db"), at("database"), "FILE_SOURCE") == []
