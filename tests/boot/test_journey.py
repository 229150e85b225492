"""Who reads the code along the environment, from the command line to exec, seldom comes back to a module they had left."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

import pytest

from tests.support import journey
from tests.support.booting import Site
from tests.support.classes import Shop

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
