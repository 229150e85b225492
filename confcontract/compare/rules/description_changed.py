"""DESCRIPTION_CHANGED."""

from collections.abc import Iterator

from confcontract.compare.finding import INFO, ContractChange
from confcontract.compare.pairing import Compared, Variable
from confcontract.compare.rule import CompareRule
from confcontract.contract.artifact import is_hidden
from confcontract.verdict.mask import mask_credentials

_WORDS = ("description", "unit", "examples", "deprecated")


def find(compared: Compared) -> Iterator[ContractChange]:
    for pair in compared.changed:
        differ = [key for key in _WORDS if pair.old.get(key) != pair.new.get(key)]
        if not differ:
            continue
        if "deprecated" in differ and "deprecated" in pair.new:
            told = mask_credentials(f"is deprecated: {pair.new['deprecated']['message']}")
        else:
            told = f"is described otherwise ({', '.join(differ)})"
        yield ContractChange(
            pair.path,
            pair.names,
            _shown(pair.old, differ),
            _shown(pair.new, differ),
            told,
            back=f"is described as before ({', '.join(differ)})",
            declared=pair.declared,
        )


def _shown(variable: Variable, keys: list[str]) -> str:
    """As documentation shows it: without passwords of URLs, and without examples of a secret."""
    shown = [key for key in keys if key in variable and not (key == "examples" and is_hidden(variable))]
    return mask_credentials("; ".join(str(variable[key]) for key in shown))


RULE = CompareRule(
    id="DESCRIPTION_CHANGED",
    purpose="A variable is described otherwise, or is deprecated.",
    remedy="Nothing to do now; move away from what is deprecated.",
    back_remedy="Nothing to do.",
    mirror=("DESCRIPTION_CHANGED",),
    forward=INFO,
    rollback=INFO,
    acceptance=False,
    find=find,
)
