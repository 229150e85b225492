"""Names in files that the operator has named: where there is no prefix to tell, one that is nearly a setting's is told.

Such files are often shared with others, so that a name that is like no setting's is nobody's concern here.
"""

from __future__ import annotations

from confcontract.report.problem import WARNING, Problem
from confcontract.verdict.sources.origin import CONF_FILE, ENV_FILE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from typing import Any

    from confcontract.verdict.resolution import Resolution
    from confcontract.verdict.sources.merged import Merged
    from confcontract.verdict.sources.origin import Entry

_SHORTEST = 4  # characters: a shorter name is near to too many
_TOLD = 100
_COMPARED = 1000  # names that are compared with those of settings


def near_misses(result: Resolution, merged: Merged, sections: tuple[str, ...], told: Collection[Any]) -> list[Problem]:
    """A warning for each. sections: names that begin so are told in any case. told: names that are told already."""
    declared = merged.declared
    found = [
        entry
        for entries in merged.laid.values()
        if entries[0].kind in (CONF_FILE, ENV_FILE)
        for entry in entries
        if declared.identity(entry.name) == entry.name and not declared.normal(entry.name).startswith(sections)
    ]
    found = [each for each in found if not result.declares(each.name) and each.name not in told]
    if not found:
        return []
    from confcontract.report.suggestions import Known

    names = Known(name for names in declared.names.values() for name in names)
    last = [*{each.name: each for each in found}.values()]  # of several files the one that counts
    guesses = [(each, names.closest(each.name)) for each in last[:_COMPARED] if len(each.name) >= _SHORTEST]
    near = [
        _problem(each, guess)
        for each, guess in guesses
        if guess is not None and not (_is_given(merged, guess) and _is_beside(each.name, guess))
    ]
    if len(last) > _COMPARED:
        near = [*near[:_TOLD], _not_compared(last[_COMPARED:])]
    return near[: _TOLD + 1]


def _not_compared(left: Sequence[Entry]) -> Problem:
    message = f"{len(left)} more names are no settings of this application; they were not compared with its settings"
    hint = "is this the file of another application?"
    return Problem("name-unknown", message, source=str(left[0].source), hint=hint, severity=WARNING)


def _is_given(merged: Merged, guess: str) -> bool:
    return merged.declared.identity(guess) in merged.entries


def _is_beside(name: str, guess: str) -> bool:
    """Whether a name is like that of a variable because it is of one more of the same, as HOST_1, HOST2 and HOSTS are
    beside HOST; HOTS is not."""
    if _only(str.isalnum, name) == _only(str.isalnum, guess):
        return False
    one, other = _only(str.isalpha, name), _only(str.isalpha, guess)
    return one in other or other in one


def _only(kind: Callable[[str], bool], name: str) -> str:
    return "".join(filter(kind, name.lower()))


def _problem(entry: Entry, guess: str) -> Problem:
    return Problem(
        "name-unknown",
        "is no setting of this application, and is ignored",
        variable=entry.name,
        source=str(entry.source),
        hint=f"did you mean {guess}?",
        severity=WARNING,
    )
