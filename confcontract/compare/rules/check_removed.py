"""CHECK_REMOVED."""

from collections.abc import Iterator

from confcontract.compare.checks_compared import critical_checks, in_words
from confcontract.compare.finding import ContractChange
from confcontract.compare.pairing import Compared
from confcontract.compare.rule import CompareRule
from confcontract.findings.severity import INFO, WARNING


def find(compared: Compared) -> Iterator[ContractChange]:
    before, now = critical_checks(compared.old), critical_checks(compared.new)
    for name, check in before.items():
        if name not in now:
            words = in_words(check)
            yield ContractChange(
                f"checks.{name}",
                (),
                words,
                "",
                f"the start no longer fails without the check {name} ({words})",
                back=f"the old version waits for the check {name} ({words}), and fails without it",
            )


RULE = CompareRule(
    id="CHECK_REMOVED",
    purpose="The start no longer waits for a dependency.",
    remedy="Nothing to do.",
    back_remedy="Make sure that it can be reached from where the application runs before you go back.",
    mirror=("CHECK_ADDED_CRITICAL",),
    forward=INFO,
    rollback=WARNING,
    acceptance=False,
    find=find,
)
