"""Defaults that look like secrets and are none are in the contract as they are; those that are one by name are not shown."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from confcontract import Contract, bake, resolve
from confcontract.author.baked_files import defaults_file, schema_file
from confcontract.author.marker_checks import unmarked
from confcontract.docs.page_formats import FORMATS
from tests.support.commands import run
from tests.support.modules import module

SETTINGS = """
class Settings(BaseSettings):
    sentry_dsn: str = "https://0a1b2c3d@o1.ingest.example.org/42"
    sentry_url: HttpUrl = HttpUrl("https://0a1b2c3d@o1.ingest.example.org/42")
    empty: SecretStr = SecretStr("")
    db_password: str = "canary-2f10"
    aws_pwd: str = "canary-2f10"
    signing_key: str = "canary-2f10"
    private: str = "canary-2f10"
    credential: str = "canary-2f10"
    bucket_key: Annotated[str, Secret(False)] = "shown"
    public_key: str = "shown"
    max_tokens: int = 5

class Other(BaseSettings):
    db_password: str = "canary-2f10"
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with module(SETTINGS, tmp_path_factory.mktemp("made")) as made:
        yield made


@pytest.fixture
def contract(made: Any) -> Contract:
    return bake(made.Settings, name="app")


def test_a_public_key_in_a_url_and_an_empty_secret_are_defaults(contract: Contract) -> None:
    found = {each["name"]: each for each in contract.variables}
    for name in ("SENTRY_DSN", "SENTRY_URL"):
        assert found[name]["default"] == "https://0a1b2c3d@o1.ingest.example.org/42"
        assert "defaultInCode" not in found[name]
    assert found["EMPTY"]["default"] == ""
    assert contract.warnings == ()
    result = resolve(contract, environ={}, strict=True)
    assert result.ok, result.problems


def test_what_is_called_like_a_secret_is_listed_once(made: Any, contract: Contract) -> None:
    names = ["DB_PASSWORD", "AWS_PWD", "SIGNING_KEY", "PRIVATE", "CREDENTIAL"]
    assert unmarked(contract.variables) == names
    assert unmarked(bake(made.Settings, made.Other, name="app").variables) == names
    shown = {each["name"] for each in contract.variables if "default" in each or "defaultText" in each}
    assert not shown & set(names)
    assert {"BUCKET_KEY", "PUBLIC_KEY", "MAX_TOKENS"} <= shown


def test_its_default_is_in_no_documentation(contract: Contract, tmp_path: Path) -> None:
    contract.dump(tmp_path / "contract.json")
    pages = [run("docs", "--contract", "contract.json", "--format", name, cwd=tmp_path).stdout for name in FORMATS]
    assert all("bucket_key" in page.replace("\\", "").lower() for page in pages)
    pages += [defaults_file(contract).decode(), schema_file(contract).decode()]
    assert not any("canary-2f10" in page for page in pages)
    assert any("shown" in page for page in pages)


def test_a_key_that_is_drawn_at_import_is_in_no_file_and_bakes_to_the_same_plan(tmp_path: Path) -> None:
    source = (
        "import secrets\nclass Settings(BaseSettings):\n"
        "    secret_key: str = 'canary-' + secrets.token_hex(8)\n    port: int = 1\n"
    )
    baked = []
    for number in range(2):
        (tmp_path / str(number)).mkdir()
        with module(source, tmp_path / str(number)) as made:
            baked.append(bake(made.Settings, name="app"))
    assert baked[0].compiled == baked[1].compiled
    assert b"canary-" not in baked[0].to_bytes()
    result = resolve(baked[0], environ={}, strict=True)
    assert result.ok, result.problems
    assert str(result.sources["SECRET_KEY"]) == "default in the application's code"


def test_a_secret_that_is_no_section_bakes_where_parts_are_laid_over_sections(tmp_path: Path) -> None:
    source = (
        "class Settings(BaseSettings):\n"
        "    model_config = SettingsConfigDict(nested_model_default_partial_update=True)\n"
        "    token: SecretStr = SecretStr('canary-2f10')\n    dsn: str = 'postgres://u:canary-2f10@h/db'\n"
    )
    with module(source, tmp_path) as made:
        contract = bake(made.Settings, name="app")
    assert b"canary-2f10" not in contract.to_bytes()
    assert all(each["defaultInCode"] for each in contract.variables)
    told = [each.code for each in resolve(contract, environ={}).problems]
    assert told == ["secret-default", "secret-default"]
