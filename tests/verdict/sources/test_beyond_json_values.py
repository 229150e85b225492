"""Configuration files that a settings class names may hold what no JSON can: boot goes on, and explain shows it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic_settings import (
    BaseSettings,
    JsonConfigSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
    YamlConfigSettingsSource,
)

from confcontract import Contract, bake, resolve
from confcontract.verdict.explain import rows
from tests.support.own_order import Given, OwnOrder, Sources

HUGE = f"0x{'f' * 6000}"  # Python reads it, and writes no number of so many digits


class Settings(OwnOrder, BaseSettings):
    model_config = SettingsConfigDict(toml_file="a.toml", yaml_file="a.yaml", json_file="a.json")
    workers: int = 1
    anything: Any = None
    mapping: dict[str, Any] = {}

    @classmethod
    def in_order(cls, given: Given) -> Sources:
        sources = TomlConfigSettingsSource, YamlConfigSettingsSource, JsonConfigSettingsSource
        return (given.environment, *(source(cls) for source in sources))


@pytest.fixture(scope="module")
def contract() -> Contract:
    return bake(Settings, name="shop", version="1")


@pytest.mark.parametrize(
    ("name", "text", "given", "shown"),
    [
        ("a.toml", f"workers = {HUGE}", int(HUGE, 16), f'"{HUGE}"'),
        ("a.toml", f"anything = [{HUGE}]", [int(HUGE, 16)], "***"),
        ("a.yaml", f"mapping: {{n: {HUGE}}}", {"n": int(HUGE, 16)}, "***"),
        ("a.yaml", "mapping: {days: {2024-01-02: off}}", {"days": {"2024-01-02": False}}, "***"),
        ("a.yaml", "anything: {1: a, '1': b}", {"1": "b"}, "***"),
        ("a.yaml", "anything: !!binary /w==", "\ufffd", "***"),
        ("a.json", '{"mapping": {"a\\ud800": "b\\udfff"}}', {"a\ufffd": "b\ufffd"}, "***"),
    ],
    ids=["number", "in a list", "in a mapping", "date as a key", "1 and '1'", "bytes", "half a character"],
)
def test_what_the_application_takes_is_explained(
    contract: Contract, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str, given: Any, shown: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).write_text(text)
    Settings()
    (tmp_path / "policy.json").write_text("{}")
    result = resolve(contract, environ={}, policies=["policy.json"])
    assert result.problems == []
    (row,) = [row for row in rows(result) if row.source == f"{name}, line 1"]
    assert (result.values[row.name.lower()], row.value) == (given, shown)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.toml", f"mapping{'.a' * 300} = 1"),
        ("a.toml", f"mapping{'.a' * 5000} = 1"),
        ("a.json", '{"mapping": ' + '{"a": ' * 300 + "1" + "}" * 301),
        ("a.yaml", "mapping: " + "{a: " * 210 + "1" + "}" * 210),
    ],
)
def test_what_is_nested_without_end_is_refused(
    contract: Contract, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).write_text(text)
    (problem,) = resolve(contract, environ={}).problems
    assert (problem.code, problem.message) == ("source-malformed", f"{name}: is nested too deeply")
