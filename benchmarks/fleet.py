"""What it costs to judge a fleet, beside one `confcontract validate` for each of its pairs.

`python benchmarks/fleet.py` makes 1,000 services with five environments each, and judges a fifth of them and all of
them: by one process, for the processor time of a pair, and by one for each processor, for the time that is waited and
the most memory that any of the processes held. `--services 100` makes fewer.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

if __name__ == "__main__":  # started as a script, the repository isn't on the path
    sys.path.insert(0, str(Path(__file__).parent.parent))

from pydantic import Field, SecretStr, create_model
from pydantic_settings import BaseSettings, SettingsConfigDict

from benchmarks.images import cost
from confcontract import bake

SERVICES = 1000
ENVIRONMENTS = ("dev", "test", "staging", "prod-eu", "prod-us")
SAMPLE = 12  # pairs that are validated one by one
_KINDS = 40  # contracts that differ; the services share them, each under its own name
_MEBIBYTE = 1024 * 1024


def make_fleet(folder: Path, services: int) -> Path:
    """One in fifty environments breaks its contract."""
    drawn = random.Random(1)
    baked = [bake(_settings(number), name=f"kind-{number}", version="1.0") for number in range(min(_KINDS, services))]
    for number in range(services):
        place = folder / f"service-{number:05}"
        place.mkdir(parents=True)
        baked[number % len(baked)].dump(place / "contract.json")
        for environment in ENVIRONMENTS:
            lines = [f"FIELD_{each}={drawn.randrange(100)}" for each in range(20)]
            lines += ["DATABASE_URL=postgres://db/app", "TOKEN=vault:secret/shared#token"]
            lines += ["FIELD_0=many"] if drawn.randrange(50) == 0 else []
            (place / f"{environment}.env").write_text("\n".join(lines) + "\n")
    return folder


def _settings(number: int) -> type[BaseSettings]:
    """Thirty variables or so."""
    fields: dict[str, Any] = {
        f"field_{each}": (Annotated[int, Field(ge=0, le=1000 + number)], each) for each in range(20 + number % 10)
    }
    fields |= {"database_url": (str, ...), "database_pool": (int, 5), "token": (SecretStr, ...)}
    fields |= {"level": (str, Field("info", pattern="^[a-z]+$")), "ratio": (float, 0.5)}

    class Base(BaseSettings):
        model_config = SettingsConfigDict(extra="ignore")

    made: type[BaseSettings] = create_model(f"Kind{number}", __base__=Base, **fields)
    return made


@dataclass
class Watched:
    """What several processes took together. peaks: process → the most bytes that it held."""

    wall: float = 0.0
    peaks: dict[int, int] = field(default_factory=dict)
    parent: int = 0

    @property
    def of_parent(self) -> int:
        return self.peaks.get(self.parent, 0)

    @property
    def of_largest_worker(self) -> int:
        return max((size for process, size in self.peaks.items() if process != self.parent), default=0)


def watched(*command: str) -> Watched:
    """Run it, and look at it and all that it starts. Raises SystemExit where it fails."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True)
    found = Watched(parent=process.pid)
    is_over = threading.Event()

    def look() -> None:
        while not is_over.wait(0.05):
            for other in _session(process.pid):
                found.peaks[other] = max(found.peaks.get(other, 0), _peak(other))

    looking = threading.Thread(target=look)
    looking.start()
    said = process.communicate()[1]
    found.wall = time.perf_counter() - start
    is_over.set()
    looking.join()
    if process.returncode not in (0, 1):
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}: {said.decode()}")
    return found


def _session(leader: int) -> list[int]:
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                if os.getsid(int(name)) == leader:
                    found.append(int(name))
            except OSError:
                continue  # it has ended
    return found


def _peak(process: int) -> int:
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:")), 0)


@dataclass(frozen=True)
class FleetCost:
    """Of so many pairs. alone: by one process. together: by `jobs`."""

    pairs: int
    cpu: float
    memory: int
    jobs: int
    together: Watched

    def row(self) -> str:
        per_core = self.pairs / self.together.wall / self.jobs
        return (
            f"{self.pairs:>7}  {1000 * self.cpu / self.pairs:>9.2f} ms  {self.pairs / self.cpu:>10.0f}  "
            f"{self.together.wall:>7.1f} s  {per_core:>9.0f}  {_size(self.memory)}  "
            f"{_size(self.together.of_parent)}  {_size(self.together.of_largest_worker)}"
        )


HEAD = (
    "  pairs   CPU a pair   a CPU second     waited   a core, s   one proc.     parent   a worker\n"
    "                                                 (waited)         (most memory of each)"
)


def measure(folder: Path, jobs: int) -> FleetCost:
    command = (sys.executable, "-I", "-m", "confcontract", "fleet", str(folder), "--format", "json")
    alone = cost(*command, "--jobs", "1")
    pairs = len(list(folder.iterdir())) * len(ENVIRONMENTS)
    return FleetCost(pairs, alone.cpu, alone.memory, jobs, watched(*command, "--jobs", str(jobs)))


def one_by_one(folder: Path, sample: int) -> float:
    """Seconds of a processor for a pair, where each has a process of its own."""
    services = sorted(folder.iterdir())
    drawn = random.Random(2)
    taken = 0.0
    for _ in range(sample):
        place = drawn.choice(services)
        files = ("--contract", str(place), "--env-file", str(place / f"{drawn.choice(ENVIRONMENTS)}.env"))
        taken += _cpu_of_validate(files)
    return taken / sample


def _cpu_of_validate(files: Sequence[str]) -> float:
    command = (sys.executable, "-I", "-m", "confcontract", "validate", "--no-environ", *files)
    before = os.times()
    done = subprocess.run(command, stdout=subprocess.DEVNULL, check=False)
    after = os.times()
    if done.returncode not in (0, 78):
        raise SystemExit(f"{' '.join(command)} ended with {done.returncode}")
    return after.children_user + after.children_system - before.children_user - before.children_system


def _size(size: int) -> str:
    return f"{size / _MEBIBYTE:>6.1f} MiB"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--services", type=int, default=SERVICES)
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--sample", type=int, default=SAMPLE)
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="confcontract-bench-") as place:
        few = make_fleet(Path(place) / "few", max(1, given.services // 5))
        many = make_fleet(Path(place) / "many", given.services)
        costs = [measure(few, given.jobs), measure(many, given.jobs)]
        single = one_by_one(many, given.sample)
    print(HEAD)
    for each in costs:
        print(each.row())
    small, large = costs
    print(
        f"{large.pairs / small.pairs:.1f} times the pairs: {large.cpu / small.cpu:.1f} times the processor time, "
        f"{large.memory / small.memory:.2f} times the memory"
    )
    ratio = single / (large.cpu / large.pairs)
    print(f"one validate for each pair: {1000 * single:.0f} ms of a processor, {ratio:.0f} times as much")
    return 0


if __name__ == "__main__":
    sys.exit(main())
