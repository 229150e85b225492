"""Where the milliseconds of one boot go: steps timed inside boot, in a fresh interpreter each time, as medians.

It is CPU time, which a busy machine disturbs less; without Vault boot waits for nothing, so the two are the same.
`python benchmarks/phases.py` prints the table of docs/explanation/performance.md. With arguments it is the child: it
runs `confcontract` with these arguments, and reports instead of becoming the command.
"""

from __future__ import annotations

import gc
import os
import sys
from time import process_time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

# What is timed, as module, function or method, and words. None of them calls another of them.
STEPS = (
    ("confcontract.boot.launch.signals", "take_signals", "take the signals"),
    ("confcontract.verdict.environment", "found_environ", "look at the environment"),
    ("confcontract.boot.steps", "parse", "read the options"),
    ("confcontract.boot.launch.start_command", "find_command", "look the command up"),
    ("confcontract.contract.artifact_file", "read", "read the contract"),
    ("confcontract.contract.artifact_file", "_as_bake_writes", "parse it, and compare its digest"),
    ("confcontract.boot.launch.hardening", "harden", "forbid core dumps"),
    ("confcontract.boot.judge", "prepare", "build the validator"),
    ("confcontract.verdict.resolve", "merge", "read and merge the sources"),
    ("confcontract.verdict.resolve", "gather", "names to fields"),
    ("confcontract.verdict.resolve", "_validate", "validate"),
    ("confcontract.verdict.problems.advice", "add", "old, unknown and empty names"),
    ("confcontract.verdict.resolve", "app_environ", "what is not the application's"),
    ("confcontract.boot.messages", "Messages.started", "say what is started"),
)
OWN = "import our modules"
ENGINE = "load pydantic_core's extension"
REST = "everything else, to the exec"

_taken: dict[str, float] = {}


def _timed(words: str, function: Callable[..., Any]) -> Callable[..., Any]:
    def measured(*arguments: Any, **named: Any) -> Any:
        start = process_time()
        try:
            return function(*arguments, **named)
        finally:
            _taken[words] = _taken.get(words, 0.0) + process_time() - start

    return measured


def child() -> None:
    """Boot, with each step timed; the result goes to stdout, in milliseconds."""
    gc.disable()  # as the entry point does before it imports what is imported here
    start = process_time()
    import confcontract.__main__ as entry
    import confcontract.boot.steps
    import confcontract.contract.artifact_file
    import confcontract.verdict.problems.advice
    from confcontract import isolated

    _taken[OWN] = process_time() - start
    started = process_time()
    import confcontract.contract.engine  # noqa: F401  the lane would load it when it parses the contract

    _taken[ENGINE] = process_time() - started
    patching = process_time()
    for module, name, words in STEPS:
        within, _, function = name.rpartition(".")
        place = getattr(sys.modules[module], within) if within else sys.modules[module]
        setattr(place, function, _timed(words, getattr(place, function)))
    patched = process_time() - patching

    def instead(*_: object) -> None:
        total = process_time() - start - patched
        _taken[REST] = total - sum(_taken.values())
        lines = [f"{words}\t{seconds * 1000:.4f}" for words, seconds in _taken.items()]
        os.write(1, "\n".join(lines).encode())
        os._exit(0)

    os.execve = instead  # type: ignore[assignment]
    entry.main(isolated.environ_block())


def measure(runs: int) -> dict[str, float]:
    """Words → median milliseconds: the interpreter, then each step in the order in which it ran."""
    import statistics
    import subprocess
    import tempfile
    from pathlib import Path

    from benchmarks.measure import Contestant, Launcher
    from benchmarks.scene import BASE, Scene

    samples: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory(prefix="confcontract-bench-") as folder, Launcher() as launcher:
        scene = Scene(Path(folder))
        plain = Contestant("bare", (sys.executable, "-I", "-S", "-c", "pass"), BASE)
        bare = launcher.compare([plain, scene.bare()], runs)
        boot = scene.boot()
        argv = [sys.executable, __file__, *boot.argv[1:]]
        for _ in range(runs):
            done = subprocess.run(argv, env=boot.environ, capture_output=True, text=True, check=True)
            for line in done.stdout.splitlines():
                words, value = line.split("\t")
                samples.setdefault(words, []).append(float(value))
    steps = {words: statistics.median(values) for words, values in samples.items()}
    floor = {"start the interpreter": bare["bare"].cpu, "`site`": bare["bare python"].cpu - bare["bare"].cpu}
    return floor | steps


def table(taken: dict[str, float]) -> str:
    whole = sum(taken.values())
    width = max(map(len, taken))
    rows = {**taken, "all": whole}
    return "\n".join(f"{words:{width}}  {value:6.2f} ms  {value / whole:4.0%}" for words, value in rows.items())


def main() -> None:
    from pathlib import Path

    sys.path.insert(0, str(Path(__file__).parent.parent))
    print(table(measure(30)))


if __name__ == "__main__":
    if sys.argv[1:]:
        child()
    else:
        main()
