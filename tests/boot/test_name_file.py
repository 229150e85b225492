"""NAME_FILE=/run/secrets/x: the value of NAME is what that file holds, and NAME_FILE itself is used up."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import pytest
from pydantic import AliasChoices, AliasPath, BaseModel, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import bake, resolve
from tests.support.booting import CANARY, Site, without_privileges
from tests.support.classes import InVault, Ladder, Needy, Shop

Make = Callable[..., Site]


@pytest.mark.parametrize(
    "pointer", ["SHOP_PASSWORD_FILE", "shop_password_file", "Shop_Password_File", "SHOP_PASSWORD_file"]
)
def test_it_may_be_written_in_any_case_where_names_may(site: Make, pointer: str) -> None:
    made = site(Shop)
    secret = made.file("run/secret", f"{CANARY}\n")
    result = made.agree({pointer: str(secret)})
    assert result.values["password"] == CANARY
    assert not [name for name in result.environ if name.lower().endswith("_file")]
    assert str(result.sources["SHOP_PASSWORD"]) == f"secret file {secret}"


@pytest.mark.parametrize("base", ["LADDER_TOKEN", "LADDER_OLD_TOKEN", "old-token"])
def test_every_accepted_name_has_one(site: Make, base: str) -> None:
    made = site(Ladder)
    (made.directory / "secrets").mkdir()
    environ = {f"{base}_FILE": str(made.file("run/secret", "x"))}
    given, settings = made.start_app(environ)
    assert settings["token"] == "x" == made.resolve(environ).values["token"]
    assert f"{base}_FILE" not in given


@pytest.mark.parametrize("place", ["conf.d/a.env", "prod.env"])
def test_it_may_stand_in_a_file_too(site: Make, place: str) -> None:
    made = site(Shop)
    secret = made.file("run/secret", CANARY)
    file = made.file(place, f"SHOP_PASSWORD_FILE={secret}\n")
    result = made.agree({}, [file] if place == "prod.env" else [])
    assert result.values["password"] == CANARY


def test_nested_names_have_one(site: Make) -> None:
    made = site(Shop)
    secret = made.file("run/url", "postgres://u:p@db/shop\n")
    result = made.agree({"SHOP_DATABASE__URL_FILE": str(secret)})
    assert result.values["database"]["url"] == "postgres://u:p@db/shop"


@pytest.mark.parametrize(
    ("content", "value"),
    [
        ("x\n", "x"),
        ("x", "x"),
        ("x\n\n", "x\n"),
        (" x ", " x "),
        ("", ""),
        ("\n", ""),
        ("a\nb\n", "a\nb"),
        ("x\r\n", "x"),
    ],
)
def test_one_newline_at_the_end_is_not_part_of_the_secret(site: Make, content: str, value: str) -> None:
    made = site(Shop)
    assert made.agree({"SHOP_PASSWORD_FILE": str(made.file("secret", content))}).values["password"] == value


def test_the_higher_source_points_whatever_the_spelling(site: Make) -> None:
    """conf.d and the environment name the file in one spelling, the env file in another: the environment's counts."""
    made = site(Shop)
    low, middle, high = (made.file(name, name) for name in ("low", "middle", "high"))
    made.file("conf.d/a.env", f"SHOP_PASSWORD_FILE={low}\n")
    env_file = made.file("prod.env", f"shop_password_file={middle}\n")
    assert made.agree({"SHOP_PASSWORD_FILE": str(high)}, [env_file]).values["password"] == "high"


def test_a_variable_of_the_contract_that_ends_in_file_is_a_variable(site: Make) -> None:
    class Logging(BaseSettings):
        model_config = SettingsConfigDict(env_prefix="SHOP_")
        log: str = "stderr"
        log_file: Path = Path("/dev/null")

    made = site(Logging)
    result = made.agree({"SHOP_LOG_FILE": "/var/log/shop"})
    assert (result.values["log"], result.values["log_file"]) == ("stderr", "/var/log/shop")


def test_files_named_for_what_is_not_declared_are_left_alone(site: Make) -> None:
    made = site(Shop)
    result = made.agree({"SSL_CERT_FILE": "/nowhere.pem", "OTHER_PASSWORD_FILE": str(made.file("x", CANARY))})
    assert {"SSL_CERT_FILE", "OTHER_PASSWORD_FILE"} <= set(result.environ)
    assert "OTHER_PASSWORD" not in result.environ


def test_the_variable_itself_outranks_the_file_and_boot_says_so(site: Make) -> None:
    made = site(Shop)
    environ = {"SHOP_PASSWORD": "mine", "SHOP_PASSWORD_FILE": "/nowhere"}
    result = made.agree(environ)
    assert result.values["password"] == "mine"
    assert (
        "both SHOP_PASSWORD and SHOP_PASSWORD_FILE are set; SHOP_PASSWORD is used" in made.boot(environ=environ).report
    )


