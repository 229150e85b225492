"""SECRET_ADDED."""

from collections.abc import Iterator

from confcontract.compare.finding import ContractChange
from confcontract.compare.pairing import Compared
from confcontract.compare.rule import CompareRule
from confcontract.findings.severity import INFO, WARNING


def find(compared: Compared) -> Iterator[ContractChange]:
    for pair in compared.changed:
        if pair.new["secret"] and not pair.old["secret"]:
            yield ContractChange(
                pair.path,
                pair.names,
                "no secret",
                "secret",
                "is a secret now: it is masked, and must not be written in plain text",
                back="is not a secret in the old version, which may show it",
                declared=pair.declared,
            )


RULE = CompareRule(
    id="SECRET_ADDED",
    purpose="A variable is a secret now.",
    remedy="Move the value from manifests and env files into a secret store.",
    back_remedy="Nothing to do, but the old version may show the value.",
    mirror=("SECRET_REMOVED",),
    forward=WARNING,
    rollback=INFO,
    circumstances="Raise it to an error in [tool.confcontract.diff] where plain values are forbidden.",
    lopsided="A rollback exposes the value only where the old version did so before.",
    acceptance=False,
    find=find,
)
