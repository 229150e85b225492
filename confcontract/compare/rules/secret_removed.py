"""SECRET_REMOVED."""

from collections.abc import Iterator

from confcontract.compare.finding import ContractChange
from confcontract.compare.pairing import Compared
from confcontract.compare.rule import CompareRule
from confcontract.findings.severity import ERROR, WARNING


def find(compared: Compared) -> Iterator[ContractChange]:
    for pair in compared.changed:
        if pair.old["secret"] and not pair.new["secret"]:
            masked = "masked" in pair.new
            yield ContractChange(
                pair.path,
                pair.names,
                "secret",
                "no secret",
                "is not a secret any more: "
                + ("its name or type still makes it masked" if masked else "it is shown by explain and in reports"),
                back="is a secret again",
                declared=pair.declared,
            )


RULE = CompareRule(
    id="SECRET_REMOVED",
    purpose="A variable is no longer a secret, so its value is shown.",
    remedy="Mark the field as a secret again; or replace the value with one that may be public.",
    back_remedy="Move the value back into a secret store.",
    mirror=("SECRET_ADDED",),
    forward=ERROR,
    rollback=WARNING,
    lopsided="A rollback exposes the value only where the old version did so before.",
    acceptance=False,
    find=find,
)
