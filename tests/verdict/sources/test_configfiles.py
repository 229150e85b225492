"""Configuration files that a settings class names: what boot makes of them, and what it says."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from pydantic import AliasPath, BaseModel, Field
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    JsonConfigSettingsSource,
    PyprojectTomlConfigSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
    YamlConfigSettingsSource,
)

from confcontract import bake, resolve
from confcontract.verdict.explain import rows
from tests.support.own_order import Given, OwnOrder, Sources
from tests.verdict.sources.config_settings import Database, Settings, above, below, contract_of, shown


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


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
        (TomlConfigSettingsSource, b"workers = \n", "config, line 1, column 11: is not valid TOML"),
        (TomlConfigSettingsSource, b"workers = 1\nworkers = 2\n", "config, line 2, column 12: is not valid TOML"),
        (TomlConfigSettingsSource, b"workers = 1\rtags = []", "config, line 1, column 12: is not valid TOML"),
        (TomlConfigSettingsSource, b"\xff", "config, line 1, column 1: is not UTF-8 text"),
        (YamlConfigSettingsSource, b"workers: [1\n", "is not valid YAML"),
        (YamlConfigSettingsSource, b"- 1\n", "config: has no mapping at the top level"),
        (YamlConfigSettingsSource, b"workers: !!python/name:os.system x\n", "config, line 1, column 10: has a tag"),
        (YamlConfigSettingsSource, b"1: x\n", "is a key that is not text"),
        (JsonConfigSettingsSource, b"[1]", "config: has no object at the top level"),
        (JsonConfigSettingsSource, b'{"workers": 1,}', "is not valid JSON"),
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
    assert "aliases that expand to more than" in problem.message


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
        limits: dict[str, int] = Field({})
        items: list[Database] = Field([])

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
