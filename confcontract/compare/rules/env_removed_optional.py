"""ENV_REMOVED_OPTIONAL."""

from collections.abc import Iterator

from confcontract.compare.finding import ContractChange
from confcontract.compare.pairing import Compared, path_of
from confcontract.compare.presence import gone, in_words, where_declared
from confcontract.compare.rule import CompareRule
from confcontract.compare.unknown_names import is_refused
from confcontract.findings.severity import ERROR, WARNING


def find(compared: Compared) -> Iterator[ContractChange]:
    for variable, members in gone(compared, required=False):
        refused = is_refused(compared.new, variable)
        by = variable.get("deprecated", {}).get("replacedBy")
        yield ContractChange(
            path_of(variable),
            (variable["name"],),
            in_words(variable, members),
            "",
            f"is gone; the new version {'refuses' if refused else 'ignores'} it where it is still set",
            forward=ERROR if refused else WARNING,
            back=f"has its default again in the old version where it is not set: {in_words(variable, members)}",
            remedy=f"Set {by} instead, and remove it." if by else "",
            declared=where_declared(variable),
        )


RULE = CompareRule(
    id="ENV_REMOVED_OPTIONAL",
    purpose="A variable that had a default is gone.",
    remedy="Remove it where it is set: it has no effect any more.",
    back_remedy="Keep it set where it was, so that the old version behaves as before.",
    mirror=("ENV_ADDED_OPTIONAL",),
    forward=WARNING,
    rollback=WARNING,
    circumstances="An error for an upgrade where the new version refuses unknown names in that place.",
    lopsided="A new default is harmless; one that comes back may differ from what was set meanwhile.",
    find=find,
)
