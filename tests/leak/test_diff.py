"""Comparing contracts shows no secret: not a default, not one inside of a URL, not a value that a secret may have."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from pydantic import AnyUrl, BaseModel, Field, HttpUrl, PostgresDsn, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import Contract, Deprecated, Example, Secret, Separated, bake
from confcontract.compare.approvals import with_findings
from confcontract.compare.diff import Comparison, diff
from confcontract.compare.report_of_diff import DiffReport
from confcontract.compare.shown import FORMATS, render_diff
from tests.support.commands import run

from .places import DIGITS, WORD
from .test_leak import SECRETS, found_in

ONE = SECRETS[WORD]
OTHER = ONE + "b"
NUMBER = int(SECRETS[DIGITS])
CONFIG = SettingsConfigDict(env_prefix="SHOP_", env_nested_delimiter="__")


class Login(BaseModel):
    user: str = "app"
    password: str = ONE
    token: SecretStr = SecretStr(ONE)


class OtherLogin(BaseModel):
    user: str = "other"
    password: str = Field(OTHER, min_length=2)
    token: SecretStr = Field(SecretStr(OTHER), max_length=50)


class Old(BaseSettings):
    model_config = CONFIG

    key: SecretStr = SecretStr(ONE)
    password: str = ONE
    number: Annotated[int, Secret(), Field(ge=0)] = NUMBER
    choice: Literal[ONE, "x"] = ONE  # type: ignore[valid-type]
    dsn: PostgresDsn = PostgresDsn(f"postgres://app:{ONE}@db/shop")
    link: AnyUrl = AnyUrl(f"https://app:{ONE}@shop.example/a?password={ONE}")
    broker: str = f"amqp://app:{ONE}@queue/a"
    hosts: list[str] = [f"redis://:{ONE}@a/0"]
    parts: Annotated[list[str], Separated(",")] = [f"redis://:{ONE}@a/0"]
    login: Login = Login()
    logins: list[Login] = [Login()]
    passwords: dict[str, str] = {"a": ONE}
    options: dict[str, Any] = {"password": ONE, "a": 1}
    conninfo: str = f"host=db password={ONE}"
    checked: Annotated[str, Secret()] = ONE
    described: Annotated[SecretStr | None, Example(ONE)] = None
    becomes: str = ONE
    section_becomes: dict[str, str] = {"a": ONE}
    patterned: Annotated[str, Secret(), Field(pattern="^[a-z]+$")] = ONE
    leaves: Annotated[str, Secret()] = ONE
    either: Literal[ONE, "x"] | int = 5  # type: ignore[valid-type]
    words: str = Field("", description=f"Such as postgres://app:{ONE}@db/shop.")


class New(BaseSettings):
    model_config = CONFIG

    key: SecretStr = Field(SecretStr(OTHER), min_length=2)
    password: str = Field(OTHER, min_length=3)
    number: Annotated[int, Secret(), Field(ge=1)] = NUMBER + 1
    choice: Annotated[str, Secret()] = OTHER
    dsn: PostgresDsn = PostgresDsn(f"postgresql://app:{OTHER}@elsewhere/shop")
    link: HttpUrl = HttpUrl(f"https://app:{OTHER}@shop.example/b?password={OTHER}")
    broker: str = Field(f"amqp://app:{OTHER}@queue/b", max_length=20, validate_default=False)
    hosts: list[AnyUrl] = [AnyUrl(f"redis://:{OTHER}@b/0")]
    parts: Annotated[list[AnyUrl], Separated(";")] = [AnyUrl(f"redis://:{OTHER}@b/0")]
    login: OtherLogin = OtherLogin(password=OTHER, token=SecretStr(OTHER))
    logins: list[OtherLogin] = [OtherLogin(password=OTHER, token=SecretStr(OTHER))]
    passwords: dict[str, str] = {"b": OTHER}
    options: dict[str, Any] = {"password": OTHER, "a": 2}
    conninfo: str = f"host=other password={OTHER}"
    checked: Annotated[str, Secret(), Deprecated("not used any more")] = OTHER
    described: Annotated[SecretStr | None, Example(OTHER)] = Field(None, description="The key.")
    becomes: Annotated[str, Secret()] = OTHER
    section_becomes: dict[str, SecretStr] = {"a": SecretStr(ONE)}
    patterned: Annotated[str, Secret(), Field(pattern="^[a-zA-Z]+$")] = OTHER
    either: Annotated[str | int, Secret()] = 5
    words: Annotated[str, Deprecated(f"see https://app:{OTHER}@shop.example")] = ""
    arrives: Annotated[str, Secret()] = OTHER

    @field_validator("checked")
    @classmethod
    def checks(cls, value: str) -> str:
        return value


@pytest.fixture(scope="module")
def contracts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with old.json and new.json."""
    folder = tmp_path_factory.mktemp("diff")
    bake(Old, name="shop", version="1").dump(folder / "old.json")
    bake(New, name="shop", version="2").dump(folder / "new.json")
    return folder


@pytest.fixture(scope="module", params=[("old", "new"), ("new", "old")], ids="-".join)
def comparison(contracts: Path, request: pytest.FixtureRequest) -> Comparison:
    old, new = (Contract.load(contracts / f"{name}.json") for name in request.param)
    return diff(old, new, "full")


@pytest.mark.parametrize("form", FORMATS)
def test_no_format_of_a_comparison_shows_a_secret(comparison: Comparison, form: str) -> None:
    told = {each.path.partition(".")[0] for each in comparison.findings}
    assert told >= {"key", "number", "choice", "link", "broker", "hosts", "login", "becomes", "described"}
    entries = with_findings("", comparison.findings, "all of them", date(2099, 1, 1))
    several = DiffReport((comparison, comparison))
    shown = [render_diff(DiffReport((comparison,)), form), render_diff(several, form), entries]
    assert found_in("\n".join(shown)) == []


def test_the_command_and_the_file_of_approvals_show_none(contracts: Path, tmp_path: Path) -> None:
    pair = (str(contracts / "old.json"), str(contracts / "new.json"))
    words = ("--approve", "all", "--reason", "agreed", "--expires", "2099-01-01")
    done = run("diff", *pair, "--direction", "full", *words, cwd=tmp_path, environ={"CONFCONTRACT_DEBUG": "1"})
    assert done.returncode == 0, done.stdout + done.stderr
    assert "SHOP_NUMBER" in done.stdout
    written = (tmp_path / "confcontract.approvals.toml").read_text()
    assert "SHOP_NUMBER" in written
    assert found_in(done.stdout + done.stderr + written) == []
