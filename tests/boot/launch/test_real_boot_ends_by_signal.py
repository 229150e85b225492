"""TERM while the real boot waits for a Vault or a dependency that never answers."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import pytest

from tests.support.launching import SAFETY

CANARY = "canary-of-the-token"


@pytest.fixture
def black_hole() -> Iterator[socket.socket]:
    """A server that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(SAFETY)
        yield server


@pytest.fixture
def waiting_contract(tmp_path: Path) -> Path:
    from pydantic import SecretStr
    from pydantic_settings import BaseSettings

    from confcontract import Http, Vault, bake, declare

    class Settings(BaseSettings):
        password: Annotated[SecretStr, Vault("secret/shop#password")]
        api: str = "http://127.0.0.1:1/"

    path = tmp_path / "contract.json"
    checks = [Http("api", target="API", deadline=600, timeout=600)]
    bake(declare(Settings, name="shop", version="1", checks=checks)).dump(path)
    return path


@pytest.mark.parametrize("phase", ["fetching secrets", "waiting for dependencies"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("pid_1", [False, True], ids=["any pid", "pid 1"])
def test_it_ends_at_once(
    start: Any,
    run: Any,
    real_boot: Any,
    waiting_contract: Path,
    black_hole: socket.socket,
    phase: str,
    number: signal.Signals,
    pid_1: bool,
) -> None:
    address = f"http://127.0.0.1:{black_hole.getsockname()[1]}"
    environ = {"PATH": "/usr/bin:/bin"}
    if phase == "fetching secrets":
        environ |= {"VAULT_ADDR": address, "VAULT_TOKEN": CANARY}
    else:
        environ |= {"PASSWORD": CANARY, "API": address}
    namespace = ["unshare", "--fork", "--pid", "--mount-proc"] if pid_1 else []
    if pid_1 and run([*namespace, "true"]).returncode:
        pytest.skip("unshare --pid is not allowed here")
    process = start([*namespace, *real_boot(waiting_contract, "/bin/true")], env=environ)
    connection, _ = black_hole.accept()
    pid = process.pid
    if pid_1:
        pid = int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])
    assert CANARY not in Path(f"/proc/{pid}/cmdline").read_text()
    os.kill(pid, number)
    out, err = process.communicate(timeout=SAFETY)
    connection.close()
    assert process.returncode == 128 + number, err
    assert f"confcontract: ended by {number.name} while {phase}\n" in err.decode()
    assert CANARY.encode() not in out + err
