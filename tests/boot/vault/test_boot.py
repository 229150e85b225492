"""Boots that have secrets made: one credential for one boot, none for a boot that fails, and none left behind."""

from __future__ import annotations

import os
import pty
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import pytest
from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import Tcp, Vault
from tests.support.booting import PLAIN, SAFETY
from tests.support.ports import refusing_port
from tests.support.postgres import Postgres
from tests.support.vault import dynamic
from tests.support.vault.deployments import Made, Shop, nothing_is_lent
from tests.support.vault.faulty import Faulty
from tests.support.vault.openbao import OpenBao, until

LogIn = Callable[..., dict[str, str]]


@pytest.fixture
def deployed(made: Shop, bao: OpenBao, postgres: Postgres, root: dict[str, str], log_in: LogIn) -> dict[str, str]:
    return log_in(made.secrets("policy", environ=root).out)


def count(bao: OpenBao, postgres: Postgres) -> tuple[int, int]:
    return len(postgres.roles()), len(dynamic.leases(bao, "certificates/issue/web"))


def test_one_boot_makes_one_of_each(made: Shop, bao: OpenBao, postgres: Postgres, deployed: dict[str, str]) -> None:
    booted = made.boot(environ=deployed)
    assert booted.environ["SHOP_DB_USER"] == postgres.roles()[0]
    assert "BEGIN CERTIFICATE" in booted.environ["SHOP_CERTIFICATE"]
    assert "PRIVATE KEY" in booted.environ["SHOP_PRIVATE_KEY"]
    assert count(bao, postgres) == (1, 1)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"SHOP_PORT": "0"}, 78),
        ({"SHOP_PORT": "vault:secret/nothing#port"}, 77),
        ({"SHOP_PORT": "vault:secret/shop#password"}, 78),
        ({"SHOP_PASSWORD": "vault:nowhere/shop#k"}, 77),
    ],
)
def test_a_boot_that_is_invalid_makes_nothing(
    made: Shop, bao: OpenBao, postgres: Postgres, deployed: dict[str, str], wrong: dict[str, str], code: int
) -> None:
    booted = made.boot(environ=deployed | wrong)
    assert booted.code == code
    assert booted.named() == set(wrong), "only what is wrong"
    assert count(bao, postgres) == (0, 0)


def test_a_command_that_is_not_there_makes_nothing(
    made: Shop, bao: OpenBao, postgres: Postgres, deployed: dict[str, str]
) -> None:
    assert made.boot(environ=deployed, command=("no-such-command",)).code == 127
    assert count(bao, postgres) == (0, 0)


def test_a_boot_that_fails_afterwards_gives_back_what_was_made(
    made: Shop, bao: OpenBao, postgres: Postgres, deployed: dict[str, str]
) -> None:
    checks = [Tcp("nobody", f"127.0.0.1:{refusing_port()}", deadline=0.3)]
    checked = Shop(made.directory, Made, checks=checks)
    assert checked.boot(environ=deployed).code == 69
    until(lambda: nothing_is_lent(bao, postgres))


class Short(BaseSettings):
    """What Vault lends for two seconds."""

    model_config = SettingsConfigDict(env_prefix="SHOP_")

    db_user: Annotated[SecretStr, Vault("database/creds/short#username")]


def test_a_term_after_the_making_ends_boot_at_once_and_the_credential_with_its_lease(
    tmp_path: Path, proxy: Faulty, postgres: Postgres, root: dict[str, str]
) -> None:
    waiting = Shop(tmp_path, Short, checks=[Tcp("nobody", f"127.0.0.1:{refusing_port()}", deadline=SAFETY)])
    environ = {**PLAIN, **root, "VAULT_ADDR": proxy.address}
    process = subprocess.Popen(
        waiting.argv(("--log-format", "json"), ("/bin/true",)), env=environ, stderr=subprocess.PIPE
    )
    with process:
        assert process.stderr is not None
        while b"check" not in process.stderr.readline():  # it waits for what it depends on, so the secret is made
            assert process.poll() is None
        process.terminate()
        assert process.wait(timeout=SAFETY) == 143
    assert proxy.count("database/creds/short") - proxy.count("internal/ui/mounts") == 1, "it was made once"
    assert proxy.count("revoke") == 0
    postgres.await_no_roles()


def test_a_dry_run_gives_back_what_was_made(
    made: Shop, bao: OpenBao, postgres: Postgres, deployed: dict[str, str]
) -> None:
    assert made.boot("--dry-run", environ=deployed).code == 0
    until(lambda: nothing_is_lent(bao, postgres))


def test_an_optional_secret_falls_back_to_the_next_source_and_then_to_the_default(
    still: Shop, root: dict[str, str]
) -> None:
    assert "SHOP_COLOUR" not in still.boot(environ=root).environ
    file = still.file("prod.env", "SHOP_COLOUR=blue\n")
    assert still.boot("--env-file", file, environ=root).environ["SHOP_COLOUR"] == "blue"
    given = root | {"SHOP_COLOUR": "vault:secret/nothing#k|"}
    assert still.boot("--env-file", file, environ=given).environ["SHOP_COLOUR"] == "blue"
    assert "SHOP_COLOUR" not in still.boot(environ=given).environ


