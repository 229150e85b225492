"""CASE_RELAXED."""

from collections.abc import Iterator

from confcontract.compare.finding import ContractChange
from confcontract.compare.names_changed import names_that_meet
from confcontract.compare.pairing import Compared
from confcontract.compare.rule import CompareRule
from confcontract.findings.severity import ERROR, INFO, REVIEW


def find(compared: Compared) -> Iterator[ContractChange]:
    old, new = (each.compiled["settings"][0]["caseSensitive"] for each in (compared.old, compared.new))
    if old and not new:
        meeting = names_that_meet(compared.owners()[0])
        yield ContractChange(
            "",
            (),
            "exact case",
            "any case",
            f"names are read in any case{meeting}",
            forward=REVIEW if meeting else None,
            remedy="Set only one of them, or give one another name." if meeting else "",
            back="names are only read in the exact case of the settings class",
        )


RULE = CompareRule(
    id="CASE_RELAXED",
    purpose="Names of variables may have any case now (case_sensitive).",
    remedy="Nothing to do.",
    back_remedy="Write the names exactly as the old version wants them before you go back.",
    mirror=("CASE_TIGHTENED",),
    forward=INFO,
    rollback=ERROR,
    circumstances="To review where two variables have names that differ by their case only.",
    find=find,
)
