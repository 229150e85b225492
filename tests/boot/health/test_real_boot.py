"""Probes of what `confcontract boot` has really started, with a secret that must not show anywhere."""

from __future__ import annotations

import os
import re
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import PostgresDsn, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import File, Tcp, bake, declare
from confcontract.boot import rundir
from tests.boot.health.asking import CANARY, SAFETY, Client, openmetrics, until
from tests.support.booting import CONFCONTRACT, PLAIN
from tests.support.measured import measured
from tests.support.vault.openbao import free_port


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_")

    database_url: PostgresDsn
    token: SecretStr


class Place:
    """Where a container would run: its contract, its environment, what it said."""

    def __init__(self, folder: Path, database: int) -> None:
        self.folder = folder
        self.licence = folder / "licence"
        self.licence.write_text("")
        checks = [
            Tcp("database", "SHOP_DATABASE_URL", period=0.2, timeout=30),
            File("licence", str(self.licence), period=0.2, timeout=30),
        ]
        bake(declare(Settings, name="shop", version="1.4.0", checks=checks)).dump(folder / "contract.json")
        self.environ = {
            **PLAIN,
            **measured(),
            "CONFCONTRACT_PATH": str(folder / "contract.json"),
            rundir.VARIABLE: str(folder / "run"),
            "SHOP_DATABASE_URL": f"postgresql://shop:{CANARY}@127.0.0.1:{database}/shop",
            "SHOP_TOKEN": CANARY,
        }
        self.said = folder / "said"
        self.process: subprocess.Popen[bytes] | None = None

    def boot(self, *options: str) -> None:
        argv = [CONFCONTRACT, "boot", *options, "--", "sleep", str(SAFETY)]
        with self.said.open("wb") as said:
            self.process = subprocess.Popen(argv, env=self.environ, stdout=said, stderr=said, cwd=self.folder)
        until(lambda: self.probe("startup")[0] == 0)

    def probe(self, word: str) -> tuple[int, str]:
        argv = [CONFCONTRACT, "probe", word, "--timeout", "60"]
        done = subprocess.run(argv, env=self.environ, capture_output=True, text=True, timeout=SAFETY)
        assert done.stderr == ""
        assert CANARY not in done.stdout
        return done.returncode, done.stdout.strip()

    def end(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(SAFETY)


@pytest.fixture
def database() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", free_port())) as server:  # once closed, it stays closed
        yield server


@pytest.fixture
def place(tmp_path: Path, database: socket.socket) -> Iterator[Place]:
    made = Place(tmp_path, database.getsockname()[1])
    yield made
    made.end()


@pytest.mark.parametrize("options", [(), ("--supervise",)], ids=["exec", "supervised"])
def test_probes_follow_what_happens_to_the_application_and_what_it_depends_on(
    place: Place, database: socket.socket, options: tuple[str, ...]
) -> None:
    place.boot(*options)
    until(lambda: place.probe("ready") == (0, "ready: UP"))
    assert place.probe("live") == (0, "live: UP")
    database.close()
    until(lambda: place.probe("ready") == (0, "ready: UP, degraded: database: connection refused"))
    place.licence.unlink()
    until(lambda: place.probe("ready") == (1, "ready: DOWN: licence: does not exist"))
    assert place.probe("live") == (0, "live: UP")
    place.licence.write_text("")
    until(lambda: place.probe("ready")[0] == 0)
    place.end()
    assert [place.probe(word)[0] for word in ("live", "ready", "startup")] == [1, 1, 1]
    kept = [path for path in place.folder.rglob("*") if path.is_file()]
    assert kept
    assert not [path for path in kept if CANARY.encode() in path.read_bytes()]


def test_the_application_finds_nothing_of_the_probes_in_its_environment_or_its_descriptors(place: Place) -> None:
    place.boot()
    assert place.process is not None
    proc = f"/proc/{place.process.pid}"
    until(lambda: Path(proc, "cmdline").read_bytes().startswith(b"sleep\0"))
    assert b"CONFCONTRACT" not in Path(proc, "environ").read_bytes()
    until(lambda: sorted(os.listdir(f"{proc}/fd")) == ["0", "1", "2"])  # it opens its libraries first


def test_a_supervisor_serves_health_and_metrics_without_the_secret(place: Place, database: socket.socket) -> None:
    place.boot("--supervise", "--health-addr", "127.0.0.1:0")
    found = re.search(r"address=(127\.0\.0\.1:\d+)", place.said.read_text())
    assert found is not None
    client = Client(found[1])
    answers = [client.ask(path) for path in ("/health", "/health?details", "/health/ready?details", "/metrics")]
    assert [answer.status for answer in answers] == [200] * 4
    assert CANARY not in "".join(answer.body for answer in answers) + place.said.read_text()
    names = {sample.name for family in openmetrics(answers[-1].body) for sample in family.samples}
    assert {"confcontract_info", "confcontract_checks_total", "confcontract_check_up"} <= names


def test_two_applications_in_one_directory_do_not_mix(place: Place, tmp_path: Path) -> None:
    place.boot()
    (tmp_path / "other").mkdir()
    other = Place(tmp_path / "other", 1)
    other.licence.unlink()
    contract = bake(declare(Settings, name="other", version="2"))
    contract.dump(tmp_path / "other/contract.json")
    shared = {**other.environ, rundir.VARIABLE: place.environ[rundir.VARIABLE]}
    done = subprocess.run([CONFCONTRACT, "boot", "--", "true"], env=shared, capture_output=True, text=True)
    assert done.returncode == 0
    assert f"set {rundir.VARIABLE} to a directory of its own" in done.stderr
    assert place.probe("live") == (0, "live: UP")
