"""Many signals at once: none that the kernel would keep is lost, and one that asks to end never is."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic_settings import BaseSettings

from confcontract import bake, declare
from confcontract.checks import Command
from tests.support.launching import PLAIN_ENVIRON, SAFETY, supervise_with
from tests.support.supervising import Supervise, Supervised, children, python, until

MANY = 2000
NUMBER = signal.SIGRTMIN + 1

# Takes signals as the kernel queues them: a handler of Python's would see several as one.
COUNT = f"""
import os, signal, sys
numbers = signal.valid_signals() - {{9, 19}}
signal.pthread_sigmask(signal.SIG_BLOCK, numbers)
open("ready", "a").write("r")
heard = []
while signal.SIGTERM not in heard:
    heard.append(signal.sigwaitinfo(numbers).si_signo)
while (more := signal.sigtimedwait(numbers, 0)) is not None:
    heard.append(more.si_signo)
open("heard", "w").write(f"{{heard.count({NUMBER})}} {{heard.count(signal.SIGUSR1)}}")
sys.exit(5)
"""


def enough() -> None:
    """Raises pytest's Skipped where the kernel would not keep so many."""
    if 0 <= resource.getrlimit(resource.RLIMIT_SIGPENDING)[0] < 2 * MANY:
        pytest.skip("the limit on pending signals (ulimit -i) is too low")


def stop(booted: Supervised) -> None:
    """On a busy machine it would otherwise still hear of what comes in the next moment."""
    booted.send(signal.SIGSTOP)
    status = Path(f"/proc/{booted.process.pid}/status")
    until(lambda: "T (stopped)" in status.read_text(), booted.process)


def burst(pid: int) -> None:
    """While it is stopped: all of them are there at once."""
    for _ in range(MANY):
        os.kill(pid, NUMBER)
        os.kill(pid, signal.SIGUSR1)


def test_every_real_time_signal_of_a_burst_arrives_and_so_does_the_term_in_it(supervise: Supervise) -> None:
    enough()
    booted = supervise(*python(COUNT))
    booted.eventually("ready")
    stop(booted)
    burst(booted.process.pid)
    booted.send(signal.SIGTERM)
    burst(booted.process.pid)
    booted.send(signal.SIGCONT)
    assert booted.end()[0] == 5
    assert (booted.directory / "heard").read_text() == f"{2 * MANY} 1"


def test_none_is_lost_to_a_thread_that_starts_a_check(tmp_path: Path) -> None:
    """It unblocks signals, or its program would start with all of them blocked."""
    enough()

    class Nothing(BaseSettings):
        pass

    checks = [Command(["true"], name=f"c{number}", phases=["live"], period=0.01) for number in range(8)]
    contract = tmp_path / "contract.json"
    bake(declare(Nothing, name="checked", version="1", checks=checks)).dump(contract)
    booted = Supervised(supervise_with(contract, *python(COUNT)), tmp_path)
    try:
        booted.eventually("ready")
        for _ in range(MANY):
            booted.send(NUMBER)
            until(lambda: len(pending(booted.process.pid)) < 500)
        booted.send(signal.SIGTERM)
        assert booted.end()[0] == 5
        assert (booted.directory / "heard").read_text().split()[0] == str(MANY)
    finally:
        booted.close()


def pending(pid: int) -> range:
    """As many as wait for a process of this user."""
    line = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("SigQ"))
    return range(int(line.split()[1].split("/")[0]))


def test_no_thread_takes_a_signal_from_the_loop(supervise: Supervise) -> None:
    booted = supervise(*python(COUNT), options=("--health-addr", "127.0.0.1:0"))
    booted.eventually("ready")
    tasks = Path(f"/proc/{booted.process.pid}/task").iterdir()
    masks = {task.name: blocked(task / "status") for task in tasks if task.name != str(booted.process.pid)}
    assert len(masks) > 2
    wanted = {*map(int, signal.valid_signals())} - {signal.SIGKILL, signal.SIGSTOP}
    assert {name: wanted - mask for name, mask in masks.items()} == {name: set() for name in masks}
    booted.send(signal.SIGTERM)
    booted.end()


def blocked(status: Path) -> set[int]:
    line = next(line for line in status.read_text().splitlines() if line.startswith("SigBlk"))
    bits = int(line.split()[1], 16)
    return {number for number in range(1, 65) if bits >> (number - 1) & 1}


