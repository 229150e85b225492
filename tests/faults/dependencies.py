"""Dependencies and probes: what can be the matter with what an application needs, before its start and while it runs."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from confcontract import Command, Http, Postgres, Python, Redis, Tcp
from confcontract.checks import Check
from tests.faults.booted import cmdline
from tests.faults.case import Seen, case
from tests.faults.place import Place
from tests.support import servers
from tests.support.launching import SAFETY
from tests.support.ports import refusing_port
from tests.support.postgres import Postgres as PostgresServer
from tests.support.postgres import programs
from tests.support.supervising import children, until
from tests.support.vault.openbao import free_port

APPLICATION = ("/bin/sleep", "1000")
PATIENT: Any = {"timeout": 10, "interval": 0.05, "deadline": 60, "period": 0.1}
EVERYWHERE: Any = {"critical": ["startup", "ready"]}


def soon(place: Place) -> Any:
    return {"timeout": 10, "interval": 0.1, "deadline": 1.5 * place.patience, "period": 0.1}


def refused(place: Place, *checks: Check, supervise: bool = False, **environ: str) -> Seen:
    """Boot gives up; nobody is there for a probe."""
    place.declare(*checks)
    booted = place.start(*APPLICATION, supervise=supervise, environ=environ)
    code, problem, message = place.failed(booted)
    return Seen(code, problem, *booted.probed(), message)


class Watched:
    """A supervised application, and what was seen of it at several moments."""

    def __init__(self, place: Place, *checks: Check, **environ: str) -> None:
        place.declare(*checks)
        self.place = place
        self.booted = place.start(*APPLICATION, supervise=True, environ=environ)
        self.application = self._find()
        self._moments: list[list[str]] = []
        self.message = ""

    def _find(self) -> int:
        """The application, among the programs of checks."""
        line = "".join(f"{word}\0" for word in APPLICATION).encode()
        found: list[int] = self.booted.until(
            lambda: [pid for pid in children(self.booted.process.pid) if cmdline(pid) == line]
        )
        assert len(found) == 1
        return found[0]

    def until(self, name: str, state: str) -> None:
        """Wait until a check is in a state: up, degraded or down. Look around then."""
        self.booted.until(lambda: self.booted.entry(name).get("data", {}).get("state") == state)
        found = self.booted.entry(name)["data"]
        if "message" in found:
            self.message = f"{name} {state}: {self.place.neutral(found['message'])}"
        self._moments.append(self.booted.probed())
        self.booted.look()

    def seen(self, message: str = "") -> Seen:
        """End it. The application was the same all the time."""
        assert self._find() == self.application
        code = self.booted.end()
        assert self.booted.probed() == ["– / 1"] * 3
        columns = (", ".join(moments) for moments in zip(*self._moments, strict=True))
        return Seen(code, "", *columns, message or self.message)


# A port that is open is not enough


@contextmanager
def _postgres(password: str) -> Iterator[PostgresServer]:
    folder = programs()
    if folder is None:
        pytest.skip("PostgreSQL is missing: install the package postgresql")
    server = PostgresServer(folder, password)
    yield server
    server.stop()


def _database(server: PostgresServer, password: str) -> str:
    return f"postgresql://vault:{password}@127.0.0.1:{server.port}/postgres"


@case("Dependencies and probes", "PostgreSQL's port is open, but the login is refused")
def postgres_refuses(place: Place) -> Seen:
    server = place.during(_postgres(f"{place.canary}-right"))
    return refused(
        place,
        Postgres("database", "SHOP_DATABASE", **soon(place)),
        SHOP_DATABASE=_database(server, f"{place.canary}-wrong"),
    )


@case("Dependencies and probes", "PostgreSQL refuses the login from some moment on, and then takes it again")
def postgres_refuses_later(place: Place) -> Seen:
    server = place.during(_postgres(f"{place.canary}-right"))
    server.query(f"CREATE ROLE shop LOGIN PASSWORD '{place.canary}-shop'")
    url = _database(server, f"{place.canary}-shop").replace("vault:", "shop:")
    watched = Watched(place, Postgres("database", "SHOP_DATABASE", **PATIENT), SHOP_DATABASE=url)
    watched.until("database", "up")
    server.query(f"ALTER ROLE shop PASSWORD '{place.canary}-other'")
    watched.until("database", "degraded")
    server.query(f"ALTER ROLE shop PASSWORD '{place.canary}-shop'")
    watched.until("database", "up")
    return watched.seen()


@case("Dependencies and probes", "Redis's port is open, but the login is refused")
def redis_refuses(place: Place) -> Seen:
    server = servers.redis()
    place.finally_(server.stop)
    url = f"redis://:{place.canary}@127.0.0.1:{server.port}/0"
    return refused(place, Redis("cache", "SHOP_CACHE", **soon(place)), SHOP_CACHE=url)


# Up and down


class Flapping:
    """A port that is open or not."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        self.family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.address: tuple[str, int] = (host, free_port())  # it is nobody else's while it is closed
        self.server: socket.socket | None = None

    def open(self) -> None:
        self.server = socket.create_server(self.address, family=self.family, backlog=128)
        self.address = self.server.getsockname()[:2]

    def close(self) -> None:
        if self.server is not None:
            self.server.close()

    def __enter__(self) -> Flapping:
        self.open()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __str__(self) -> str:
        host, port = self.address
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _flapping(place: Place, **critical: Any) -> Seen:
    port = place.during(Flapping())
    watched = Watched(place, Tcp("api", "SHOP_API", **PATIENT, **critical), SHOP_API=str(port))
    for _ in range(2):
        watched.until("api", "up")
        port.close()
        watched.until("api", "down" if critical else "degraded")
        port.open()
    watched.until("api", "up")
    return watched.seen()


