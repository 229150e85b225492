"""VAULT_KEY_RENAMED."""

from collections.abc import Iterator

from confcontract.compare.finding import ContractChange
from confcontract.compare.pairing import Compared
from confcontract.compare.rule import CompareRule
from confcontract.compare.secret_places import moved
from confcontract.findings.severity import ERROR


def find(compared: Compared) -> Iterator[ContractChange]:
    yield from moved(compared, elsewhere=False)


RULE = CompareRule(
    id="VAULT_KEY_RENAMED",
    purpose="A secret has another key, or another version, at the same path of its store.",
    remedy="Add the new key to the secret before you upgrade.",
    back_remedy="Keep the old key of the secret until you will not roll back.",
    mirror=("VAULT_KEY_RENAMED",),
    forward=ERROR,
    rollback=ERROR,
    circumstances="A warning where the other key is also read.",
    find=find,
)