def test_while_the_application_starts_they_wait_for_it(supervise: Supervise) -> None:
    """It inherits that they are blocked: otherwise they would end it, as they would without a supervisor."""
    enough()
    found = {NUMBER, signal.SIGUSR1, signal.SIGTERM}
    booted = supervise(
        *python(COUNT),
        preexec_fn=lambda: signal.pthread_sigmask(signal.SIG_BLOCK, found),
    )
    stop(booted)  # whatever it was doing
    burst(booted.process.pid)
    booted.send(signal.SIGCONT)
    until(lambda: children(booted.process.pid), booted.process)
    booted.send(signal.SIGTERM)
    assert booted.end()[0] == 5
    assert (booted.directory / "heard").read_text() == f"{MANY} 1"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1, NUMBER])
def test_the_exit_code_is_the_application_s_whatever_comes_until_the_last_moment(
    supervise: Supervise, number: int
) -> None:
    ignores = f"trap '' TERM INT HUP USR1 {NUMBER}"
    booted = supervise("/bin/sh", "-c", f"{ignores}; touch ready; read x; exit 7", stdin=subprocess.PIPE)
    booted.eventually("ready")
    assert booted.process.stdin is not None
    booted.process.stdin.write(b"\n")
    booted.process.stdin.flush()
    while booted.process.poll() is None:
        booted.send(number)
    assert booted.end()[0] == 7


def test_one_for_which_there_is_no_place_is_still_noted_once() -> None:
    """Where the moment in which signals are not blocked lasts long enough for 70,000 of them."""
    code = f"""
import os, signal
from confcontract.boot.supervise.blocked_signals import Signals
signals = Signals()
with signals.as_found():
    for _ in range(70_000):
        os.kill(os.getpid(), {NUMBER})
    os.kill(os.getpid(), signal.SIGTERM)
heard = signals.wait(0)
print(heard.count({NUMBER}) >= 65_536 or heard.count({NUMBER}), heard.count(signal.SIGTERM), heard[-1] == signal.SIGTERM)
print(signals.wait(0))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=SAFETY, check=True, text=True)
    assert done.stdout == "True 1 True\n[]\n"


BETWEEN = f"""
import os, signal, sys, time
numbers = signal.valid_signals() - {{9, 19}}
signal.pthread_sigmask(signal.SIG_BLOCK, numbers)
with open("started", "a") as file:
    file.write("s")
if os.path.getsize("started") == 1:
    if os.fork() == 0:  # stays in the process group, and ends when it likes to
        open("left", "w").close()
        while not os.path.exists("go"):
            time.sleep(0.01)
        os._exit(0)
    while signal.sigwaitinfo(numbers).si_signo != signal.SIGTERM:
        pass
    os._exit(0)
{COUNT[COUNT.index("heard = []") :]}
"""


def test_what_comes_between_two_runs_is_for_the_next_one(tmp_path: Path) -> None:
    """The first one has ended, and something of its process group has not."""
    enough()

    class Text(BaseSettings):
        text: str

    contract = tmp_path / "contract.json"
    bake(declare(Text, name="text", version="1")).dump(contract)
    (tmp_path / "text").write_text("one")
    argv = supervise_with(contract, *python(BETWEEN), options=("--poll", "0.2"))
    environ = {**PLAIN_ENVIRON, "CONFCONTRACT_RUNTIME_DIR": str(tmp_path / "run"), "TEXT_FILE": str(tmp_path / "text")}
    found = {NUMBER, signal.SIGUSR1}
    booted = Supervised(argv, tmp_path, env=environ, preexec_fn=lambda: signal.pthread_sigmask(signal.SIG_BLOCK, found))
    try:
        booted.eventually("left")
        [application] = children(booted.process.pid)
        (tmp_path / "text").write_text("two")
        until(lambda: application not in children(booted.process.pid), booted.process)
        stop(booted)
        burst(booted.process.pid)
        booted.send(signal.SIGCONT)
        (tmp_path / "go").touch()
        until(lambda: (tmp_path / "started").read_text() == "ss", booted.process)
        booted.send(signal.SIGTERM)
        assert booted.end()[0] == 5
        assert (tmp_path / "heard").read_text() == f"{MANY} 1"
    finally:
        booted.close()