def test_a_reference_inside_a_secret_file_is_a_value(site: Make) -> None:
    """What a secret holds is nobody's instruction: without any server configured boot still succeeds."""
    made = site(Shop)
    secret = made.file("secret", "vault:secret/shop#password")
    assert made.agree({"SHOP_PASSWORD_FILE": str(secret)}).values["password"] == "vault:secret/shop#password"


def test_a_secret_that_lives_in_vault_may_come_from_a_file_where_there_is_no_vault(site: Make) -> None:
    made = site(InVault)
    assert made.agree({"SHOP_PASSWORD_FILE": str(made.file("secret", CANARY))}).values["password"] == CANARY


def test_a_secret_that_lives_in_vault_may_come_from_the_classs_own_directory(site: Make) -> None:
    from confcontract import Vault

    class Mounted(BaseSettings):
        model_config = SettingsConfigDict(secrets_dir="mounted")
        password: Annotated[SecretStr, Vault("secret/shop#password")]

    made = site(Mounted)
    made.file("mounted/password", f"{CANARY}\n")
    assert made.agree({}).values["password"] == CANARY


def test_a_variable_that_two_fields_read_has_one_too(site: Make) -> None:
    class Both(BaseSettings):
        x: int = Field(1, validation_alias=AliasChoices("X", AliasPath("DOC", "x")))
        y: str = Field("y", validation_alias=AliasPath("DOC", "y"))

    made = site(Both)
    result = made.agree({"DOC_FILE": str(made.file("doc", '{"x": 5, "y": "z"}'))})
    assert (result.values, "DOC_FILE" in result.environ) == ({"x": 5, "y": "z"}, False)


BAD = {
    "missing": ("there is no such file", None),
    "a directory": ("is a directory", "directory"),
    "NUL": ("NUL", b"a\0b"),
    "not UTF-8": ("UTF-8", b"\xff\xfe\xfa"),
}


@pytest.mark.parametrize("what", BAD)
def test_a_file_that_cannot_be_used_is_told_with_the_variable(site: Make, what: str) -> None:
    made = site(Needy)
    told, content = BAD[what]
    path = made.directory / "secret"
    if content == "directory":
        path.mkdir()
    elif isinstance(content, bytes):
        path.write_bytes(content)
    done = made.boot(
        environ={"SHOP_HOST": "h", "SHOP_PORT": "1", "SHOP_SIGNING_KEY": CANARY, "SHOP_API_KEY_FILE": str(path)}
    )
    assert (done.code, done.out) in ((78, ""), (66, ""))
    assert "SHOP_API_KEY" in done.named()
    assert told in done.report
    assert str(path if path.exists() else path.parent) in done.err  # what is not there may be not a path at all
    assert CANARY not in done.err


def test_a_file_that_may_not_be_read_is_told(site: Make) -> None:
    made = site(Shop)
    secret = made.file("secret", CANARY)
    secret.chmod(0)
    done = made.boot(environ={"SHOP_PASSWORD_FILE": str(secret)}, under=without_privileges())
    assert done.code == 78
    assert "SHOP_PASSWORD" in done.named()
    assert "Permission denied" in done.report
    assert CANARY not in done.err


def test_two_pointers_by_two_names_are_one_variable_set_twice(site: Make) -> None:
    class Both(BaseSettings):
        key: SecretStr | None = Field(None, validation_alias=AliasChoices("KEY", "OLD_KEY"))

    made = site(Both)
    result = made.resolve({"KEY_FILE": str(made.file("a", "a")), "OLD_KEY_FILE": str(made.file("b", "b"))})
    assert [problem.code for problem in result.problems] == ["name-twice"]


def test_what_could_not_be_read_is_not_missing_as_well(site: Make) -> None:
    made = site(Needy)
    given = {"SHOP_HOST": "h", "SHOP_PORT": "1", "SHOP_SIGNING_KEY": "x", "SHOP_API_KEY_FILE": "/nowhere/key"}
    problems = made.resolve(given).problems
    assert [(problem.code, problem.variable) for problem in problems] == [("source-unreadable", "SHOP_API_KEY")]
    assert made.boot(environ=given).code == 78


def test_a_section_whose_only_part_could_not_be_read_is_not_missing_either(site: Make) -> None:
    class Database(BaseModel):
        url: str

    class Settings(BaseSettings):
        model_config = SettingsConfigDict(env_prefix="SHOP_", env_nested_delimiter="__")
        database: Database

    contract = bake(Settings, name="shop", version="1")
    problems = resolve(contract, environ={"SHOP_DATABASE__URL_FILE": "/nowhere/url"}).problems
    assert [(problem.code, problem.variable) for problem in problems] == [("source-unreadable", "SHOP_DATABASE__URL")]