def test_an_optional_secret_that_is_not_there_is_no_failed_attempt(still: Shop, root: dict[str, str]) -> None:
    for form in ("text", "json"):
        done = still.boot("--log-format", form, environ=root)
        assert done.code == 0, done.err
        assert "attempt-failed" not in done.err


def test_an_optional_reference_over_another_reference(still: Shop, root: dict[str, str]) -> None:
    given = root | {"SHOP_COLOUR": "vault:secret/nothing#k|"}
    file = still.file("prod.env", "SHOP_COLOUR='vault:secret/common#k'\n")
    assert still.boot("--env-file", file, environ=given).environ["SHOP_COLOUR"] == "common"
    file = still.file("prod.env", "SHOP_COLOUR='vault:secret/nothing#other|'\n")
    assert "SHOP_COLOUR" not in still.boot("--env-file", file, environ=given).environ
    file = still.file("prod.env", "SHOP_COLOUR='vault:secret/nothing#other'\n")
    assert still.boot("--env-file", file, environ=given).code == 66


def test_a_denied_optional_secret_is_an_error(still: Shop, bao: OpenBao, root: dict[str, str]) -> None:
    bao.policy("stingy", ("secret/data/shop", "read"), ("secret/data/common", "read"), ("legacy/shop", "read"))
    booted = still.boot(environ=root | {"VAULT_TOKEN": bao.make_token("stingy")})
    assert (booted.code, booted.named()) == (77, {"SHOP_EXTRA", "SHOP_COLOUR"})


def test_explain_names_the_reference_that_gave_the_value(still: Shop, root: dict[str, str]) -> None:
    assert "Vault secret/common#k" in still.boot("--dry-run", environ=root).out


def patiently(boot: Callable[[int], str], holds: Callable[[str], object]) -> str:
    """What a boot says by its deadline: two seconds will do, unless a busy machine uses them up before it tries."""
    for seconds in (2, 10):
        said = boot(seconds)
        if holds(said):
            return said
    return boot(40)


def waiting(site: Shop, seconds: int) -> str:
    """What a boot says on a terminal while nobody answers."""
    address = f"http://127.0.0.1:{refusing_port()}"
    environ = {**PLAIN, "VAULT_ADDR": address, "VAULT_TOKEN": "t", "TERM": "xterm"}
    leader, follower = pty.openpty()
    process = subprocess.Popen(site.argv(("--timeout", str(seconds)), ("/bin/true",)), env=environ, stderr=follower)
    os.close(follower)
    said = b""
    try:
        while part := os.read(leader, 65536):
            said += part
    except OSError:  # how a terminal ends whose other side is closed
        pass
    os.close(leader)
    assert process.wait(timeout=SAFETY) == 75
    return said.decode()


def test_on_a_terminal_a_wait_is_one_line_that_is_written_anew(still: Shop) -> None:
    refused = re.compile(r"s of \d+ s\): connection refused")
    said = patiently(lambda seconds: waiting(still, seconds), refused.search)
    before, _, after = said.partition("boot failed")
    assert "\r\x1b[Kwaiting for Vault at http://127.0.0.1:" in before
    assert refused.search(before)
    assert before.count("\n") == 0, "one line"
    assert "waiting" not in before.rpartition("\r\x1b[K")[2], "and it is gone when the report comes"
    assert "vault-unavailable" in after


def test_elsewhere_each_attempt_is_one_structured_line(still: Shop) -> None:
    environ = {"VAULT_ADDR": f"http://127.0.0.1:{refusing_port()}", "VAULT_TOKEN": "t"}
    said = patiently(
        lambda seconds: still.boot("--timeout", str(seconds), environ=environ).err,
        lambda said: said.count("vault-attempt-failed") > 1,
    )
    lines = [line for line in said.splitlines() if "vault-attempt-failed" in line]
    assert len(lines) > 1
    for line in lines:
        assert "attempt=" in line
        assert 'reason="connection refused"' in line
        assert "deadline_seconds=" in line
    assert "waiting for Vault" not in said


def test_the_server_that_answered_in_the_place_of_the_configured_one_is_named(
    still: Shop, bao: OpenBao, proxy: Faulty, root: dict[str, str]
) -> None:
    proxy.fault(lambda exchange: exchange.reply(307, Location=bao.address + exchange.path))
    redirected = root | {"VAULT_ADDR": proxy.address}
    explained = still.boot("--dry-run", environ=redirected)
    assert f"Vault secret/common#k (answered by {bao.address}," in " ".join(explained.out.split())
    booted = still.boot(environ=redirected)
    assert booted.environ["SHOP_EXTRA"] == "common"
    assert f"vault-redirected address={proxy.address} redirected_to={bao.address}" in booted.err
    assert "redirect" not in still.boot(environ=root).err
