"""`confcontract probe`: 0 or 1 and one line, whatever there is."""

from __future__ import annotations

import json
import os
import re
import resource
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from confcontract.boot import rundir
from confcontract.boot.checks.plan import Plan, plans
from confcontract.boot.health import left_for_probes
from confcontract.boot.health.left_for_probes import leave_probe_state
from confcontract.boot.health.statuses import DEGRADED, DOWN, UP, line, read_line
from confcontract.contract.artifact import Contract
from tests.boot.health.asking import CANARY, SAFETY, Dependency, conforms, health_of, ready, served, until
from tests.support.booting import CONFCONTRACT, PLAIN
from tests.support.measured import measured
from tests.support.ports import refusing_port
from tests.support.vault.openbao import free_port

CRITICAL: dict[str, Any] = {"phases": ["startup", "ready"], "critical": ["startup", "ready"]}


@pytest.fixture
def contract(tmp_path: Path) -> Contract:
    from pydantic_settings import BaseSettings

    from confcontract import bake

    class Settings(BaseSettings):
        pass

    return bake(Settings, name="shop", version="1.4.0")


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {rundir.VARIABLE: str(tmp_path / "run")}


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", free_port())) as server:  # once closed, it stays closed
        yield server


@pytest.fixture
def application() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(["sleep", str(SAFETY)]) as process:
        yield process
        process.kill()


def probe(environ: Mapping[str, str], *words: str, **options: Any) -> tuple[int, str]:
    """Exit code and the line."""
    environ = {**PLAIN, **measured(), **environ}
    argv = [CONFCONTRACT, "probe", *words]
    done = subprocess.run(argv, env=environ, capture_output=True, text=True, timeout=SAFETY, check=False, **options)
    assert done.stderr == ""
    assert done.stdout.count("\n") == 1
    assert done.stdout.endswith("\n")
    return done.returncode, done.stdout[:-1]


def planned(*checks: dict[str, Any], **environ: str) -> list[Plan]:
    return [plan for phase in ("ready", "live") for plan in plans(checks, environ, {}, phase=phase)[0]]


def left(environ: Mapping[str, str]) -> dict[str, Any]:
    found = left_for_probes.read(environ[rundir.VARIABLE])
    assert found is not None
    return found


def tcp(port: int, **more: Any) -> dict[str, Any]:
    return {"name": "database", "kind": "tcp", "target": f"127.0.0.1:{port}", "timeout": 60.0, **more}


# --- after exec: what boot left


def test_an_application_that_runs_lives_has_started_and_is_ready_as_its_checks_say(
    contract: Contract, environ: dict[str, str], listener: socket.socket, application: subprocess.Popen[bytes]
) -> None:
    checks = planned(tcp(listener.getsockname()[1], **CRITICAL))
    assert leave_probe_state(contract, checks, environ, application.pid) is None
    assert probe(environ, "live") == (0, "live: UP")
    assert probe(environ, "startup") == (0, "startup: UP")
    assert probe(environ, "ready") == (0, "ready: UP")
    listener.close()
    assert probe(environ, "ready") == (1, "ready: DOWN: database: connection refused")
    assert probe(environ, "live") == (0, "live: UP")


def test_a_check_that_is_not_critical_degrades(
    contract: Contract, environ: dict[str, str], application: subprocess.Popen[bytes]
) -> None:
    leave_probe_state(contract, planned(tcp(refusing_port())), environ, application.pid)
    assert probe(environ, "ready") == (0, "ready: UP, degraded: database: connection refused")


def test_an_application_that_is_gone_or_dead_is_neither_alive_nor_ready_nor_started(
    contract: Contract, environ: dict[str, str], listener: socket.socket, application: subprocess.Popen[bytes]
) -> None:
    leave_probe_state(contract, planned(tcp(listener.getsockname()[1])), environ, application.pid)
    application.send_signal(signal.SIGKILL)
    os.waitid(os.P_PID, application.pid, os.WEXITED | os.WNOWAIT)  # dead, and not waited for
    gone = f"DOWN: the application, process {application.pid}, is gone"
    for word in ("live", "ready", "startup"):
        assert probe(environ, word) == (1, f"{word}: {gone}")
    application.wait()
    assert probe(environ, "live") == (1, f"live: {gone}")


