"""TSTP, TTIN and TTOU where there is no terminal: what they stop, and what goes on."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from tests.support.supervising import Supervise, children, python, until

STOPS = [signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU]

HANDLES = """
import signal, time
def hear(number, frame):
    open("heard", "a").write(f"{int(number)}\\n")
for number in (signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU, signal.SIGCONT):
    signal.signal(number, hear)
open("ready", "w").close()
while True:
    time.sleep(0.02)
"""


def is_stopped(pid: int) -> bool:
    return "T (stopped)" in Path(f"/proc/{pid}/status").read_text()


@pytest.mark.parametrize("number", STOPS)
def test_they_stop_the_application_and_its_group_and_the_supervisor_and_cont_continues_all(
    supervise: Supervise, number: int
) -> None:
    script = "trap 'exit 4' USR1; sleep 1000 & echo $! > worker; while :; do sleep 0.02; done"
    booted = supervise("/bin/sh", "-c", script, stdout=None)
    worker = int(booted.eventually("worker", "\n"))
    [application] = children(booted.process.pid)
    everybody = (application, worker, booted.process.pid)
    for _ in range(2):
        booted.send(number)
        until(lambda: all(map(is_stopped, everybody)), booted.process)
        booted.send(signal.SIGCONT)
        until(lambda: not any(map(is_stopped, everybody)), booted.process)
    booted.send(signal.SIGUSR1)
    assert booted.end()[0] == 4


@pytest.mark.parametrize("number", STOPS)
def test_an_application_for_which_they_mean_something_else_hears_them_and_nothing_stops(
    supervise: Supervise, number: int
) -> None:
    """gunicorn has more workers after a TTIN, Sidekiq takes no more jobs after a TSTP."""
    booted = supervise(*python(HANDLES))
    booted.eventually("ready")
    for times in range(1, 4):
        booted.send(number)
        until(lambda times=times: booted.eventually("heard").split() == [str(int(number))] * times, booted.process)  # type: ignore[misc]
    assert not is_stopped(booted.process.pid)
    booted.send(signal.SIGTERM)
    assert booted.end()[0] == 143


def test_what_somebody_else_stops_is_no_reason_to_stop_as_well(supervise: Supervise) -> None:
    """A debugger, say: the supervisor has leases to renew and probes to answer."""
    booted = supervise("/bin/sh", "-c", "trap 'exit 4' USR1; touch ready; while :; do sleep 0.02; done")
    booted.eventually("ready")
    [application] = children(booted.process.pid)
    os.kill(application, signal.SIGTSTP)
    until(lambda: is_stopped(application), booted.process)
    booted.send(signal.SIGUSR1)
    booted.send(signal.SIGCONT)
    assert booted.end()[0] == 4
