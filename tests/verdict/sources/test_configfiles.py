"""Configuration files that a settings class names: what boot makes of them, and what it says."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import AliasPath, BaseModel, Field, SecretStr
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    JsonConfigSettingsSource,
    PyprojectTomlConfigSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
    YamlConfigSettingsSource,
)

from confcontract import Contract, bake, resolve
from confcontract.verdict.explain import Row, rows
from tests.support.own_order import Given, OwnOrder, Sources


class Database(BaseModel):
    host: str = "localhost"
    port: int = 5432
    password: SecretStr = SecretStr("")


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_", env_nested_delimiter="__")
    workers: int
    tags: list[str] = []
    database: Database = Database()


InOrder = Callable[[Any, Any], Sources]


def contract_of(sources: InOrder, **config: Any) -> Contract:
    class Here(OwnOrder, Settings):
        model_config = SettingsConfigDict(**config)  # type: ignore[typeddict-item]

        @classmethod
        def in_order(cls, given: Given) -> Sources:
            return sources(cls, given.environment)

    contract = bake(Here, name="shop", version="1")
    assert not contract.deferred
    return contract


def below(cls: Any, env: Any) -> tuple[Any, ...]:
    return env, TomlConfigSettingsSource(cls, toml_file="config.toml")


def above(cls: Any, env: Any) -> tuple[Any, ...]:
    return TomlConfigSettingsSource(cls, toml_file="config.toml"), env


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def shown(contract: Contract, **environ: str) -> dict[str, Row]:
    return {row.name: row for row in rows(resolve(contract, environ=environ))}


def test_a_required_field_is_given_by_the_file_and_a_wrong_value_in_it_is_refused(folder: Path) -> None:
    contract = contract_of(below)
    (missing,) = resolve(contract, environ={}).problems
    assert (missing.code, missing.variable) == ("value-missing", "SHOP_WORKERS")
    (folder / "config.toml").write_text("workers = 4\n")
    assert resolve(contract, environ={}).values["workers"] == 4
    (folder / "config.toml").write_text("# here\nworkers = 'many'\n")
    (wrong,) = resolve(contract, environ={}).problems
    assert (wrong.variable, wrong.source) == ("SHOP_WORKERS", "config.toml, line 2, column 1")
    assert "got 'many'" in wrong.message


def test_a_key_that_is_no_settings_is_told_with_its_line_and_the_one_that_is_meant(folder: Path) -> None:
    (folder / "config.toml").write_text("workers = 4\nwrokers = 3\n")
    (problem,) = resolve(contract_of(below), environ={}).problems
    assert (problem.code, problem.source) == ("name-unknown", "config.toml, line 2, column 1")
    assert problem.hint == "did you mean workers?"


IGNORED = """
workers = 4
tasg = ["x"]
colour = "red"

[database]
Port = 1
prot = 2
host = "db"