@case("Dependencies and probes", "flapping, while the application runs")
def flapping(place: Place) -> Seen:
    return _flapping(place)


@case("Dependencies and probes", "flapping, and the author says that it is critical")
def flapping_critical(place: Place) -> Seen:
    return _flapping(place, **EVERYWHERE)


@case("Dependencies and probes", "exec: flapping, and the author says that it is critical")
def flapping_exec(place: Place) -> Seen:
    port = place.during(Flapping())
    place.declare(Tcp("api", "SHOP_API", **PATIENT, **EVERYWHERE))
    booted = place.start(*APPLICATION, environ={"SHOP_API": str(port)})
    until(lambda: booted.probe("startup")[0] == 0, booted.process)
    moments, lines = [booted.probed()], []
    for act in (port.close, port.open):
        act()
        lines.append(place.neutral(booted.probe("ready")[1]))
        moments.append(booted.probed())
    code = 128 - booted.end()
    columns = (", ".join(each) for each in zip(*moments, strict=True))
    return Seen(code, "", *columns, "; then ".join(lines))


@case("Dependencies and probes", "flapping, while boot waits")
def flapping_at_start(place: Place) -> Seen:
    """It takes connections and closes them, is gone, and is there to stay."""
    asked: list[str] = []

    class Handler(_Answer):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.answer(200 if len(asked) > 3 else 503, reset=len(asked) == 2)

    server = place.during(_serving(Handler))
    watched = Watched(place, Http("api", "SHOP_API", **PATIENT), SHOP_API=server)
    watched.until("api", "up")
    states = [
        record["message"].partition(": waiting for ")[2].partition(": ")[2] for record in watched.booted.events("check")
    ]
    return watched.seen("boot waits: " + ", then ".join(state for state in states if state))


class _Answer(BaseHTTPRequestHandler):
    def answer(self, status: int, *, reset: bool = False) -> None:
        if reset:
            self.close_connection = True
            return
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *arguments: object) -> None:
        pass


@contextmanager
def _serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


# Hung, and raising

# What others can read of the programs of checks is left in files, which are searched as all others are.
ONE_AT_A_TIME = "cat /proc/$$/environ > helper-program; flock -n one sh -c 'echo >> began; exec sleep 1000' || { echo two; exit 1; }"


@case("Dependencies and probes", "a hung check, while boot waits")
def hung_at_start(place: Place) -> Seen:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}/"
        return refused(place, Http("api", "SHOP_API", **{**soon(place), "timeout": 0.5}), SHOP_API=address)


@case("Dependencies and probes", "a hung program, while boot waits: killed, and not two at once")
def hung_program_at_start(place: Place) -> Seen:
    check = Command(["sh", "-c", ONE_AT_A_TIME], name="queue", **{**soon(place), "timeout": 0.4})
    seen = refused(place, check)
    assert (place.directory / "began").read_text().count("\n") > 1
    return seen


@case("Dependencies and probes", "a hung program, while the application runs: killed, and not two at once")
def hung_program(place: Place) -> Seen:
    script = f"if [ -e hang ]; then {ONE_AT_A_TIME}; fi"
    watched = Watched(place, Command(["sh", "-c", script], name="queue", **{**PATIENT, "timeout": 2}))
    watched.until("queue", "up")
    (place.directory / "hang").touch()
    watched.until("queue", "down")
    began = place.directory / "began"
    watched.booted.until(lambda: began.read_text().count("\n") > 1)
    assert "two" not in watched.message
    return watched.seen()


CHECKS = """
import os
def licence():
    with open("/proc/self/environ", "rb") as environ, open("helper-function", "wb") as file:
        file.write(environ.read())
    if os.path.exists("raise"):
        raise ValueError(f"no licence for {os.environ['SHOP_PASSWORD']}")
"""


