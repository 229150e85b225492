"""DESCRIPTION_CHANGED."""

from collections.abc import Iterator

from confcontract.compare.finding import ContractChange
from confcontract.compare.pairing import Compared, Variable
from confcontract.compare.rule import CompareRule
from confcontract.contract.artifact import is_hidden
from confcontract.findings.severity import INFO

_WORDS = ("description", "unit", "examples", "deprecated")


def find(compared: Compared) -> Iterator[ContractChange]:
    for pair in compared.changed:
        differ = [key for key in _WORDS if pair.old.get(key) != pair.new.get(key)]
        if not differ:
            continue
        hidden = is_hidden(pair.old) or is_hidden(pair.new)
        shown = [key for key in differ if key != "examples" or not hidden]
        if "deprecated" in differ and "deprecated" in pair.new:
            told = f"is deprecated: {pair.new['deprecated']['message']}"
        else:
            told = f"has another description ({', '.join(differ)})"
        yield ContractChange(
            pair.path,
            pair.names,
            _shown(pair.old, shown),
            _shown(pair.new, shown),
            told,
            back=f"is described as before ({', '.join(differ)})",
            declared=pair.declared,
        )


def _shown(variable: Variable, keys: list[str]) -> str:
    return "; ".join(str(variable[key]) for key in keys if key in variable)


RULE = CompareRule(
    id="DESCRIPTION_CHANGED",
    purpose="The description of a variable has changed, or it is deprecated.",
    remedy="Nothing to do now; move away from what is deprecated.",
    back_remedy="Nothing to do.",
    mirror=("DESCRIPTION_CHANGED",),
    forward=INFO,
    rollback=INFO,
    acceptance=False,
    find=find,
)
