"""VERSION_NOT_BUMPED."""

from collections.abc import Iterator

from confcontract.compare.finding import ContractChange
from confcontract.compare.pairing import Compared
from confcontract.compare.rule import CompareRule
from confcontract.findings.severity import INFO


def find(compared: Compared) -> Iterator[ContractChange]:
    old, new = compared.old, compared.new
    if old.version == new.version and old.name == new.name and old.digest != new.digest:
        yield ContractChange(
            "",
            (),
            old.version,
            new.version,
            f"the contract differs, and both say version {new.version}",
        )


RULE = CompareRule(
    id="VERSION_NOT_BUMPED",
    purpose="The contract has changed, but the version is the same.",
    remedy="Raise the version so that the two can be told apart.",
    no_mirror="Reported for an upgrade only, because equal versions are equal in both directions.",
    forward=INFO,
    rollback=INFO,
    circumstances="Raise it to an error in [tool.confcontract.diff] where every change needs a version.",
    acceptance=False,
    find=find,
)