def test_another_process_of_the_same_number_is_not_the_application(
    contract: Contract, environ: dict[str, str], application: subprocess.Popen[bytes]
) -> None:
    leave_probe_state(contract, [], environ, application.pid)
    path = Path(environ[rundir.VARIABLE]) / rundir.STATE
    data = json.loads(path.read_text())
    path.write_text(json.dumps({**data, "started": data["started"] - 1}))
    assert probe(environ, "live")[0] == 1


def test_checks_run_side_by_side_and_a_timeout_holds_for_all_of_them(
    contract: Contract, environ: dict[str, str], application: subprocess.Popen[bytes]
) -> None:
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        waiting = [socket.socket() for _ in range(3)]  # its queue is full: who connects now waits
        for client in waiting:
            client.setblocking(False)
            client.connect_ex(full.getsockname())
        silent = [tcp(full.getsockname()[1], timeout=600.0, **CRITICAL) | {"name": str(each)} for each in range(20)]
        leave_probe_state(contract, planned(*silent), environ, application.pid)
        code, line = probe(environ, "ready", "--timeout", "0.3")
        assert code == 1
        # whichever side is heard first
        assert re.fullmatch(r"ready: DOWN(?:[:;] \d+: (?:timed out|did not return in time)){20}", line)
        for client in waiting:
            client.close()


def test_what_is_left_is_private_holds_no_secret_and_is_as_its_schema_says(
    contract: Contract, environ: dict[str, str]
) -> None:
    secrets = {
        "SHOP_DATABASE_URL": f"postgres://shop:{CANARY}@db.example.com/shop",
        "SHOP_CATALOGUE_URL": f"https://user:{CANARY}@catalogue.example.com/hooks/{CANARY}?token={CANARY}",
    }
    checks = [
        {"name": "database", "kind": "tcp", "target": "SHOP_DATABASE_URL"},
        {"name": "catalogue", "kind": "http", "target": "SHOP_CATALOGUE_URL", "path": "/healthz"},
    ]
    assert leave_probe_state(contract, planned(*checks, **secrets), {**environ, **secrets}) is None
    path = Path(environ[rundir.VARIABLE]) / rundir.STATE
    assert path.stat().st_mode & 0o7777 == 0o600
    assert os.listdir(path.parent) == [rundir.STATE]
    assert CANARY not in path.read_text()
    data = json.loads(path.read_text())
    conforms(data, "probe-v1.schema.json")
    assert data["contract"]["digest"] == contract.digest
    assert "db.example.com" in path.read_text()


def test_without_checks_nothing_is_left_unless_the_operator_names_a_directory(
    contract: Contract, environ: dict[str, str], tmp_path: Path
) -> None:
    assert leave_probe_state(contract, [], {"TMPDIR": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path)}) is None
    assert os.listdir(tmp_path) == []
    leave_probe_state(contract, [], environ)
    assert probe(environ, "live") == (0, "live: UP")


def test_a_second_command_in_the_container_does_not_take_the_place_of_the_application(
    contract: Contract, environ: dict[str, str], application: subprocess.Popen[bytes]
) -> None:
    leave_probe_state(contract, [], environ, application.pid)
    assert leave_probe_state(contract, [], environ) is None
    assert left(environ)["pid"] == application.pid
    other = Contract({**contract.data, "name": "another"})
    warning = f"{environ[rundir.VARIABLE]} is shop's; set {rundir.VARIABLE} to a directory of its own"
    assert leave_probe_state(other, [], environ) == warning
    assert left(environ)["pid"] == application.pid
    application.kill()
    application.wait()
    leave_probe_state(other, [], environ)
    assert left(environ)["pid"] == os.getpid()


