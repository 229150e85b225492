"""What it costs to compare two contracts.

`python benchmarks/comparing.py` compares two contracts of 5,000 variables: equal ones, ones that differ in a few, and
ones that differ in all. It prints the processor time beside that of loading both, and the memory for each variable.
"""

from __future__ import annotations

import argparse
import gc
import sys
import tempfile
import time
import tracemalloc
from pathlib import Path

if __name__ == "__main__":  # started as a script, the repository isn't on the path
    sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks import many
from confcontract.author.bake import bake
from confcontract.author.loading import load_object
from confcontract.compare.diff import diff
from confcontract.contract.artifact import Contract


def compared(old: Path, new: Path) -> tuple[float, float, int]:
    """Seconds of processor time: to load both contracts, to compare them in both directions; and how many findings
    there are."""
    gc.collect()
    start = time.process_time()
    contracts = [Contract.load(path) for path in (old, new)]
    for contract in contracts:
        len(contract.variables)  # read when they are needed
    loaded = time.process_time()
    found = len(diff(contracts[0], contracts[1], "full", verified=True).findings)
    return loaded - start, time.process_time() - loaded, found


def most_memory(old: Path, new: Path) -> int:
    """Bytes that loading and comparing two contracts take at most."""
    tracemalloc.start()
    try:
        diff(Contract.load(old), Contract.load(new), "full", verified=True)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def baked(folder: Path, module: str, text: str) -> Path:
    """The contract of the class `Settings` in this text of a module."""
    (folder / f"{module}.py").write_text(text, encoding="utf-8")
    sys.path.insert(0, str(folder))
    try:
        contract = bake(load_object(f"{module}:Settings"), name="many", version="1")
    finally:
        sys.path.remove(str(folder))
    contract.dump(folder / f"{module}.json")
    return folder / f"{module}.json"


def of_ten_types(folder: Path, size: int, changed: int) -> Path:
    """The contract of a class of `size` variables, of which `changed` have another limit."""
    text = many.source(size).replace("le=100000", "le=99999", changed)
    return baked(folder, f"many_{size}_{changed}", text)


def of_bounds(folder: Path, size: int, limit: int) -> Path:
    """The contract of a class of `size` integers with this limit."""
    fields = "".join(f"    count_{i}: Annotated[int, Field(ge=0, le={limit})] = 1\n" for i in range(size))
    text = "from typing import Annotated\nfrom pydantic import Field\nfrom pydantic_settings import BaseSettings\n"
    return baked(folder, f"bounds_{size}_{limit}", f"{text}class Settings(BaseSettings):\n{fields}")


def tell(words: str, size: int, old: Path, new: Path) -> None:
    """Print what it costs to compare two contracts."""
    loading, comparing, found = min((compared(old, new) for _ in range(5)), key=sum)
    print(
        f"{size} variables, {words}: loading both {loading * 1000:.0f} ms, comparing {comparing * 1000:.0f} ms,",
        end=" ",
    )
    print(f"together {(loading + comparing) / loading:.2f} × loading; {found} findings", end="; ")
    print(f"at most {most_memory(old, new) / size / 1000:.1f} kB a variable", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--variables", type=int, default=5_000)
    options = parser.parse_args()
    size = options.variables
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        first, changed = (of_ten_types(folder, size, changed) for changed in (0, 20))
        tell("equal", size, first, first)
        tell("20 of them changed", size, first, changed)
        for part in (size // 5, size):
            tell("all of them changed", part, of_bounds(folder, part, 100), of_bounds(folder, part, 99))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