[pools.main]
sice = 1
"""


def test_keys_that_the_class_takes_no_notice_of_are_told(folder: Path) -> None:
    class Pool(BaseModel):
        size: int = 1

    class Shared(OwnOrder, Settings):
        model_config = SettingsConfigDict(extra="ignore", toml_file="config.toml")
        pools: dict[str, Pool] = {}

        @classmethod
        def in_order(cls, given: Given) -> Sources:
            return given.environment, TomlConfigSettingsSource(cls)

    contract = bake(Shared, name="shop", version="1")
    (folder / "config.toml").write_text(IGNORED)
    told = [(p.severity, p.variable, p.source, p.hint) for p in resolve(contract, environ={}).problems]
    assert told == [
        ("warning", "database.Port", "config.toml, line 7, column 1", "did you mean database.port?"),
        ("warning", "database.prot", "config.toml, line 8, column 1", "did you mean database.port?"),
        ("warning", "pools.main.sice", "config.toml, line 12, column 1", "did you mean pools.main.size?"),
        ("warning", "tasg", "config.toml, line 3, column 1", "did you mean tags?"),
    ]
    strict = resolve(contract, environ={}, strict=True).problems
    assert [p.severity for p in strict] == ["error", "error", "error", "warning"]
    (folder / "config.toml").write_text("workers = 4\ntags = []\ntasg = 1\nwork = 1\n[database]\nport = 3\n")
    assert resolve(contract, environ={}).problems == []  # what is given is meant, and "work" is like nothing


def test_a_key_beside_a_secret_is_named_only_where_it_is_nearly_a_setting_s(folder: Path) -> None:
    class Login(BaseModel):
        user: str = "app"
        password: SecretStr = SecretStr("")

    class Logins(OwnOrder, BaseSettings):
        model_config = SettingsConfigDict(extra="ignore", toml_file="config.toml")
        login: Login = Login()

        @classmethod
        def in_order(cls, given: Given) -> Sources:
            return given.environment, TomlConfigSettingsSource(cls)

    (folder / "config.toml").write_text("[login]\npasswrod = 'x'\nzq81-hunter2 = 1\n")
    told = resolve(bake(Logins, name="shop", version="1"), environ={}).problems
    assert [(p.variable, p.source, p.hint) for p in told] == [
        ("login.passwrod", "config.toml, line 2, column 1", "did you mean login.password?"),
        ("login", "config.toml, line 3, column 1", "correct the spelling, or remove it"),
    ]


def test_keys_of_a_settings_class_within_are_told_by_its_own_file(folder: Path) -> None:
    class Inner(OwnOrder, BaseSettings):
        model_config = SettingsConfigDict(toml_file="inner.toml", extra="ignore")
        level: int = 1
        database: Database = Database()

        @classmethod
        def in_order(cls, given: Given) -> Sources:
            return given.environment, TomlConfigSettingsSource(cls)

    class Outer(BaseSettings):
        inner: Inner

    contract = bake(Outer, name="shop", version="1")
    (folder / "inner.toml").write_text("levle = 2\n[database]\nhots = 'h'\n")
    told = [(p.variable, p.source, p.hint) for p in resolve(contract, environ={"inner": "{}"}).problems]
    assert told == [
        ("database.hots", "inner.toml, line 3, column 1", "did you mean database.host?"),
        ("levle", "inner.toml, line 1, column 1", "did you mean level?"),
    ]


def test_every_value_has_its_source_with_file_and_line(folder: Path) -> None:
    (folder / "config.toml").write_text('workers = 4\n\n[database]\nport = 1\nhost = "db"\n')
    table = shown(contract_of(below), SHOP_DATABASE__PORT="2")
    assert table["SHOP_WORKERS"].source == "config.toml, line 1"
    assert table["SHOP_DATABASE__HOST"].source == "config.toml, line 5"
    assert (table["SHOP_DATABASE__PORT"].source, table["SHOP_DATABASE__PORT"].value) == ("environment", "2")
    assert table["SHOP_DATABASE__PORT"].overridden == ["config.toml, line 4"]
    assert table["SHOP_TAGS"].source == "default in the image"


def test_where_the_file_outranks_the_environment_explain_shows_it_and_boot_warns(folder: Path) -> None:
    (folder / "config.toml").write_text("workers = 4\n[database]\nport = 1\n")
    contract = contract_of(above)
    result = resolve(contract, environ={"SHOP_WORKERS": "8", "SHOP_DATABASE__PORT": "2", "SHOP_DATABASE__HOST": "x"})
    assert result.values["workers"] == 4
    assert [(p.code, p.variable, p.severity) for p in result.problems] == [
        ("value-outranked", "SHOP_WORKERS", "warning"),
        ("value-outranked", "SHOP_DATABASE__PORT", "warning"),
    ]
    assert "config.toml, line 1" in result.problems[0].message
    table = {row.name: row for row in rows(result)}
    assert (table["SHOP_WORKERS"].value, table["SHOP_WORKERS"].source) == ("4", "config.toml, line 1")
    assert table["SHOP_WORKERS"].overridden == ["environment"]
    assert (table["SHOP_DATABASE__HOST"].value, table["SHOP_DATABASE__HOST"].source) == ("x", "environment")


def test_a_secret_in_a_file_is_masked(folder: Path) -> None:
    (folder / "config.toml").write_text('workers = 4\n[database]\npassword = "hunter2"\nport = "hunter3"\n')
    result = resolve(contract_of(below), environ={})
    table = rows(result)
    assert not any("hunter2" in f"{row.value} {row.text} {row.source}" for row in table)
    (folder / "config.toml").write_text('workers = 4\n[database]\npassword = ["hunter2"]\n')
    (problem,) = resolve(contract_of(below), environ={}).problems
    assert problem.variable == "SHOP_DATABASE__PASSWORD"
    assert "hunter2" not in repr(problem.as_dict())


@pytest.mark.parametrize(
    ("kind", "content", "said"),
    [
        (TomlConfigSettingsSource, b"workers = \n", "config, line 1, column 11: is no valid TOML"),
        (TomlConfigSettingsSource, b"workers = 1\nworkers = 2\n", "config, line 2, column 12: is no valid TOML"),
        (TomlConfigSettingsSource, b"workers = 1\rtags = []", "config, line 1, column 12: is no valid TOML"),
        (TomlConfigSettingsSource, b"\xff", "config, line 1, column 1: is no UTF-8 text"),
        (YamlConfigSettingsSource, b"workers: [1\n", "is no valid YAML"),
        (YamlConfigSettingsSource, b"- 1\n", "config: holds no mapping at its top"),
        (YamlConfigSettingsSource, b"workers: !!python/name:os.system x\n", "config, line 1, column 10: has a tag"),
        (YamlConfigSettingsSource, b"1: x\n", "has a name that is no text"),
        (JsonConfigSettingsSource, b"[1]", "config: holds no object at its top"),
        (JsonConfigSettingsSource, b'{"workers": 1,}', "is no valid JSON"),
        (JsonConfigSettingsSource, b"\xef\xbb\xbf{}", "begins with a byte order mark"),
    ],
)
def test_a_file_that_keeps_the_application_from_starting_is_refused_by_name(
    folder: Path, kind: Any, content: bytes, said: str
) -> None:
    contract = contract_of(lambda cls, env: (env, kind(cls, "config")))
    (folder / "config").write_bytes(content)
    result = resolve(contract, environ={})
    (problem,) = result.problems  # and nothing is said to be missing: it may well be in there
    assert said in problem.message
    assert (problem.code, result.exit_code) == ("source-malformed", 78)


def test_a_bomb_of_aliases_is_refused_before_it_grows(folder: Path) -> None:
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    lines += [
        f"{new}: &{new} [{', '.join(9 * [f'*{old}'])}]" for old, new in zip("abcdefghi", "bcdefghij", strict=True)
    ]
    (folder / "config").write_text("\n".join(lines))
    contract = contract_of(lambda cls, env: (env, YamlConfigSettingsSource(cls, "config")))
    (problem,) = resolve(contract, environ={}).problems
    assert "aliases that lead to more than" in problem.message


def test_yaml_without_pyyaml_is_told_at_bake_and_at_boot(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    contract = contract_of(lambda cls, env: (env, YamlConfigSettingsSource(cls, "config.yaml")))
    assert not contract.warnings
    monkeypatch.setitem(sys.modules, "yaml", None)
    monkeypatch.setattr("confcontract.author.refusals.find_spec", lambda name: None)
    (told,) = contract_of(lambda cls, env: (env, YamlConfigSettingsSource(cls, "config.yaml"))).warnings
    assert "config.yaml" in told.message
    assert "confcontract[yaml]" in str(told.hint)
    assert resolve(contract, environ={"SHOP_WORKERS": "1"}).ok  # without the file the application does not need it
    (folder / "config.yaml").write_text("workers: 1\n")
    result = resolve(contract, environ={})
    (problem,) = result.problems
    assert (problem.code, result.exit_code) == ("release-unsupported", 78)
    assert "confcontract[yaml]" in str(problem.hint)


def test_several_files_tables_and_sections(folder: Path) -> None:
    def sources(cls: Any, env: Any) -> tuple[Any, ...]:
        return (
            env,
            TomlConfigSettingsSource(cls, ["a.toml", "b.toml"], toml_table_header=("tool", "shop"), deep_merge=True),
            YamlConfigSettingsSource(cls, "c.yaml", yaml_config_section="shop.web"),
            PyprojectTomlConfigSettingsSource(cls),
        )

    (folder / "a.toml").write_text("[tool.shop]\nworkers = 1\n[tool.shop.database]\nhost = 'a'\n")
    (folder / "b.toml").write_text("[tool.shop.database]\nport = 2\n")
    (folder / "c.yaml").write_text("shop:\n  web:\n    workers: 5\n    tags: [c]\n")
    (folder / "pyproject.toml").write_text("[tool.pydantic-settings]\ntags = ['p']\n")
    contract = contract_of(sources)
    assert resolve(contract, environ={}).values["database"] == {"host": "a", "port": 2, "password": ""}
    table = shown(contract)
    lines = [table[f"SHOP_{name}"].source for name in ("WORKERS", "DATABASE__HOST", "DATABASE__PORT", "TAGS")]
    assert lines == ["a.toml, line 2", "a.toml, line 4", "b.toml, line 2", "c.yaml, line 4"]


def test_a_file_that_is_absent_or_a_folder_is_as_if_it_were_not_named(folder: Path) -> None:
    contract = contract_of(below)
    assert resolve(contract, environ={"SHOP_WORKERS": "1"}).ok
    (folder / "config.toml").mkdir()
    assert resolve(contract, environ={"SHOP_WORKERS": "1"}).ok


def test_a_file_that_can_not_be_read_is_refused_as_the_application_refuses_it(folder: Path) -> None:
    (folder / "config.toml").symlink_to("/proc/self/mem")  # which root can't read either
    (problem,) = resolve(contract_of(below), environ={"SHOP_WORKERS": "1"}).problems
    assert (problem.code, problem.severity) == ("source-unreadable", "error")
    assert problem.message.startswith("config.toml: can't be read")
    with pytest.raises(OSError, match="put/output"):
        TomlConfigSettingsSource(Settings, "config.toml")


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


class Aliased(BaseModel):
    host: str = Field(default="h", alias="hostName")


class Inner(OwnOrder, BaseSettings):
    model_config = SettingsConfigDict(env_prefix="INNER_")
    level: int = 0

    @classmethod
    def in_order(cls, given: Given) -> Sources:
        return TomlConfigSettingsSource(cls, "inner.toml"), given.environment


class Outer(OwnOrder, BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_", env_nested_delimiter="__")
    db: Aliased = Aliased()
    first: int = Field(default=0, validation_alias=AliasPath("all", "first"))
    inner: Inner = Field(default_factory=Inner)

    @classmethod
    def in_order(cls, given: Given) -> Sources:
        return TomlConfigSettingsSource(cls, "outer.toml"), given.environment


def test_aliases_and_settings_classes_within_have_their_places_too(folder: Path) -> None:
    (folder / "outer.toml").write_text("[all]\nfirst = 7\n[db]\nhostName = 'file'\n")
    (folder / "inner.toml").write_text("\nlevel = 5\n")
    contract = bake(Outer, name="shop", version="1")
    environ = {"SHOP_DB__HOSTNAME": "env", "INNER_LEVEL": "1"}
    result = resolve(contract, environ=environ)
    assert result.values == {"db": {"host": "file"}, "first": 7, "inner": {"level": 5}}
    sources = {name: str(source) for name, source in result.sources.items()}
    assert sources["SHOP_DB__HOSTNAME"] == "outer.toml, line 4"
    assert sources["ALL__FIRST"] == "outer.toml, line 1"  # the table that the path leads into
    assert sources["SHOP_INNER__LEVEL"] == "inner.toml, line 2"
    told = {problem.variable for problem in result.problems if problem.code == "value-outranked"}
    assert told == {"SHOP_DB__HOSTNAME", "SHOP_INNER__LEVEL"}


def test_a_wrong_value_deep_in_a_file_is_found_by_its_line(folder: Path) -> None:
    class Here(OwnOrder, Settings):
        model_config = SettingsConfigDict(json_file="config.json")
        limits: dict[str, int] = {}
        items: list[Database] = []

        @classmethod
        def in_order(cls, given: Given) -> Sources:
            return given.environment, JsonConfigSettingsSource(cls)

    (folder / "config.json").write_text(
        '{\n"workers": 1,\n"limits": {\n"a": 1,\n"b": "x"},\n"items": [{"port": 1},\n{\n"port": "y"}]}'
    )
    problems = resolve(bake(Here, name="shop", version="1"), environ={}).problems
    assert [(problem.variable, problem.source) for problem in problems] == [
        ("SHOP_LIMITS", "config.json, line 5, column 1"),
        ("SHOP_ITEMS", "config.json, line 8, column 1"),
    ]


def test_the_environment_by_other_names_is_a_source_as_well(folder: Path) -> None:
    def sources(cls: Any, env: Any) -> tuple[Any, ...]:
        return env, EnvSettingsSource(cls, env_prefix="OLD_"), TomlConfigSettingsSource(cls, "config.toml")

    contract = contract_of(sources)
    (folder / "config.toml").write_text("workers = 1\ntags = ['file']\n")
    (folder / "given.env").write_text("SHOP_WORKERS=2\nSHOP_TAGS=[]\n")
    environ = {"OLD_WORKERS": "3", "OLD_DATABASE__PORT": "4", "OLD_NOPE": "x"}
    result = resolve(contract, environ=environ, env_files=[folder / "given.env"])
    assert result.values == {"workers": 3, "tags": [], "database": {"host": "localhost", "port": 4, "password": ""}}
    assert result.environ == {"SHOP_TAGS": "[]", **environ}  # so that the application takes what outranks, too
    assert [problem.variable for problem in result.problems] == ["OLD_NOPE"]
    (wrong,) = resolve(contract, environ={"OLD_WORKERS": "x"}).problems
    assert (wrong.variable, wrong.source) == ("SHOP_WORKERS", "environment, as OLD_WORKERS")
