"""Which sources of files are the application's own: what only its code can tell is not run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic_settings import (
    TomlConfigSettingsSource,
)

from confcontract import bake, resolve
from tests.support.own_order import Given, OwnOrder, Sources
from tests.verdict.sources.config_settings import Settings, below, contract_of


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_file_on_the_machine_that_bakes_is_not_read(folder: Path) -> None:
    (folder / "config.toml").write_text("workers = ")
    contract = contract_of(below)
    (folder / "config.toml").write_text("workers = 4")
    assert resolve(contract, environ={}).values["workers"] == 4
    assert b"config.toml" in contract.to_bytes()


def test_a_path_that_the_environment_names_is_the_applications_own(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    class Here(Settings):
        @classmethod
        def settings_customise_sources(cls, settings_cls: Any, env_settings: Any, **others: Any) -> tuple[Any, ...]:  # type: ignore[override]
            path = os.environ.get("SHOP_CONFIG", "config.toml")
            return env_settings, TomlConfigSettingsSource(settings_cls, toml_file=path)

    (deferred,) = bake(Here, name="shop", version="1").deferred
    assert (
        deferred["name"]
        == "TomlConfigSettingsSource of test_a_path_that_the_environment_names_is_the_applications_own.<locals>.Here"
    )


def test_a_source_that_is_there_only_with_its_file_is_the_applications_own(folder: Path) -> None:
    class Here(Settings):
        @classmethod
        def settings_customise_sources(cls, settings_cls: Any, env_settings: Any, **others: Any) -> tuple[Any, ...]:  # type: ignore[override]
            files = [path for path in (Path("a.toml"),) if path.exists()]
            return env_settings, *(TomlConfigSettingsSource(settings_cls, file) for file in files)

    contract = bake(Here, name="shop", version="1")
    assert [entry["kind"] for entry in contract.deferred] == ["source"]
    (folder / "a.toml").write_text("workers = 1")
    assert resolve(contract, environ={}).ok  # the application may find in it what is required
    assert not resolve(contract, environ={"SHOP_WORKERS": "x"}).ok


def test_files_that_are_named_only_where_they_are_there_are_the_applications_own(folder: Path) -> None:
    class Here(Settings):
        @classmethod
        def settings_customise_sources(cls, settings_cls: Any, env_settings: Any, **others: Any) -> tuple[Any, ...]:  # type: ignore[override]
            files = [path for path in (Path("a.toml"),) if path.is_file()]
            return env_settings, TomlConfigSettingsSource(settings_cls, files)

    assert [entry["kind"] for entry in bake(Here, name="shop", version="1").deferred] == ["source"]


class LeavesOut(TomlConfigSettingsSource):
    def __init__(self, settings_cls: Any) -> None:
        super().__init__(settings_cls, "config.toml")
        self.init_kwargs.pop("workers", None)


class Reads(TomlConfigSettingsSource):
    def _read_file(self, file_path: Any) -> dict[str, Any]:
        return {"workers": 1}


class Named(TomlConfigSettingsSource):
    def __init__(self, settings_cls: Any) -> None:
        super().__init__(settings_cls, "config.toml")


@pytest.mark.parametrize(("own", "run"), [(LeavesOut, False), (Reads, False), (Named, True)])
def test_only_a_source_that_reads_as_it_always_does_is_run(own: Any, run: bool) -> None:
    class Here(OwnOrder, Settings):
        @classmethod
        def in_order(cls, given: Given) -> Sources:
            return given.environment, own(cls)

    assert bool(bake(Here, name="shop", version="1").deferred) is not run
