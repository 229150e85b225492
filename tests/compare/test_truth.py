"""Held to the truth: an environment that one contract takes and the other refuses must have been reported.

For generated families of settings classes, every ordered pair of a family is compared, and environments that the first
class takes are given to the second. An environment holds only names that the first one knows, or names that neither
knows: nobody had a reason to set what only the second reads. Each variable that is refused must be one that a blocking
finding is about (blame.py).

COMPAT_PAIRS: how many pairs (make compat N=100000). COMPAT_SEED: another number, other families. A false alarm is a pair
with a blocking finding that no environment confirms, nor one that is made for the finding; each kind has its reason.
"""

from __future__ import annotations

import json
import os
import types
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from confcontract import Contract, Resolution, bake, resolve
from confcontract.compare.diff import diff
from confcontract.compare.finding import Finding
from confcontract.findings.severity import REVIEW
from confcontract.report.errors import BakeRefused
from tests.compare.blame import unexplained_problems
from tests.compare.families import Drawing, Member
from tests.compare.sampling import Environ, Files, Sampling, put_files

PAIRS = int(os.environ.get("COMPAT_PAIRS", "2000"))
FAMILY = 9  # classes, and so 72 ordered pairs
PARTS = 4
SAMPLES = 14  # environments that a class takes
SEED = int(os.environ.get("COMPAT_SEED", "20261130"))
MOST_FALSE = 0.02  # of the pairs

# Errors although the application starts: what an operator has set is not read any more, or means something else.
READ_OTHERWISE = {
    "ALIAS_ADDED",
    "ALIAS_REMOVED",
    "CASE_RELAXED",
    "CASE_TIGHTENED",
    "ENCODING_CHANGED",
    "ENV_RENAMED",
    "ENV_RENAMED_ALIASED",
    "FILE_SOURCE_ADDED",
    "FILE_SOURCE_REMOVED",
    "PREFIX_CHANGED",
    "RETIRED_NAME_REUSED",
}

# Rules that may be right although no environment of this test shows it, and why.
_NEEDS_A_TEXT = "a text or a JSON value shows it, which none of the drawn types is near to"
_NEEDS_BOTH = "it shows where something else is set, too, which no environment here does"
WHY_FALSE = {
    **dict.fromkeys(("TYPE_CHANGED", "TYPE_NARROWED", "TYPE_WIDENED"), _NEEDS_A_TEXT),
    **dict.fromkeys(("RANGE_NARROWED", "RANGE_WIDENED", "PATTERN_NARROWED", "PATTERN_WIDENED"), _NEEDS_A_TEXT),
    **dict.fromkeys(("PATTERN_INCOMPARABLE", "ENUM_VALUE_REMOVED", "ENUM_VALUE_ADDED"), _NEEDS_A_TEXT),
    **dict.fromkeys(("ENUM_SET", "ENUM_UNSET", "FORMAT_ADDED", "FORMAT_REMOVED"), _NEEDS_A_TEXT),
    **dict.fromkeys(
        ("EMPTY_ACCEPTED", "EMPTY_REJECTED"),
        "where the empty text counts as not set, it shows with another source below, which has another value",
    ),
    "TYPE_UNDECIDED": "the two could not be compared, and accept the same as far as anything shows",
    "PATTERN_UNDECIDED": "the two could not be compared, and accept the same as far as anything shows",
    "PLAN_CHANGED": "the plans differ in something that no rule knows, and accept the same as far as anything shows",
    "REQUIRED_IF_CHANGED": _NEEDS_BOTH,
    "ALIAS_PRECEDENCE_CHANGED": _NEEDS_BOTH,
    "ENV_ADDED_REQUIRED": _NEEDS_BOTH,
    "ENV_BECAME_REQUIRED": _NEEDS_BOTH,
    "ENV_BECAME_OPTIONAL": _NEEDS_BOTH,
    "ENV_REMOVED_REQUIRED": _NEEDS_BOTH,
    "ENV_REMOVED_OPTIONAL": _NEEDS_BOTH,
    "ENV_ADDED_OPTIONAL": _NEEDS_BOTH,
    "UNKNOWN_FORBIDDEN": _NEEDS_BOTH,
    "UNKNOWN_IGNORED": _NEEDS_BOTH,
    "CASE_TIGHTENED": "every name was written in the exact case already",
    "CASE_RELAXED": "every name was written in the exact case already",
    **dict.fromkeys(
        ("ENCODING_CHANGED", "ENV_RENAMED", "ENV_RENAMED_ALIASED", "ALIAS_ADDED", "ALIAS_REMOVED", "PREFIX_CHANGED"),
        "what was set is not read any more, or means something else, and happens to give the same value",
    ),
    **dict.fromkeys(
        ("FILE_SOURCE_REMOVED", "FILE_SOURCE_ADDED"),
        "a file shows it where no other source gives the value, and none of the drawn ones does so alone",
    ),
    "RETIRED_NAME_REUSED": "the name is another setting's now, for which its value is right by chance",
}


