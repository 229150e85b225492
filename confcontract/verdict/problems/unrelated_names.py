"""Names in files of the operator that resemble no setting: one note for each file, with names only.

Such a file is often shared between services, so this is not a warning, and --strict does not refuse it.
"""

from __future__ import annotations

from confcontract.report.problem import INFO, Problem
from confcontract.verdict.environment import OURS
from confcontract.verdict.sources.origin import Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from confcontract.verdict.sources.origin import Entry

_NAMED = 10  # this many names are listed per file
_LONGEST_NAME = 100  # characters; ten such names still give a readable message
_LONGEST_WORD = 24  # characters between two "_"; a longer piece may be part of a value
_HINT = "ignore this if other programs read this file as well; otherwise correct the spelling, or remove them"


def unrelated_names(entries: Sequence[Entry]) -> list[Problem]:
    """entries: all entries of one file that are not settings and have no report of their own. One note, or none."""
    links = _links({each.name: each.value for each in entries})
    told = [each for each in entries if not each.name.startswith(OURS) and each.name not in links]
    if not told:
        return []
    listed = ", ".join(map(_called, told[:_NAMED]))
    if len(told) > _NAMED:
        listed += f" and {len(told) - _NAMED} more"
    what = "1 name is not a setting" if len(told) == 1 else f"{len(told)} names are not settings"
    message = f"{what} of this application: {listed}"
    file = Source(told[0].kind, place=told[0].source.place)  # without the line
    return [Problem("name-unknown", message, source=str(file), hint=_HINT, severity=INFO)]


def _links(given: Mapping[str, str]) -> Mapping[str, str]:
    if not any(name.endswith("_SERVICE_HOST") for name in given):
        return {}
    from confcontract.verdict.sources.servicelinks import find

    return find(given)


def _called(entry: Entry) -> str:
    """The line stands for a name that is very long, or not spelled like a name. It may be the last line of a PEM key
    that was written without quotes: padding makes NAME= of base64."""
    name = entry.name
    as_usual = name.isascii() and name.isidentifier() and name in (name.upper(), name.lower())
    if as_usual and len(name) <= _LONGEST_NAME and all(len(word) <= _LONGEST_WORD for word in name.split("_")):
        return name
    return f"the one in line {entry.source.line}"
