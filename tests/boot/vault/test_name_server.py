"""A name server that never answers: nothing in Python can interrupt a look-up that waits for it."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.booting import CONFCONTRACT, PLAIN, SAFETY
from tests.support.vault.deployments import Shop

HOST = "vault.silent.example"
INSIDE = 'mount --bind "$1" /etc/resolv.conf && shift && exec "$@"'


@pytest.fixture
def name_server() -> Iterator[socket.socket]:
    with socket.socket(type=socket.SOCK_DGRAM) as silent:
        # An address of its own, so that tests side by side don't want the same port.
        address = f"127.53.{os.getpid() >> 8 & 255}.{os.getpid() & 255 or 1}"
        try:
            silent.bind((address, 53))
        except PermissionError:
            pytest.skip("listening on port 53 is not allowed here")
        silent.settimeout(SAFETY)
        yield silent


@pytest.fixture
def asking(name_server: socket.socket, tmp_path: Path) -> list[str]:
    """Start of a command that asks this name server and no other."""
    unshare = shutil.which("unshare")
    if unshare is None:
        pytest.skip("unshare is missing: install util-linux")
    configuration = tmp_path / "resolv.conf"
    configuration.write_text(f"nameserver {name_server.getsockname()[0]}\n")
    inside = [unshare, "--mount", "/bin/sh", "-c", INSIDE, "sh", str(configuration)]
    if subprocess.run([*inside, "true"], capture_output=True, check=False).returncode:
        pytest.skip("unshare --mount is not allowed here")
    return [*inside, CONFCONTRACT]


ENVIRON = PLAIN | {"VAULT_ADDR": f"http://{HOST}:8200", "VAULT_TOKEN": "t"}


def test_a_boot_ends_at_its_deadline(asking: list[str], still: Shop, name_server: socket.socket) -> None:
    argv = [*asking, "boot", "--contract", str(still.contract_path), "--timeout", "2", "--", "true"]
    done = subprocess.run(argv, env=ENVIRON, capture_output=True, text=True, timeout=SAFETY, check=False)
    assert done.returncode == 75, done.stderr
    assert b"silent" in name_server.recv(512), "it was this server that was asked"
    said = " ".join(done.stderr.split())
    assert f"Vault at http://{HOST}:8200 could not be reached: no answer in time; gave up after 2 s" in said
    assert "Check VAULT_ADDR, the name server and the network." in said
    assert "vault-attempt-failed" in said


@pytest.mark.parametrize(
    "command",
    [
        ["boot", "--timeout", "3600", "--dry-run", "--contract"],
        ["secrets", "check", "--timeout", "3600", "--contract"],
    ],
    ids=["boot", "secrets check"],
)
def test_a_signal_ends_what_waits_for_it(
    asking: list[str], still: Shop, name_server: socket.socket, command: list[str]
) -> None:
    argv = [*asking, *command, str(still.contract_path)]
    with subprocess.Popen(argv, env=ENVIRON, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as started:
        name_server.recv(512)
        started.send_signal(signal.SIGTERM)
        assert started.wait(SAFETY) == 143
