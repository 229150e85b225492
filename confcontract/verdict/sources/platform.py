"""The known facts about an environment that a platform will make: some of its values can't be seen, and some are
secret."""

from __future__ import annotations

from confcontract.report.problem import INFO, Problem
from confcontract.verdict.sources.order import ENVIRONMENT
from confcontract.verdict.sources.origin import Entry, Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from confcontract.contract.declared import Declared
    from confcontract.verdict.sources.merged import Merged

UNVERIFIABLE = "value-unverifiable"
AT_START = "boot checks it when the container starts"


class Platform:
    """unseen: name → why its value can't be seen, in words. secret: names whose value comes from the platform's
    secrets, so that it is never shown, whatever its variable's type."""

    __slots__ = ("secret", "unseen")

    def __init__(self, unseen: Mapping[str, str], secret: Collection[str] = ()) -> None:
        self.unseen = unseen
        self.secret = frozenset(secret)

    def environ(self, environ: Mapping[str, str], declared: Declared) -> dict[str, str]:
        """The part that can be judged: the visible values, and names without a value that no setting reads, which may
        be typos."""
        return {**environ, **{name: "" for name in self.unseen if _variable(name, declared) is None}}

    def hide(self, merged: Merged) -> None:
        """The secret entries of the environment."""
        for entries in merged.entries.values():
            for number, entry in enumerate(entries):
                if entry.kind == ENVIRONMENT and entry.name in self.secret:
                    source = Source(ENVIRONMENT, entry.name)
                    source.hides = True
                    source.overrides = entry.source.overrides
                    hidden = Entry(entry.name, entry.value, source, entry.level)
                    hidden.below, hidden.parts = entry.below, entry.parts
                    entries[number] = hidden

    def pending(self, merged: Merged) -> list[tuple[str, ...]]:
        """The paths whose value is not known, each with a note."""
        paths: list[tuple[str, ...]] = []
        declared = merged.declared
        for name, why in self.unseen.items():
            variable = _variable(name, declared)
            if variable is None:
                continue
            paths += declared.paths(variable)
            merged.problems.append(
                Problem(
                    UNVERIFIABLE,
                    f"is set, but its value is not visible here: {why}",
                    variable=variable,
                    names=(name,),
                    severity=INFO,
                    hint=AT_START,
                )
            )
        return paths


def _variable(name: str, declared: Declared) -> str | None:
    """The variable that a name gives, completely or in part."""
    base = declared.pointed_at(name) or name
    if declared.knows(base):
        return declared.canonical(base) or base
    normal = declared.normal(base)
    delimiter = declared.normal(declared.delimiter or "")
    outer = [each for each in declared.names if delimiter and normal.startswith(declared.normal(each) + delimiter)]
    return max(outer, key=len, default=None)