class Family:
    def __init__(self, number: int, folder: Path) -> None:
        drawn = Drawing(number).family(FAMILY)
        self.number = number
        self.folder = folder
        self.members: list[Member] = []
        self.contracts: list[Contract] = []
        for member in drawn:
            contract = baked(member.source())
            if contract is not None:
                self.members.append(member)
                self.contracts.append(contract)
        self.sampling = Sampling(self.members, number, folder)
        self.folder = folder
        self.has_files = any(each.reads for each in self.members)
        self.taken = [self._taken(at) for at in range(len(self.members))]
        self._accepted: dict[tuple[int, object, frozenset[tuple[str, str]]], bool] = {}

    def _taken(self, at: int) -> list[tuple[Environ, Files, Resolution]]:
        found: list[tuple[Environ, Files, Resolution]] = []
        seen: set[str] = set()
        for _ in range(SAMPLES * 4):
            environ = self.sampling.environ(self.members[at], self.contracts[at])
            files = self.sampling.files(self.members[at], self.contracts[at])
            key = repr((sorted(environ.items()), files))
            if key in seen:
                continue
            seen.add(key)
            verdict = self.verdict(at, environ, files)
            if verdict.ok:
                found.append((environ, files, verdict))
            if len(found) == SAMPLES:
                break
        return found

    def verdict(self, at: int, environ: Environ, files: Files) -> Resolution:
        if self.has_files:
            put_files(self.folder, files)
        return resolve(self.contracts[at], environ=environ)

    def accepts(self, at: int, environ: Environ, beside: object) -> bool:
        """Whether that member takes it, with the files that lie there. beside: names these. Environments that are made
        for a finding are the same for many findings and many pairs."""
        asked = (at, beside if self.has_files else None, frozenset(environ.items()))
        if asked not in self._accepted:
            self._accepted[asked] = resolve(self.contracts[at], environ=environ).ok
        return self._accepted[asked]

    def met(self, sender: int, receiver: int) -> Iterator[tuple[Environ, Files, Resolution, Resolution]]:
        """Environments that the sender takes, with its verdict and the receiver's."""
        for environ, files, ours in self.taken[sender]:
            theirs = self.verdict(receiver, environ, files)
            if not any(theirs.declares(name) and not ours.declares(name) for name in environ):
                yield environ, files, ours, theirs


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


def changed_silently(environ: Environ, ours: Resolution, theirs: Resolution, blocking: list[Finding]) -> bool:
    """Whether a finding is about names or texts that are read otherwise, and what was set is another value for the
    receiver, or none."""
    if not any(each.rule in READ_OTHERWISE for each in blocking):
        return False
    one, other = values_at(ours), values_at(theirs)
    for variable in ours.contract.variables:
        path = variable["path"]
        if len(path) == 1 and ours.merged.top(variable["name"]) is not None and one.get(path[0]) != other.get(path[0]):
            return True
    return bool(environ) and any(name not in other for name in one)


