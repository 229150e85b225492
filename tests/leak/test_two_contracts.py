"""What compares two contracts, and what follows from it, shows no secret of either, nor of a deployment."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import pytest
from pydantic import BaseModel, Field, PostgresDsn, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import Secret, bake
from tests.support.commands import forked

from .places import WORD
from .test_leak import SECRETS, found_in

WORD_OF_THE_RUN = SECRETS[WORD]
URL = f"postgres://app:{WORD_OF_THE_RUN}@db/shop"
CONFIG = SettingsConfigDict(env_prefix="SHOP_", env_nested_delimiter="__")


class Inner(BaseModel):
    token: SecretStr = SecretStr(WORD_OF_THE_RUN)
    url: str = URL


class Before(BaseSettings):
    """Secrets as defaults, in descriptions and in examples."""

    model_config = CONFIG

    key: SecretStr = SecretStr(f"{WORD_OF_THE_RUN}1")
    plain: Annotated[str, Secret()] = f"{WORD_OF_THE_RUN}1"
    later: str = f"x://app:{WORD_OF_THE_RUN}@h/1"
    dsn: PostgresDsn = Field(PostgresDsn(f"{URL}1"), description=f"Such as {URL}")
    database: Inner = Inner()
    gone: SecretStr = SecretStr(WORD_OF_THE_RUN)
    gone_too: str = Field(URL, description=f"Was {URL}", examples=[URL])


class After(BaseSettings):
    model_config = CONFIG

    key: SecretStr = Field(SecretStr(f"{WORD_OF_THE_RUN}2"), min_length=3)
    plain: Annotated[str, Secret()] = Field(f"{WORD_OF_THE_RUN}2", max_length=40)
    later: Annotated[str, Secret()] = f"x://app:{WORD_OF_THE_RUN}@h/2"
    dsn: PostgresDsn = Field(PostgresDsn(f"{URL}2"), description=f"Or {URL}", max_length=60)
    database: Inner = Inner(url=f"{URL}2")
    come: str = Field(URL, description=f"Such as {URL}", examples=[URL])
    come_too: SecretStr = Field(description=f"password={WORD_OF_THE_RUN}")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("two")
    for settings in (Before, After):
        bake(settings, name="shop", version="1.4.0").dump(made / f"{settings.__name__.lower()}.json")
    return made


COMMANDS = [
    *(("diff", "{old}", "{new}", "--direction", "full", "--format", form) for form in ("text", "json", "markdown")),
    *(("diff", "{old}", "{new}", "--format", form) for form in ("github", "gitlab", "sarif", "junit")),
    ("changelog", "{old}", "{new}"),
    ("changelog", "{old}", "{new}", "--append", "{folder}/CHANGELOG.md", "--version", "2.0.0"),
    ("bump", "{old}", "{new}"),
    ("bump", "{old}", "{new}", "--format", "json", "--check", "1.5.0"),
    ("tag", "{new}"),
    ("docs", "--contract", "{new}", "--since", "{old}"),
    ("docs", "--contract", "{new}", "--since", "{old}", "--format", "html"),
]


@pytest.mark.parametrize("form", ["text", "json", "markdown"])
@pytest.mark.parametrize("text", ["", "SHOP_KEY=x\nSHOP_DATABASE={\n", "\n"])
def test_no_secret_of_a_deployment_is_shown(folder: Path, tmp_path: Path, form: str, text: str) -> None:
    names = ("KEY", "PLAIN", "LATER", "DSN", "DATABASE__TOKEN", "DATABASE__URL", "GONE", "GONE_TOO", "COME", "COME_TOO")
    values = [f"SHOP_{name}={URL}" for name in names]
    values += [f"SHOP_{name}={WORD_OF_THE_RUN}{'x' * 60}" for name in names] if text == "\n" else []
    (tmp_path / "prod.env").write_text("\n".join(values) + "\n" + text)
    for old, new in (("before", "after"), ("after", "before")):
        arguments = ["diff", str(folder / f"{old}.json"), str(folder / f"{new}.json"), "--direction", "full"]
        arguments += ["--format", form, "--environment", str(tmp_path / "prod.env")]
        code, told = forked(*arguments, environ={"CONFCONTRACT_DEBUG": "1"})
        assert code in (0, 1, 2), told
        assert "here" in told or code == 2
        assert "Traceback" not in told
        assert not found_in(told)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("way", [("before", "after"), ("after", "before")], ids=["forward", "back"])
def test_no_secret_of_a_contract_is_shown(folder: Path, command: tuple[str, ...], way: tuple[str, str]) -> None:
    old, new = (str(folder / f"{each}.json") for each in way)
    arguments = [part.format(old=old, new=new, folder=folder) for part in command]
    code, text = forked(*arguments, environ={"CONFCONTRACT_DEBUG": "1"})
    assert code in (0, 1), text
    assert "Traceback" not in text
    assert "SHOP_" in text or "--append" in command or command[0] == "tag"
    changelog = folder / "CHANGELOG.md"
    assert not found_in(text + (changelog.read_text() if changelog.exists() else ""))
