"""Values that a source of the application's own may give or replace: explain says that they are not checked."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel
from pydantic_settings import BaseSettings, SettingsConfigDict, TomlConfigSettingsSource

from confcontract import bake, resolve
from confcontract.verdict.explain import rows
from tests.support.own_order import Given, OwnOrder, Sources


class Own(TomlConfigSettingsSource):
    def _read_file(self, *_: Any) -> dict[str, Any]:
        return {"workers": 7}


class Database(BaseModel):
    host: str = "h"
    port: int = 1


class Below(OwnOrder, BaseSettings):
    model_config = SettingsConfigDict(env_nested_delimiter="__")
    workers: int
    name: str = ""
    database: Database = Database()

    @classmethod
    def in_order(cls, given: Given) -> Sources:
        return given.environment, Own(cls, "own.toml")


class Above(Below):
    @classmethod
    def in_order(cls, given: Given) -> Sources:
        return Own(cls, "own.toml"), given.environment


IT, ANOTHER = "may give it", "may give another value"


@pytest.mark.parametrize(
    ("settings", "environ", "expected"),
    [
        (Below, {}, {"WORKERS": IT, "NAME": IT, "DATABASE__PORT": IT}),
        (Below, {"WORKERS": "1", "DATABASE__PORT": "2"}, {"WORKERS": None, "DATABASE__PORT": None, "NAME": IT}),
        (Above, {"WORKERS": "auto"}, {"WORKERS": ANOTHER, "NAME": IT}),
    ],
)
def test_explain_says_what_is_not_checked(
    settings: Any, environ: dict[str, str], expected: dict[str, str | None]
) -> None:
    result = resolve(bake(settings, name="shop", version="1"), environ=environ)
    assert result.ok
    notes = {row.name: [note for note in row.notes if note.startswith("not checked")] for row in rows(result)}
    for name, words in expected.items():
        assert notes[name] == ([] if words is None else [f"not checked: Own of {settings.__name__} {words}"])