def script(family: Family, sender: int, receiver: int, environ: Environ, files: Files) -> str:
    return (
        f"family {family.number}\n# the one that takes it\n{family.members[sender].source()}\n"
        f"# the one that refuses it\n{family.members[receiver].source()}\nenviron = {environ!r}\n"
        f"files = {files!r}\n"
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
                for environ, files, ours, theirs in family.met(sender, receiver):
                    tally["environments"] += 1
                    bites = bites or not theirs.ok or changed_silently(environ, ours, theirs, blocking)
                    problems = list(unexplained_problems(theirs, ours.contract, blocking))
                    if problems:
                        told = "\n".join(str(each) for each in comparison.of(direction))
                        pytest.fail(
                            f"missed: {problems}\n{script(family, sender, receiver, environ, files)}\n{told}",
                            pytrace=False,
                        )
                    tally["refused"] += not theirs.ok
                claims = [each for each in blocking if each.rule != "SECRET_REMOVED"]  # of values that are seen
                if claims and not bites and not confirmed(family, sender, receiver, claims):
                    tally["false alarms"] += 1
                    kinds["+".join(sorted({each.rule for each in claims}))] += 1


def confirmed(family: Family, sender: int, receiver: int, blocking: list[Finding]) -> bool:
    """Whether environments that are made for a finding show that it is right."""
    contract, theirs = family.contracts[sender], family.contracts[receiver]
    for at, (start, files, _) in enumerate(family.taken[sender][:3]):
        if family.has_files:
            put_files(family.folder, files)
        beside = sender, at
        for finding in blocking:
            for environ in family.sampling.aimed(contract, start, finding):
                if not family.accepts(sender, environ, beside):
                    continue
                if not family.accepts(receiver, environ, beside):
                    return True
                if finding.rule in READ_OTHERWISE:  # what is accepted may still be read otherwise
                    ours, other = resolve(contract, environ=environ), resolve(theirs, environ=environ)
                    if changed_silently(environ, ours, other, [finding]):
                        return True
            if finding.names and unset_above_a_file(family, contract, theirs, start, finding):
                return True
    return family.members[sender].reads != () and confirmed_in_files(family, sender, receiver, blocking)


def confirmed_in_files(family: Family, sender: int, receiver: int, blocking: list[Finding]) -> bool:
    """The same where files of the settings class hold the values."""
    member, contract = family.members[sender], family.contracts[sender]
    for start, files, _ in family.taken[sender][:2]:
        for finding in blocking:
            for environ, held in family.sampling.aimed_files(member, contract, start, files, finding):
                ours = family.verdict(sender, environ, held)
                if ours.ok:
                    other = resolve(family.contracts[receiver], environ=environ)
                    if not other.ok or changed_silently(environ, ours, other, [finding]):
                        return True
    return False


def unset_above_a_file(family: Family, ours: Contract, theirs: Contract, start: Environ, finding: Finding) -> bool:
    """Whether one takes and the other refuses the empty text or null in the environment, which may be as good as not
    set, where an env file has the value."""
    below = family.folder / "below.env"
    below.write_text("".join(f"{name}='{text}'\n" for name, text in start.items() if "'" not in text))
    for text in ("", "null"):
        environ = {**{name: text for name, text in start.items() if "'" in text}, finding.names[0]: text}
        if (
            resolve(ours, environ=environ, env_files=[below]).ok
            and not resolve(theirs, environ=environ, env_files=[below]).ok
        ):
            return True
    return False


@pytest.mark.parametrize("part", range(PARTS))
def test_what_is_refused_was_reported(
    part: int, tmp_path: Path, record_property: Callable[[str, object], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    tally: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    number = SEED + part * 1_000_003
    while tally["pairs"] < PAIRS / PARTS:
        check(Family(number, tmp_path), tally, kinds)
        number += 1
    record_property("tally", json.dumps(dict(tally)))
    print("\n" + summary(tally, kinds))
    assert tally["refused"] > tally["environments"] / 20, "hardly anything is refused: the samples say nothing"
    assert tally["false alarms"] <= MOST_FALSE * tally["pairs"], summary(tally, kinds)
    assert not {rule for kind in kinds for rule in kind.split("+")} - set(WHY_FALSE), summary(tally, kinds)


def summary(tally: Counter[str], kinds: Counter[str]) -> str:
    """How many pairs, and each kind of false alarm with its reason."""
    alarms, pairs = tally["false alarms"], tally["pairs"]
    lines = [f"{pairs} pairs, {tally['environments']} environments, {tally['refused']} refused, 0 missed"]
    lines += [f"{alarms} false alarms ({alarms / max(pairs, 1):.2%})"]
    for kind, count in kinds.most_common():
        lines.append(f"  {count} × {kind}")
        lines += [f"      {rule}: {WHY_FALSE.get(rule, 'not explained')}" for rule in kind.split("+")]
    return "\n".join(lines)
