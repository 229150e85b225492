"""A directory that gave values and is not there any more: what is read without it is not for the running application."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from typing import Annotated

import pytest
from pydantic import SecretStr
from pydantic_settings import BaseSettings

from confcontract import Binding
from confcontract.boot.rotation.candidate import why_unusable
from confcontract.verdict.resolution import Resolution
from tests.support.booting import Site


class Settings(BaseSettings):
    limit: int = 5
    token: Annotated[SecretStr | None, Binding("api", key="token")] = None


FILES = {
    "conf.d": {"conf.d/a.toml": "limit = 7"},
    "bindings": {"bindings/it/type": "api", "bindings/it/token": "t"},
    "bindings/it": {"bindings/it/type": "api", "bindings/it/token": "t"},
    "credentials": {"credentials/LIMIT": "7"},
}


def read(made: Site) -> Resolution:
    environ = {"SERVICE_BINDING_ROOT": str(made.directory / "bindings")}
    environ["CREDENTIALS_DIRECTORY"] = str(made.directory / "credentials")
    return made.resolve(environ)


@pytest.mark.parametrize("gone", FILES)
def test_what_is_read_without_it_is_not_taken(site: Callable[..., Site], gone: str) -> None:
    made = site(Settings)
    for path, text in FILES[gone].items():
        made.file(path, text)
    running = read(made)
    assert running.values != {"limit": 5, "token": None}
    assert why_unusable(read(made), running) is None
    shutil.rmtree(made.directory / gone)
    assert f"{gone} is not there any more" in str(why_unusable(read(made), running))


@pytest.mark.parametrize("gone", ["conf.d", "bindings"])
def test_one_that_gave_nothing_may_go(site: Callable[..., Site], gone: str) -> None:
    made = site(Settings)
    (made.directory / gone).mkdir()
    made.file("credentials/LIMIT", "7")
    running = read(made)
    shutil.rmtree(made.directory / gone)
    assert why_unusable(read(made), running) is None


def test_a_file_that_is_taken_out_of_one_takes_its_values_along(site: Callable[..., Site]) -> None:
    made = site(Settings)
    made.file("conf.d/b.toml", "")
    path = made.file("conf.d/a.toml", "limit = 7")
    running = read(made)
    path.unlink()
    assert why_unusable(read(made), running) is None
