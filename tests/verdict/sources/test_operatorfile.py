"""Config files with the structure of the settings: what each key gives, what is wrong with a file, and where."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
import yaml  # type: ignore[import-untyped]
from pydantic import AliasChoices, AliasPath, BaseModel, Field, create_model
from pydantic_settings import BaseSettings, InitSettingsSource, SettingsConfigDict

from confcontract import Contract, bake, resolve
from confcontract.report.problem import Problem
from confcontract.report.suggestions import Known
from confcontract.verdict.explain import rows
from confcontract.verdict.resolution import Resolution
from confcontract.verdict.sources.filekeys import FileKeys
from tests.support.classes import revealed
from tests.support.memory import Memory
from tests.support.pages import ROOT
from tests.verdict.sources.documents.styled import TomlWriter
from tests.verdict.sources.operator_settings import Shop

CANARY = "canary-4e1f"


@pytest.fixture(scope="module")
def contract() -> Contract:
    return bake(Shop, name="shop", version="1")


def given(contract: Contract, folder: Path, text: str | bytes, name: str = "shop.toml", **more: Any) -> Resolution:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return resolve(contract, environ=more.pop("environ", {}), conf_files=[path], **more)


def source(result: Resolution, variable: str) -> str:
    return str(result.sources[variable])


def problem(result: Resolution, code: str) -> Problem:
    (found,) = [each for each in result.problems if each.code == code]
    return found


TREE: dict[str, Any] = {
    "workers": 4,
    "debug": True,
    "ratio": 0.25,
    "version": "1.10",
    "since": "2024-01-02",
    "level": "high",
    "mode": "slow",
    "token": CANARY,
    "tags": ["a", "b"],
    "limits": {"x": 1, "y": 2},
    "REGION": "us",
    "ALL": {"names": ["one", "two"]},
    "database": {"url": "postgres://db", "port": 1, "password": CANARY, "pool": {"poolSize": 9}},
    "backup": {"url": "postgres://backup"},
    "replicas": [{"host": "a"}, {"host": "b", "port": 7}],
    "more": {"a": 2, "b": 3},
}


class First:
    """Whoever is asked to draw takes the first."""

    def __call__(self, strategy: Any) -> Any:
        return strategy.elements[0]


def in_toml(tree: dict[str, Any]) -> str:
    return TomlWriter(First()).document(tree)


WRITERS = {"toml": in_toml, "yaml": yaml.safe_dump, "yml": yaml.safe_dump, "json": json.dumps}


@pytest.mark.parametrize("ending", WRITERS)
def test_a_file_gives_what_the_class_itself_reads_in_it(contract: Contract, tmp_path: Path, ending: str) -> None:
    class FromFile(Shop):
        @classmethod
        def settings_customise_sources(
            cls, settings_cls: type[BaseSettings], *_: Any, **__: Any
        ) -> tuple[InitSettingsSource, ...]:
            return (InitSettingsSource(settings_cls, TREE),)

    result = given(contract, tmp_path, WRITERS[ending](TREE), f"shop.{ending}")
    assert result.ok, result.problems
    assert not [each for each in result.problems if each.severity != "info"]
    with mock.patch.object(os, "environ", result.environ):
        assert revealed(Shop()) == revealed(FromFile())


TOML = """\
workers = 4
[database]
url = "u"
pool.poolSize = 9
[[replicas]]
host = "a"
"""


@pytest.mark.parametrize(
    ("variable", "line"),
    [
        ("SHOP_WORKERS", 1),
        ("SHOP_DATABASE", 2),
        ("SHOP_DATABASE__URL", 3),
        ("SHOP_DATABASE__POOL__POOLSIZE", 4),
        ("SHOP_REPLICAS", 5),
    ],
)
def test_every_value_has_its_file_and_line(contract: Contract, tmp_path: Path, variable: str, line: int) -> None:
    result = given(contract, tmp_path, TOML)
    assert source(result, variable) == f"config file {tmp_path}/shop.toml, line {line}"
    (row,) = [row for row in rows(result) if row.name == variable]
    assert row.source == source(result, variable)


@pytest.mark.parametrize(
    ("text", "key", "position", "meant"),
    [
        ("wokers = 4\n", "wokers", (1, 1), "workers"),
        ("[database]\nprot = 1\n", "database.prot", (2, 1), "database.port"),
        ("[databse]\nport = 1\n", "databse", (1, 2), "database"),
        ("[database.pool]\npoolSize = 1\npolSize = 2\n", "database.pool.polSize", (3, 1), "database.pool.poolSize"),
        ("[database.pool]\nsize = 1\n", "database.pool.size", (2, 1), "database.pool.poolSize"),
        ("[backup.pool]\nwiat = 2\n", "backup.pool.wiat", (2, 1), "backup.pool.wait"),
        ("SHOP_WORKERS = 4\n", "SHOP_WORKERS", (1, 1), "workers"),
        ("SHOP_DATABASE__URL = 'x'\n", "SHOP_DATABASE__URL", (1, 1), "database.url"),
        ("area = 'x'\n", "area", (1, 1), "SHOP_AREA"),
        ("something = 'x'\n", "something", (1, 1), None),
        ("'' = 'x'\n", '""', (1, 1), None),
        ("[database]\n'' = 'x'\n", 'database.""', (2, 1), None),
    ],
)
@pytest.mark.parametrize("strict", [False, True])
def test_an_unknown_key_is_told_with_its_place_and_what_may_be_meant(
    contract: Contract,
    tmp_path: Path,
    text: str,
    key: str,
    position: tuple[int, int],
    meant: str | None,
    strict: bool,
) -> None:
    told = problem(given(contract, tmp_path, text, strict=strict), "name-unknown")
    assert told.variable == key
    assert told.source == f"{tmp_path}/shop.toml, line {position[0]}, column {position[1]}"
    assert told.hint == (f"did you mean {meant}?" if meant else "correct the spelling, or remove it")
    assert told.severity == ("error" if strict else "warning")


def test_any_number_of_unknown_keys_is_asked_for_once_what_each_may_mean(contract: Contract, tmp_path: Path) -> None:
    text = "".join(f"unknown_{number} = 1\n" for number in range(20_000))
    with (
        mock.patch.object(FileKeys, "fields", autospec=True, side_effect=FileKeys.fields) as fields,
        mock.patch.object(Known, "__init__", autospec=True, side_effect=Known.__init__) as made,
    ):
        result = given(contract, tmp_path, text)
    assert max(fields.call_count, made.call_count) < 500
    *told, more = [each for each in result.problems if each.code == "name-unknown"]
    assert len(told) == 100
    assert "19900 more keys" in more.message


@pytest.mark.parametrize(
    ("name", "text", "position"),
    [
        ("a.toml", "tags = [\n  'a',\n  {},\n]\n", "line 3, column 3"),
        ("a.json", '{"tags": ["a", {}]}', "line 1, column 16"),
        ("a.yaml", "tags:\n- a\n- {}\n", "line 3, column 3"),
        ("a.toml", "[database]\n  port = 'x'\n", "line 2, column 3"),
        ("a.toml", "# here\n workers = 'x'\n", "line 2, column 2"),
    ],
)
def test_a_wrong_value_is_told_with_file_line_and_column(
    contract: Contract, tmp_path: Path, name: str, text: str, position: str
) -> None:
    told = [each.source for each in given(contract, tmp_path, text, name).problems if each.code == "value-invalid"]
    assert len(told) == 1
    assert (told[0] or "").startswith(f"config file {tmp_path}/{name}, {position}, as SHOP_")


def test_what_takes_any_key_has_none_that_are_unknown(contract: Contract, tmp_path: Path) -> None:
    result = given(contract, tmp_path, "[limits]\nanything = 1\n[more]\nanything = 'x'\n", strict=True)
    assert result.ok, result.problems
    assert result.values["more"] == {"a": 1, "anything": "x"}


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("Workers = 2", {"workers": 2}),  # at the top case does not matter, as for the class's own files
        ("region = 'us'", {"region": "us"}),  # and REGION is what it is called there
        ("SHOP_AREA = 'them'\nREGION = 'us'", {"region": "us"}),
        ("timeout = 45", {"timeout": "PT45S"}),
        ("timeout = 1.5", {"timeout": "PT1.5S"}),
        ("timeout = 'PT2M'", {"timeout": "PT2M"}),
        ("version = 1.10", {"version": "1.10"}),
        ("since = 2024-01-02", {"since": "2024-01-02"}),
        ("[database]\ncountry = 1.10", {"database": {"country": "1.10"}}),
        ("[database.pool]\npoolSize = 3\nwait = 4", {"database": {"pool": {"size": 3, "wait": "PT4S"}}}),
        ("[backup]", {"backup": {"port": 5432}}),
    ],
)
def test_a_value_becomes_what_the_setting_takes(
    contract: Contract, tmp_path: Path, text: str, values: dict[str, Any]
) -> None:
    result = given(contract, tmp_path, text)
    assert result.ok, result.problems
    assert _less(result.values, values) == values


def _less(document: Any, like: Any) -> Any:
    """A document without what another one doesn't have."""
    return {key: _less(document[key], inner) for key, inner in like.items()} if isinstance(like, dict) else document


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("version: no", {"version": "no"}),
        ("debug: yes", {"debug": True}),
        ("version: 010", {"version": "010"}),
        ("workers: 010", {"workers": 8}),
        ("version: 2024-01-02", {"version": "2024-01-02"}),
        ("database: {country: no}", {"database": {"country": "no"}}),
        ("database: &a {port: 1}\nbackup: {<<: *a, url: b}", {"backup": {"url": "b", "port": 1}}),
        ("workers: null\ntags: ~", {"workers": 1, "tags": []}),
        ("database: {port: null, url: x}", {"database": {"port": 5432, "url": "x"}}),
        ("database:\nbackup:\n", {"backup": None}),
        ("", {"workers": 1}),
    ],
)
def test_yaml_means_what_whoever_wrote_it_meant(
    contract: Contract, tmp_path: Path, text: str, values: dict[str, Any]
) -> None:
    result = given(contract, tmp_path, text, "shop.yaml")
    assert result.ok, result.problems
    assert _less(result.values, values) == values


