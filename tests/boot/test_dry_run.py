"""--dry-run does all but exec, and explains: variable, value, source, what was overridden."""

from __future__ import annotations

import json
import os
import pty
from collections.abc import Callable

import pytest

from tests.support.booting import CANARY, Site
from tests.support.classes import Further, InVault, Needy, Shop

Make = Callable[..., Site]


def test_nothing_is_started(site: Make) -> None:
    made = site(Shop)
    mark = made.directory / "started"
    done = made.boot("--dry-run", command=("/usr/bin/touch", str(mark)))
    assert done.code == 0
    assert not mark.exists()


def test_every_variable_is_explained(site: Make) -> None:
    made = site(Shop)
    made.file("conf.d/a.env", "SHOP_HOST=a\n")
    path = made.file("prod.env", "\nSHOP_HOST=b\nSHOP_RATIO=0.5\n")
    secret = made.file("secret", CANARY)
    environ = {"shop_host": "c", "SHOP_PASSWORD_FILE": str(secret), "SHOP_LIMITS": '{"a": 1}'}
    done = made.boot("--dry-run", "--env-file", path, environ=environ, command=None)
    lines = dict(line.split("=", 1) for line in done.out.splitlines())
    assert set(lines) >= {variable["name"] for variable in made.contract.variables}
    assert lines["SHOP_HOST"].startswith("c  # environment")
    below = (f"overrides env file {path}, line 2", f"overrides {made.conf_dir}/a.env, line 1", "set as shop_host")
    assert lines["SHOP_HOST"] == "; ".join(("c  # environment", *below))
    assert lines["SHOP_RATIO"] == f"0.5  # env file {path}, line 3"
    assert lines["SHOP_PORT"] == "8000  # default in the image"
    assert f"secret file {secret}" in lines["SHOP_PASSWORD"]
    assert CANARY not in done.out + done.err


def test_a_section_is_shown_as_it_was_resolved(site: Make) -> None:
    done = site(Shop).boot("--dry-run", environ={"SHOP_LIMITS__A": "3", "SHOP_DATABASE__POOL": "9"}, command=None)
    lines = dict(line.split("=", 1) for line in done.out.splitlines())
    assert json.loads(lines["SHOP_LIMITS"].partition("  #")[0]) == {"a": 3}
    assert json.loads(lines["SHOP_DATABASE"].partition("  #")[0])["pool"] == 9
    assert "default in the image" not in lines["SHOP_LIMITS"] + lines["SHOP_DATABASE"]


def test_what_vault_has_is_fetched_and_not_shown(site: Make, vault: dict[str, str]) -> None:
    done = site(InVault).boot("--dry-run", environ=vault, command=None)
    assert done.code == 0, done.err
    assert "Vault secret/shop#password" in done.out
    assert CANARY not in done.out + done.err


def test_notes_are_told(site: Make) -> None:
    done = site(Further).boot("--dry-run", command=None)
    assert "accepted by the contract; the application checks further" in done.report


@pytest.mark.parametrize(
    ("environ", "code"),
    [
        ({}, 78),
        ({"SHOP_HOST": "h", "SHOP_PORT": "1", "SHOP_SIGNING_KEY": "x"}, 66),
        ({"SHOP_HOST": "h", "SHOP_PORT": "1", "SHOP_SIGNING_KEY": "x", "SHOP_API_KEY": "x"}, 0),
    ],
)
def test_the_exit_code_is_that_of_a_real_boot(site: Make, environ: dict[str, str], code: int) -> None:
    made = site(Needy)
    assert made.boot("--dry-run", environ=environ, command=None).code == code
    assert made.boot(environ=environ, command=("/bin/true",)).code == code


def test_on_a_terminal_it_is_a_table(site: Make) -> None:
    made = site(Shop)
    leader, follower = pty.openpty()
    done = made.boot(
        "--dry-run", command=None, stdout=follower, stderr=follower, environ={"TERM": "xterm", "SHOP_PASSWORD": CANARY}
    )
    os.close(follower)
    text = b""
    while True:
        try:
            chunk = os.read(leader, 65536)
        except OSError:
            break
        if not chunk:
            break
        text += chunk
    os.close(leader)
    assert done.code == 0
    assert b"SHOP_PORT" in text
    assert b"SHOP_PORT=8000" not in text
    assert CANARY.encode() not in text
