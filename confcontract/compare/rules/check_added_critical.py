"""CHECK_ADDED_CRITICAL."""

from collections.abc import Iterator

from confcontract.compare.checks_compared import critical_checks, in_words
from confcontract.compare.finding import ContractChange
from confcontract.compare.pairing import Compared
from confcontract.compare.rule import CompareRule
from confcontract.findings.severity import INFO, WARNING


def find(compared: Compared) -> Iterator[ContractChange]:
    before, now = critical_checks(compared.old), critical_checks(compared.new)
    for name, check in now.items():
        if name not in before:
            words = in_words(check)
            yield ContractChange(
                f"checks.{name}",
                (),
                "",
                words,
                f"the start now waits for the check {name} ({words}), and fails without it",
                back=f"the old version does not wait for {name} ({words})",
            )
        elif {**before[name], "name": ""} != {**check, "name": ""}:
            old, new = in_words(before[name]), in_words(check)
            yield ContractChange(
                f"checks.{name}",
                (),
                old,
                new if new != old else f"{new}, with other parameters",
                f"the check {name}, without which nothing starts, has changed: {new}",
                back=f"the check {name}, without which nothing starts, asks {old} again",
                rollback=WARNING,
            )


RULE = CompareRule(
    id="CHECK_ADDED_CRITICAL",
    purpose="The start waits for one more dependency, and fails without it.",
    remedy="Make sure that it can be reached from where the application runs before you upgrade.",
    back_remedy="Nothing to do: the old version does not check it.",
    mirror=("CHECK_REMOVED", "CHECK_ADDED_CRITICAL"),
    forward=WARNING,
    rollback=INFO,
    circumstances="A warning in both directions where a check has changed.",
    acceptance=False,
    find=find,
)
