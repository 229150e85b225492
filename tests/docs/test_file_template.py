"""Templates of configuration files: what they say is the default, and nothing of a secret."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]
from pydantic import BaseModel, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import Contract, bake, resolve
from confcontract.cli.pages import page
from confcontract.docs.page_formats import render
from tests.verdict.sources.operator_settings import Shop

FORMATS = ("toml", "yaml", "config-json")
READ: dict[str, Any] = {"toml": tomllib.loads, "yaml": yaml.safe_load, "config-json": json.loads}
ENDING = {"toml": "toml", "yaml": "yaml", "config-json": "json"}


class Odd(BaseModel):
    no: str = "no"
    text: str = 'a "quoted" \\ line\nend \x7f é 😀'


class Odds(BaseSettings):
    model_config = SettingsConfigDict(env_nested_delimiter="__")

    needed: str
    password: SecretStr = SecretStr("canary-in-code")
    url: str = "https://user:canary-in-url@host/"
    odd: Odd = Odd()
    mapping: dict[str, Any] = {"a b": [1, None, {"x": True}], "c": {"d": "e"}}
    numbers: list[float] = [1.5, 2.0]


CONTRACTS = {"shop": bake(Shop, name="shop", version="1"), "odds": bake(Odds, name="odds", version="1")}
GIVEN = {"NEEDED": "x"}


def written(contract: Contract, format: str) -> str:
    return render(page(contract), contract, format)


def uncommented(text: str) -> str:
    """Every setting that has a value. (Those of a section that is not there unless it is given would make it.)"""
    lines = text.splitlines()
    start = next((at for at, line in enumerate(lines) if re.match(r"#?backup\b", line)), len(lines))
    end = next((at for at, line in enumerate(lines[start:], start) if re.match(r"#?more\b", line)), len(lines))
    kept = [*lines[:start], *lines[end:]]
    return "\n".join(re.sub(r"^( *)#(\S+(?: =|:) \S.*)$", r"\1\2", line) for line in kept) + "\n"


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("name", CONTRACTS)
@pytest.mark.parametrize("change", [str, uncommented])
def test_read_back_a_template_gives_the_defaults(name: str, format: str, change: Any, tmp_path: Path) -> None:
    contract = CONTRACTS[name]
    text = change(written(contract, format)) if format != "config-json" else written(contract, format)
    path = tmp_path / f"settings.{ENDING[format]}"
    path.write_text(text, encoding="utf-8")
    result = resolve(contract, environ=GIVEN, conf_files=[path], strict=False)
    assert result.ok, result.problems
    assert not [each for each in result.problems if each.code in ("name-unknown", "name-twice")]
    assert result.values == resolve(contract, environ=GIVEN).values
    if change is uncommented or format == "config-json":
        assert len(result.environ) > len(GIVEN), "something is given"


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("name", CONTRACTS)
def test_a_template_is_a_valid_file_and_always_the_same(name: str, format: str) -> None:
    contract = CONTRACTS[name]
    text = written(contract, format)
    assert READ[format](text) is not None or format == "yaml"
    assert text == written(Contract(contract.data), format)
    assert text.isprintable() or set(filter(lambda character: not character.isprintable(), text)) == {"\n"}


@pytest.mark.parametrize("format", FORMATS)
def test_no_secret_and_no_password_is_in_a_template(format: str) -> None:
    assert "canary" not in written(CONTRACTS["odds"], format)


@pytest.mark.parametrize("format", ["toml", "yaml"])
def test_a_setting_has_its_remarks(format: str) -> None:
    text = written(CONTRACTS["shop"], format)
    for words in ("# integer", "# In the environment SHOP_DATABASE__PORT", "Boot reads it from Vault: secret/shop#key"):
        assert words in text
    assert "Given by the environment only: ALL" in text


def test_each_setting_of_a_section_is_a_line_of_its_own_in_toml() -> None:
    assert "\n#database.pool.poolSize = 5\n" in written(CONTRACTS["shop"], "toml")


def test_every_format_of_documentation_says_where_a_variable_is_in_a_file() -> None:
    contract = CONTRACTS["shop"]
    for format in ("dotenv", "man", "html"):
        assert "database.pool.poolSize" in written(contract, format)
    entries = {entry.name: entry for entry in page(contract).entries}
    assert entries["SHOP_DATABASE__POOL__POOLSIZE"].key == "database.pool.poolSize"
    assert entries["REGION"].key == "REGION"
    assert entries["ALL"].keys == ("ALL", "names", 0)
    members = json.loads(written(contract, "json"))
    (found,) = [
        entry
        for section in members["sections"]
        for entry in section["entries"]
        if entry["name"] == "SHOP_DATABASE__PORT"
    ]
    assert found["keys"] == ["database", "port"]