def test_where_nothing_can_be_written_boot_goes_on_with_a_warning_and_the_probe_says_what_to_set(
    contract: Contract, tmp_path: Path
) -> None:
    environ = {rundir.VARIABLE: str(tmp_path / "absent" / "run")}
    warning = leave_probe_state(contract, [], environ)
    assert warning is not None
    assert rundir.VARIABLE in warning
    code, line = probe(environ, "ready")
    assert code == 1
    assert f"set {rundir.VARIABLE}" in line


def test_where_there_is_no_room_for_all_of_it_nothing_is_left_and_boot_goes_on_with_a_warning(
    contract: Contract, tmp_path: Path
) -> None:
    def little_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (64, 64))

    contract.dump(tmp_path / "contract.json")
    done = subprocess.run(
        [CONFCONTRACT, "boot", "--contract", str(tmp_path / "contract.json"), "--", "echo", "up"],
        env={**PLAIN, rundir.VARIABLE: str(tmp_path / "run"), "PYTHONDONTWRITEBYTECODE": "1"},
        preexec_fn=little_room, capture_output=True, timeout=SAFETY, check=False, encoding="utf-8",
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, "up\n")
    assert "probes will not work: no space left on device" in done.stderr
    assert list((tmp_path / "run").iterdir()) == []


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"apiVersion":"confcontract/probe-v2"}', '{"apiVersion":"confcontract/probe-v1"}', "\0"]
)
def test_a_state_that_cannot_be_read_is_a_one_and_no_traceback(environ: dict[str, str], text: str) -> None:
    path = Path(rundir.make(environ)) / rundir.STATE
    path.write_text(text)
    path.chmod(0o600)
    for word in ("live", "ready", "startup"):
        assert probe(environ, word)[0] == 1


@pytest.mark.parametrize("trick", ["link", "fifo", "directory", "open to others"])
def test_a_state_that_somebody_else_may_have_put_there_is_not_believed(
    contract: Contract, environ: dict[str, str], trick: str
) -> None:
    leave_probe_state(contract, [], environ)
    path = Path(environ[rundir.VARIABLE]) / rundir.STATE
    assert left_for_probes.read(str(path.parent)) is not None
    moved = path.rename(path.with_name("moved"))
    if trick == "open to others":
        moved.rename(path).chmod(0o666)
    if trick == "link":
        path.symlink_to(moved)
    if trick == "fifo":
        os.mkfifo(path, 0o600)
    if trick == "directory":
        path.mkdir(0o700)
    assert left_for_probes.read(str(path.parent)) is None
    assert probe(environ, "live")[0] == 1


# --- under a supervisor


def test_the_supervisor_is_asked_where_there_is_one(environ: dict[str, str]) -> None:
    one = Dependency("database", **CRITICAL)
    with health_of(one) as health, served(health, address=f"unix:{rundir.make(environ)}/{rundir.SOCKET}"):
        until(lambda: ready(health) == "UP")
        assert probe(environ, "live") == (0, "live: UP")
        assert probe(environ, "startup") == (0, "startup: UP")
        one.fails("timed out")
        until(lambda: ready(health) == "DOWN")
        assert probe(environ, "ready") == (1, "ready: DOWN: database: timed out")
        one.works()
        health.note("secrets", "DEGRADED", "the new password\nwas refused")
        until(lambda: ready(health) == "DEGRADED")
        assert probe(environ, "ready") == (0, "ready: UP, degraded: secrets: the new password\\nwas refused")
        health.restarted()
        health.note("application", "DOWN", "crashed")
        assert probe(environ, "startup")[0] == 1


def test_a_supervisor_that_does_not_answer_is_a_failure(environ: dict[str, str]) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        with rundir.short_path(f"{rundir.make(environ)}/{rundir.SOCKET}") as path:
            server.bind(path)
        server.listen()
        line = "live: DOWN: the supervisor did not answer within 0.2 s"
        assert probe(environ, "live", "--timeout=0.2") == (1, line)


