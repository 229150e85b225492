"""Plain text that is called like a secret is treated as one wherever something is shown, and by boot as the text it is."""

from __future__ import annotations

import json
from enum import Enum
from pathlib import Path
from typing import Annotated, Literal
from uuid import UUID

import pytest
from pydantic import BaseModel, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import Contract, Example, Secret, bake, resolve
from confcontract.author.baked_files import defaults_file, schema_file
from confcontract.boot.deliver.secret_names import secret_names
from confcontract.contract.secretnames import is_secret_name
from tests.support.commands import forked

CANARY = "zqcanary7431"
DEFAULT = "zqdefault52"

CALLED_SO = (
    "PASSWORD DB_PASSWORD dbPassword DBPassword pgpassword PASSWORD2 PASSWORD_OLD PWD DB_PWD PASSPHRASE SECRET "
    "SECRET_KEY secretKey client-secret JWT_SECRET SECRET_ID TOKEN AUTH_TOKEN TOKENS access_token KEY API_KEY APIKEY "
    "apikey API_KEYS KEY_OLD ENCRYPTION_KEY FERNET_KEYS PRIVATE PRIVATE_PEM PRIVATE_NOTES PRIVATE_KEY PRIVATE_KEY_PEM CREDENTIAL CREDENTIALS "
    "AWS_SECRET_ACCESS_KEY SECRET_KEY_BASE64 db.password"
)
NOT_CALLED_SO = (
    "MONKEY KEYBOARD TURKEY HOCKEY TOKENIZER COMPASS BYPASS PASSENGER PASSTHROUGH SECRETARY KEYNOTE AUTHOR HOST PORT "
    "TOKEN_URL TOKEN_TTL PASSWORD_FILE SECRETS_DIR KEY_COUNT KEY_PREFIX ACCESS_KEY_ID PASSWORD_MIN_LENGTH "
    "PUBLIC_KEY PRIMARY_KEY SORT_KEY PARTITION_KEY ROUTING_KEY PRIVATE_NETWORK PRIVATE_HOST SECRET_NAME KEYSTORE_PATH BASE64"
)


@pytest.mark.parametrize("name", CALLED_SO.split())
def test_a_name_says_so_by_its_words(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize("name", NOT_CALLED_SO.split())
def test_letters_within_a_word_say_nothing_nor_do_words_about_a_secret(name: str) -> None:
    assert not is_secret_name(name)


class Color(Enum):
    RED = "red731"


class Login(BaseModel):
    user: str = "user731"
    password: str = DEFAULT


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_", env_nested_delimiter="__")

    password: Annotated[str, Example("zqexample9")] = DEFAULT
    api_key: str | None = None
    tokens: list[str] = [DEFAULT]
    secrets: dict[str, str] = {"a": DEFAULT}
    raw_secret: bytes = DEFAULT.encode()
    key: UUID | None = None
    by_alias: str = Field(DEFAULT, validation_alias="DB_PASSWORD")
    login: Login = Login()
    logins: list[Login] = [Login()]
    empty_token: str = ""

    monkey: str = "text731"
    token_url: str = "https://shop731.example/token"
    key_count: int = 731
    secret: bool = False
    token: Literal["one731", "two731"] = "one731"
    credential: Color = Color.RED
    public_token: Annotated[str, Secret(False)] = "shown731"


ENVIRON = {
    "SHOP_PASSWORD": CANARY,
    "SHOP_API_KEY": CANARY,
    "SHOP_TOKENS": json.dumps([CANARY]),
    "SHOP_SECRETS": json.dumps({"a": CANARY}),
    "SHOP_RAW_SECRET": CANARY,
    "DB_PASSWORD": CANARY,
    "SHOP_LOGIN__PASSWORD": CANARY,
    "SHOP_LOGINS": json.dumps([{"password": CANARY}]),
    "SHOP_EMPTY_TOKEN": CANARY,
}
SHOWN = {
    "SHOP_MONKEY": "text732",
    "SHOP_TOKEN_URL": "https://shop732.example/token",
    "SHOP_KEY_COUNT": "732",
    "SHOP_SECRET": "true",
    "SHOP_TOKEN": "two731",
    "SHOP_CREDENTIAL": "red731",
    "SHOP_PUBLIC_TOKEN": "shown732",
    "SHOP_LOGIN__USER": "user732",
}


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("called") / "contract.json"
    bake(Settings, name="shop", version="1").dump(path)
    return path


BROKEN = {"SHOP_KEY_COUNT": "x", "SHOP_TOKENS": f"[{CANARY}", "SHOP_KEY": CANARY, "SHOP_LOGINS": CANARY}


@pytest.mark.parametrize("broken", [{}, BROKEN], ids=["whole", "broken"])
@pytest.mark.parametrize(
    "command",
    [
        ("boot", "--", "true"),
        ("boot", "--strict", "--log-format", "json", "--", "true"),
        ("boot", "--dry-run"),
        ("validate", "--format", "json"),
        ("explain",),
        ("explain", "--format", "json"),
    ],
    ids=" ".join,
)
def test_no_command_shows_it(command: tuple[str, ...], broken: dict[str, str], path: Path) -> None:
    first, *rest = command
    _, text = forked(first, "--contract", str(path), *rest, environ={**ENVIRON, **SHOWN, **broken})
    assert text
    assert [line for line in text.splitlines() if CANARY in line or DEFAULT in line] == []
    if first == "explain" and not rest and not broken:
        assert [name for name, value in SHOWN.items() if f"{name}={value}  # environment" not in text] == []


def test_no_command_shows_its_default(path: Path) -> None:
    commands = [("explain",), ("boot", "--dry-run"), ("describe", "SHOP_PASSWORD"), ("describe", "SHOP_LOGIN")]
    commands += [("docs", "--format", format) for format in ("markdown", "html", "dotenv", "man", "json")]
    for first, *rest in commands:
        _, text = forked(first, *rest, "--contract", str(path), environ={})
        assert "SHOP_" in text
        assert DEFAULT not in text, (first, *rest)
        assert "zqexample9" not in text
        if first == "docs":
            assert "text731" in text
            assert "shown731" in text


def test_its_default_stands_in_no_file_beside_the_contract_and_is_noted_in_it(path: Path) -> None:
    contract = Contract.load(path)
    assert DEFAULT.encode() not in schema_file(contract) + defaults_file(contract)
    assert b"# SHOP_PASSWORD has a default in the application's code\n" in defaults_file(contract)
    assert DEFAULT not in json.dumps(contract.variables)
    by_name = {variable["name"]: variable for variable in contract.variables}
    assert by_name["SHOP_PASSWORD"]["masked"] == "name"
    assert by_name["SHOP_PASSWORD"]["defaultInCode"] is True
    assert by_name["SHOP_LOGIN"]["default"] == {"user": "user731"}
    assert by_name["SHOP_EMPTY_TOKEN"]["default"] == ""
    assert not any(variable["secret"] for variable in contract.variables)


def test_boot_knows_all_values_but_those_that_only_the_code_has(path: Path) -> None:
    result = resolve(Contract.load(path), environ={}, strict=True)
    assert result.ok
    expected = json.loads(Settings().model_dump_json())  # type: ignore[call-arg]
    left_out = set(expected) - set(result.values)
    assert left_out == {"password", "by_alias", "raw_secret", "tokens", "secrets", "logins"}
    assert result.values == {name: value for name, value in expected.items() if name not in left_out}


def test_it_is_delivered_as_a_file_with_the_secrets(path: Path) -> None:
    result = resolve(Contract.load(path), environ={**ENVIRON, **SHOWN})
    assert secret_names(result) == sorted(ENVIRON)
