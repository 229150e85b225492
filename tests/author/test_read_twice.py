"""Two fields of a class that read one variable: a fall-back, as a rule. Both get it, and bake says so."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from confcontract import Contract, bake, resolve
from tests.fidelity.oracle import same, settings_verdict
from tests.fidelity.spec import Environment
from tests.support.modules import module

SETTINGS = """
class FallBack(BaseSettings):
    db_uri: str = Field("here", validation_alias=AliasChoices("app_db_uri", "database_uri"))
    queue_uri: str = Field("here", validation_alias=AliasChoices("queue_uri", "app_db_uri", "database_uri"))

class OneName(BaseSettings):
    number: int = Field(1, validation_alias="X")
    text: str = Field("2", validation_alias="x")

class Apart(BaseSettings):
    model_config = SettingsConfigDict(case_sensitive=True)
    number: int = Field(1, validation_alias="X")
    text: str = Field("2", validation_alias="x")
"""
NAMES = {
    "FallBack": ("APP_DB_URI", "DATABASE_URI", "QUEUE_URI"),
    "OneName": ("X", "x"),
    "Apart": ("X", "x"),
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with module(SETTINGS, tmp_path_factory.mktemp("made")) as made:
        yield made


@pytest.mark.parametrize("name", NAMES)
def test_every_field_gets_what_the_class_gives_it(name: str, made: Any, tmp_path: Path) -> None:
    cls = getattr(made, name)
    contract = Contract(json.loads(bake(cls, name="app").to_bytes()))
    choices = list(itertools.product((None, "7", "word"), repeat=len(NAMES[name])))
    for given, in_file in itertools.product(choices, choices):
        environ = {key: value for key, value in zip(NAMES[name], given, strict=True) if value is not None}
        lines = [f"{key}=file-{value}\n" for key, value in zip(NAMES[name], in_file, strict=True) if value is not None]
        (tmp_path / "given.env").write_text("".join(lines), encoding="utf-8")
        ours = resolve(contract, environ=environ, env_files=[tmp_path / "given.env"])
        theirs = settings_verdict(cls, Environment(tuple(ours.environ.items())))
        assert ours.ok == theirs.accepted, (environ, lines, ours.problems, theirs)
        assert not ours.ok or same(theirs.values, ours.values), (environ, lines)
        alone = settings_verdict(cls, Environment(tuple(environ.items())))
        changed = {key for key, value in (alone.values or {}).items() if ours.ok and ours.values[key] != value}
        set_by_environment = {key for key, value in (alone.values or {}).items() if value not in ("here", 1, "2")}
        assert not changed & set_by_environment, (environ, lines)  # a file outranks nothing of the environment


def test_bake_says_so(made: Any) -> None:
    (told,) = bake(made.FallBack, name="app").warnings
    assert told.message == "FallBack.queue_uri: shares the environment variable APP_DB_URI with db_uri"
    (told,) = bake(made.OneName, name="app").warnings
    assert told.message.startswith("OneName.text: shares the environment variable")
    assert not bake(made.Apart, name="app").warnings


def test_each_value_has_its_source(made: Any) -> None:
    contract = bake(made.FallBack, name="app")
    result = resolve(contract, environ={"DATABASE_URI": "x"})
    assert {name: (source.kind, source.name) for name, source in result.sources.items()} == {
        "APP_DB_URI": ("environment", "DATABASE_URI"),
        "QUEUE_URI": ("environment", "DATABASE_URI"),
    }
