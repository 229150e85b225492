"""One table says which source outranks which: whoever changes it has to change nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import pytest
from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import Vault, bake, resolve
from confcontract.verdict.sources.order import CONF_FILE, ENV_FILE, ENVIRONMENT, ORDER, RANK, SECRET_FILE, VAULT
from tests.support.memory import Memory


class Shop(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_")

    key: Annotated[SecretStr, Vault("secret/shop#key")]


CONTRACT = bake(Shop, name="shop", version="1")


class Site:
    """Every source gives SHOP_KEY."""

    def __init__(self, folder: Path) -> None:
        self._env_file = folder / "shop.env"
        self._env_file.write_text("SHOP_KEY=env-file\n")
        self._conf_dir = folder / "conf.d"
        self._conf_dir.mkdir()
        (self._conf_dir / "shop.env").write_text("SHOP_KEY=conf-file\n")

    def key(self) -> str:
        resolution = resolve(
            CONTRACT,
            environ={"SHOP_KEY": "environment"},
            env_files=[self._env_file],
            conf_dir=str(self._conf_dir),
            vault=Memory({"secret/shop": {"key": "vault"}}),
        )
        assert resolution.ok, resolution.problems
        return resolution.environ["SHOP_KEY"]


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


@pytest.fixture
def put(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Put kinds of source above all others, the last highest."""

    def put(*highest: str) -> None:
        for rank, kind in enumerate([*(kind for kind in ORDER if kind not in highest), *highest]):
            monkeypatch.setitem(RANK, kind, rank)

    return put


def test_the_environment_outranks_all_others(site: Site) -> None:
    assert site.key() == "environment"


@pytest.mark.parametrize(
    "highest",
    [
        (CONF_FILE,),
        (ENV_FILE,),
        (VAULT,),
        (ENV_FILE, CONF_FILE),
        (CONF_FILE, ENV_FILE),
        (ENVIRONMENT, VAULT, CONF_FILE),
        (SECRET_FILE, VAULT, ENV_FILE, ENVIRONMENT),
    ],
    ids=" < ".join,
)
def test_whatever_is_highest_in_the_table_gives_the_value(
    site: Site, put: Callable[..., None], highest: tuple[str, ...]
) -> None:
    put(*highest)
    assert site.key() == highest[-1]
