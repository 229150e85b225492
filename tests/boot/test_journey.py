"""Who reads the code along the environment, from the command line to exec, seldom comes back to a module they had left."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.support import journey
from tests.support.booting import Site
from tests.support.classes import Ladder, Shop

Make = Callable[..., Site]


@pytest.fixture
def boot(site: Make) -> Callable[..., list[str]]:
    def run(*options: str, environ: dict[str, str] | None = None) -> list[str]:
        """The modules in which the environment stays."""
        made = site(Shop)
        made.program = (sys.executable, journey.__file__)
        made.file("shop.env", "SHOP_PORT=8080\n")
        made.file("shop.toml", "ratio = 0.5\n")
        made.file("password", "a-word\n")
        done = made.boot(*options, environ={"SHOP_DATABASE__URL": "postgresql://db/shop", **(environ or {})})
        assert done.code == 0, done.err
        return done.out.split()

    return run


def returns(stays: Sequence[str]) -> int:
    return sum(module in stays[:number] for number, module in enumerate(stays))


@pytest.mark.parametrize(
    "options,environ",
    [
        ([], {}),
        (["--env-file", "shop.env"], {}),
        (["--env-file", "shop.env", "--conf-file", "shop.toml"], {}),
        (["--env-file", "shop.env"], {"SHOP_PASSWORD_FILE": "password"}),
    ],
    ids=["environment", "env-file", "config-file", "secret-file"],
)
def test_the_environment_takes_few_returns(
    boot: Callable[..., list[str]], options: list[str], environ: dict[str, str]
) -> None:
    stays = boot(*options, environ=environ)
    assert stays[0] == "boot/steps.py"
    assert stays[-1] == "boot/launch/handoff.py"
    assert returns(stays) <= 12, "\n".join(stays)


def test_sections_from_several_sources_take_few_more(boot: Callable[..., list[str]], tmp_path: Path) -> None:
    """What is laid over what and which names give parts of one section is asked in turn, level by level."""
    environ = {"SHOP_DATABASE": '{"url": "postgresql://db/shop"}', "SHOP_LIMITS__C": "3"}
    (tmp_path / "more.env").write_text('SHOP_DATABASE__POOL=7\nSHOP_LIMITS={"a": 1}\n')
    (tmp_path / "more.toml").write_text("[database]\npool = 3\n[limits]\nb = 2\n")
    stays = boot("--env-file", "more.env", "--conf-file", "more.toml", environ=environ)
    assert "verdict/sources/spellings.py" in stays
    assert returns(stays) <= 12, "\n".join(stays)


def test_a_store_of_secrets_takes_few_more(site: Make, vault: dict[str, str]) -> None:
    """The store is made by the module that gave the environment to the verdict, and its values are laid over it."""
    made = site(Ladder)
    made.program = (sys.executable, journey.__file__)
    done = made.boot(environ={**vault, "LADDER_TOKEN": "vault:secret/ladder#token"})
    assert done.code == 0, done.err
    stays = done.out.split()
    assert "secrets/vault/server.py" in stays
    assert returns(stays) <= 17, "\n".join(stays)
