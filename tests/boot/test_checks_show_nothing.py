"""A boot whose checks say what they were given: neither the log, nor a helper's environment, nor a file shows it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pydantic import HttpUrl, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import Command, File, Http, Python
from tests.support.booting import Site


class Shop(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_")

    key: SecretStr | None = None
    plain: str = "p"
    tokens: list[SecretStr] = []
    hook: HttpUrl | None = None
    file: str = "/"


PROGRAM = """
def longer(value): raise ValueError("bad key: " + value)
def as_repr(value): int(value)
"""
FAST = {"timeout": 5, "interval": 5, "deadline": 5}


@pytest.fixture
def here(site: Callable[..., Site]) -> Site:
    made = site(
        Shop,
        checks=[
            Python("saying:longer", name="longer", target="SHOP_KEY", **FAST),  # type: ignore[arg-type]
            Python("saying:as_repr", name="repr", target="SHOP_KEY", **FAST),  # type: ignore[arg-type]
            Command(["sh", "-c", "cat; exit 1"], name="cat", target="SHOP_KEY", **FAST),  # type: ignore[arg-type]
            Command(["sh", "-c", "env; exit 1"], name="env", **FAST),  # type: ignore[arg-type]
        ],
    )
    made.file("saying.py", PROGRAM)
    return made


@pytest.mark.parametrize(
    "secret", ["CANARY" + "x" * 4200, "FIRSTCANARY\nSECONDCANARY", "CANARY\"'\\", "CANARYé" * 3, "x" * 70000 + "CANARY"]
)
def test_programs_and_functions_show_nothing_of_their_target(here: Site, secret: str) -> None:
    done = here.boot(environ={"SHOP_KEY": secret, "PYTHONPATH": str(here.directory)})
    assert done.code == 69
    assert "CANARY" not in done.err
    assert {"SHOP_KEY"} <= done.named()


def test_what_comes_from_a_secret_file_is_not_in_the_environment_of_a_helper(here: Site) -> None:
    file = here.file("f", "FROMFILECANARY")
    done = here.boot(
        environ={"SHOP_PLAIN_FILE": str(file), "shop_tokens": '["TOKEN\\"CANARY"]', "PYTHONPATH": str(here.directory)}
    )
    assert done.code == 69
    assert "CANARY" not in done.err


class Hooks(BaseSettings):
    hook: HttpUrl
    keyfile: str = "/x"


def test_what_is_left_for_probes_holds_nothing_that_came_from_a_secret_source(site: Callable[..., Site]) -> None:
    checks = [
        Http("hook", "HOOK", phases=["ready"]),
        File("key", "KEYFILE", phases=["ready"]),
    ]
    here = site(Hooks, checks=checks)
    url = here.file("url", "http://127.0.0.1:9/services/T0/CANARY")
    key = here.file("key", "/CANARY")
    done = here.boot(environ={"HOOK_FILE": str(url), "KEYFILE_FILE": str(key)}, command=["true"])
    assert done.code == 0
    left = (here.directory / "run" / "probe.json").read_text()
    assert "CANARY" not in left
    assert '"port"' in left or "127.0.0.1" in left  # what a probe can still try without the secret
