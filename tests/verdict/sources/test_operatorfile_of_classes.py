"""Config files of an application whose contract is of several classes: a section for each."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import BaseModel, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import Contract, bake, resolve
from confcontract.cli.pages import page
from confcontract.docs.page_formats import render


class Pool(BaseModel):
    size: int = 1
    password: SecretStr = SecretStr("")


class Shop(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_", env_nested_delimiter="__")
    workers: int
    key: SecretStr
    pool: Pool = Pool()


class Mail(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="MAIL_", env_nested_delimiter="__")
    host: str


@pytest.fixture(scope="module")
def contract() -> Contract:
    return bake(Shop, Mail, name="shop", version="1")


def test_each_class_reads_its_section(contract: Contract, tmp_path: Path) -> None:
    (tmp_path / "pw").write_text("hunter2")
    path = tmp_path / "a.yaml"
    path.write_text(
        f"shop:\n  WORKERS: 3\n  key_file: {tmp_path}/pw\n  pool: {{size: 4, password: s3}}\nmail: {{host: a}}"
    )
    result = resolve(contract, environ={"SHOP_POOL__SIZE": "5"}, conf_files=[path])
    assert result.problems == []
    assert result.environ == {
        "SHOP_WORKERS": "3",
        "SHOP_KEY": "hunter2",
        "SHOP_POOL__SIZE": "5",
        "SHOP_POOL__PASSWORD": "s3",
        "MAIL_HOST": "a",
    }
    assert str(result.sources["SHOP_WORKERS"]) == f"config file {path}, line 2"


@pytest.mark.parametrize(
    ("text", "code", "said", "hint"),
    [
        ("shopp: {workers: 1}", "name-unknown", "is not a setting", "did you mean shop?"),
        ("shop: {worker: 1}", "name-unknown", "is not a setting", "did you mean shop.workers?"),
        ("SHOP_WORKERS: 1", "name-unknown", "is not a setting", "did you mean shop.workers?"),
        ("mail_host: h", "name-unknown", "is not a setting", "did you mean mail.host?"),
        ("shop: {pool: {sice: 1}}", "name-unknown", "is not a setting", "did you mean shop.pool.size?"),
        ("shop: hunter2", "value-invalid", "shop is text, but must be a section", "write a section"),
    ],
)
def test_what_is_wrong_is_told_by_the_names_of_the_sections(
    contract: Contract, tmp_path: Path, text: str, code: str, said: str, hint: str
) -> None:
    (tmp_path / "a.yaml").write_text(text)
    environ = {"SHOP_WORKERS": "1", "SHOP_KEY": "k", "MAIL_HOST": "h"}
    (problem,) = resolve(contract, environ=environ, conf_files=[tmp_path / "a.yaml"]).problems
    assert (problem.code, problem.hint) == (code, hint)
    assert said in problem.message


@pytest.mark.parametrize(
    ("kind", "line"), [("toml", "#shop.workers ="), ("yaml", "shop:"), ("config-json", '  "shop": {')]
)
def test_templates_have_the_sections(contract: Contract, kind: str, line: str) -> None:
    assert line in render(page(contract), contract, kind).splitlines()
