"""`declare(Settings, given=…)`: what a factory of the application gives the constructor."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from confcontract import Contract, bake, declare, resolve
from tests.fidelity.oracle import settings_verdict, surroundings
from tests.fidelity.spec import Environment
from tests.support.commands import run, said
from tests.support.modules import PRELUDE, module

SETTINGS = """
class Database(BaseModel):
    host: str
    pool: int = 1

class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_nested_delimiter="__")
    secret: SecretStr
    port: int = Field(ge=1)
    hosts: list[str]
    database: Database
    name: str = Field("n", validation_alias="APP_NAME")

    @field_validator("secret", mode="before")
    def decrypted(cls, value):
        return value

class Other(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="OTHER_")
    token: str
    level: int = 1
"""
CANARY = "canary-77b0"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with module(SETTINGS, tmp_path_factory.mktemp("made")) as made:
        yield made


def baked(*declared: Any) -> Contract:
    return Contract(json.loads(bake(*declared, name="shop", version="1").to_bytes()))


ENVIRONMENTS: list[Mapping[str, str]] = [
    {},
    {"PORT": "1"},
    {"PORT": "0"},
    {"PORT": "1", "SECRET": "x"},
    {"PORT": "1", "HOSTS": '["a"]'},
    {"PORT": "1", "HOSTS": "no JSON"},
    {"PORT": "1", "DATABASE__POOL": "2"},
    {"PORT": "1", "APP_NAME": "x"},
]


@pytest.mark.parametrize("environ", ENVIRONMENTS)
def test_the_verdict_is_that_of_the_class_as_the_factory_makes_it(environ: Mapping[str, str], made: Any) -> None:
    given = {"secret": "s", "hosts": ["h"], "database": {"host": "h"}}
    contract = baked(declare(made.Settings, given=set(given)))
    environment = Environment(tuple(environ.items()))
    factory: Any = partial(made.Settings, **given)
    factory.__name__ = "Settings"
    theirs = settings_verdict(factory, environment)
    with surroundings(environment, variables=False):
        ours = resolve(contract, environ=environ)
    assert ours.ok == theirs.accepted, (ours.problems, theirs)
    if ours.ok:
        assert {name: ours.values[name] for name in ("port", "name")} == {
            name: theirs.values[name] for name in ("port", "name")
        }


def test_what_is_given_is_not_required_and_said_to_be_given(made: Any) -> None:
    contract = baked(declare(made.Settings, given=["secret", "APP_NAME"]))
    found = {each["name"]: each for each in contract.variables}
    assert not found["SECRET"]["required"]
    assert found["SECRET"]["secret"]
    assert found["PORT"]["required"]
    assert [(each["kind"], each["variables"]) for each in contract.deferred] == [
        ("argument", ["APP_NAME"]),
        ("argument", ["SECRET"]),
    ]


def test_a_value_that_has_no_effect_is_told_and_not_shown(made: Any) -> None:
    contract = baked(declare(made.Settings, given={"secret", "hosts", "database"}))
    problems = resolve(contract, environ={"PORT": "1", "SECRET": CANARY}).problems
    (told,) = (each for each in problems if each.severity == "warning")
    assert (told.code, told.variable, told.source) == ("value-ignored", "SECRET", "environment")
    assert CANARY not in str(problems)


def test_options_of_the_constructor_are_those_of_the_class(made: Any, tmp_path: Path) -> None:
    (tmp_path / "prod.env").write_text("X_TOKEN=t\nX_LEVEL=5\n", encoding="utf-8")
    options = {"_env_file": str(tmp_path / "prod.env"), "_env_prefix": "X_"}
    contract = baked(declare(made.Other, given=options))
    assert [each["name"] for each in contract.variables] == ["X_TOKEN", "X_LEVEL"]
    assert resolve(contract, environ={}).values == {"token": "t", "level": 5}
    assert resolve(contract, environ={"X_LEVEL": "6"}).values == {"token": "t", "level": 6}
    assert made.Other.model_config["env_prefix"] == "OTHER_"
    assert not resolve(baked(made.Other), environ={}).ok


def test_one_of_several_classes_may_be_given_something(made: Any) -> None:
    contract = baked(declare(made.Settings, given={"hosts", "database"}), declare(made.Other, given={"token"}))
    assert resolve(contract, environ={"PORT": "1", "SECRET": "s"}).ok
    assert [each.variable for each in resolve(contract, environ={}).problems if each.severity == "error"] == [
        "PORT",
        "SECRET",
    ]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"secrte"}, "Settings takes no argument 'secrte': did you mean 'secret'?"),
        ({"name"}, "Settings takes no argument 'name'"),
        ({"_env_fil": "x"}, "Settings takes no argument '_env_fil': did you mean '_env_file'?"),
        ({"_env_file"}, "of _env_file, the value is needed, too"),
        ("secret", "given takes names of arguments"),
    ],
)
def test_what_the_constructor_does_not_take_is_refused(given: Any, told: str, made: Any) -> None:
    with pytest.raises(ValueError, match=re.escape(told)):
        declare(made.Settings, given=given)


def test_the_commands_know_of_it(tmp_path: Path) -> None:
    declared = 'DECLARED = declare(Settings, given={"secret", "hosts", "database"})\n'
    (tmp_path / "app_settings.py").write_text(PRELUDE + "from pydantic import field_validator\n" + SETTINGS + declared)
    done = run("bake", "app_settings:DECLARED", "-o", "out", cwd=tmp_path)
    assert done.returncode == 0, said(done)
    assert "SECRET: argument secret" in said(done)
    command = ("validate", "--contract", "out/contract.json", "--model", "app_settings:DECLARED")
    done = run(*command, cwd=tmp_path, environ={"PORT": "1"})
    assert done.returncode == 0, said(done)
    done = run(*command, cwd=tmp_path, environ={"PORT": "0", "SECRET": CANARY})
    assert done.returncode == 78
    assert CANARY not in said(done)
    assert "[value-ignored]" in said(done)
    done = run("docs", "--contract", "out/contract.json", cwd=tmp_path)
    assert "SECRET" in done.stdout
    done = run("explain", "--contract", "out/contract.json", cwd=tmp_path, environ={"PORT": "1", "SECRET": CANARY})
    assert CANARY not in said(done)
