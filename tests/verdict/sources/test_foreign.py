"""References in the forms of other tools: told once for each variable, with our form, and without the value."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract.verdict.sources.foreign_references import _BEGINNINGS, _PLACEHOLDERS, _TEMPLATES
from confcontract.verdict.sources.glance import Glance
from tests.support.booting import CANARY, Site

Make = Callable[..., Site]
FORMS = (
    "${vault:secret/data/CANARY#key}",
    "${vault:CANARY}",
    "postgres://shop:${vault:secret/CANARY#key}@db/shop",
    ">>vault:secret/data/CANARY#key",
    ">>vault:pki/issue/web#certificate#{CANARY}",
    ">>bao:secret/data/CANARY#key",
    "#{vault:CANARY}",
    "{{ with secret `secret/CANARY` }}{{ .Data.key }}{{ end }}",
    "{{vault `secret/CANARY`}}",
    "op://CANARY/shop/password",
    "aws-secretsmanager:CANARY",
    "gcp:secretmanager:projects/CANARY/secrets/x",
    "sm://CANARY",
    "secretref+vault://secret/CANARY#/key",
    "ref+vault://secret/CANARY#/key",
    "ref+awssecrets://CANARY/key",
    "azure:keyvault:CANARY/x",
    "@Microsoft.KeyVault(SecretUri=https://CANARY.vault.azure.net)",
    "doppler://CANARY",
    "akv:CANARY",
    "OP://CANARY/shop/password",
    '{"password": "op://CANARY/shop/password"}',
)
OF_NOBODY = (
    "vault:secret/data/CANARY#key",
    "bao:secret/CANARY#key",
    "Vault:secret/CANARY#key",
    "vault://secret/CANARY#key",
    "aws-sm:CANARY#key",
    "aws-ssm:/CANARY/key",
)
PLAIN_TEXTS = (
    "https://vault.example.com/ui",
    "the vault",
    "stop://x",
    "prefix+x",
    "refs/heads/main",
    "https://example.com/?ref=1",
    "{{ name }}",
    "secret/shop",
    "vault",
)


class Shop(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_", env_nested_delimiter="__")

    text: str = ""
    password: SecretStr | None = None
    tokens: dict[str, str] = {}
    anything: Any = None


@pytest.fixture
def shop(site: Make) -> Site:
    return site(Shop)


def warned(made: Site, environ: dict[str, str], **more: Any) -> dict[str | None, str]:
    """variable → what is said of its foreign form: once each, a warning, and never the value."""
    result = made.resolve({name: value.replace("CANARY", CANARY) for name, value in environ.items()}, **more)
    found = [problem for problem in result.problems if problem.code == "reference-foreign"]
    assert {problem.severity for problem in found} <= {"warning"}
    assert len({problem.variable for problem in found}) == len(found)
    told = {problem.variable: str(problem.as_dict()) for problem in found}
    assert not [name for name, text in told.items() if CANARY in text and not (name or "").upper().startswith("SHOP_")]
    assert result.ok
    return {problem.variable: f"{problem.message}; {problem.hint}" for problem in found}


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("value", FORMS)
def test_a_foreign_form_in_a_variable_is_warned_about(shop: Site, value: str, strict: bool) -> None:
    own = dict.fromkeys(("SHOP_TEXT", "shop_password", "SHOP_TOKENS__A"), value)
    found = warned(shop, {**own, "OTHER_TOOL": value}, strict=strict)
    assert set(found) == {*own, "OTHER_TOOL"}
    for told in found.values():
        assert "boot does not read" in told
        assert "vault:" in told
    assert "declare" in found["OTHER_TOOL"]


@pytest.mark.parametrize("value", OF_NOBODY)
def test_a_reference_in_a_variable_of_nobodys_is_warned_about(shop: Site, value: str) -> None:
    found = warned(shop, {"DATABASE_URL": value})
    assert set(found) == {"DATABASE_URL"}
    assert "declare" in found["DATABASE_URL"]


@pytest.mark.parametrize("value", PLAIN_TEXTS)
def test_a_plain_text_is_none(shop: Site, value: str) -> None:
    assert warned(shop, {"SHOP_TEXT": value, "OTHER": value, "SHOP_TOKENS__A": value}) == {}


@pytest.mark.parametrize(
    ("value", "ours"),
    [
        ("${vault:secret/data/shop#key}", "vault:secret/shop#key"),
        ("${vault:secret/shop#key}", "vault:secret/shop#key"),
        (">>vault:secret/data/shop#key", "vault:secret/shop#key"),
        (">>bao:kv/shop#key", "vault:kv/shop#key"),
        ("${vault:secret/shop}", "vault:MOUNT/PATH#KEY"),
    ],
)
def test_our_form_is_told_of_what_is_a_reference_in_all_but_its_form(shop: Site, value: str, ours: str) -> None:
    assert f"write {ours}" in warned(shop, {"SHOP_PASSWORD": value})["SHOP_PASSWORD"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("VAULT_FROM_PATH", "secret/data/CANARY"),
        ("BAO_FROM_PATH", "CANARY"),
        ("VAULT_ENV_FROM_PATH", "secret/data/CANARY"),
        ("VAULT_SECRETS_PATH", "secret/data/CANARY"),
        ("SHOP_FROM_PATH", "secret/data/CANARY"),
        ("VAULT_TOKEN", "vault:login"),
        ("BAO_TOKEN", "bao:login"),
        ("OTHER_TOKEN", "vault:login"),
    ],
)
def test_variables_of_other_tools_are_warned_about(shop: Site, name: str, value: str) -> None:
    assert set(warned(shop, {name: value})) == {name}


@pytest.mark.parametrize("value", ["/var/lib/CANARY", "./CANARY", "CANARY"])
def test_a_path_in_the_file_system_is_none(shop: Site, value: str) -> None:
    assert warned(shop, {"COPY_FROM_PATH": value}) == {}


def test_a_reference_within_other_text_is_warned_about(shop: Site) -> None:
    found = warned(
        shop, {"SHOP_TEXT": "postgres://shop:vault:secret/CANARY#password@db/shop", "OTHER": "x vault:a/b#c"}
    )
    assert "within other text" in found["SHOP_TEXT"]
    assert "SHOP_TEXT=vault:MOUNT/PATH#KEY" in found["SHOP_TEXT"]


def test_what_is_secret_is_not_looked_into(shop: Site) -> None:
    file = shop.file("password", "op://a/b/c")
    assert warned(shop, {"SHOP_PASSWORD_FILE": str(file)}) == {}


def test_an_env_file_counts_as_well(shop: Site) -> None:
    file = shop.file("prod.env", "SHOP_PASSWORD='${vault:secret/shop#key}'\nOTHER=op://a/b/c\n")
    assert set(warned(shop, {"vault": "x"}, env_files=[file])) == {"SHOP_PASSWORD", "OTHER"}


@pytest.mark.process
def test_boot_warns_once_and_starts_the_application(shop: Site) -> None:
    ended = shop.boot(environ={"SHOP_PASSWORD": ">>vault:secret/data/shop#key", "OTHER": f"op://{CANARY}/x"})
    assert ended.code == 0
    assert ended.err.count("[reference-foreign]") == 2
    assert CANARY not in ended.err
    assert ended.environ["OTHER"] == f"op://{CANARY}/x"


class WithEnvFile(Shop):
    model_config = SettingsConfigDict(env_file=".env")


def test_the_classs_own_env_file_counts_where_nothing_outranks_it(site: Make) -> None:
    made = site(WithEnvFile)
    made.file(".env", "SHOP_PASSWORD='${vault:secret/shop#key}'\nSHOP_TEXT=op://a/b/c\nSHOP_TOKENS__A=>>vault:a/b#c\n")
    found = warned(made, {"SHOP_TEXT": "x"})
    assert set(found) == {"SHOP_PASSWORD", "SHOP_TOKENS__A"}


@pytest.mark.parametrize("form", [*_BEGINNINGS, *_PLACEHOLDERS, *_TEMPLATES])
def test_every_form_that_is_known_passes_the_glance(form: str) -> None:
    """What the glance drops is never looked at by the module that knows the forms."""
    given = {"SHOP_KEY": f"{form}x"}
    assert Glance(given).may_be_foreign(given)