@pytest.mark.parametrize(
    ("name", "text", "code", "place", "words"),
    [
        ("a.toml", "workers = 1\nworkers = 2", "source-malformed", ", line 2, column", "cannot overwrite a value"),
        ("a.toml", "workers = ", "source-malformed", ", line 1, column 11", "is no valid TOML"),
        ("a.toml", b"version = '\xe9'", "source-unreadable", ", line 1, column 12", "is no UTF-8 text"),
        ("a.yaml", "a: [", "source-malformed", ", line 1, column 5", "is no valid YAML"),
        ("a.yaml", f"token: !{CANARY} x", "source-malformed", ", line 1, column 8", "has a tag"),
        ("a.yaml", f"token: *{CANARY}", "source-malformed", ", line 1, column 8", "alias"),
        ("a.yaml", "a: &a [*a]", "source-malformed", ", line 1, column 1", "to themselves"),
        ("a.yaml", "workers: 1\n---\nworkers: 2", "source-malformed", ", line 2, column 1", "more than one document"),
        ("a.json", '{"workers": NaN}', "source-malformed", ", line 1, column 13", "NaN is no JSON"),
        ("a.json", '{"workers": 1,}', "source-malformed", ", line 1", "is no valid JSON"),
        ("a.json", "[1]", "source-malformed", "", "is a list at its top"),
        ("a.yaml", f"{CANARY}", "source-malformed", "", "is text at its top"),
        ("a.txt", "workers = 1", "source-unreadable", "", "does not end in .toml"),
        ("a.toml", "x = 1\n" * 200_000, "source-unreadable", "", "is larger than"),
        ("a.toml", 'version = ["a"]', "value-invalid", ", line 1, column 1", "is a list, where text belongs"),
        ("a.toml", 'version = "a\\u0000b"', "value-invalid", ", line 1, column 1", "NUL"),
        ("a.yaml", "tags: [!!binary aGk=]", "value-invalid", ", line 1, column 1", "binary"),
        ("a.json", '{"database":\n{"url": "a\\u0000b"}}', "value-invalid", ", line 2, column 2", "NUL"),
        ("a.yaml", "database:\n  url: !!binary aGk=", "value-invalid", ", line 2, column 3", "binary"),
        ("a.json", '{"database":\n{"url": "\\ud800"}}', "value-invalid", ", line 2, column 2", "Unicode"),
        ("a.toml", f"workers = 0x{'f' * 6000}", "value-invalid", ", line 1, column 1", "too many digits"),
        ("a.toml", f"timeout = 0x{'f' * 6000}", "value-invalid", ", line 1, column 1", "too many digits"),
        ("a.toml", f"tags = [0x{'f' * 6000}]", "value-invalid", ", line 1, column 1", "too many digits"),
        ("a.toml", f"limits{'.a' * 5000} = 1", "source-malformed", "", "nested too deeply"),
        ("a.json", '{"limits": ' + '{"a": ' * 501 + "1" + "}" * 502, "source-malformed", "", "nested too deeply"),
    ],
)
def test_a_file_that_is_wrong_is_refused_with_its_place(
    contract: Contract, tmp_path: Path, name: str, text: str | bytes, code: str, place: str, words: str
) -> None:
    result = given(contract, tmp_path, text, name)
    assert not result.ok
    assert result.exit_code == 78
    told = problem(result, code)
    assert (told.source or "").startswith(f"{tmp_path}/{name}{place}")
    assert words in told.message
    assert CANARY not in f"{told.message}{told.hint}{told.source}"


