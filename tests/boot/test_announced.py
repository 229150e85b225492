"""The start is announced when nothing is known any more that could prevent it."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable

import pytest

from tests.support.booting import Site
from tests.support.classes import Shop

Make = Callable[..., Site]


@pytest.mark.parametrize("form", ["text", "json"])
def test_an_address_that_is_taken_ends_boot_before_a_start_is_announced(site: Make, form: str) -> None:
    made = site(Shop)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        done = made.boot("--supervise", "--health-addr", address, "--log-format", form)
    assert done.code == 64
    assert f"--health-addr {address}: address already in use" in done.report
    assert "starting" not in done.err


@pytest.mark.parametrize("options", [(), ("--supervise",)], ids=str)
def test_a_place_for_secrets_that_cannot_be_had_ends_boot_before_a_start_is_announced(
    site: Make, options: tuple[str, ...]
) -> None:
    made = site(Shop)
    folder = made.directory / "secrets"
    folder.mkdir()
    os.chmod(folder, 0o755)
    done = made.boot(*options, "--deliver", "files", "--secrets-dir", folder)
    assert done.code == 78
    assert "starting" not in done.err


@pytest.mark.parametrize("options", [(), ("--supervise",)], ids=str)
def test_a_start_is_announced_once(site: Make, options: tuple[str, ...]) -> None:
    made = site(Shop)
    done = made.boot(*options, environ={"XDG_RUNTIME_DIR": str(made.directory)})
    assert done.err.count("the configuration is valid; starting /bin/cat") == 1
