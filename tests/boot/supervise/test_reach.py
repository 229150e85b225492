"""Applications that are out of a supervisor's ordinary reach: in another process group, another user's."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from tests.support.launching import supervise_with
from tests.support.supervising import Supervise, Supervised, python, until

JOINS_ANOTHER_GROUP = """
import os, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
there, here = os.pipe()
leader = os.fork()
if leader == 0:
    os.setpgid(0, 0)
    os.write(here, b"x")
    time.sleep(3600)
os.read(there, 1)
os.setpgid(0, leader)
open("leader", "w").write(f"{leader}\\n")
time.sleep(3600)
"""

CHANGES_ITS_USER = """
import os
os.setgroups([]), os.setresgid(65534, 65534, 65534), os.setresuid(65534, 65534, 65534)
print("ready", flush=True)
input()
os._exit(6)
"""


def test_an_application_that_joined_another_process_group_is_killed_as_well(supervise: Supervise) -> None:
    booted = supervise(*python(JOINS_ANOTHER_GROUP), options=("--grace", "0.5"), stdout=None)
    leader = int(booted.eventually("leader", "\n"))
    try:
        booted.send(signal.SIGTERM)
        assert booted.end()[0] == 128 + signal.SIGKILL
    finally:
        os.kill(leader, signal.SIGKILL)  # in a group of its own it outlives its parent, as a daemon does


def test_an_application_that_may_not_be_sent_signals_is_waited_for_with_a_word(
    empty_contract: Path, tmp_path: Path
) -> None:
    """As in a container without the capability KILL, in front of a program that changes its user."""
    if os.geteuid() != 0:
        pytest.skip("only root can start an application that changes its user")
    if shutil.which("setpriv") is None:
        pytest.skip("setpriv is missing")
    command = supervise_with(empty_contract, *python(CHANGES_ITS_USER), options=("--grace", "0.1"))
    without = ["setpriv", "--bounding-set=-kill", "--inh-caps=-kill"]
    booted = Supervised([*without, *command], tmp_path, stdin=subprocess.PIPE)
    try:
        assert booted.process.stdout is not None
        assert booted.process.stdin is not None
        assert booted.process.stdout.readline() == b"ready\n"
        booted.send(signal.SIGTERM)
        until(lambda: booted.err.count("signal-refused") == 2, booted.process)
        assert f"signal={signal.SIGTERM.value} " in booted.err
        assert f"signal={signal.SIGKILL.value} " in booted.err
        booted.process.stdin.write(b"\n")
        assert booted.end()[0] == 6
    finally:
        booted.close()
