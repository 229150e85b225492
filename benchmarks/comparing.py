"""What it costs to compare two contracts.

`python benchmarks/comparing.py` compares two contracts of 5,000 variables: equal ones, ones that differ in a few, and
ones that differ in all. It prints the processor time beside that of loading both. That memory grows no faster than the
number of variables is held by tests/compare/test_many_variables.py.
"""

from __future__ import annotations

import argparse
import gc
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

if __name__ == "__main__":  # started as a script, the repository isn't on the path
    sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks import many
from confcontract.author.bake import bake
from confcontract.author.loading import load_object
from confcontract.compare.diff import diff
from confcontract.contract.artifact import Contract
from confcontract.contract.digest import digest_of

SIZE = 5_000
RUNS = 5  # of which the quickest counts


def compared(old: Path, new: Path) -> tuple[float, float, int]:
    """Seconds of processor time: to load both contracts, to compare them in both directions; and how many findings
    there are. Without the garbage collector, as the command does it."""
    gc.collect()
    gc.disable()
    try:
        start = time.process_time()
        contracts = [Contract.load(path) for path in (old, new)]
        for contract in contracts:
            len(contract.variables)  # read when they are needed
        loaded = time.process_time()
        found = len(diff(contracts[0], contracts[1], "full", verified=True).findings)
        return loaded - start, time.process_time() - loaded, found
    finally:
        gc.enable()


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
    """The contract of a class of `size` variables, half of them in sections, of which `changed` have another limit:
    each in so many, in sections and elsewhere."""
    parts = many.source(size).split("le=100000")
    step = len(parts) // changed if changed else len(parts)
    limits = (f"le={99_999 if changed and n % step == 0 else 100_000}" for n in range(len(parts) - 1))
    text = "".join(each for pair in zip(parts, [*limits, ""], strict=True) for each in pair)
    return baked(folder, f"many_{size}_{changed}", text)


def of_bounds(folder: Path, size: int, changed: int, *, each_otherwise: bool = False) -> Path:
    """The contract of a class of `size` integers, of which `changed` have another limit: all the same one, or each one
    of its own."""
    limits = [100 if i >= changed else 1_000 + i if each_otherwise else 99 for i in range(size)]
    fields = "".join(f"    count_{i}: Annotated[int, Field(ge=0, le={limits[i]})] = 1\n" for i in range(size))
    text = "from typing import Annotated\nfrom pydantic import Field\nfrom pydantic_settings import BaseSettings\n"
    name = f"bounds_{size}_{changed}{'_each' if each_otherwise else ''}"
    return baked(folder, name, f"{text}class Settings(BaseSettings):\n{fields}")


def of_another_version(contract: Path) -> Path:
    data = {**Contract.load(contract).data, "version": "2"}
    other = contract.with_name("version_2.json")
    Contract({**data, "digest": digest_of(data)}).dump(other)
    return other


def cases(folder: Path, size: int) -> Iterator[tuple[str, Path, Path]]:
    typed, plain = of_ten_types(folder, size, 0), of_bounds(folder, size, 0)
    few = max(1, size // 100)
    yield "equal", typed, typed
    yield "another version, nothing else", typed, of_another_version(typed)
    yield "1 in 100 changed, half in sections", typed, of_ten_types(folder, size, few)
    yield "1 in 100 new, half in sections", typed, of_ten_types(folder, size + few, 0)
    yield "1 in 100 changed, no sections", plain, of_bounds(folder, size, few)
    yield "1 in 100 changed, each otherwise", plain, of_bounds(folder, size, few, each_otherwise=True)
    yield "1 in 10 changed, half in sections", typed, of_ten_types(folder, size, size // 10)
    yield "all changed, no sections", plain, of_bounds(folder, size, size)


def spent(folder: Path, size: int = SIZE) -> str:
    """What it costs to compare two contracts, as a table."""
    lines = [f"CPU of comparing two contracts of {size}    load    compare   both / load  findings"]
    for words, old, new in cases(folder, size):
        loading, comparing, found = min(
            (compared(old, new) for _ in range(RUNS)), key=lambda taken: taken[0] + taken[1]
        )
        both = (loading + comparing) / loading
        lines.append(f"  {words:36}{loading * 1000:6.0f} ms{comparing * 1000:8.0f} ms{both:12.2f}{found:11}")
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--variables", type=int, default=SIZE)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        print(spent(Path(name), options.variables))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
