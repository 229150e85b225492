"""PREFIX_CHANGED."""

from collections.abc import Iterator

from confcontract.compare.finding import ContractChange
from confcontract.compare.pairing import Compared
from confcontract.compare.rule import CompareRule
from confcontract.findings.severity import ERROR


def find(compared: Compared) -> Iterator[ContractChange]:
    for old, new in compared.prefixes:
        key = compared.key
        moved = [
            pair
            for pair in compared.pairs
            if key(pair.old["name"]).startswith(key(old))
            and key(pair.new["name"]) == key(compared.translated(pair.old["name"]))
        ]
        before, now = old or "nothing", new or "nothing"
        example = f", such as {moved[0].old['name']}, now {moved[0].new['name']}" if moved else ""
        yield ContractChange(
            "",
            (f"{old}*", f"{new}*"),
            before,
            now,
            f"the names of {len(moved)} variables begin with {now}, no longer with {before}{example}",
            back=f"the names of {len(moved)} variables begin with {before} again, not with {now}",
            stands_alone=True,
            declared=moved[0].declared if len(moved) == 1 else "",
        )


RULE = CompareRule(
    id="PREFIX_CHANGED",
    purpose="The prefix of all names has changed (env_prefix).",
    remedy="Rename the variables together with the upgrade, or set both names in the meantime.",
    back_remedy="Rename the variables together with the rollback, or set both names in the meantime.",
    mirror=("PREFIX_CHANGED",),
    forward=ERROR,
    rollback=ERROR,
    find=find,
)
