"""A source that reads in its own way: bake, docs, explain and boot's notes say that what it gives is not checked."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.commands import run, said

SETTINGS = """
from pydantic_settings import BaseSettings, EnvSettingsSource, TomlConfigSettingsSource


class Reads(TomlConfigSettingsSource):
    def _read_file(self, file_path):
        return {"name": "always"}


class Looks(EnvSettingsSource):
    def get_field_value(self, field, field_name):
        return "5", field_name, False


class OfFile(BaseSettings):
    name: str
    workers: int = 1

    @classmethod
    def settings_customise_sources(cls, settings_cls, env_settings, **others):
        return env_settings, Reads(settings_cls, toml_file="a.toml")


class OfEnvironment(OfFile):
    @classmethod
    def settings_customise_sources(cls, settings_cls, **others):
        return (Looks(settings_cls),)
"""


@pytest.mark.parametrize("name", ["OfFile", "OfEnvironment"])
def test_what_a_source_of_its_own_gives_is_not_checked(name: str, tmp_path: Path) -> None:
    (tmp_path / "unread_sources.py").write_text(SETTINGS)
    environ = {"PYTHONPATH": str(tmp_path)}
    baked = run("bake", f"unread_sources:{name}", "--name", "shop", environ=environ, cwd=tmp_path)
    assert baked.returncode == 0
    for command in (("docs",), ("explain",)):
        done = run(*command, "--contract", str(tmp_path / "contract.json"), environ={}, cwd=tmp_path)
        assert done.returncode == 0
        assert "not checked" in said(done), command
    assert "not checked" in said(baked)
