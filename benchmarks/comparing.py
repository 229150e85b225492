"""What it costs to compare what two contracts accept.

`python benchmarks/comparing.py` compares two contracts of 5,000 variables, equal ones and ones that differ in a few,
and says what share of the time of loading both that is. Then it decides pairs of patterns, drawn from those that people
write and from those that explode, and says how long the slowest took beside the limit. Exits with 1 where a pattern
passes the limit by more than a tenth.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

if __name__ == "__main__":  # started as a script, the repository isn't on the path
    sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks import many
from confcontract.author.bake import bake
from confcontract.author.loading import load_object
from confcontract.compare.accepted import IndexedPlan, Side, differences
from confcontract.compare.accepted.automaton import Language, Undecidable, outside
from confcontract.compare.accepted.pattern_dialects import PYTHON, RUST, automaton_of
from confcontract.contract.artifact import Contract

LIMIT = 0.2  # seconds for one pair of patterns
ALLOWED = 1.1


def compared(old: Path, new: Path) -> tuple[float, float, int]:
    """Seconds of processor time: to load both contracts, to compare them; and how many differences there are."""
    start = time.process_time()
    contracts = [Contract.load(path) for path in (old, new)]
    variables = [contract.variables for contract in contracts]
    loaded = time.process_time()
    plans = [IndexedPlan(contract) for contract in contracts]
    found = 0
    for before, after in zip(*variables, strict=True):
        found += len(differences(Side(plans[0], before), Side(plans[1], after)))
    return loaded - start, time.process_time() - loaded, found


def baked(folder: Path, size: int, changed: int) -> Path:
    """The contract of a class of `size` variables, of which `changed` have another limit."""
    text = many.source(size).replace("le=100000", "le=99999", changed)
    module = f"many_{size}_{changed}"
    (folder / f"{module}.py").write_text(text, encoding="utf-8")
    sys.path.insert(0, str(folder))
    try:
        contract = bake(load_object(f"{module}:Settings"), name="many", version="1")
    finally:
        sys.path.remove(str(folder))
    contract.dump(folder / f"{module}.json")
    return folder / f"{module}.json"


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


def slowest(pairs: int, limit: float = LIMIT) -> tuple[float, int]:
    """Seconds that the slowest pair took, and how many were not decided."""
    draw = random.Random(1)
    longest, undecided = 0.0, 0
    for dialect in (RUST, PYTHON):
        automaton_of(r"\d\w\s", dialect)  # Unicode's lists of characters are made once
    for _ in range(pairs):
        dialect = draw.choice((RUST, PYTHON))
        start = time.monotonic()
        until = start + limit
        try:
            old, new = (Language((automaton_of(drawn(draw), dialect),), 0, draw.choice((None, 40))) for _ in range(2))
            outside(old, new, until)
        except Undecidable:
            undecided += 1
        longest = max(longest, time.monotonic() - start)
    return longest, undecided


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--variables", type=int, default=5_000)
    parser.add_argument("--pairs", type=int, default=10_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        first, *others = (baked(Path(folder), options.variables, changed) for changed in (0, 0, 20))
        for words, other in zip(("equal", "20 of them changed"), others, strict=True):
            loading, comparing, found = min(compared(first, other) for _ in range(5))
            print(f"{options.variables} variables, {words}: loading both {loading * 1000:.0f} ms,", end=" ")
            print(f"comparing {comparing * 1000:.0f} ms ({comparing / loading:.2f} of it), {found} differences")
    longest, undecided = slowest(options.pairs)
    print(
        f"{options.pairs} pairs of patterns: the slowest took {longest * 1000:.0f} ms of {LIMIT * 1000:.0f} ms,",
        end=" ",
    )
    print(f"{undecided} were not decided")
    return 0 if longest <= ALLOWED * LIMIT else 1


if __name__ == "__main__":
    raise SystemExit(main())
