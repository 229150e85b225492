"""Held to the truth: an environment that one contract takes and the other refuses must have been reported.

For generated families of settings classes, every ordered pair of a family is compared, and environments that the first
class takes are given to the second. An environment holds only names that the first one knows, or names that neither
knows: nobody had a reason to set what only the second reads. Each variable that is refused must be one that a blocking
finding is about (blame.py).

COMPAT_PAIRS: how many pairs (make compat N=100000). Alarms that no sampled environment confirms are counted by rule.
"""

from __future__ import annotations

import os
import types
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from confcontract import Contract, Resolution, bake, resolve
from confcontract.compare.diff import diff
from confcontract.compare.finding import REVIEW, Finding
from confcontract.report.errors import BakeRefused
from tests.compare.blame import unexplained_problems
from tests.compare.families import Drawing, Member
from tests.compare.sampling import Environ, Sampling

PAIRS = int(os.environ.get("COMPAT_PAIRS", "2000"))
FAMILY = 9  # classes, and so 72 ordered pairs
PARTS = 4
SAMPLES = 14  # environments that a class takes
SEED = 20_261_130
MOST_FALSE = 0.02


class Family:
    def __init__(self, number: int, folder: Path) -> None:
        drawn = Drawing(number).family(FAMILY)
        self.number = number
        self.members: list[Member] = []
        self.contracts: list[Contract] = []
        for member in drawn:
            contract = baked(member.source())
            if contract is not None:
                self.members.append(member)
                self.contracts.append(contract)
        self.sampling = Sampling(self.members, number, folder)
        self.taken = [self._taken(at) for at in range(len(self.members))]
        self._verdicts: dict[tuple[int, int, int], Resolution] = {}

    def _taken(self, at: int) -> list[tuple[Environ, Resolution]]:
        found: list[tuple[Environ, Resolution]] = []
        seen: set[frozenset[tuple[str, str]]] = set()
        for _ in range(SAMPLES * 4):
            environ = self.sampling.environ(self.members[at], self.contracts[at])
            key = frozenset(environ.items())
            if key in seen:
                continue
            seen.add(key)
            verdict = resolve(self.contracts[at], environ=environ)
            if verdict.ok:
                found.append((environ, verdict))
            if len(found) == SAMPLES:
                break
        return found

    def met(self, sender: int, receiver: int) -> Iterator[tuple[Environ, Resolution, Resolution]]:
        """Environments that the sender takes, with its verdict and the receiver's."""
        for environ, ours in self.taken[sender]:
            theirs = resolve(self.contracts[receiver], environ=environ)
            if not any(theirs.declares(name) and not ours.declares(name) for name in environ):
                yield environ, ours, theirs


@cache
def baked(source: str) -> Contract | None:
    module = types.ModuleType("family")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(compile(source, "family.py", "exec", dont_inherit=True), module.__dict__)
        try:
            return bake(module.__dict__["Settings"], name="case", version="1")
        except BakeRefused:
            return None


def values_at(verdict: Resolution) -> Mapping[str, Any]:
    values: Mapping[str, Any] = verdict.values or {}
    return values


def changed_silently(environ: Environ, ours: Resolution, theirs: Resolution) -> bool:
    """Whether something that was set is another value for the receiver."""
    one, other = values_at(ours), values_at(theirs)
    for variable in ours.contract.variables:
        path = variable["path"]
        if len(path) == 1 and ours.merged.top(variable["name"]) is not None and one.get(path[0]) != other.get(path[0]):
            return True
    return bool(environ) and any(name not in other for name in one)


def script(family: Family, sender: int, receiver: int, environ: Environ) -> str:
    return (
        f"family {family.number}\n# the one that takes it\n{family.members[sender].source()}\n"
        f"# the one that refuses it\n{family.members[receiver].source()}\nenviron = {environ!r}\n"
    )


def check(family: Family, tally: Counter[str], kinds: Counter[str]) -> None:
    size = len(family.members)
    for old in range(size):
        for new in range(old + 1, size):
            comparison = diff(family.contracts[old], family.contracts[new], "full", verified=True)
            for direction, sender, receiver in zip(comparison.directions, (old, new), (new, old), strict=True):
                tally["pairs"] += 1
                blocking = [each for each in comparison.of(direction) if each.severity.reaches(REVIEW)]
                bites = False
                for environ, ours, theirs in family.met(sender, receiver):
                    tally["environments"] += 1
                    bites = bites or not theirs.ok or changed_silently(environ, ours, theirs)
                    problems = list(unexplained_problems(theirs, ours.contract, blocking))
                    if problems:
                        told = "\n".join(str(each) for each in comparison.of(direction))
                        pytest.fail(
                            f"missed: {problems}\n{script(family, sender, receiver, environ)}\n{told}", pytrace=False
                        )
                    tally["refused"] += not theirs.ok
                if blocking and not bites:
                    _alarm(blocking, tally, kinds)


def _alarm(blocking: list[Finding], tally: Counter[str], kinds: Counter[str]) -> None:
    tally["unconfirmed"] += 1
    rules = sorted({each.rule for each in blocking})
    kinds["+".join(rules)] += 1


@pytest.mark.parametrize("part", range(PARTS))
def test_what_is_refused_was_reported(part: int, tmp_path: Path) -> None:
    tally: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    number = SEED + part * 1_000_003
    while tally["pairs"] < PAIRS / PARTS:
        check(Family(number, tmp_path), tally, kinds)
        number += 1
    print(dict(tally), kinds.most_common(20))
    assert tally["refused"] > tally["environments"] / 20, "hardly anything is refused: the samples say nothing"
