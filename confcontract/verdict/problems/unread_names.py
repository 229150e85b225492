"""Names that are set but never read: probably typos."""

from __future__ import annotations

from confcontract.report.did_you_mean import Known
from confcontract.report.problem import ERROR, WARNING, Problem
from confcontract.verdict.environment import KNOWN, matches
from confcontract.verdict.problems.excerpts import with_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from confcontract.contract.declared import Declared
    from confcontract.verdict.resolution import Resolution
    from confcontract.verdict.sources.origin import Entry

_TOLD = 100  # this many unknown names are reported one by one


def like_the_application(found: Sequence[Entry], declared: Declared, *, strict: bool) -> list[Problem]:
    """For names that begin like the application's settings, but are not settings."""
    names = Known(name for names in declared.names.values() for name in names)
    problems = []
    for entry in found[:_TOLD]:
        guess = names.closest(entry.name) or _pointer_meant(names, entry.name)
        problems.append(
            Problem(
                "name-unknown",
                "is not a setting of this application, and is ignored",
                variable=entry.name,
                source=str(entry.source),
                hint=f"did you mean {guess}?" if guess else "correct the spelling, or remove it",
                severity=ERROR if strict else WARNING,
                excerpt=with_name(entry.source, entry.name),
            )
        )
    if len(found) > _TOLD:
        message = f"{len(found) - _TOLD} more names begin like this application's settings, but are not settings"
        hint = "is this the environment of another application?"
        problems.append(Problem("name-unknown", message, hint=hint, severity=ERROR if strict else WARNING))
    return problems


def _pointer_meant(names: Known, name: str) -> str | None:
    """NAME_FILE beside each NAME."""
    ending = name[-5:]
    guess = names.closest(name[:-5]) if ending.upper() == "_FILE" else None
    return guess and guess + ending


def like_ours(result: Resolution, names: Iterable[str], keep: Sequence[str], *, strict: bool) -> list[Problem]:
    """A typo such as CONFCONTRACT_STRICKT=1 has no effect, so it is reported. keep: names that are passed to the
    application anyway."""
    problems = []
    known = Known(KNOWN)
    for name in names:
        if not result.declares(name) and not matches(name, keep):
            guess = known.closest(name)
            problems.append(
                Problem(
                    "name-unknown",
                    "is not a variable of confcontract, and is ignored",
                    variable=name,
                    source="environment",
                    hint=f"did you mean {guess}?" if guess else "correct the spelling, or remove it",
                    severity=ERROR if strict else WARNING,
                )
            )
    return problems
