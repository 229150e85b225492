"""What it costs to compare two contracts.

`python benchmarks/comparing.py` compares two contracts of 5,000 variables: equal ones, ones that differ in a few, and
ones that differ in all. It prints the processor time beside that of loading both, and the memory for each variable.
Then it decides pairs of patterns, drawn from those that people write and from those that explode, and says how long the
slowest took beside the limit. Exits with 1 where a pattern passes the limit by more than a tenth, in processor time: by
the clock it may, where other processes take the processor away meanwhile.
"""

from __future__ import annotations

import argparse
import gc
import random
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
from confcontract.compare.accepted.automaton import Language, Undecidable, outside
from confcontract.compare.accepted.pattern_dialects import PYTHON, RUST, automaton_of
from confcontract.compare.diff import diff
from confcontract.contract.artifact import Contract

LIMIT = 0.2  # seconds for one pair of patterns
ALLOWED = 1.1


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


def drawn(draw: random.Random) -> str:
    """A pattern: as people write them, or with repeats within repeats, long counts and many branches."""
    parts = ("a", "[a-z]", "[a-z0-9_-]", r"\d", r"\w", ".", "[^/]", "(ab|ba)", "(?:x|y|z)", "(?:https?)")
    repeats = ("", "*", "+", "?", "{1,3}", "{2}", "{0,61}")
    atoms = [draw.choice(parts) + draw.choice(repeats) for _ in range(draw.randint(1, 6))]
    if draw.random() < 0.3:
        branches = "|".join(draw.choice(parts) + draw.choice(repeats) for _ in range(4))
        atoms.append(f"({branches})" + draw.choice("*+?"))
    if draw.random() < 0.1:
        atoms.append("(a|b)*a(a|b)" + f"{{{draw.randint(8, 24)}}}")
    if draw.random() < 0.1:
        atoms.append("(?:[a-c]{1,40})" + f"{{1,{draw.randint(2, 200)}}}")
    draw.shuffle(atoms)
    return draw.choice(("^", "")) + "".join(atoms) + draw.choice(("$", ""))


def slowest(pairs: int, limit: float = LIMIT) -> tuple[float, float, int]:
    """Seconds that the slowest pair took, by the clock and of processor time, and how many were not decided."""
    draw = random.Random(1)
    by_clock, of_processor, undecided = 0.0, 0.0, 0
    for dialect in (RUST, PYTHON):
        automaton_of(r"\d\w\s", dialect)  # Unicode's lists of characters are made once
    for _ in range(pairs):
        dialect = draw.choice((RUST, PYTHON))
        start, used = time.monotonic(), time.process_time()
        until = start + limit
        try:
            old, new = (Language((automaton_of(drawn(draw), dialect),), 0, draw.choice((None, 40))) for _ in range(2))
            outside(old, new, until)
        except Undecidable:
            undecided += 1
        by_clock = max(by_clock, time.monotonic() - start)
        of_processor = max(of_processor, time.process_time() - used)
    return by_clock, of_processor, undecided


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--variables", type=int, default=5_000)
    parser.add_argument("--pairs", type=int, default=10_000)
    options = parser.parse_args()
    size = options.variables
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        first, changed = (of_ten_types(folder, size, changed) for changed in (0, 20))
        tell("equal", size, first, first)
        tell("20 of them changed", size, first, changed)
        for part in (size // 5, size):
            tell("all of them changed", part, of_bounds(folder, part, 100), of_bounds(folder, part, 99))
    by_clock, of_processor, undecided = slowest(options.pairs)
    print(f"{options.pairs} pairs of patterns, at most {LIMIT * 1000:.0f} ms each: the slowest took", end=" ")
    print(f"{of_processor * 1000:.0f} ms of processor time, {by_clock * 1000:.0f} ms by the clock;", end=" ")
    print(f"{undecided} were not decided")
    return 0 if of_processor <= ALLOWED * LIMIT else 1


if __name__ == "__main__":
    raise SystemExit(main())
