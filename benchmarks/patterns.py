"""How long it takes to decide two patterns.

`python benchmarks/patterns.py` (make patterns N=10000) decides pairs of patterns, drawn from those that people write
and from those that explode, under a limit of processor time, and says by how much the slowest passed it. Exits with 1
where that is more than a tenth. By the clock it may be more, where other processes take the processor away meanwhile.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from dataclasses import dataclass
from pathlib import Path

if __name__ == "__main__":  # started as a script, the repository isn't on the path
    sys.path.insert(0, str(Path(__file__).parent.parent))

from confcontract.compare.accepted.automaton import OUT_OF_TIME, Language, Undecidable, time_limit
from confcontract.compare.accepted.languages import outside
from confcontract.compare.accepted.pattern_dialects import PYTHON, RUST, automaton_of

LIMIT = 0.2  # seconds of processor time for a pair: a contract's patterns have five
ALLOWED = 1.1


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


@dataclass
class Decided:
    """seconds: of processor time, that the slowest pair took; by_clock: the same by the clock. slowest: its patterns.
    undecided, out_of_time: how many pairs."""

    seconds: float = 0.0
    by_clock: float = 0.0
    slowest: tuple[str, ...] = ()
    undecided: int = 0
    out_of_time: int = 0


def decide(pairs: int, limit: float = LIMIT, seed: int = 1) -> Decided:
    draw = random.Random(seed)
    found = Decided()
    for dialect in (RUST, PYTHON):
        automaton_of(r"\d\w\s", dialect)  # Unicode's lists of characters are made once
    for _ in range(pairs):
        dialect, patterns = draw.choice((RUST, PYTHON)), (drawn(draw), drawn(draw))
        lengths = [draw.choice((None, 40)) for _ in patterns]
        start, used = time.monotonic(), time.thread_time()
        until = time_limit(limit)
        try:
            old, new = (
                Language((automaton_of(each, dialect, until=until),), 0, most)
                for each, most in zip(patterns, lengths, strict=True)
            )
            outside(old, new, until)
        except Undecidable as undecided:
            found.undecided += 1
            found.out_of_time += str(undecided) == OUT_OF_TIME
        seconds = time.thread_time() - used
        found.by_clock = max(found.by_clock, time.monotonic() - start)
        if seconds > found.seconds:
            found.seconds, found.slowest = seconds, patterns
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("pairs", type=int, nargs="?", default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    found = decide(options.pairs, seed=options.seed)
    print(f"{options.pairs} pairs of patterns, each with {LIMIT * 1000:.0f} ms of processor time")
    print(f"the slowest took {found.seconds * 1000:.1f} ms ({found.by_clock * 1000:.0f} ms by the clock): ", end="")
    print(f"{found.seconds / LIMIT:.3f} of the limit, where {ALLOWED} is allowed")
    print(f"{found.undecided} were not decided, {found.out_of_time} of them for want of time")
    if found.seconds > ALLOWED * LIMIT:
        print("the slowest:", *found.slowest, sep="\n  ")
    return 0 if found.seconds <= ALLOWED * LIMIT else 1


if __name__ == "__main__":
    raise SystemExit(main())