@pytest.mark.parametrize("kind", ["absent", "directory", "unreadable"])
def test_a_file_that_can_not_be_read_is_refused(contract: Contract, tmp_path: Path, kind: str) -> None:
    path = tmp_path / "a.toml"
    if kind == "directory":
        path.mkdir()
    elif kind == "unreadable":
        path.symlink_to("/proc/self/mem")  # nobody can read its beginning, root neither
    result = resolve(contract, environ={}, conf_files=[path])
    assert problem(result, "source-unreadable").message.startswith(f"{path}: ")


@pytest.mark.parametrize(
    ("name", "text"), [("a.yaml", "workers: 1\nworkers: 2"), ("a.json", '{"workers":1,"workers":2}')]
)
def test_a_key_twice_is_warned_about_and_the_last_one_counts(
    contract: Contract, tmp_path: Path, name: str, text: str
) -> None:
    result = given(contract, tmp_path, text, name)
    assert problem(result, "name-twice").severity == "warning"
    assert result.values["workers"] == 2


def test_a_byte_order_mark_is_read_over(contract: Contract, tmp_path: Path) -> None:
    for name, text in (("a.toml", "workers = 2"), ("a.yaml", "workers: 2"), ("a.json", '{"workers": 2}')):
        assert given(contract, tmp_path, b"\xef\xbb\xbf" + text.encode(), name).values["workers"] == 2


