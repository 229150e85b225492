"""ENV_ADDED_OPTIONAL."""

from collections.abc import Iterator

from confcontract.compare.finding import ContractChange
from confcontract.compare.pairing import Compared, path_of
from confcontract.compare.presence import come, in_words, where_declared
from confcontract.compare.rule import CompareRule
from confcontract.compare.unknown_names import is_kept, is_refused
from confcontract.findings.severity import ERROR, INFO, REVIEW, WARNING

_KEPT = "; the old version keeps all members of this section, so it may be set already, to what is refused now"


def find(compared: Compared) -> Iterator[ContractChange]:
    for variable, members in come(compared, required=False):
        refused, kept = is_refused(compared.old, variable), is_kept(compared.old, variable)
        yield ContractChange(
            path_of(variable),
            (variable["name"],),
            "",
            in_words(variable, members),
            f"is new and optional: {in_words(variable, members)}" + (_KEPT if kept else ""),
            forward=REVIEW if kept else None,
            remedy="Where it is set already, make sure that the new version accepts its value." if kept else "",
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
    circumstances="An error for a rollback where the old version refuses unknown names in that place. For review where "
    'the old version keeps them (extra="allow"): one may be set that the new version refuses.',
    lopsided="A new default is harmless; one that comes back may differ from what was set meanwhile.",
    find=find,
)
