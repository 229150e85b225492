"""`bake a:A b:B`: one contract of the settings classes that an application makes side by side."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from confcontract import Contract, bake, resolve
from confcontract.report.errors import BakeRefused
from tests.fidelity.oracle import same, settings_verdict, surroundings
from tests.fidelity.spec import Environment
from tests.support.commands import run, said
from tests.support.modules import PRELUDE, module

SETTINGS = """
class Settings(BaseSettings):
    port: int
    host: str = "localhost"
    tags: list[str] = []

class Database(BaseModel):
    host: str = "db"
    pool: int = Field(5, ge=1, le=10)

class PostgresSettings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="PG_", env_nested_delimiter="__", env_file="pg.env", extra="forbid")
    url: PostgresDsn
    password: SecretStr
    database: Database = Database()
    labels: dict[str, str] = {}

class Worker(BaseSettings):
    port: str = "any"
    settings: str = "its own"
    level: Literal["low", "high"] = Field("low", validation_alias=AliasChoices("WORKER_LEVEL", "LEVEL"))

class Sensitive(BaseSettings):
    model_config = SettingsConfigDict(case_sensitive=True)
    name: str = ""

class Nested(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="OUTER_", env_nested_delimiter="__")
    worker: Worker = Field(default_factory=Worker)
    size: int = 1
"""
CANARY = "canary-2c61"
NEEDED = {"PORT": "1", "PG_URL": "postgres://h/db", "PG_PASSWORD": CANARY}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with module(SETTINGS, tmp_path_factory.mktemp("made")) as made:
        yield made


@pytest.fixture(scope="module")
def contract(made: Any) -> Contract:
    baked = bake(made.Settings, made.PostgresSettings, made.Worker, made.Nested, name="shop", version="1")
    return Contract(json.loads(baked.to_bytes()))


ENVIRONMENTS: list[Mapping[str, str]] = [
    {},
    NEEDED,
    NEEDED | {"PORT": "x"},
    NEEDED | {"port": "2", "HOST": ""},
    NEEDED | {"TAGS": "[1]"},
    NEEDED | {"TAGS": '["a"]', "LEVEL": "high"},
    NEEDED | {"TAGS": "a,b"},
    NEEDED | {"PG_DATABASE__POOL": "11"},
    NEEDED | {"PG_DATABASE__POOL": "3", "PG_DATABASE": '{"host": "x"}'},
    NEEDED | {"PG_LABELS__A": "b"},
    NEEDED | {"PG_URL": "mysql://h/db"},
    NEEDED | {"WORKER_LEVEL": "mid"},
    NEEDED | {"SETTINGS": '{"port": "x"}', "POSTGRES_SETTINGS": "{}", "WORKER": "1", "NESTED": "2"},
    NEEDED | {"OUTER_WORKER__PORT": "9", "OUTER_SIZE": "2"},
    NEEDED | {"OUTER_SIZE": "big"},
    NEEDED | {"OUTER_WORKER": '{"level": "high"}'},
]
FILES = ("", "PG_DATABASE__POOL=7\n", "PG_NOPE=1\n", "PG_PASSWORD=x\nPG_DATABASE={}\n")


@pytest.mark.parametrize("text", FILES)
@pytest.mark.parametrize("environ", ENVIRONMENTS)
def test_each_class_is_validated_as_its_own_settings(
    environ: Mapping[str, str], text: str, made: Any, contract: Contract
) -> None:
    environment = Environment(tuple(environ.items()), (("pg.env", text),))
    classes = {
        "settings": made.Settings,
        "postgres_settings": made.PostgresSettings,
        "worker": made.Worker,
        "nested": made.Nested,
    }
    theirs = {name: settings_verdict(cls, environment) for name, cls in classes.items()}
    with surroundings(environment, variables=False):
        ours = resolve(contract, environ=environ)
    assert ours.ok == all(each.accepted for each in theirs.values()), (ours.problems, theirs)
    if ours.ok:
        assert same({name: each.values for name, each in theirs.items()}, ours.values)
        assert ours.environ == environ


def test_every_class_is_a_section_and_nothing_is_required_less(contract: Contract) -> None:
    found = {".".join(each["path"]): each for each in contract.variables}
    assert {path for path, each in found.items() if each["required"]} == {
        "settings.port",
        "postgres_settings.url",
        "postgres_settings.password",
    }
    assert found["postgres_settings.password"]["secret"]
    assert found["worker.level"]["name"] == "WORKER_LEVEL"
    assert not any("\0" in name for each in contract.variables for name in (each["name"], *each.get("aliases", ())))


def test_a_variable_that_two_classes_understand_otherwise_is_told(made: Any) -> None:
    (warned,) = bake(made.Settings, made.Worker).warnings
    assert warned.message == (
        "Worker.port: PORT is read by both: Settings.port (integer, required), and Worker.port (text, with a default)"
        ". They differ in: type, whether it is required, default"
    )
    assert not bake(made.Worker, made.PostgresSettings).warnings


OTHERS = """
class Settings(BaseSettings):
    port: int = 9000

class Doubtful(BaseSettings):
    size: int = None