def test_a_pipe_is_read_where_its_format_is_said(contract: Contract) -> None:
    readable, writable = os.pipe()
    os.write(writable, b"workers: 5")
    os.close(writable)
    try:
        assert resolve(contract, environ={}, conf_files=[f"yaml=/dev/fd/{readable}"]).values["workers"] == 5
    finally:
        os.close(readable)


# -- order -----------------------------------------------------------------------------------------


def test_files_of_one_folder_are_one_order_whatever_their_format(contract: Contract, tmp_path: Path) -> None:
    folder = tmp_path / "conf.d"
    folder.mkdir()
    texts = {
        "10-a.toml": "workers = 1\nratio = 0.1\nversion = '1'\ntags = ['1']\n[database]\nurl = '1'\nport = 1",
        "20-b.env": "SHOP_WORKERS=2\nSHOP_RATIO=0.2\nSHOP_VERSION=2\nSHOP_DATABASE__URL=2\n",
        "30-c.yaml": "workers: 3\nratio: 0.3\n",
        "40-d.json": '{"workers": 4}',
        ".50-hidden.toml": "workers = 5",
        "60-other.txt": "workers = 6",
    }
    for name, text in texts.items():
        (folder / name).write_text(text)
    result = resolve(contract, environ={}, conf_dir=str(folder))
    assert result.ok, result.problems
    assert (result.values["workers"], result.values["ratio"], result.values["version"]) == (4, 0.3, "2")
    assert result.values["database"]["url"] == "2"
    assert result.values["database"]["port"] == 1
    assert source(result, "SHOP_WORKERS") == f"{folder}/40-d.json, line 1"
    overridden = [str(each) for each in result.sources["SHOP_WORKERS"].overrides]
    assert overridden == [
        f"{folder}/30-c.yaml, line 1",
        f"{folder}/20-b.env, line 1",
        f"{folder}/10-a.toml, line 1",
    ]


