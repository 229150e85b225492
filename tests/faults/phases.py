"""Process: every signal that can be caught, in each phase of a boot and of a supervisor."""

from __future__ import annotations

import itertools
import resource
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from confcontract.boot.launch.signals import _LEFT_ALONE
from confcontract.boot.supervise import blocked_signals
from confcontract.checks import Http
from tests.faults.booted import Booted
from tests.faults.case import Seen, case
from tests.faults.place import Place
from tests.support.launching import stub_command

ALL = sorted(int(number) for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP})
STOPPING: list[int] = [signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU]
PASSING: list[int] = [signal.SIGCHLD, signal.SIGCONT, signal.SIGURG, signal.SIGWINCH, signal.SIGPIPE, signal.SIGXFSZ]
CRASHING = sorted(_LEFT_ALONE - {0, signal.SIGKILL, signal.SIGSTOP, *STOPPING, *PASSING})
SIDE_BY_SIDE = 4

RECORD = """
import os, signal, sys, time
def hear(number, frame):
    with open("heard", "a") as file:
        file.write(f"{int(number)}\\n")
for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
    signal.signal(number, hear)
with open("started", "a") as file:
    file.write(f"{os.getpid()}\\n")
while not os.path.exists("go"):
    time.sleep(0.02)
sys.exit(5)
"""


def names(numbers: list[int]) -> str:
    """As `kill -l` has them; all of the realtime ones are a range."""
    realtime = [number for number in numbers if number >= signal.SIGRTMIN]
    found = [signal.Signals(number).name[3:] for number in numbers if number not in realtime]
    if realtime:
        assert realtime == list(range(signal.SIGRTMIN, signal.SIGRTMAX + 1))
        found.append("RTMIN to RTMAX")
    return " ".join(found)


def is_stopped(pid: int) -> bool:
    return "T (stopped)" in Path(f"/proc/{pid}/status").read_text()


# Before the application


def _in_phase(begin: Callable[[bool], Booted], words: str, *, hardened: bool = True) -> Seen:
    """begin: a boot, every other one under --supervise, that has come to the phase and stays in it.

    hardened: whether it may hold secrets by now. Of the realtime signals, which differ in nothing but their number,
    the first and the last are tried in each phase, and all of them in the first.
    """
    survivor = begin(False)
    for number in [*PASSING, *STOPPING]:
        survivor.send(number)
        if number in STOPPING:
            survivor.until(lambda: is_stopped(survivor.process.pid))
            survivor.send(signal.SIGCONT)
    assert survivor.end() == 128 + signal.SIGTERM
    supervise = itertools.cycle((False, True))
    alike = range(signal.SIGRTMIN + 1, signal.SIGRTMAX) if hardened else range(0)
    others = [number for number in ALL if number not in (*PASSING, *STOPPING, *alike)]
    ending, crashing = [], []
    for batch in (others[at : at + SIDE_BY_SIDE] for at in range(0, len(others), SIDE_BY_SIDE)):
        begun = [(number, begin(next(supervise))) for number in batch]
        for number, booted in begun:
            booted.send(number)
        for number, booted in begun:
            code = booted.wait()
            if code == -number:
                crashing.append(number)
                continue
            assert (code, booted.out.count("\n") < 2) == (128 + number, True), (number, code, booted.err)
            assert booted.err.endswith(f" while {words}\n"), booted.err
            ending.append(number)
    assert crashing == CRASHING
    return Seen(
        "128+n",
        "",
        f"{names(sorted([*ending, *alike]))}: ends at once, and says while what; "
        f"{names(crashing)}: dies of it{', without a core file' if hardened else ''}; "
        f"{names(STOPPING)}: stops until CONT; {names(sorted(PASSING))}: goes on",
    )


def _with_cores(wanted: bool = True) -> dict[str, Any]:
    """Where the system writes core files at all, one is written; or none, as nobody needs it."""
    _, most = resource.getrlimit(resource.RLIMIT_CORE)
    limit = (most if wanted else 0, most)
    return {"preexec_fn": lambda: resource.setrlimit(resource.RLIMIT_CORE, limit)}


def _stubbed(place: Place, step: str, words: str, *options: str) -> Seen:
    """The stub is boot's own launch, with a pause."""
    hardened = "--harden" in options

    def begin(_: bool) -> Booted:
        argv = stub_command("/bin/true", options=("--pause", step, *options))
        booted = place.run(argv, process_group=0, **_with_cores(hardened))
        booted.until(lambda: step in booted.out)
        return booted

    return _in_phase(begin, words, hardened=hardened)


@case("Process", "every signal, during the imports")
def importing(place: Place) -> Seen:
    return _stubbed(place, "importing", "starting")


@case("Process", "every signal, just before exec")
def handing_off(place: Place) -> Seen:
    return _stubbed(place, "handing-off", "handing off", "--harden")


