"""CASE_RELAXED."""

from collections.abc import Iterator

from confcontract.compare.finding import ERROR, INFO, ContractChange
from confcontract.compare.pairing import Compared
from confcontract.compare.rule import CompareRule


def find(compared: Compared) -> Iterator[ContractChange]:
    old, new = (each.compiled["settings"][0]["caseSensitive"] for each in (compared.old, compared.new))
    if old and not new:
        yield ContractChange(
            "",
            (),
            "exact case",
            "any case",
            "names are read in any case",
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
    find=find,
)