def test_a_named_file_is_above_the_folder_and_below_env_files(contract: Contract, tmp_path: Path) -> None:
    folder = tmp_path / "conf.d"
    folder.mkdir()
    (folder / "99.toml").write_text("workers = 1\nratio = 0.1\nversion = '1'\nmode = 'slow'\n")
    (tmp_path / "one.toml").write_text("workers = 2\nratio = 0.2\nversion = '2'\n")
    (tmp_path / "two.yaml").write_text("workers: 3\nratio: 0.3\n")
    (tmp_path / "shop.env").write_text("SHOP_WORKERS=4\n")
    files = [tmp_path / "one.toml", tmp_path / "two.yaml"]
    result = resolve(contract, environ={}, conf_files=files, env_files=[tmp_path / "shop.env"], conf_dir=str(folder))
    found = result.values
    assert (found["workers"], found["ratio"], found["version"], found["mode"]) == (4, 0.3, "2", "slow")


def test_sections_and_mappings_of_several_files_are_put_together(contract: Contract, tmp_path: Path) -> None:
    (tmp_path / "one.toml").write_text(
        "[database]\nurl = '1'\nport = 1\n[database.pool]\npoolSize = 1\n[limits]\na = 1\nb = 1"
    )
    (tmp_path / "two.json").write_text('{"database": {"port": 2, "pool": {"wait": 2}}, "limits": {"b": 2}}')
    result = resolve(
        contract,
        environ={"SHOP_DATABASE__POOL__WAIT": "PT3S"},
        conf_files=[tmp_path / "one.toml", tmp_path / "two.json"],
    )
    assert result.ok, result.problems
    database = result.values["database"]
    assert (database["url"], database["port"], database["pool"]) == ("1", 2, {"size": 1, "wait": "PT3S"})
    assert result.values["limits"] == {"a": 1, "b": 2}
    assert source(result, "SHOP_DATABASE__URL") == f"config file {tmp_path}/one.toml, line 2"
    assert source(result, "SHOP_DATABASE__PORT") == f"config file {tmp_path}/two.json, line 1"
    assert source(result, "SHOP_DATABASE__POOL__WAIT") == "environment"


# -- secrets ---------------------------------------------------------------------------------------


