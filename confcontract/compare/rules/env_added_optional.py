"""ENV_ADDED_OPTIONAL."""

from collections.abc import Iterator

from confcontract.compare.finding import ERROR, INFO, WARNING, ContractChange
from confcontract.compare.pairing import Compared, path_of
from confcontract.compare.presence import come, in_words, where_declared
from confcontract.compare.rule import CompareRule
from confcontract.compare.unknown_names import is_refused


def find(compared: Compared) -> Iterator[ContractChange]:
    for variable, members in come(compared, required=False):
        refused = is_refused(compared.old, variable)
        yield ContractChange(
            path_of(variable),
            (variable["name"],),
            "",
            in_words(variable, members),
            f"is new and optional: {in_words(variable, members)}",
            rollback=ERROR if refused else WARNING,
            back=f"is not known to the old version, which {'refuses' if refused else 'ignores'} it where it is set",
            declared=where_declared(variable),
        )


RULE = CompareRule(
    id="ENV_ADDED_OPTIONAL",
    purpose="A variable is new and has a default.",
    remedy="Nothing to do: the default holds until it is set.",
    back_remedy="Where it has been set, remove it together with the rollback.",
    mirror=("ENV_REMOVED_OPTIONAL",),
    forward=INFO,
    rollback=WARNING,
    circumstances="An error for a rollback where the old version refuses unknown names in that place.",
    lopsided="A default that appears surprises nobody; one that comes back may differ from what was set meanwhile.",
    find=find,
)