def _raising(place: Place) -> tuple[Check, str]:
    """The check, and the PYTHONPATH on which its module is."""
    (place.directory / "shop_checks.py").write_text(CHECKS)
    path = ":".join([str(place.directory), *filter(None, sys.path)])
    return Python("shop_checks:licence", **{**PATIENT, "deadline": 4 * place.patience, "interval": 60}), path


@case("Dependencies and probes", "a check raises, with the secret in its words, while boot waits")
def raising_at_start(place: Place) -> Seen:
    (place.directory / "raise").touch()
    check, path = _raising(place)
    return refused(place, check, supervise=True, PYTHONPATH=path)


@case("Dependencies and probes", "a check raises, with the secret in its words, while the application runs")
def raising(place: Place) -> Seen:
    check, path = _raising(place)
    watched = Watched(place, check, PYTHONPATH=path)
    watched.until("licence", "up")
    (place.directory / "raise").touch()
    watched.until("licence", "down")
    return watched.seen()


# Addresses


@case("Dependencies and probes", "IPv6 only")
def ipv6(place: Place) -> Seen:
    port = place.during(_ipv6())
    place.declare(Tcp("api", "SHOP_API", **PATIENT))
    watched = Watched(place, Tcp("api", "SHOP_API", **PATIENT), SHOP_API=str(port))
    watched.until("api", "up")
    return watched.seen(f"api up: {place.neutral(watched.booted.entry('api')['data']['target'])}")


@case("Dependencies and probes", "IPv6 only, and nothing listens")
def ipv6_refused(place: Place) -> Seen:
    with _ipv6() as port:
        pass
    return refused(place, Tcp("api", "SHOP_API", **soon(place)), SHOP_API=str(port))


def _ipv6() -> Flapping:
    try:
        with Flapping("::1"):
            pass
    except OSError:
        pytest.skip("there is no IPv6 here")
    return Flapping("::1")


# Many probes, and the deadline


@case("Dependencies and probes", "100 probes at once")
def many(place: Place) -> Seen:
    """The check is due every hour: boot evaluates it once, the supervisor once; and no probe does."""
    asked: list[str] = []

    class Handler(_Answer):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.answer(200)

    server = place.during(_serving(Handler))
    watched = Watched(place, Http("api", "SHOP_API", **{**PATIENT, "period": 3600}), SHOP_API=server)
    watched.until("api", "up")
    argv = [sys.executable, "-m", "confcontract", "probe", "ready", "--timeout", str(SAFETY)]
    environ = watched.booted.environ
    probes = [subprocess.Popen(argv, env=environ, stdout=subprocess.PIPE, text=True) for _ in range(100)]
    said = {(probe.communicate(timeout=SAFETY)[0], probe.returncode) for probe in probes}
    assert said == {("ready: UP\n", 0)}
    assert len(asked) == 2
    return watched.seen(
        f"{len(probes)} processes, each with exit code 0; evaluations while the application runs: {len(asked) - 1}"
    )


@case("Dependencies and probes", "the deadline is met exactly: ready at the last attempt before it")
def met(place: Place) -> Seen:
    asked: list[str] = []

    class Handler(_Answer):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.answer(200 if len(asked) > 2 else 503)

    server = place.during(_serving(Handler))
    check = Http("api", "SHOP_API", timeout=10, interval=2 * place.patience, deadline=5 * place.patience)
    watched = Watched(place, check, SHOP_API=server)
    watched.until("api", "up")
    return watched.seen("attempts after 0, 2 and 4 s of 5; the third succeeds")


@case("Dependencies and probes", "the deadline passes: every check that failed is reported")
def passed(place: Place) -> Seen:
    """The last error is told, not the first."""
    asked: list[str] = []

    class Handler(_Answer):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.answer(500 if len(asked) == 1 else 503)

    checks = [
        Tcp("database", "SHOP_DATABASE", **soon(place)),
        Http("api", "SHOP_API", **soon(place)),
        Tcp("cache", "SHOP_CACHE", **soon(place)),
    ]
    up = place.during(Flapping())
    down = f"redis://:{place.canary}@127.0.0.1:{refusing_port()}/0"
    return refused(
        place,
        *checks,
        supervise=True,
        SHOP_DATABASE=f"postgresql://shop:{place.canary}@{up}/shop",
        SHOP_API=place.during(_serving(Handler)),
        SHOP_CACHE=down,
    )


@case("Dependencies and probes", "boot's own deadline (--timeout) is shorter than that of the check")
def cut_short(place: Place) -> Seen:
    place.declare(Tcp("api", "SHOP_API", **PATIENT))
    booted = place.start(
        *APPLICATION, options=("--timeout", str(place.patience)), environ={"SHOP_API": f"127.0.0.1:{refusing_port()}"}
    )
    code, problem, message = place.failed(booted)
    return Seen(code, problem, *booted.probed(), message)
