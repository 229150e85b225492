"""Held to the truth, for one deployment: what does not bite is neither refused nor read otherwise.

The families of tests/compare/test_truth.py: each environment that one contract takes is put into an env file, and the
comparison with the other contract is asked about it.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from confcontract import Contract, resolve
from confcontract.compare.deployment import in_deployment
from confcontract.compare.diff import Comparison, diff
from confcontract.compare.finding import Bearing
from confcontract.compare.pairing import pair_up, path_of
from confcontract.contract.dotenvtext import written
from confcontract.findings.direction import FORWARD
from tests.compare.test_truth import SEED, Family

FAMILIES = 3
ENVIRONMENTS = 2  # for each ordered pair


def test_a_finding_that_does_not_bite_changes_nothing_here(tmp_path: Path) -> None:
    tally: Counter[str] = Counter()
    for number in range(SEED + 77, SEED + 77 + FAMILIES):
        family = Family(number, tmp_path)
        for sender, old in enumerate(family.contracts):
            for receiver, new in enumerate(family.contracts):
                if sender != receiver:
                    compared = diff(old, new, verified=True)
                    for environ, _, _ in family.taken[sender][:ENVIRONMENTS]:
                        text = "".join(f"{name}={written(value)}\n" for name, value in environ.items())
                        check(old, new, compared, text, tmp_path / "prod.env", tally)
    assert tally["refused"] > 20
    assert tally["read otherwise"] > 20
    assert tally["harmless"] > tally["unverified"]


def check(old: Contract, new: Contract, compared: Comparison, text: str, file: Path, tally: Counter[str]) -> None:
    file.write_bytes(text.encode("utf-8", "surrogateescape"))
    before, after = (resolve(each, environ={}, env_files=[file]) for each in (old, new))
    if not before.ok:  # of an env file, some values are read otherwise
        return
    judged, deployment = in_deployment(compared, [str(file)])
    told = "\n".join(f"{each.rule} {each.where}: {each.bearing}, {each.here}" for each in judged.findings)
    tally["harmless"] += sum(each.bearing is Bearing.HARMLESS for each in judged.findings)
    tally["unverified"] += sum(each.bearing is Bearing.UNVERIFIED for each in judged.findings)
    assert deployment.after(FORWARD).accepts is after.ok, f"{text}\n{told}"
    if not after.ok:
        tally["refused"] += 1
        assert any(each.bearing is not Bearing.HARMLESS for each in judged.findings), f"refused:\n{text}\n{told}"
        return
    for pair in pair_up(old, new).pairs:
        if len(pair.old["path"]) == len(pair.new["path"]) == 1:
            one, other = before.values.get(pair.old["path"][0]), after.values.get(pair.new["path"][0])
            if one != other:
                tally["read otherwise"] += 1
                about = [each for each in judged.findings if each.path.split(".")[0] in (path_of(pair.old), "")]
                assert any(each.bearing is not Bearing.HARMLESS for each in about), f"{one} != {other}\n{text}\n{told}"