def _hanging(place: Place, words: str, **environ: str) -> Seen:
    """Something that boot asks takes the connection, and never answers."""
    server = place.during(socket.create_server(("127.0.0.1", 0)))
    address = f"http://127.0.0.1:{server.getsockname()[1]}"

    def begin(supervise: bool) -> Booted:
        given = {name: value.format(address) for name, value in environ.items()}
        booted = place.start("/bin/true", supervise=supervise, environ=given, process_group=0, **_with_cores())
        place.during(server.accept()[0])
        return booted

    return _in_phase(begin, words)


@case("Process", "every signal, while secrets are fetched")
def fetching(place: Place) -> Seen:
    reference = "vault:secret/shop#password"
    return _hanging(
        place,
        "fetching secrets",
        SHOP_PASSWORD=reference,
        SHOP_PASSWORD_FILE="",
        VAULT_ADDR="{}",
        VAULT_TOKEN=place.canary,
    )


@case("Process", "every signal, while a dependency is waited for")
def waiting(place: Place) -> Seen:
    place.declare(Http("api", "SHOP_API", timeout=60, deadline=60))
    return _hanging(place, "waiting for dependencies", SHOP_API="{}")


# While the application runs

FORWARDED = sorted(blocked_signals.FORWARDED)
ENDING: list[int] = [signal.SIGTERM, signal.SIGINT, signal.SIGQUIT]


def _recording(place: Place, *options: str, supervise: bool = True) -> Booted:
    given = ("--grace", "1000", *options) if supervise else options
    command = (sys.executable, "-c", RECORD)
    booted = place.start(*command, options=given, supervise=supervise, process_group=0, **_with_cores())
    booted.eventually("started", "\n")
    return booted


def _heard(booted: Booted) -> list[int]:
    path = booted.directory / "heard"
    return [int(line) for line in path.read_text().splitlines()] if path.exists() else []


def _send_all(booted: Booted, numbers: list[int]) -> None:
    before = _heard(booted)
    for number in numbers:
        booted.send(number)
        _hear(booted, number, before.count(number) + 1)


def _hear(booted: Booted, number: int, times: int) -> None:
    booted.until(lambda: _heard(booted).count(number) >= times)


def _let_end(booted: Booted) -> int:
    (booted.directory / "go").touch()
    return booted.wait()


@case("Process", "exec: every signal, while the application runs")
def running_exec(place: Place) -> Seen:
    booted = _recording(place, supervise=False)
    _send_all(booted, ALL)
    return Seen(_let_end(booted), "", "the process is the application: it hears all of them, and its exit code is 5")


@case("Process", "supervised: every signal, while the application runs")
def running(place: Place) -> Seen:
    booted = _recording(place)
    asking = [number for number in FORWARDED if number != signal.SIGTERM]
    _send_all(booted, asking)
    rest = sorted(set(ALL) - blocked_signals.FORWARDED)
    for number in rest:
        booted.send(number)
    booted.look()
    code = _let_end(booted)
    assert not set(_heard(booted)) & set(rest)
    heard = f"{names(asking)}: the application hears it, and its exit code is 5"
    return Seen(code, "", f"{heard}; {names(rest)}: nothing happens")


def _restarting(place: Place) -> Booted:
    """Its application was asked to end, because its password changed, and takes its time."""
    booted = _recording(place, "--poll", "0.1")
    place.secret("password", f"{place.canary}-second")
    booted.eventually("heard", f"{int(signal.SIGTERM)}\n")
    return booted


@case("Process", "supervised: every signal, during a restart")
def restarting(place: Place) -> Seen:
    booted = _restarting(place)
    others = [number for number in FORWARDED if number not in ENDING]
    _send_all(booted, others)
    booted.look()
    code = _let_end(booted)
    assert len((place.directory / "started").read_text().split()) == 2
    return Seen(code, "", f"{names(others)}: the application hears it, and is started again: exit code 5")


@case("Process", "supervised: a signal that asks to end, during a restart")
def ended_while_restarting(place: Place) -> Seen:
    codes = []
    for number in ENDING:
        for name in ("started", "heard", "go"):
            (place.directory / name).unlink(missing_ok=True)
        place.secret("password", place.canary)
        booted = _restarting(place)
        booted.send(number)
        _hear(booted, number, 1 + (number == signal.SIGTERM))
        codes.append(_let_end(booted) - number)
        assert len((place.directory / "started").read_text().split()) == 1
    assert codes == [128] * len(ENDING)
    return Seen("128+n", "", f"{names(ENDING)}: the application hears it, and is not started again")


@case("Process", "supervised: every signal, during the shutdown")
def shutting_down(place: Place) -> Seen:
    booted = _recording(place)
    booted.send(signal.SIGTERM)
    booted.eventually("heard", f"{int(signal.SIGTERM)}\n")
    booted.until(lambda: booted.ask("/health/ready")[0] == 503)
    assert booted.probed() == ["200 / 0", "503 / 1", "200 / 0"]
    _send_all(booted, FORWARDED)
    booted.look()
    return Seen(_let_end(booted), "", f"{names(FORWARDED)}: the application hears it, and its exit code is 5")
