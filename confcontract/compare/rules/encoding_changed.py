"""ENCODING_CHANGED."""

from collections.abc import Iterator

from confcontract.compare.accepted_changes import changes_of
from confcontract.compare.finding import ERROR, ContractChange
from confcontract.compare.pairing import Compared
from confcontract.compare.rule import CompareRule

_WORDS = {
    "delimiter": "between the parts of a name (env_nested_delimiter)",
    "maxSplit": "into how many parts a name is split (env_nested_max_split)",
}


def find(compared: Compared) -> Iterator[ContractChange]:
    yield from changes_of(compared).get("ENCODING_CHANGED", ())
    if not any("." in pair.path or pair.old.get("open") for pair in compared.pairs):
        return
    old, new = compared.old.compiled["settings"][0], compared.new.compiled["settings"][0]
    for key, words in _WORDS.items():
        if old[key] != new[key]:
            before, now = _said(old[key]), _said(new[key])
            yield ContractChange(
                "", (), before, now, f"{before} {words} before, {now} now: names with parts are read otherwise"
            )


def _said(value: object) -> str:
    if value is None:
        return "nothing"
    return "any number" if value == -1 else str(value)


RULE = CompareRule(
    id="ENCODING_CHANGED",
    purpose="A value is written otherwise: another separator, JSON or not, another delimiter between parts of a name.",
    remedy="Write the value, or the names, in the new form together with the upgrade.",
    back_remedy="Write the value, or the names, in the old form together with the rollback.",
    mirror=("ENCODING_CHANGED",),
    forward=ERROR,
    rollback=ERROR,
    find=find,
)