"""


def test_classes_of_one_name_are_told_apart_by_their_modules(made: Any, tmp_path: Path) -> None:
    one_source = "class Settings(BaseSettings):\n    port: int = 1\n"
    with module(one_source, tmp_path) as one, module(OTHERS, tmp_path) as other:
        (warned,) = bake(one.Settings, other.Settings).warnings
        (of_field,) = bake(one.Settings, other.Doubtful).warnings
    assert f"{one.Settings.__module__}:Settings.port (integer, with a default), and {other.__name__}:Settings.port" in (
        warned.message
    )
    assert warned.message.endswith(". They differ in: default")
    assert (of_field.message.partition(":")[0], of_field.source) == (
        "Doubtful.size",
        f"{other.__name__}:Doubtful.size",
    )


def test_a_wrong_value_of_a_shared_variable_is_wrong_for_the_one_that_refuses_it(contract: Contract) -> None:
    problems = resolve(contract, environ=NEEDED | {"PORT": "x"}).problems
    assert [(each.code, each.variable) for each in problems] == [("value-invalid", "PORT")]


def test_a_name_under_the_prefix_of_any_of_them_is_looked_at(contract: Contract) -> None:
    problems = resolve(contract, environ=NEEDED | {"PG_PASSWROD": "x"}).problems
    assert [(each.code, each.hint) for each in problems] == [("name-unknown", "did you mean PG_PASSWORD?")]


def test_sources_count_as_for_one_class(contract: Contract, tmp_path: Path) -> None:
    given = "PORT=7\nPG_DATABASE__POOL=2\nPG_PASSWORD=lower\nPG_URL=postgres://file/db\n"
    (tmp_path / "given.env").write_text(given, encoding="utf-8")
    (tmp_path / "password").write_text(CANARY, encoding="utf-8")
    environ = {"PG_DATABASE": '{"pool": 4}', "PG_PASSWORD_FILE": str(tmp_path / "password")}
    result = resolve(contract, environ=environ, env_files=[tmp_path / "given.env"])
    assert result.ok, result.problems
    assert result.values["postgres_settings"]["database"] == {"host": "db", "pool": 4}
    assert result.values["postgres_settings"]["password"] == CANARY
    assert result.sources["PORT"].kind == "env-file"
    assert result.sources["PG_PASSWORD"].kind == "secret-file"


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (("Settings", "Settings"), "Settings is named twice"),
        (("Settings", "Sensitive"), "Settings and Sensitive differ in case_sensitive"),
    ],
)
def test_what_can_not_stand_side_by_side_is_refused(names: tuple[str, str], told: str, made: Any) -> None:
    with pytest.raises(BakeRefused, match=told):
        bake(*(getattr(made, name) for name in names))


def test_declarations_are_put_together(made: Any) -> None:
    from confcontract import Role, Tcp, declare

    one = declare(made.Settings, name="shop", roles={"web": Role(needs=["PORT"])})
    other = declare(made.PostgresSettings, version="2", checks=[Tcp("db", "PG_URL")])
    contract = bake(one, other)
    assert (contract.name, contract.version) == ("shop", "2")
    assert [*contract.roles] == ["web"]
    assert [each["name"] for each in contract.checks] == ["db"]
    assert resolve(contract, environ={"PORT": "1"}, role="web").ok
    with pytest.raises(BakeRefused, match="different values of name"):
        bake(one, declare(made.PostgresSettings, name="other"))


def test_from_the_command_line_to_the_real_classes(tmp_path: Path) -> None:
    (tmp_path / "app_settings.py").write_text(PRELUDE + SETTINGS, encoding="utf-8")
    named = ("app_settings:Settings", "app_settings:PostgresSettings")
    done = run("bake", *named, "-o", "out", cwd=tmp_path)
    assert done.returncode == 0, said(done)
    assert "HOST=localhost" in (tmp_path / "out" / "defaults.env").read_text().splitlines()
    (tmp_path / "given.env").write_text("".join(f"{name}={value}\n" for name, value in NEEDED.items()))
    models = [word for each in named for word in ("--model", each)]
    command = ("validate", "--contract", "out/contract.json", "--env-file", "given.env", "--no-environ")
    assert run(*command, *models, cwd=tmp_path).returncode == 0
    done = run(*command, *models[:2], cwd=tmp_path)
    assert done.returncode == 64
    assert "name the class, or all classes, from which the contract was baked" in " ".join(said(done).split())
    done = run("explain", "--contract", "out/contract.json", "--env-file", "given.env", cwd=tmp_path)
    assert "PORT=1  # env file given.env, line 1" in done.stdout.splitlines()
    assert CANARY not in said(done)
    done = run("docs", "--contract", "out/contract.json", cwd=tmp_path)
    assert "postgres_settings" in done.stdout
    done = run("boot", "--contract", "out/contract.json", "--env-file", "given.env", "--", "env", cwd=tmp_path)
    assert "PORT=1" in done.stdout.splitlines(), said(done)
    (tmp_path / "given.env").write_text("PORT=x\n")
    done = run(*command, *models, cwd=tmp_path)
    assert done.returncode == 78
    assert said(done).count("[value-invalid]") == 1, said(done)
