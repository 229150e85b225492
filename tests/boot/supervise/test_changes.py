"""Values in a real Vault-compatible server change while the application runs."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

import pytest
from pydantic import AliasChoices, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import OnChange, Tcp, Vault, bake, declare
from tests.support.launching import PLAIN_ENVIRON, SAFETY, supervise_with
from tests.support.measured import measured
from tests.support.supervising import Supervised, until
from tests.support.vault.fixtures import bao
from tests.support.vault.openbao import OpenBao

__all__ = ["bao"]

CANARY = "canary-of-changes"


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_")

    password: Annotated[SecretStr, Vault("secret/changes#password")]
    limit: Annotated[int, Field(ge=1), Vault("secret/changes#limit")]
    key: Annotated[SecretStr | None, OnChange("SIGHUP"), Vault("secret/changes#key", optional=True)] = None
    page: Annotated[str | None, OnChange("files"), Vault("secret/changes#page", optional=True)] = None
    noise: Annotated[str | None, OnChange("ignore"), Vault("secret/changes#noise", optional=True)] = None
    database: Annotated[str | None, Vault("secret/changes#database", optional=True)] = Field(
        default=None, validation_alias=AliasChoices("SHOP_DATABASE", "SHOP_STORE")
    )


APPLICATION = """
trap 'echo hup >> heard' HUP
trap 'echo term >> heard; while [ -n "$SLOWLY" ] && [ ! -e go ]; do sleep 0.05; done; exit 9' TERM
echo "$SHOP_PASSWORD $SHOP_LIMIT" >> started
while :; do sleep 0.05; done
"""


class Changing(Supervised):
    """An application whose secrets the test changes."""

    bao: OpenBao
    data: dict[str, Any]

    def change(self, **values: Any) -> None:
        self.data |= values
        self.bao.do("POST", "secret/data/changes", {"data": self.data})

    def starts(self) -> list[str]:
        path = self.directory / "started"
        return path.read_text().splitlines() if path.exists() else []

    def health(self) -> dict[str, Any]:
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(self.directory / "run" / "probe.sock"))
            client.sendall(b"GET /health?details HTTP/1.0\r\n\r\n")
            answer = b"".join(iter(lambda: client.recv(65536), b""))
        return {entry["name"]: entry for entry in json.loads(answer.partition(b"\r\n\r\n")[2])["checks"]}


Start = Callable[..., Changing]


@pytest.fixture
def changing(bao: OpenBao, tmp_path: Path) -> Iterator[Start]:
    started: list[Changing] = []

    def start(*options: str, checks: Any = (), values: dict[str, Any] | None = None, **environ: str) -> Changing:
        data = {"password": f"{CANARY}-1", "limit": 5, **(values or {})}
        bao.do("POST", "secret/data/changes", {"data": data})
        contract = tmp_path / "contract.json"
        bake(declare(Settings, name="shop", version="1", checks=checks)).dump(contract)
        given = {
            **PLAIN_ENVIRON,
            **measured(),
            "CONFCONTRACT_RUNTIME_DIR": str(tmp_path / "run"),
            "VAULT_ADDR": bao.address,
            "VAULT_TOKEN": bao.token,
            **environ,
        }
        argv = supervise_with(contract, "/bin/sh", "-c", APPLICATION, options=("--poll", "0.3", *options))
        changing = Changing(argv, tmp_path, env=given)
        changing.bao, changing.data = bao, data
        started.append(changing)
        until(changing.starts, changing.process)
        return changing

    yield start
    for each in started:
        each.close()
        assert CANARY not in each.err


def test_a_changed_value_restarts_the_application_once(changing: Start) -> None:
    running = changing()
    running.change(password=f"{CANARY}-2", limit=6)
    until(lambda: len(running.starts()) == 2, running.process)
    running.change(noise="more")  # nobody wants to hear of this one
    running.change(password=f"{CANARY}-3")
    until(lambda: len(running.starts()) == 3, running.process)
    assert running.starts() == [f"{CANARY}-1 5", f"{CANARY}-2 6", f"{CANARY}-3 6"]
    running.send(signal.SIGTERM)
    assert running.end()[0] == 9
    assert running.err.count("event restarting") + running.err.count("restarting reason=changed") == 2


def test_files_change_under_a_running_application_which_hears_a_signal(changing: Start) -> None:
    running = changing("--deliver", "files", values={"key": f"{CANARY}-key-1", "page": "one"})
    [child] = [int(word) for word in _children(running.process.pid)]
    environ = dict(line.split("=", 1) for line in Path(f"/proc/{child}/environ").read_text().split("\0") if line)
    directory = Path(environ["CONFCONTRACT_SECRETS_DIR"])
    assert (directory / "SHOP_KEY").read_text() == f"{CANARY}-key-1"
    running.change(page="two")
    until(lambda: (directory / "SHOP_PAGE").read_text() == "two", running.process)
    running.change(key=f"{CANARY}-key-2")
    running.eventually("heard", "hup")
    assert (directory / "SHOP_KEY").read_text() == f"{CANARY}-key-2"
    assert len(running.starts()) == 1


def test_a_value_that_the_contract_refuses_never_reaches_the_application(changing: Start) -> None:
    running = changing()
    running.change(limit=0, password=f"{CANARY}-2")
    until(lambda: "SHOP_LIMIT" in str(running.health().get("secrets")), running.process)
    entry = running.health()["secrets"]
    assert CANARY not in json.dumps(running.health())
    assert entry["status"] == "UP", "degraded is no reason to be taken out"
    assert "degraded" in json.dumps(entry).lower()
    assert len(running.starts()) == 1
    running.change(limit=7)
    until(lambda: len(running.starts()) == 2, running.process)
    assert running.starts()[-1] == f"{CANARY}-2 7"
    until(lambda: "SHOP_LIMIT" not in str(running.health()["secrets"]), running.process)


@pytest.mark.parametrize(
    ("target", "phases"),
    [("SHOP_DATABASE", ["startup", "ready"]), ("SHOP_STORE", ["startup", "ready"]), ("SHOP_DATABASE", ["ready"])],
)
def test_a_value_with_which_nothing_works_is_not_taken_over(changing: Start, target: str, phases: list[Any]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as first, socket.create_server(("127.0.0.1", 0)) as second:
        good, other = (f"127.0.0.1:{server.getsockname()[1]}" for server in (first, second))
        check = Tcp("database", target, phases=phases, timeout=4, interval=0.1, deadline=4, period=0.2)
        running = changing(checks=[check], values={"database": good})
        running.change(database="127.0.0.1:1")
        until(lambda: "SHOP_DATABASE" in str(running.health().get("secrets")), running.process)
        assert len(running.starts()) == 1
        running.change(database=other)
        until(lambda: len(running.starts()) == 2, running.process)
        first.close()  # what is checked from now on is the other
        closed = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())

        def is_up() -> bool:
            entry = running.health()["database"]
            data = entry["data"]
            return (entry["status"], data["state"]) == ("UP", "up") and data["evaluated"] > closed

        until(is_up, running.process)


def test_a_term_during_a_restart_is_the_end(changing: Start) -> None:
    running = changing("--grace", "1000", SLOWLY="1")
    running.change(password=f"{CANARY}-2")
    running.eventually("heard", "term")
    running.send(signal.SIGTERM)
    until(lambda: "it was stopped" in str(running.health()["application"]), running.process)
    (running.directory / "go").touch()
    assert running.end()[0] == 143
    assert len(running.starts()) == 1


def test_the_probes_ask_the_supervisor(changing: Start) -> None:
    running = changing()

    def probe(name: str) -> subprocess.CompletedProcess[str]:
        argv = [sys.executable, "-m", "confcontract", "probe", name, "--timeout", "60"]
        environ = {**PLAIN_ENVIRON, **measured(), "CONFCONTRACT_RUNTIME_DIR": str(running.directory / "run")}
        return subprocess.run(argv, env=environ, capture_output=True, encoding="utf-8", timeout=SAFETY, check=False)

    until(lambda: probe("ready").returncode == 0, running.process)
    found = {name: probe(name) for name in ("live", "ready", "startup")}
    assert {name: done.returncode for name, done in found.items()} == {"live": 0, "ready": 0, "startup": 0}
    assert [len(done.stdout.splitlines()) for done in found.values()] == [1, 1, 1]
    running.send(signal.SIGTERM)
    running.end()
    assert {name: probe(name).returncode for name in found} == {"live": 1, "ready": 1, "startup": 1}


def _children(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
