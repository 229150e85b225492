"""What bake learns of sources of configuration files, and of the release that reads them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic_settings import (
    BaseSettings,
    JsonConfigSettingsSource,
    PyprojectTomlConfigSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
    YamlConfigSettingsSource,
)

from confcontract import bake, resolve
from confcontract.author.pydantic_private.file_sources import reading_of_files, unread_files
from tests.support.own_order import Given, OwnOrder, Sources


class Empty(BaseSettings):
    pass


def fails(make: Callable[[], object]) -> bool:
    try:
        make()
    except (ValueError, TypeError, AttributeError):
        return True
    return False


def test_what_a_release_does_with_what_is_empty_is_asked_of_it(tmp_path: Path) -> None:
    (tmp_path / "empty.json").write_text(" \n")
    (tmp_path / "empty.yaml").write_text("section:\n")
    _, json_refused, section_refused = reading_of_files()
    assert fails(lambda: JsonConfigSettingsSource(Empty, tmp_path / "empty.json")) == json_refused
    yaml = tmp_path / "empty.yaml"
    assert fails(lambda: YamlConfigSettingsSource(Empty, yaml, yaml_config_section="section")) == section_refused


@pytest.mark.parametrize("refused", [False, True])
def test_boot_goes_by_the_release_that_baked(refused: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Here(OwnOrder, BaseSettings):
        port: int = 1

        @classmethod
        def in_order(cls, given: Given) -> Sources:
            yaml = YamlConfigSettingsSource(cls, "c.yaml", yaml_config_section="section")
            return JsonConfigSettingsSource(cls, "c.json"), given.environment, yaml

    monkeypatch.setattr("confcontract.author.config_files.reading_of_files", lambda: ("utf-8", refused, refused))
    monkeypatch.chdir(tmp_path)
    contract = bake(Here, name="shop", version="1")
    for name, text in (("c.json", "\n"), ("c.yaml", "section:\n")):
        (tmp_path / "c.json").write_text("{}")
        (tmp_path / "c.yaml").write_text("section: {}\n")
        assert resolve(contract, environ={}).ok
        (tmp_path / name).write_text(text)
        assert resolve(contract, environ={}).ok is not refused


def test_the_contract_says_what_the_sources_were_told() -> None:
    class Here(OwnOrder, BaseSettings):
        model_config = SettingsConfigDict(pyproject_toml_depth=2, yaml_file="a.yaml", yaml_file_encoding="latin-1")

        @classmethod
        def in_order(cls, given: Given) -> Sources:
            toml = TomlConfigSettingsSource(cls, ["b.toml", Path("c.toml")], ("tool", "x"), deep_merge=True)
            pyproject = PyprojectTomlConfigSettingsSource(cls)
            return toml, given.environment, pyproject, YamlConfigSettingsSource(cls)

    (program,) = bake(Here, name="shop", version="1").compiled["settings"]
    assert program["order"] == [0, "environment", 1, 2]
    assert program["sources"] == [
        {"kind": "toml", "files": ["b.toml", "c.toml"], "deepMerge": True, "header": ["tool", "x"]},
        {"kind": "pyproject", "files": [], "depth": 2, "header": ["tool", "pydantic-settings"]},
        {"kind": "yaml", "files": ["a.yaml"], "encoding": "latin-1"},
    ]


def test_afterwards_sources_read_files_again(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text("x = 1")
    with unread_files({"x": 2}):
        assert TomlConfigSettingsSource(Empty, tmp_path / "a.toml")() == {"x": 2}
    assert TomlConfigSettingsSource(Empty, tmp_path / "a.toml")() == {"x": 1}


def test_a_file_that_no_source_reads_is_warned_about() -> None:
    class Forgotten(BaseSettings):
        model_config = SettingsConfigDict(toml_file="a.toml", yaml_file="b.yaml")

    class Own(YamlConfigSettingsSource):
        def _read_file(self, *_: object) -> dict[str, object]:
            return {}

    class Read(OwnOrder, Forgotten):
        @classmethod
        def in_order(cls, given: Given) -> Sources:
            return given.environment, TomlConfigSettingsSource(cls), Own(cls)

    one, other = bake(Forgotten, name="shop", version="1").warnings
    assert "names a toml_file in model_config, which is never read: it has no TomlConfigSettingsSource" in one.message
    assert "return YamlConfigSettingsSource(settings_cls) from settings_customise_sources" in str(other.hint)
    assert not bake(Read, name="shop", version="1").warnings
