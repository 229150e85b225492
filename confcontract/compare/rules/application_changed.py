"""APPLICATION_CHANGED."""

from collections.abc import Iterator

from confcontract.compare.finding import ContractChange
from confcontract.compare.pairing import Compared
from confcontract.compare.rule import CompareRule
from confcontract.findings.severity import REVIEW


def find(compared: Compared) -> Iterator[ContractChange]:
    old, new = compared.old.name, compared.new.name
    if old != new:
        yield ContractChange(
            "", (), old, new, f"the application is called {new}, was {old}: are these two versions of one?"
        )


RULE = CompareRule(
    id="APPLICATION_CHANGED",
    purpose="The contracts are of applications with different names.",
    remedy="Compare versions of one application; if it was renamed, approve the finding.",
    mirror=("APPLICATION_CHANGED",),
    forward=REVIEW,
    rollback=REVIEW,
    acceptance=False,
    find=find,
)
