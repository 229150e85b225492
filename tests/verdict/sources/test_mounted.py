"""Secret files that are called like variables: systemd's credentials, Docker's and Swarm's secrets, projections."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import pytest
from pydantic import AliasChoices, BaseModel, Field, SecretStr
from pydantic_settings import BaseSettings, NestedSecretsSettingsSource, SettingsConfigDict

from confcontract import Vault
from confcontract.boot import options
from confcontract.verdict.explain import rows
from tests.support.booting import CANARY, Site, without_privileges
from tests.support.classes import Needy, Shop
from tests.support.own_order import Given, OwnOrder, Sources
from tests.support.projection import Projection

Make = Callable[..., Site]


class Named(BaseSettings):
    key: SecretStr | None = Field(None, validation_alias=AliasChoices("SHOP_KEY", "OLD_KEY"))


class Cased(BaseSettings):
    model_config = SettingsConfigDict(case_sensitive=True)

    Key: SecretStr | None = None
    key_ring: SecretStr | None = None


class OwnDirectory(BaseSettings):
    model_config = SettingsConfigDict(secrets_dir="secrets")
    password: str = ""


class Login(BaseModel):
    password: str = ""


class OwnTree(OwnOrder, BaseSettings):
    model_config = SettingsConfigDict(secrets_dir="secrets", secrets_nested_subdir=True)
    database: Login = Login()
    key: str = ""

    @classmethod
    def in_order(cls, given: Given) -> Sources:
        return given.environment, NestedSecretsSettingsSource(given.secrets_dirs)


class InVault(BaseSettings):
    password: Annotated[SecretStr, Vault("secret/shop#password")]


def resolve_in(made: Site, environ: dict[str, str] | None = None, **more: Any) -> Any:
    return made.resolve(environ or {}, secret_dirs=["secrets"], **more)


@pytest.mark.parametrize("written", ["SHOP_PASSWORD", "shop_password", "Shop_Password"])
def test_a_mounted_secret_is_its_variables_value(site: Make, written: str) -> None:
    made = site(Shop)
    path = made.file(f"secrets/{written}", f"{CANARY}\n")
    result = resolve_in(made)
    assert result.environ["SHOP_PASSWORD"] == CANARY
    assert made.settings_in(result.environ)["password"] == CANARY
    assert str(result.sources["SHOP_PASSWORD"]) == f"secret file secrets/{path.name}"


def test_every_name_of_a_variable_is_looked_for_and_the_better_one_counts(site: Make) -> None:
    made = site(Named)
    made.file("secrets/old_key", "old")
    assert resolve_in(made).environ["OLD_KEY"] == "old"
    made.file("secrets/shop_key", "new")
    result = resolve_in(made)
    assert result.values["key"] == "new"
    assert [problem.code for problem in result.problems] == ["name-twice"]


def test_members_of_sections_have_files_of_their_own(site: Make) -> None:
    made = site(Shop)
    made.file("secrets/shop_database__url", "postgres://app:pw@db/shop")
    result = resolve_in(made, {"SHOP_DATABASE": '{"pool": 3}'})
    assert result.values["database"] == {"url": "postgres://app:pw@db/shop", "pool": 3}
    assert made.settings_in(result.environ) == result.values


@pytest.mark.parametrize(
    "written, values",
    [
        ("Key", {"Key": "x", "key_ring": None}),
        ("key", {"Key": "x", "key_ring": None}),
        ("KEY", {"Key": None, "key_ring": None}),
        ("key_ring", {"Key": None, "key_ring": "x"}),
        ("KEY_RING", {"Key": None, "key_ring": None}),
    ],
)
def test_case_counts_where_it_counts_for_the_class_but_lower_case_is_always_found(
    site: Make, written: str, values: dict[str, str | None]
) -> None:
    made = site(Cased)
    made.file(f"secrets/{written}", "x")
    result = resolve_in(made)
    assert result.values == values
    assert made.settings_in(result.environ) == values


def test_what_the_contract_does_not_declare_is_left_alone(site: Make) -> None:
    made = site(Shop)
    for name in ("other", "SHOP_PASWORD", "..data", "kubernetes.io"):
        made.file(f"secrets/{name}/x" if name == "kubernetes.io" else f"secrets/{name}", CANARY)
    result = resolve_in(made)
    assert not result.problems
    assert CANARY not in str(result.environ)


def test_env_files_are_below_and_the_environment_is_above(site: Make) -> None:
    made = site(Shop)
    made.file("secrets/shop_password", "mounted")
    env_file = made.file("prod.env", "SHOP_PASSWORD=file\n")
    result = resolve_in(made, env_files=[env_file])
    assert result.values["password"] == "mounted"
    assert [str(each) for each in result.sources["SHOP_PASSWORD"].overrides] == [f"env file {env_file}, line 1"]
    above = resolve_in(made, {"SHOP_PASSWORD": "mine"}, env_files=[env_file])
    assert above.values["password"] == "mine"
    (row,) = [row for row in rows(above) if row.name == "SHOP_PASSWORD"]
    assert row.overridden == ["secret file secrets/shop_password", f"env file {env_file}, line 1"]


def test_a_file_that_is_named_outranks_one_that_is_found(site: Make) -> None:
    made = site(Shop)
    found, named = made.file("secrets/shop_password", "found"), made.file("named", "named")
    result = resolve_in(made, {"SHOP_PASSWORD_FILE": str(named)})
    assert result.values["password"] == "named"
    assert [str(each) for each in result.sources["SHOP_PASSWORD"].overrides] == ["secret file secrets/shop_password"]
    same = resolve_in(made, {"SHOP_PASSWORD_FILE": str(found)})
    assert same.values["password"] == "found"
    assert not same.sources["SHOP_PASSWORD"].overrides
    assert not same.problems


def test_later_folders_outrank_and_systemds_outrank_all_of_them(site: Make) -> None:
    made = site(Shop)
    for folder in ("one", "two", "credentials"):
        made.file(f"{folder}/shop_password", folder)
    dirs = ["one", "two"]
    assert made.resolve({}, secret_dirs=dirs).values["password"] == "two"
    result = made.resolve({"CREDENTIALS_DIRECTORY": str(made.directory / "credentials")}, secret_dirs=dirs)
    assert result.values["password"] == "credentials"


def test_a_mounted_secret_fills_in_for_vault_and_is_hidden_whatever_its_type(site: Make) -> None:
    made = site(InVault)
    made.file("secrets/password", CANARY)
    assert made.resolve({}, secret_dirs=["secrets"], strict=False).values["password"] == CANARY
    plain = site(Shop)
    plain.file("secrets/shop_host", CANARY)
    assert CANARY not in str([row.value for row in rows(resolve_in(plain))])


def test_the_classs_own_directory_is_read_as_the_class_reads_it(site: Make) -> None:
    """pydantic-settings strips it; handed over as it is, it would have another value."""
    made = site(OwnDirectory)
    made.file("secrets/password", "  spaced  \n")
    result = resolve_in(made)
    assert result.values["password"] == "spaced"
    assert "PASSWORD" not in result.environ


def test_so_is_one_that_it_reads_with_a_source_for_nested_secrets(site: Make) -> None:
    made = site(OwnTree)
    made.file("secrets/database/password", "one")
    made.file("secrets/key", "  spaced  ")
    result = resolve_in(made)
    assert not result.problems
    assert result.values == {"database": {"password": "one"}, "key": "spaced"}
    assert made.settings_in(result.environ) == result.values
    assert "KEY" not in result.environ


def test_a_directory_that_is_a_link_to_itself_is_what_it_is_to_the_class(site: Make) -> None:
    made = site(OwnTree)
    (made.directory / "secrets").symlink_to("secrets")
    problems = made.resolve({}).problems
    if sys.version_info >= (3, 13):  # pathlib no longer minds
        assert problems == []
        return
    assert [problem.message for problem in problems] == ["secrets is a link that points back to itself"]
    with pytest.raises(RuntimeError):
        made.settings_in({})


BAD: dict[str, tuple[str, Callable[[Path], Any]]] = {
    "a directory": ("is a directory", lambda path: path.mkdir()),
    "a dangling link": ("is a link whose target does not exist", lambda path: path.symlink_to("nowhere")),
    "NUL": ("contains a NUL byte", lambda path: path.write_bytes(b"a\0" + CANARY.encode())),
    "not UTF-8": ("is not UTF-8 text (byte 1)", lambda path: path.write_bytes(b"\xff" + CANARY.encode())),
    "too large": ("is larger than 1048576 bytes", lambda path: path.write_bytes(b"x" * (1024 * 1024 + 1))),
    "a way out": ("is a link that points outside of", lambda path: path.symlink_to("/etc/hostname")),
}


@pytest.mark.parametrize("what", BAD)
def test_what_cannot_be_used_is_told_with_the_variable_and_the_file(site: Make, what: str) -> None:
    made = site(Needy)
    told, spoil = BAD[what]
    path = made.file("secrets/x", "").with_name("shop_api_key")
    spoil(path)
    environ = {"SHOP_HOST": "h", "SHOP_PORT": "1", "SHOP_SIGNING_KEY": CANARY}
    (problem,) = made.resolve(environ, secret_dirs=[str(path.parent)]).problems
    assert (problem.code, problem.variable) == ("source-unreadable", "SHOP_API_KEY")
    assert problem.message.startswith(f"{path} {told}")
    done = made.boot("--mounted-secrets", path.parent, environ=environ)
    assert (done.code, done.out) == (78, "")
    assert CANARY not in done.err
    outranked = made.resolve(environ | {"SHOP_API_KEY": "y"}, secret_dirs=[str(path.parent)])
    assert not outranked.problems


def test_a_file_that_may_not_be_read_is_told(site: Make) -> None:
    made = site(Shop)
    made.file("secrets/shop_password", CANARY).chmod(0)
    done = made.boot("--mounted-secrets", "secrets", under=without_privileges())
    assert done.code == 78
    assert "secrets/shop_password can't be read: Permission denied" in done.report


def test_an_empty_file_is_an_empty_secret(site: Make) -> None:
    made = site(Needy)
    made.file("secrets/shop_api_key", "\n")
    environ = {"SHOP_HOST": "h", "SHOP_PORT": "1", "SHOP_SIGNING_KEY": "x"}
    (problem,) = resolve_in(made, environ).problems
    assert (problem.code, problem.source) == ("secret-empty", "secret file secrets/shop_api_key")
    assert resolve_in(made, environ, strict=True).exit_code == 66


def test_a_folder_that_is_not_there_is_an_error_where_it_was_named_and_a_warning_of_systemds(site: Make) -> None:
    made = site(Shop)
    done = made.boot("--mounted-secrets", "nowhere")
    assert done.code == 78
    assert "nowhere can't be read as a directory of secret files: No such file or directory" in done.report
    (problem,) = made.resolve({"CREDENTIALS_DIRECTORY": "/nowhere"}).problems
    assert (problem.code, problem.severity) == ("source-unreadable", "warning")


def test_two_spellings_of_one_name_are_told(site: Make) -> None:
    made = site(Shop)
    for name in ("SHOP_PASSWORD", "shop_password"):
        made.file(f"secrets/{name}", name)
    result = resolve_in(made)
    assert result.values["password"] == "SHOP_PASSWORD"
    (problem,) = result.problems
    assert (problem.code, problem.severity, problem.variable) == ("name-twice", "warning", "SHOP_PASSWORD")
    assert problem.message == "secrets/SHOP_PASSWORD and shop_password beside it are the same variable"


def test_the_usual_folder_is_looked_at_where_there_may_be_settings_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = tmp_path / "secrets"
    monkeypatch.setattr(options, "SECRETS_DIR", str(usual))
    assert options.secret_dirs(None) == []
    (usual / "kubernetes.io").mkdir(parents=True)
    assert options.secret_dirs("") == [], "as in every pod"
    (usual / "shop_password").touch()
    assert options.secret_dirs(None) == [str(usual)]
    assert options.secret_dirs("/a:/b") == ["/a", "/b"]


@pytest.mark.process
def test_boot_hands_a_credential_over_and_leaves_the_application_its_own(site: Make) -> None:
    made = site(Shop)
    folder = made.file("credentials/shop_password", CANARY).parent
    given = made.boot(environ={"CREDENTIALS_DIRECTORY": str(folder)}).environ
    assert given["SHOP_PASSWORD"] == CANARY
    assert given["CREDENTIALS_DIRECTORY"] == str(folder)


@pytest.mark.process
def test_the_folders_can_be_named_by_a_variable_which_is_not_handed_over(site: Make) -> None:
    made = site(Shop)
    one, two = made.file("one/shop_password", "one").parent, made.file("two/SHOP_HOST", "two").parent
    given = made.boot(environ={"CONFCONTRACT_MOUNTED_SECRETS": f"{one}:{two}"}).environ
    assert (given["SHOP_PASSWORD"], given["SHOP_HOST"]) == ("one", "two")
    assert "CONFCONTRACT_MOUNTED_SECRETS" not in given


# -- projections of Kubernetes ------------------------------------------------------------------


def test_the_links_of_a_projection_are_followed(site: Make) -> None:
    made = site(Shop)
    projection = Projection(made.directory / "secrets")
    projection.put(shop_password="one", SHOP_HOST="here")
    result = resolve_in(made)
    assert (result.values["password"], result.values["host"]) == ("one", "here")
    projection.put(shop_password="two", SHOP_HOST="there")
    assert resolve_in(made).values["password"] == "two"


def test_all_of_a_projection_is_of_one_state_however_often_it_is_replaced(site: Make) -> None:
    made = site(Shop)
    projection = Projection(made.directory / "secrets")
    projection.put(SHOP_PASSWORD="0", SHOP_HOST="0")
    done = threading.Event()

    def replace() -> None:
        for number in range(1, 3000):
            if done.is_set():
                return
            projection.put(SHOP_PASSWORD=str(number), SHOP_HOST=str(number))
            time.sleep(0.001)

    writer = threading.Thread(target=replace)
    writer.start()
    try:
        found = [resolve_in(made) for _ in range(200)]
    finally:
        done.set()
        writer.join()
    assert not [each.problems for each in found if each.problems]
    pairs = {(each.values["password"], each.values["host"]) for each in found}
    assert len(pairs) > 5, "nothing was replaced meanwhile"
    assert all(one == other for one, other in pairs)


@pytest.mark.parametrize("directly", [False, True])
def test_a_link_out_of_a_projection_is_refused_also_where_the_file_is_named(site: Make, directly: bool) -> None:
    made = site(Shop)
    outside = made.file("outside", CANARY)
    Projection(made.directory / "secrets").put(SHOP_HOST="here")
    link = made.directory / ("secrets/shop_password" if directly else "secrets/..data/shop_password")
    link.symlink_to(outside)
    if not directly:
        (made.directory / "secrets/shop_password").symlink_to("..data/shop_password")
    named = {"SHOP_PASSWORD_FILE": str(made.directory / "secrets/shop_password")}
    for result in (resolve_in(made), made.resolve(named)):
        (problem,) = result.problems
        assert (problem.code, problem.variable) == ("source-unreadable", "SHOP_PASSWORD")
        assert "is a link that points outside of" in problem.message
        assert CANARY not in str(result.environ)
