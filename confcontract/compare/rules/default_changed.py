"""DEFAULT_CHANGED."""

from collections.abc import Iterator

from confcontract.compare.default_words import defaults_in_words, is_same_default
from confcontract.compare.finding import ContractChange
from confcontract.compare.pairing import Compared
from confcontract.compare.presence import Need, need_of
from confcontract.compare.rule import CompareRule
from confcontract.findings.severity import WARNING


def find(compared: Compared) -> Iterator[ContractChange]:
    for pair in compared.changed:
        if Need.NEVER not in (need_of(pair.old), need_of(pair.new)) or need_of(pair.old) is not need_of(pair.new):
            continue
        old, new = defaults_in_words(pair)
        if old != new and not is_same_default(pair):
            yield ContractChange(
                pair.path,
                pair.names,
                old,
                new,
                f"where it is not set, it is {new} now, was {old}",
                back=f"where it is not set, it is {old} again, now it is {new}",
                stands_alone=True,
                declared=pair.declared,
            )


RULE = CompareRule(
    id="DEFAULT_CHANGED",
    purpose="The default of a variable has changed.",
    remedy="Set it to the old default wherever the old behaviour is relied on.",
    back_remedy="Set it to the new default wherever the new behaviour is relied on.",
    mirror=("DEFAULT_CHANGED",),
    forward=WARNING,
    rollback=WARNING,
    acceptance=False,
    find=find,
)
