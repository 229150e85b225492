"""ENV_REMOVED_REQUIRED."""

from collections.abc import Iterator

from confcontract.compare.finding import ContractChange
from confcontract.compare.pairing import Compared, path_of
from confcontract.compare.presence import gone, in_words, where_declared
from confcontract.compare.rule import CompareRule
from confcontract.compare.unknown_names import is_refused
from confcontract.findings.severity import ERROR, WARNING


def find(compared: Compared) -> Iterator[ContractChange]:
    for variable, members in gone(compared, required=True):
        refused = is_refused(compared.new, variable)
        section = f" where {variable['requiredIf']} is set" if "requiredIf" in variable else ""
        yield ContractChange(
            path_of(variable),
            (variable["name"],),
            in_words(variable, members),
            "",
            f"is gone; the new version {'refuses' if refused else 'ignores'} it where it is still set",
            forward=ERROR if refused else WARNING,
            back=f"is required by the old version{section}: {in_words(variable, members)}",
            declared=where_declared(variable),
        )


RULE = CompareRule(
    id="ENV_REMOVED_REQUIRED",
    purpose="A variable that was required is gone.",
    remedy="Remove it once you will not roll back.",
    back_remedy="Keep it set, or set it again, before you go back.",
    mirror=("ENV_ADDED_REQUIRED",),
    forward=WARNING,
    rollback=ERROR,
    circumstances="An error for an upgrade where the new version refuses unknown names in that place.",
    find=find,
)
