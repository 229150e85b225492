"""CASE_TIGHTENED."""

from collections.abc import Iterator

from confcontract.compare.finding import ContractChange
from confcontract.compare.names_changed import names_that_meet
from confcontract.compare.pairing import Compared
from confcontract.compare.rule import CompareRule
from confcontract.findings.severity import ERROR, INFO, REVIEW


def find(compared: Compared) -> Iterator[ContractChange]:
    old, new = (each.compiled["settings"][0]["caseSensitive"] for each in (compared.old, compared.new))
    if new and not old:
        meeting = names_that_meet(compared.owners()[1])
        yield ContractChange(
            "",
            (),
            "any case",
            "exact case",
            "names are only read in the exact case of the settings class",
            back=f"names are read in any case again{meeting}",
            rollback=REVIEW if meeting else None,
            back_remedy="Set only one of them, or give one another name." if meeting else "",
        )


RULE = CompareRule(
    id="CASE_TIGHTENED",
    purpose="Names of variables must have the exact case now (case_sensitive).",
    remedy="Write the names exactly as confcontract explain shows them before you upgrade.",
    back_remedy="Nothing to do.",
    mirror=("CASE_RELAXED",),
    forward=ERROR,
    rollback=INFO,
    circumstances="To review where two variables have names that differ by their case only.",
    find=find,
)
