"""Signals reach the application, and nothing of it outlives its supervisor."""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.supervising import ORPHANS, Supervise, children, python, until

FORWARDED = sorted(set(signal.valid_signals()) - {signal.SIGKILL, signal.SIGSTOP, signal.SIGCHLD})

RECORD = """
import signal, sys, time
heard = []
def hear(number, frame):
    heard.append(number)
    open("heard", "a").write(f"{int(number)}\\n")
for number in signal.valid_signals() - {9, 19, signal.SIGCHLD}:
    try:
        signal.signal(number, hear)
    except (OSError, ValueError):
        pass
open("ready", "w").close()
while signal.SIGRTMAX not in heard:
    time.sleep(0.02)  # pause() would sleep through one that came a moment before
sys.exit(len(set(heard)))
"""


def test_every_signal_that_can_be_forwarded_is(supervise: Supervise) -> None:
    booted = supervise(*python(RECORD), options=("--grace", "1000"))
    booted.eventually("ready")
    assert signal.SIGTERM in FORWARDED
    for number in [*(set(FORWARDED) - {signal.SIGRTMAX}), signal.SIGRTMAX]:
        booted.send(number)
        until(lambda number=number: str(int(number)) in booted.eventually("heard").split(), booted.process)  # type: ignore[misc]
    assert booted.end()[0] == len(FORWARDED)


def test_an_application_that_ignores_term_is_killed_when_its_grace_is_over(supervise: Supervise) -> None:
    booted = supervise(
        "/bin/sh", "-c", "trap '' TERM; touch ready; while :; do sleep 1; done", options=("--grace", "0.5")
    )
    booted.eventually("ready")
    booted.send(signal.SIGTERM)
    assert booted.end()[0] == 128 + signal.SIGKILL


def test_an_application_that_ends_within_its_grace_is_not(supervise: Supervise) -> None:
    booted = supervise("/bin/sh", "-c", "trap 'sleep 1; exit 5' TERM; touch ready; while :; do sleep 0.1; done")
    booted.eventually("ready")
    booted.send(signal.SIGTERM)
    assert booted.end()[0] == 5


@pytest.mark.parametrize("deaf", [False, True], ids=["ends at TERM", "ignores TERM"])
def test_what_the_application_leaves_behind_ends_with_it(supervise: Supervise, deaf: bool) -> None:
    trap = "trap '' TERM;" if deaf else ""
    booted = supervise(
        "/bin/sh",
        "-c",
        f"({trap} touch ready; while :; do sleep 0.1; done) & echo $! > left; while [ ! -e ready ]; do :; done; exit 7",
        options=("--grace", "1"),
        stdout=None,
    )
    assert booted.end()[0] == 7
    assert not Path(f"/proc/{(booted.directory / 'left').read_text().strip()}").exists()


def test_a_thousand_orphans_leave_no_zombie(supervise: Supervise) -> None:
    booted = supervise(*python(ORPHANS))
    booted.eventually("ready")
    until(lambda: len(children(booted.process.pid)) == 1, booted.process)
    (booted.directory / "go").touch()
    assert booted.end()[0] == 0


def test_a_daemon_s_end_is_seen_though_it_left_the_process_group(supervise: Supervise) -> None:
    booted = supervise(
        "/bin/sh", "-c", "setsid sh -c 'echo $$ > daemon; exit 3'; sleep 0.1; exec sleep 100", stdout=None
    )
    pid = booted.eventually("daemon", "\n").strip()
    until(lambda: not Path(f"/proc/{pid}").exists(), booted.process)
    booted.send(signal.SIGTERM)
    assert booted.end()[0] == 143


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP, signal.SIGUSR1, signal.SIGKILL])
def test_the_application_s_death_by_a_signal_is_128_and_the_signal(supervise: Supervise, number: int) -> None:
    assert supervise("/bin/sh", "-c", f"kill -{int(number)} $$").end()[0] == 128 + number


def test_a_stopped_application_goes_on(supervise: Supervise) -> None:
    booted = supervise("/bin/sh", "-c", "echo $$ > pid; while [ ! -e go ]; do sleep 0.05; done; exit 4")
    pid = int(booted.eventually("pid", "\n"))
    os.kill(pid, signal.SIGSTOP)
    until(lambda: "T (stopped)" in Path(f"/proc/{pid}/status").read_text())
    (booted.directory / "go").touch()
    booted.send(signal.SIGCONT)
    assert booted.end()[0] == 4


def test_the_supervisor_itself_is_no_open_book(supervise: Supervise) -> None:
    """While it holds secrets: no core dump, no /proc/PID/environ for others of the same user."""
    booted = supervise("/bin/sh", "-c", "ulimit -Hc > hard; ulimit -Sc > soft; exec sleep 100")
    booted.eventually("soft", "\n")

    def core_limit() -> str:
        limits = Path(f"/proc/{booted.process.pid}/limits").read_text()
        return next(line.split()[4] for line in limits.splitlines() if line.startswith("Max core"))

    until(lambda: core_limit() == "0")  # while it starts the application, it has that one's
    assert Path(f"/proc/{booted.process.pid}/environ").stat().st_uid == 0
    booted.send(signal.SIGTERM)
    booted.end()


def test_who_waits_for_stdin_s_end_gets_it(run: Any, empty_contract: Path) -> None:
    from tests.support.launching import supervise_with

    assert run(supervise_with(empty_contract, "/bin/cat"), stdin=None, input=b"a line\n").stdout == b"a line\n"


def test_nobody_who_reads_stderr_is_no_reason_to_stand_still(supervise: Supervise) -> None:
    reading, writing = os.pipe()
    fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, 4096)
    os.set_blocking(writing, False)
    try:
        booted = supervise(
            *python("import os, signal, time\nopen('ready', 'w').close()\nwhile True: time.sleep(1)"), stderr=writing
        )
        booted.eventually("ready")
        with contextlib.suppress(BlockingIOError):
            while True:
                os.write(writing, b"x")
        os.set_blocking(writing, True)  # as the supervisor finds it
        booted.send(signal.SIGTERM)
        assert booted.end()[0] == 128 + signal.SIGTERM
    finally:
        os.close(reading)
        os.close(writing)


@pytest.fixture
def place() -> Iterator[Path]:
    """A directory in memory."""
    with tempfile.TemporaryDirectory(dir="/dev/shm") as directory:
        yield Path(directory)


@pytest.mark.parametrize("moment", ["starting", "health address", "ready"])
def test_who_is_asked_to_end_while_it_starts_leaves_nothing_behind(
    supervise: Supervise, moment: str, place: Path
) -> None:
    options = ("--deliver", "files", "--secrets-dir", str(place))
    booted = supervise(*python("import time; time.sleep(1000)"), options=options)
    until(lambda: moment in booted.err, booted.process)
    booted.send(signal.SIGTERM)
    assert booted.end()[0] == 128 + signal.SIGTERM
    assert not list(place.iterdir())
    assert not (booted.directory / "run" / "probe.sock").exists()