def test_a_reference_is_read_wherever_it_stands(contract: Contract, tmp_path: Path) -> None:
    text = "version = 'vault:secret/shop#version'\n[backup]\nport = 1\nurl = 'vault:secret/shop#url'\n"
    vault = Memory({"secret/shop": {"key": "k", "version": "7", "url": "u"}})
    result = given(contract, tmp_path, text, vault=vault)
    assert result.ok, result.problems
    assert result.values["version"] == "7"
    assert (result.values["backup"]["url"], result.values["backup"]["port"]) == ("u", 1)
    assert str(result.sources["SHOP_BACKUP__URL"]).startswith("Vault secret/shop#url")


def test_a_reference_in_a_list_is_refused(contract: Contract, tmp_path: Path) -> None:
    result = given(contract, tmp_path, "tags = ['vault:secret/shop#tag']")
    assert problem(result, "reference-unresolved").variable == "SHOP_TAGS"


@pytest.mark.parametrize(
    ("text", "variable"),
    [("token_file = '{}'", "SHOP_TOKEN"), ("[database]\npassword_file = '{}'", "SHOP_DATABASE__PASSWORD")],
)
def test_a_file_is_pointed_at_by_a_key(contract: Contract, tmp_path: Path, text: str, variable: str) -> None:
    (tmp_path / "secret").write_text(CANARY)
    result = given(contract, tmp_path, text.format(tmp_path / "secret"), strict=True)
    assert result.ok, result.problems
    assert result.environ[variable] == CANARY
    assert source(result, variable) == f"secret file {tmp_path}/secret"


