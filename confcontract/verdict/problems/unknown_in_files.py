"""Names in files that the operator has named. If there is no prefix, only a name that resembles a setting's name is
reported.

Such files are often shared with others: each file gets one note about the names that resemble no setting.
"""

from __future__ import annotations

from confcontract.report.problem import ERROR, WARNING, Problem
from confcontract.verdict.problems.excerpts import with_name
from confcontract.verdict.sources.origin import CONF_FILE, ENV_FILE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from typing import Any

    from confcontract.verdict.resolution import Resolution
    from confcontract.verdict.sources.merged import Merged
    from confcontract.verdict.sources.origin import Entry

_SHORTEST = 4  # characters: a shorter name resembles too many others
_SHORT_WORD = 4  # characters: one wrong character may make it another word
_TOLD = 100  # this many similar names are reported one by one
_COMPARED = 1000  # names that are compared with those of settings


def unknown_names(
    result: Resolution, merged: Merged, sections: tuple[str, ...], told: Collection[Any], *, strict: bool
) -> list[Problem]:
    """A warning for each, and one note per file for the others. sections: names with such a beginning are always
    reported. told: names that are reported already. strict: a typo that leaves a setting without a value is an
    error."""
    files = [
        [each for each in entries if _is_unknown(each.name, result, merged, sections) and each.name not in told]
        for entries in merged.laid.values()
        if entries[0].kind in (CONF_FILE, ENV_FILE)
    ]
    if not any(files):
        return []
    from confcontract.report.did_you_mean import Known
    from confcontract.verdict.problems.unrelated_names import unrelated_names

    names = Known(name for names in merged.declared.names.values() for name in names)
    last = [*{each.name: each for found in files for each in found}.values()]  # of several files, the one that counts
    guesses = [(each, names.closest(each.name)) for each in last[:_COMPARED] if len(each.name) >= _SHORTEST]
    near = {
        each.name: _problem(each, guess, severity=ERROR if strict and _is_slip(each.name, guess, result) else WARNING)
        for each, guess in guesses
        if guess is not None and not (_is_given(merged, guess) and _is_beside(each.name, guess))
    }
    ordered = sorted(near.values(), key=lambda each: each.severity != ERROR)  # refused names come first
    problems = ordered[:_TOLD]
    if len(ordered) > _TOLD:
        problems.append(_not_listed(ordered[_TOLD:]))
    if len(last) > _COMPARED:
        problems.append(_not_compared(last[_COMPARED:]))
    counted = {*near, *(each.name for each in last[_COMPARED:])}
    notes = [unrelated_names([each for each in found if each.name not in counted]) for found in files]
    return [*problems, *(note for found in notes for note in found)]


def _is_unknown(name: str, result: Resolution, merged: Merged, sections: tuple[str, ...]) -> bool:
    declared = merged.declared
    begins_like_ours = declared.normal(name).startswith(sections)
    return declared.identity(name) == name and not begins_like_ours and not result.declares(name)


def _is_slip(name: str, guess: str, result: Resolution) -> bool:
    """Whether it is unlikely to be another program's name: the similar setting has no value, neither name is a part of
    the other, as DATABASE_URL is of SHOP_DATABASE_URL, and they do not differ by a short word."""
    merged = result.merged
    if _is_given(merged, guess) or _is_beside(name, guess) or _has_another_word(name, guess):
        return False
    variable = merged.declared.variable(guess)
    if variable is None or "vault" in variable:  # a store that is read later may give it
        return False
    return result.locator.origin(variable) is None  # a file of the settings class may give it, too


def _not_listed(left: Sequence[Problem]) -> Problem:
    message = f"{len(left)} more names resemble this application's settings, and are ignored"
    hint = "correct the spelling of those above, and run this again"
    return Problem("name-unknown", message, source=left[0].source, hint=hint, severity=WARNING)


def _not_compared(left: Sequence[Entry]) -> Problem:
    message = f"{len(left)} more names are not settings of this application; they were not compared with its settings"
    hint = "is this the file of another application?"
    return Problem("name-unknown", message, source=str(left[0].source), hint=hint, severity=WARNING)


def _is_given(merged: Merged, guess: str) -> bool:
    return merged.declared.identity(guess) in merged.entries


def _is_beside(name: str, guess: str) -> bool:
    """Whether a name resembles that of a variable only because it belongs to a series, as HOST_1, HOST2 and HOSTS
    beside HOST; HOTS does not."""
    if _only(str.isalnum, name) == _only(str.isalnum, guess):
        return False
    one, other = _only(str.isalpha, name), _only(str.isalpha, guess)
    return one in other or other in one


def _has_another_word(name: str, guess: str) -> bool:
    """Whether a short word of a name may be an intended other word, as in APP_URL, API_URI and POST beside API_URL and
    HOST. With swapped letters, as in HOTS, it is a typo."""
    words = zip(name.lower().split("_"), guess.lower().split("_"), strict=False)
    return any(len(word) == len(other) <= _SHORT_WORD and sorted(word) != sorted(other) for word, other in words)


def _only(kind: Callable[[str], bool], name: str) -> str:
    return "".join(filter(kind, name.lower()))


def _problem(entry: Entry, guess: str, severity: str) -> Problem:
    return Problem(
        "name-unknown",
        "is not a setting of this application, and is ignored",
        variable=entry.name,
        source=str(entry.source),
        hint=f"did you mean {guess}?",
        severity=severity,
        excerpt=with_name(entry.source, entry.name),
    )
