"""A reference that is not read is refused where it stands, and never reaches the application as if it were the secret."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import pytest
from pydantic import AliasChoices, AliasPath, BaseModel, Field, Json, SecretStr
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from confcontract import Role, Separated, Vault, bake
from confcontract.verdict.sources.origin import as_named
from tests.support.booting import Ended, Site
from tests.support.memory import Memory
from tests.support.vault.openbao import OpenBao

Make = Callable[..., Site]
REFERENCE = "vault:secret/shop#password"


class Account(BaseModel):
    user: str = "shop"
    password: SecretStr | None = None


class Database(BaseModel):
    account: Account = Account()
    password: SecretStr | None = Field(None, validation_alias=AliasChoices("password", "pw"))


class Pair(NamedTuple):
    first: str
    second: str


class Inner(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="INNER_")

    password: SecretStr | None = None


class All(BaseSettings):
    """One of every shape in which a secret may be given."""

    model_config = SettingsConfigDict(env_prefix="SHOP_", env_nested_delimiter="__")

    password: SecretStr | None = None
    number: int = 1
    database: Database = Database.model_validate({})
    tokens: dict[str, SecretStr] = {}
    accounts: dict[str, Account] = {}
    keys: list[SecretStr] = []
    listed: list[Account] = []
    pair: Pair = Pair("a", "b")
    options: Json[dict[str, Any]] | None = None
    anything: Any = None
    separated: Annotated[list[str], Separated(",")] = []
    undecoded: Annotated[str | list[str], NoDecode] = ""
    renamed: SecretStr | None = Field(None, validation_alias=AliasChoices("SHOP_RENAMED", "OLD_NAME"))
    within: SecretStr | None = Field(None, validation_alias=AliasPath("SHOP_WITHIN", "deep", 0))
    inner: Inner = Field(default_factory=Inner)


@pytest.fixture
def all_(site: Make) -> Site:
    return site(All)


def as_json(value: object) -> str:
    return json.dumps(value)


# name → value, the variable that is blamed
INSIDE: dict[str, tuple[str, str]] = {
    "SHOP_TOKENS__A": (REFERENCE, "SHOP_TOKENS__A"),
    "SHOP_TOKENS": (as_json({"a": REFERENCE}), "SHOP_TOKENS"),
    "SHOP_ACCOUNTS__A__PASSWORD": (REFERENCE, "SHOP_ACCOUNTS__A__PASSWORD"),
    "SHOP_ACCOUNTS__A": (as_json({"password": REFERENCE}), "SHOP_ACCOUNTS"),
    "SHOP_ACCOUNTS": (as_json({"a": {"password": REFERENCE}}), "SHOP_ACCOUNTS"),
    "SHOP_DATABASE": (as_json({"account": {"password": REFERENCE}}), "SHOP_DATABASE__ACCOUNT__PASSWORD"),
    "SHOP_DATABASE__ACCOUNT": (as_json({"password": REFERENCE}), "SHOP_DATABASE__ACCOUNT__PASSWORD"),
    "shop_database": (as_json({"pw": REFERENCE}), "SHOP_DATABASE"),
    "SHOP_KEYS": (as_json(["x", REFERENCE]), "SHOP_KEYS"),
    "shop_keys": (as_json([REFERENCE]), "SHOP_KEYS"),
    "SHOP_LISTED": (as_json([{"password": REFERENCE}]), "SHOP_LISTED"),
    "SHOP_PAIR": (as_json(["x", REFERENCE]), "SHOP_PAIR"),
    "SHOP_OPTIONS": (as_json({"deep": [{"password": REFERENCE}]}), "SHOP_OPTIONS"),
    "SHOP_ANYTHING": (as_json([[REFERENCE]]), "SHOP_ANYTHING"),
    "SHOP_SEPARATED": (f"x,{REFERENCE}", "SHOP_SEPARATED"),
    "SHOP_UNDECODED": (f"x;{REFERENCE}", "SHOP_UNDECODED"),
    "SHOP_WITHIN": (as_json({"deep": [REFERENCE]}), "SHOP_WITHIN"),
    "SHOP_INNER": (as_json({"password": REFERENCE}), "SHOP_INNER__PASSWORD"),
}
SPELLINGS = (
    "Vault:secret/shop#password",
    "VAULT:secret/shop#password",
    "Bao:secret/shop#password@2",
    " vault:secret/shop#password",
    "vault:secret/shop#password ",
    '"vault:secret/shop#password"',
    "'bao:secret/shop#password'",
    "\tvault:secret/shop#password\n",
    '" Vault:secret/shop#password|"',
)
OF_ITS_OWN = (
    "SHOP_PASSWORD",
    "shop_password",
    "Shop_Password",
    "OLD_NAME",
    "INNER_PASSWORD",
    "SHOP_DATABASE__ACCOUNT__PASSWORD",
)


def refused(made: Site, environ: dict[str, str], **more: Any) -> dict[str | None, Any]:
    """variable → the problem with the reference in it, where there is one; and that nothing else is wrong."""
    result = made.resolve(environ, **more)
    errors = [problem for problem in result.problems if problem.severity == "error"]
    assert {problem.code for problem in errors} <= {"reference-unresolved", "reference-invalid"}, errors
    assert all(problem.hint and problem.source for problem in errors)
    assert not errors or result.exit_code == 78
    return {problem.variable: problem for problem in errors}


@pytest.mark.parametrize("name", INSIDE)
@pytest.mark.parametrize("place", ["environment", "env file"])
def test_a_reference_inside_of_another_value_is_refused(all_: Site, name: str, place: str) -> None:
    value, blamed = INSIDE[name]
    if place == "environment":
        found = refused(all_, {name: value})
    else:
        found = refused(all_, {}, env_files=[all_.file("prod.env", f"{name}='{value}'\n")])
    assert set(found) == {blamed}
    assert (found[blamed].source or "").endswith(as_named("", name, blamed))


@pytest.mark.parametrize("value", SPELLINGS)
def test_another_spelling_of_a_reference_is_refused_wherever_it_stands(all_: Site, value: str) -> None:
    for name in (*OF_ITS_OWN, "SHOP_TOKENS__A"):
        (problem,) = refused(all_, {name: value}).values()
        assert value.strip() not in f"{problem.message} {problem.hint}"
    for name, wrap in (("SHOP_KEYS", lambda text: [text]), ("SHOP_DATABASE", lambda text: {"password": text})):
        assert refused(all_, {name: as_json(wrap(value))})


@pytest.mark.parametrize(
    "value",
    [
        "Vault: the safe in the cellar",
        "vaulted",
        "Vault",
        "a vault:x",
        "secret/shop#password",
        "bao",
        "http://vault:80/a#b",
    ],
)
def test_a_text_that_is_no_reference_is_a_text(all_: Site, value: str) -> None:
    for environ in ({"SHOP_PASSWORD": value}, {"SHOP_KEYS": as_json([value])}, {"SHOP_UNDECODED": value}):
        assert refused(all_, environ) == {}


def test_a_value_that_is_refused_is_not_told_to_be_of_the_wrong_type_as_well(all_: Site) -> None:
    result = all_.resolve({"SHOP_NUMBER": " Vault:secret/shop#port"})
    assert [problem.code for problem in result.problems] == ["reference-unresolved"]


def test_the_advice_names_the_variable_that_may_refer_to_vault(all_: Site) -> None:
    (problem,) = refused(all_, {"SHOP_DATABASE": as_json({"account": {"password": REFERENCE}})}).values()
    assert "SHOP_DATABASE__ACCOUNT__PASSWORD=vault:MOUNT/PATH#KEY" in problem.hint
    (problem,) = refused(all_, {"SHOP_TOKENS__A": REFERENCE}).values()
    assert "SHOP_TOKENS=vault:MOUNT/PATH#KEY" in problem.hint


@pytest.mark.process
def test_what_is_given_as_advised_is_read(all_: Site, vault: dict[str, str], bao: OpenBao) -> None:
    bao.put("whole", {"tokens": {"a": "from vault"}, "password": "it"})
    environ = {
        "SHOP_TOKENS": "vault:secret/whole#tokens",
        "shop_database__account__password": "vault:secret/whole#password",
    }
    given = all_.boot(environ=environ | vault).environ
    assert json.loads(given["SHOP_TOKENS"]) == {"a": "from vault"}
    assert given["shop_database__account__password"] == "it"


class WithFiles(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix="SHOP_", env_nested_delimiter="__", env_file=".env", secrets_dir="secrets", extra="allow"
    )

    password: SecretStr | None = None
    tokens: dict[str, SecretStr] = {}


@pytest.fixture
def with_files(site: Make) -> Site:
    made = site(WithFiles)
    made.file("secrets/other", "x")
    return made


@pytest.mark.parametrize(
    "line", [f"SHOP_PASSWORD={REFERENCE}", f"shop_tokens__a={REFERENCE}", f"SHOP_EXTRA='{REFERENCE}'"]
)
def test_a_reference_in_the_classs_own_env_file_is_refused(with_files: Site, line: str) -> None:
    with_files.file(".env", f"{line}\n")
    (problem,) = refused(with_files, {}).values()
    assert "in the application's env file" in problem.message


@pytest.mark.parametrize("below", [{}, {"SHOP_PASSWORD": "x"}])
def test_a_reference_in_the_classs_own_secrets_dir_is_refused(with_files: Site, below: dict[str, str]) -> None:
    with_files.file("secrets/SHOP_PASSWORD", f"{REFERENCE}\n")
    file = with_files.file("prod.env", "".join(f"{name}={value}\n" for name, value in below.items()))
    (problem,) = refused(with_files, {}, env_files=[file]).values()
    assert "in the application's secrets directory" in problem.message
    assert "secrets/SHOP_PASSWORD in the application's secrets_dir" in str(problem.source)


def test_what_is_outranked_is_nobodys_reference(with_files: Site) -> None:
    with_files.file(".env", f"SHOP_PASSWORD={REFERENCE}\n")
    with_files.file("secrets/SHOP_PASSWORD", REFERENCE)
    assert refused(with_files, {"SHOP_PASSWORD": "x"}) == {}


def test_a_password_that_begins_like_a_reference_may_stand_where_secrets_do(with_files: Site) -> None:
    with_files.file("secrets/SHOP_PASSWORD", "vault:hunter2")
    assert refused(with_files, {}) == {}
    file = with_files.file("other/password", REFERENCE)
    assert refused(with_files, {"SHOP_PASSWORD_FILE": str(file)}) == {}, "what is secret is never looked into"


def test_nothing_is_made_for_a_boot_that_fails_over_a_reference_that_is_not_read(
    site: Make, vault: dict[str, str], bao: OpenBao
) -> None:
    class Made(BaseSettings):
        model_config = SettingsConfigDict(env_prefix="SHOP_", env_nested_delimiter="__")

        certificate: Annotated[SecretStr, Vault("certificates-here/issue/web?common_name=shop.example#certificate")]
        tokens: dict[str, SecretStr] = {}

    made = site(Made)
    for token, created in ((REFERENCE, []), ("x", ["create"])):
        store = Memory(created={"certificates-here/issue/web": lambda: {"certificate": "c"}})
        made.resolve({"SHOP_TOKENS__A": token}, vault=store)
        assert [what for what, _ in store.asked] == ["read", *created, "close"]


class Sessions(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_")

    password: SecretStr
    host: str = "localhost"


@pytest.mark.process
def test_a_reference_that_a_role_does_not_need_is_not_handed_over(site: Make) -> None:
    made = site(Sessions, roles={"migrate": Role(command=["/bin/true"], needs=["SHOP_HOST"])})
    ended: Ended = made.boot("--role", "migrate", environ={"SHOP_PASSWORD": REFERENCE, "SHOP_HOST": "db"})
    assert "SHOP_PASSWORD" not in ended.environ
    assert ended.environ["SHOP_HOST"] == "db"


@pytest.mark.parametrize("command", [("validate",), ("explain",)])
def test_every_command_says_so(all_: Site, command: tuple[str, ...], tmp_path: Path) -> None:
    from tests.support.commands import run, said

    words = said(run(*command, "--contract", str(all_.contract_path), environ={"SHOP_TOKENS__A": REFERENCE}))
    assert "reference-unresolved" in words


def test_bake_warns_of_a_default_that_is_a_reference() -> None:
    class Defaults(BaseSettings):
        password: str = REFERENCE
        tokens: dict[str, str] = {"a": "Vault:secret/shop#password"}
        text: str = "vault: the safe"

    warnings = bake(Defaults, name="shop", version="1").warnings
    told = [problem.message for problem in warnings if "reference to Vault" in problem.message]
    assert len(told) == 2
    assert all(REFERENCE not in problem for problem in told)
