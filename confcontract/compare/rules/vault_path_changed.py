"""VAULT_PATH_CHANGED."""

from collections.abc import Iterator

from confcontract.compare.finding import ContractChange
from confcontract.compare.pairing import Compared
from confcontract.compare.rule import CompareRule
from confcontract.compare.secret_places import moved, references_of
from confcontract.findings.severity import ERROR, WARNING


def find(compared: Compared) -> Iterator[ContractChange]:
    yield from moved(compared, elsewhere=True)
    for pair in compared.changed:
        old, new = references_of(pair.old), references_of(pair.new)
        if bool(old) is bool(new):
            continue
        place = (old or new)[0]
        yield ContractChange(
            pair.path,
            pair.names,
            ", ".join(old),
            ", ".join(new),
            f"is no longer read from {place}" if old else f"is read from {place} where it is not set otherwise",
            back=f"is read from {place} again" if old else f"is not read from {place} in the old version",
            forward=ERROR if old else WARNING,
            rollback=WARNING if old else ERROR,
            remedy="Set the variable itself before you upgrade." if old else "",
            back_remedy="" if old else "Set the variable itself before you go back.",
            declared=pair.declared,
        )


RULE = CompareRule(
    id="VAULT_PATH_CHANGED",
    purpose="A secret is at another path of its store, or in another store.",
    remedy="Write the secret to its new place before you upgrade.",
    back_remedy="Make sure that the secret is at its old place before you go back.",
    mirror=("VAULT_PATH_CHANGED",),
    forward=ERROR,
    rollback=ERROR,
    circumstances="A warning where the other place is also read, or where a reference is only added.",
    find=find,
)