def test_a_pointer_in_the_environment_outranks_a_file(contract: Contract, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("higher")
    environ = {"SHOP_DATABASE__PASSWORD_FILE": str(tmp_path / "secret")}
    result = given(contract, tmp_path, f"[database]\npassword = '{CANARY}'\nport = 1", environ=environ)
    assert result.values["database"]["password"] == "higher"
    assert CANARY not in str(result.environ)


def test_a_secret_in_a_section_is_a_variable_of_its_own_and_never_shown(contract: Contract, tmp_path: Path) -> None:
    result = given(contract, tmp_path, f"token = '{CANARY}'\n[database]\nport = 1\npassword = '{CANARY}'\n")
    assert result.environ["SHOP_DATABASE__PASSWORD"] == CANARY
    assert result.environ["SHOP_DATABASE"] == '{"port":1}'
    shown = [(row.name, row.value, row.source, *row.overridden, *row.notes) for row in rows(result)]
    assert CANARY not in str(shown)


@pytest.mark.parametrize(
    "aliases", [AliasChoices("shop", AliasPath("all", "shop")), AliasChoices(AliasPath("all", "shop"), "shop")], ids=str
)
def test_a_secret_in_a_section_that_an_alias_path_leads_to_as_well_is_read(
    tmp_path: Path, aliases: AliasChoices
) -> None:
    """Longer names are read beside the name of such a section only."""

    class Inside(BaseModel):
        password: str = "-"

    class Aliased(BaseSettings):
        model_config = SettingsConfigDict(env_nested_delimiter="__", extra="ignore")
        database: Inside = Field(Inside(), validation_alias=aliases)

    contract = bake(Aliased, name="shop", version="1")
    pointed = tmp_path / "pointed"
    pointed.write_text("by file")
    for text, read in [
        (f"[shop]\npassword = '{CANARY}'\n", CANARY),
        (f"[shop]\npassword_file = '{pointed}'\n", "by file"),
    ]:
        result = given(contract, tmp_path, text, environ={})
        assert result.ok, result.problems
        assert result.values == {"database": {"password": read}}
        with mock.patch.object(os, "environ", result.environ):
            made: type[BaseSettings] = Aliased  # whose constructor takes anything
            assert revealed(made()) == {"database": {"password": read}}


class _Login(BaseModel):
    user: str = "-"
    Key: str = "-"


class _Shared(BaseModel):
    Key: str = Field("-", validation_alias=AliasChoices("x", "y"))
    user: str = Field("-", validation_alias=AliasChoices("x", "old"))


@pytest.mark.parametrize(
    ("model", "alias", "key"),
    [
        (_Login, AliasChoices("x", "Y"), "Y"),
        (_Login, AliasChoices("Y"), "Y"),
        (_Shared, AliasChoices("login"), "login"),
    ],
    ids=["another key", "a key in capitals", "a shared key"],
)
def test_a_secret_stays_beside_what_a_name_of_its_own_would_hide(
    tmp_path: Path, model: type[BaseModel], alias: AliasChoices, key: str
) -> None:
    section = create_model("Section", login=(model, Field(model(), validation_alias=alias)))

    class Nested(BaseSettings):
        model_config = SettingsConfigDict(env_nested_delimiter="__", extra="ignore")
        url: section = section()  # type: ignore[valid-type]

    members = {"x": CANARY} if model is _Shared else {"user": "u", "Key": CANARY}
    text = json.dumps({"url": {key: members}})
    result = given(bake(Nested, name="shop", version="1"), tmp_path, text, "a.json", environ={})
    assert result.ok, result.problems
    hidden = [row for row in rows(result) if not row.name.endswith("OLD")]  # which is no secret
    assert CANARY not in str([(row.value, row.source, *row.notes) for row in hidden])
    with mock.patch.object(os, "environ", result.environ):
        made: type[BaseSettings] = Nested
        read = revealed(made())["url"]["login"]
    assert read == result.values["url"]["login"]
    assert read == {"user": CANARY if model is _Shared else "u", "Key": CANARY}


def test_a_policy_judges_what_a_file_gives(contract: Contract, tmp_path: Path) -> None:
    policy = tmp_path / "a.schema.json"
    policy.write_text('{"properties": {"database": {"properties": {"port": {"maximum": 10}}}}}')
    result = given(contract, tmp_path, "[database]\nport = 11", policies=[policy])
    assert problem(result, "policy-violated").variable == "SHOP_DATABASE__PORT"


def test_a_value_that_is_invalid_is_told_with_its_line(contract: Contract, tmp_path: Path) -> None:
    told = problem(given(contract, tmp_path, "workers = 1\n[database]\nport = 'x'"), "value-invalid")
    assert told.variable == "SHOP_DATABASE__PORT"
    assert f"{tmp_path}/shop.toml, line 3" in (told.source or "")


# -- what is imported ------------------------------------------------------------------------------

PROGRAM = """
import sys
sys.path.insert(0, sys.argv[1])
from confcontract import Contract, resolve
contract = Contract.load(sys.argv[2])
before = set(sys.modules)
assert resolve(contract, environ={}, conf_dir=sys.argv[3]).ok
print(*sorted({name for name in ("yaml", "tomllib", "json", "confcontract.verdict.sources.operatorfile",
    "confcontract.verdict.sources.filekeys") if name in set(sys.modules) - before}))
"""


@pytest.mark.parametrize(
    ("name", "text", "imported"),
    [
        ("a.env", "SHOP_WORKERS=1", set()),
        ("a.toml", "workers = 1", {"tomllib"}),
        ("a.json", '{"workers": 1}', {"json"}),
        ("a.yaml", "workers: 1", {"yaml"}),
    ],
)
def test_a_parser_is_imported_where_a_file_needs_it(
    contract: Contract, tmp_path: Path, name: str, text: str, imported: set[str]
) -> None:
    contract.dump(tmp_path / "contract.json")
    folder = tmp_path / "conf.d"
    folder.mkdir()
    (folder / name).write_text(text)
    command = [sys.executable, "-I", "-c", PROGRAM, str(ROOT), str(tmp_path / "contract.json"), str(folder)]
    ran = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    ours = {"confcontract.verdict.sources.operatorfile", "confcontract.verdict.sources.filekeys"} if imported else set()
    assert set(ran.stdout.split()) == imported | ours
