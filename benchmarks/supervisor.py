"""A supervisor at rest: what it holds and what it does while nothing happens, beside the agent of OpenBao.

Both run `sleep` with one secret from one server, the only one of each pair in its process group that is not measured.
"""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

from benchmarks.measure import Contestant, Failed, Result

REST = 30.0  # seconds at rest
SETTLE = 5.0  # seconds after the start that are not rest
_TICK = 1000 / os.sysconf("SC_CLK_TCK")  # milliseconds


def at_rest(contestants: list[Contestant]) -> dict[str, Result]:
    """Side by side. wall: of the rest, ms; cpu: ms in that time; memory: MiB resident at its end. Raises Failed."""
    running = {
        each.name: subprocess.Popen(
            each.argv,
            env=dict(each.environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        for each in contestants
    }
    try:
        time.sleep(SETTLE)
        before = {name: _cpu(process.pid) for name, process in running.items()}
        time.sleep(REST)
        for name, process in running.items():
            if process.poll() is not None:
                raise Failed(f"{name} ended with {process.returncode} instead of resting")
        return {
            name: Result(REST * 1000, _cpu(process.pid) - before[name], _memory(process.pid), 1)
            for name, process in running.items()
        }
    finally:
        for process in running.values():
            process.terminate()
            process.communicate()


def _cpu(pid: int) -> float:
    """Milliseconds of CPU so far, of all its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * _TICK


def _memory(pid: int) -> float:
    """Resident MiB."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("VmRSS"))) / 1024
