"""Where the memory of one boot goes, in the moment in which it becomes the command.

`python benchmarks/memory.py` prints the table of docs/explanation/performance.md: what the kernel counts of each
mapping (/proc/self/smaps), as median, beside that of a bare interpreter and of one with pydantic_core's extension
alone.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

if __name__ == "__main__":  # started as a script, the repository isn't on the path
    sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.scene import BASE, ROOT, Scene

BARE = "bare python"
ENGINE = "with the extension"
BOOT = "boot"
PRIVATE = "objects, and what else is written to"
EXTENSION = "pydantic_core's extension"
OTHERS = "other extensions, and their libraries"
INTERPRETER = "the interpreter, and the C library"
KINDS = (INTERPRETER, EXTENSION, OTHERS, PRIVATE)

# Each ends where boot would call exec, or in its place.
_LOOK = """
import os, posix, sys
def look(*_):
    descriptor = posix.open("/proc/self/smaps", posix.O_RDONLY)
    while part := posix.read(descriptor, 4096):
        posix.write(1, part)
    posix._exit(0)
"""
_PROGRAMS = {
    BARE: "look()",
    ENGINE: f"sys.path.insert(0, {str(ROOT)!r})\nimport confcontract.contract.engine\nlook()",
    BOOT: f"sys.path.insert(0, {str(ROOT)!r})\nos.execve = look\nfrom confcontract.__main__ import start\nstart()",
}


def by_kind(smaps: str, interpreters: frozenset[str]) -> dict[str, int]:
    """KiB of each kind of mapping. interpreters: the files that a bare interpreter has."""
    found = dict.fromkeys(KINDS, 0)
    file, resident = "", 0
    for line in smaps.splitlines():
        name, _, rest = line.partition(" ")
        if not name.endswith(":"):  # the first line of a mapping: addresses, mode, offset, device, inode, path
            file = rest.split(None, 4)[4] if len(rest.split(None, 4)) > 4 else ""
        elif name == "Rss:":
            resident = int(rest.split()[0])
        elif name == "Anonymous:":
            private = int(rest.split()[0])
            kind = EXTENSION if "_pydantic_core" in file else INTERPRETER if file in interpreters else OTHERS
            found[PRIVATE] += private
            found[kind] += resident - private
    return found


def files(smaps: str) -> frozenset[str]:
    return frozenset(line.split(None, 5)[5] for line in smaps.splitlines() if len(line.split(None, 5)) > 5)


def measure(runs: int) -> dict[str, dict[str, float]]:
    """Contestant → kind → median KiB."""
    with tempfile.TemporaryDirectory(prefix="confcontract-bench-") as folder:
        boot = Scene(Path(folder)).boot()
        taken = {name: [_run(name, boot.argv[1:], boot.environ) for _ in range(runs)] for name in _PROGRAMS}
    bare = files(taken[BARE][0])
    return {
        name: {kind: statistics.median(by_kind(smaps, bare)[kind] for smaps in each) for kind in KINDS}
        for name, each in taken.items()
    }


def _run(name: str, arguments: Sequence[str], environ: Mapping[str, str]) -> str:
    argv = [sys.executable, "-I", "-c", _LOOK + _PROGRAMS[name], *arguments]
    return subprocess.run(argv, env=environ or BASE, capture_output=True, text=True, check=True).stdout


def table(taken: Mapping[str, Mapping[str, float]]) -> str:
    width = max(map(len, KINDS))
    lines = [" " * width + "".join(f"  {name:>18}" for name in taken)]
    rows = {kind: [each[kind] for each in taken.values()] for kind in KINDS}
    rows["all"] = [sum(each.values()) for each in taken.values()]
    lines += [
        f"{kind:{width}}" + "".join(f"  {size / 1024:14.2f} MiB" for size in sizes) for kind, sizes in rows.items()
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    print(table(measure(9)))
