"""Names in files that the operator has named which are like no setting's: one note for each file, with names only.

Such a file is often shared between services, so that this is neither a warning nor refused by --strict.
"""

from __future__ import annotations

from confcontract.report.problem import INFO, Problem
from confcontract.verdict.environment import OURS
from confcontract.verdict.sources.origin import Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from confcontract.verdict.sources.origin import Entry

_NAMED = 10  # so many names are listed for a file
_LONGEST_NAME = 100  # characters; ten of them are still a message that can be read
_LONGEST_WORD = 24  # characters between two "_"; what is longer may be a part of a value
_HINT = "ignore this if other programs read this file as well; otherwise correct the spelling, or remove them"


def unrelated_names(entries: Sequence[Entry]) -> list[Problem]:
    """entries: of one file, all that are not settings and not told by themselves. One note, or none."""
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
    """The line stands for a name that is very long, or not spelled as names are. It may be the last line of a key in
    PEM, which was written without quotes: padding makes NAME= of base64."""
    name = entry.name
    as_usual = name.isascii() and name.isidentifier() and name in (name.upper(), name.lower())
    if as_usual and len(name) <= _LONGEST_NAME and all(len(word) <= _LONGEST_WORD for word in name.split("_")):
        return name
    return f"the one in line {entry.source.line}"