def test_after_a_supervisor_that_was_killed_its_socket_is_nobody(environ: dict[str, str], contract: Contract) -> None:
    with socket.socket(socket.AF_UNIX) as server, rundir.short_path(f"{rundir.make(environ)}/{rundir.SOCKET}") as path:
        server.bind(path)
    assert probe(environ, "live") == (1, "live: DOWN: the supervisor is no longer running: it was killed")
    leave_probe_state(contract, [], environ)
    assert probe(environ, "live") == (0, "live: UP")


# --- the command line


@pytest.mark.parametrize(
    "words",
    [
        *([], ["alive"], ["live", "ready"], ["live", "--verbose"], ["--timeout"], ["live", "--timeout", "soon"]),
        *(["live", "--timeout", "0"], ["live", "--timeout", "nan"], ["live", "--timeout=-1"], ["a\nb"], ["\udcff"]),
    ],
)
def test_a_wrong_command_line_is_a_one_and_one_line(environ: dict[str, str], words: list[str]) -> None:
    code, line = probe(environ, *words)
    assert code == 1
    assert line.startswith("probe: ")


def test_with_nobody_to_read_the_line_the_exit_code_stays(environ: dict[str, str], contract: Contract) -> None:
    leave_probe_state(contract, [], environ)
    for shell in ("exec >&-", "exec >/dev/full"):
        done = subprocess.run(
            ["/bin/sh", "-c", f'{shell}; exec "$0" probe live', CONFCONTRACT],
            env={**PLAIN, **environ},
            capture_output=True,
            timeout=SAFETY,
        )
        assert (done.returncode, done.stderr) == (0, b"")


def test_a_probe_needs_no_environment_at_all_but_its_directory(environ: dict[str, str], contract: Contract) -> None:
    leave_probe_state(contract, [], environ)
    done = subprocess.run([sys.executable, "-m", "confcontract", "probe", "live"], env=environ, capture_output=True)
    assert done.returncode == 0


# What a probe may not load at all, and what only the connection of a check is worth.
NEVER = {"argparse", "dataclasses", "inspect", "json", "logging", "pathlib", "ssl", "subprocess", "typing"}
NEVER |= {"confcontract.cli", "confcontract.contract.artifact", "pydantic", "pydantic_core", "typer"}
FOR_CHECKS = {"collections", "enum", "functools", "re", "socket", "threading"}
LOADED = (
    "import sys; before = set(sys.modules); sys.argv[1:1] = ['probe']; from confcontract.__main__ import main;"
    "code = main(); print(*set(sys.modules) - before); sys.exit(code)"
)


@pytest.mark.parametrize("word", ["live", "ready", "startup"])
@pytest.mark.parametrize("by", ["supervisor", "boot"])
def test_a_probe_loads_nothing_slow(
    environ: dict[str, str], contract: Contract, listener: socket.socket, by: str, word: str
) -> None:
    def loaded() -> set[str]:
        argv = [sys.executable, "-I", "-c", LOADED, word]
        done = subprocess.run(argv, env=environ, capture_output=True, text=True, timeout=SAFETY, check=True)
        assert f"{word}: UP" in done.stdout
        return set(done.stdout.split())

    if by == "supervisor":
        address = f"unix:{rundir.make(environ)}/{rundir.SOCKET}"
        with health_of() as health, served(health, address=address):
            assert not loaded() & (NEVER | FOR_CHECKS)
    else:
        leave_probe_state(contract, planned(tcp(listener.getsockname()[1])), environ)
        assert not loaded() & (NEVER if word == "ready" else NEVER | FOR_CHECKS)


@pytest.mark.parametrize("status", [UP, DEGRADED, DOWN])
@pytest.mark.parametrize("words", ["", "cache: refused", "degraded: not really", ": "])
def test_a_probe_reads_what_the_supervisor_has_written(status: str, words: str) -> None:
    assert read_line(line("ready", status, words)) == (status, words)


@pytest.mark.parametrize("text", ["", "ready", "ready: ", "ready: UPSET", "<html>: UPSET: DOWN"])
def test_a_line_that_is_none_says_nothing(text: str) -> None:
    assert read_line(text) == ("", "")
