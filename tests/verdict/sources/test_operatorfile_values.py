"""What each key of a config file gives, and where it is said to come from."""

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
from pydantic_settings import InitSettingsSource

from confcontract import Contract
from confcontract.report.did_you_mean import Known
from confcontract.verdict.explain import rows
from confcontract.verdict.sources.filekeys import FileKeys
from tests.support.classes import revealed
from tests.support.own_order import Given, OwnOrder, Sources
from tests.support.pages import ROOT
from tests.verdict.sources.documents.styled import TomlWriter
from tests.verdict.sources.judged_files import CANARY, given, problem, source
from tests.verdict.sources.operator_settings import Shop

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
    class FromFile(OwnOrder, Shop):
        @classmethod
        def in_order(cls, given: Given) -> Sources:
            return (InitSettingsSource(cls, TREE),)

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
    assert (told[0] or "").startswith(f"config file {tmp_path}/{name}, {position}")


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
        ("tags: [no, 010, 1.10, 2024-01-02, 1:30]", {"tags": ["no", "010", "1.10", "2024-01-02", "1:30"]}),
        ("limits: {no: 010}", {"limits": {"no": 8}}),
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
