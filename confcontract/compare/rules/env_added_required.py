"""ENV_ADDED_REQUIRED."""

from collections.abc import Iterator

from confcontract.compare.finding import ContractChange
from confcontract.compare.pairing import Compared, path_of
from confcontract.compare.presence import come, in_words, where_declared
from confcontract.compare.rule import CompareRule
from confcontract.compare.unknown_names import is_refused
from confcontract.findings.severity import ERROR, WARNING


def find(compared: Compared) -> Iterator[ContractChange]:
    for variable, members in come(compared, required=True):
        refused = is_refused(compared.old, variable)
        section = f" where {variable['requiredIf']} is set" if "requiredIf" in variable else ""
        yield ContractChange(
            path_of(variable),
            (variable["name"],),
            "",
            in_words(variable, members),
            f"is new and required{section}: {in_words(variable, members)}",
            rollback=ERROR if refused else WARNING,
            back=f"is not known to the old version, which {'refuses' if refused else 'ignores'} it",
            declared=where_declared(variable),
        )


RULE = CompareRule(
    id="ENV_ADDED_REQUIRED",
    purpose="A variable is new, and the application can't start without it.",
    remedy="Set it before you upgrade, or give it a default in the settings class.",
    back_remedy="Remove it together with the rollback.",
    mirror=("ENV_REMOVED_REQUIRED",),
    forward=ERROR,
    rollback=WARNING,
    circumstances="An error for a rollback where the old version refuses unknown names in that place.",
    find=find,
)
