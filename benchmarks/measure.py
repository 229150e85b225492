"""Contestants that do the same job, run in turn (A B C A B C …), and the medians of what they took."""

from __future__ import annotations

import marshal
import statistics
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

_LAUNCHER = Path(__file__).with_name("launcher.py")
_WARM_UPS = 2


@dataclass(frozen=True)
class Contestant:
    """A command line and the whole environment that it gets."""

    name: str
    argv: tuple[str, ...]
    environ: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Result:
    """Medians: wall and CPU time in milliseconds, peak resident memory in MiB."""

    wall: float
    cpu: float
    memory: float
    runs: int


class Failed(Exception):
    """A contestant did not end with exit code 0: it measured something else than the job."""


class Launcher:
    """The process that starts what is measured; see launcher.py."""

    def __enter__(self) -> Launcher:
        argv = [sys.executable, "-I", "-S", str(_LAUNCHER)]
        self._process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._process.communicate()

    def run(self, contestant: Contestant) -> tuple[float, float, float]:
        """(wall ms, CPU ms, peak MiB) of one run. Raises Failed."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        marshal.dump((list(contestant.argv), dict(contestant.environ)), self._process.stdin)
        self._process.stdin.flush()
        code, wall, cpu, memory = marshal.load(self._process.stdout)
        if code != 0:
            raise Failed(_explain(contestant, code))
        return wall * 1000, cpu * 1000, memory / 1024

    def compare(self, contestants: Iterable[Contestant], runs: int) -> dict[str, Result]:
        """Run all of them in turn, `runs` times each after a warm-up."""
        field = list(contestants)
        for _ in range(min(runs, _WARM_UPS)):
            for contestant in field:
                self.run(contestant)
        samples: dict[str, list[tuple[float, float, float]]] = {contestant.name: [] for contestant in field}
        for _ in range(runs):
            for contestant in field:
                samples[contestant.name].append(self.run(contestant))
        return {name: _medians(taken) for name, taken in samples.items()}


def _medians(samples: list[tuple[float, float, float]]) -> Result:
    wall, cpu, memory = (statistics.median(column) for column in zip(*samples, strict=True))
    return Result(wall, cpu, memory, len(samples))


def _explain(contestant: Contestant, code: int) -> str:
    again = subprocess.run(
        contestant.argv, env=dict(contestant.environ), capture_output=True, text=True, check=False, timeout=60
    )
    return f"{contestant.name}: exit code {code}\n  {' '.join(contestant.argv)}\n{again.stdout}{again.stderr}"
