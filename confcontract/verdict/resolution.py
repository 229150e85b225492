"""The contents of a verdict: values, their sources, problems."""

from __future__ import annotations

from confcontract.report.errors import exit_code
from confcontract.report.problem import ERROR, Problem
from confcontract.verdict.sources import origin as sources
from confcontract.verdict.sources.programs import files_outrank

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from confcontract.contract.artifact import Contract
    from confcontract.verdict.problems.locator import Locator
    from confcontract.verdict.sources.gathered import Gathered
    from confcontract.verdict.sources.merged import Merged
    from confcontract.verdict.sources.origin import Entry, Source
    from confcontract.verdict.value_sources import ValueSources


class Resolution:
    """The verdict.

    problems: all of them, errors, warnings and notes. environ: exactly what the application would get. document: the
    validated settings, with Python's own objects in them; None if the configuration is invalid. deferred: facts about
    this environment that only the application can check, as in the contract. awaited: variable → its source in Vault,
    if Vault was not asked. references: the same, as an operator would write them.
    """

    __slots__ = (
        "_locator",
        "_value_sources",
        "_values",
        "awaited",
        "contract",
        "deferred",
        "document",
        "environ",
        "gathered",
        "merged",
        "problems",
        "references",
    )

    def __init__(self, contract: Contract, merged: Merged, gathered: Gathered) -> None:
        self.contract = contract
        self.problems: list[Problem] = []
        self.environ: dict[str, str] = {}
        self.deferred: list[dict[str, Any]] = []
        self.document: dict[str, Any] | None = None
        self.awaited: Mapping[str, Source] = {}
        self.references: Mapping[str, str] = {}
        self.merged = merged
        self.gathered = gathered
        self._values: dict[str, Any] | None = None
        self._locator: Locator | None = None
        self._value_sources: ValueSources | None = None

    @property
    def values(self) -> dict[str, Any]:
        """The settings document as JSON data, empty if the configuration is invalid.

        Computed on access: pydantic_core imports ten modules (7 ms, 3 MB) to turn a document into JSON.
        """
        if self._values is None:
            from confcontract.contract.jsontext import as_json_data

            self._values = {} if self.document is None else as_json_data(self.document)
        return self._values

    @property
    def locator(self) -> Locator:
        """Finds the variable that feeds a place in the document; created only if something is wrong."""
        if self._locator is None:
            from confcontract.verdict.problems.locator import Locator

            self._locator = Locator(self.contract, self.merged, self.gathered)
        return self._locator

    @property
    def ok(self) -> bool:
        return not any(problem.severity == ERROR for problem in self.problems)

    @property
    def words(self) -> str:
        """The summary for a configuration without errors: not a plain pass if the application decides."""
        if not self.deferred:
            return "the configuration is valid"
        names = sorted({name for entry in self.deferred for name in entry["variables"]})
        told = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
        return "accepted by the contract; the application checks further" + (f" ({told})" if told else "")

    @property
    def exit_code(self) -> int:
        return exit_code(self.problems)

    @property
    def sources(self) -> dict[str, Source]:
        """Variable → the source of its value, for each variable that has one; see verdict/sources/origin.py."""
        return self.value_sources.all()

    @property
    def value_sources(self) -> ValueSources:
        """The sources of values; created only on access."""
        if self._value_sources is None:
            from confcontract.verdict.value_sources import ValueSources

            self._value_sources = ValueSources(self.contract, self.merged, self.gathered, self.locator)
        return self._value_sources

    def outranked(self) -> Iterator[tuple[str, Entry, Source]]:
        """(variable, the value that was set for it, the file) if a file of the settings class overrides the operator's
        value."""
        if not files_outrank(self.contract.compiled["settings"]):
            return
        for variable in self.contract.variables:
            entry = self.merged.top(variable["name"])
            origin = self.locator.origin(variable) if entry is not None else None
            if entry is not None and origin is not None and origin[1] is not sources.IN_ENVIRONMENT:
                yield variable["name"], entry, self.value_sources.of_own_file(*origin)

    def is_composed(self, variable: Mapping[str, Any]) -> bool:
        """Whether a variable that is set has further parts that are set by names of their own."""
        path = tuple(variable["path"])
        return any(where[: len(path)] == path != where for where in self.gathered.origins)

    def raw(self, variable: str) -> str | None:
        """The string that was set for a variable, unmasked; None if it was not set by its own name, or if a file of the
        settings class overrides it."""
        entry = self.gathered.counting(self.merged.top(variable))
        if entry is not None and files_outrank(self.contract.compiled["settings"]):
            origin = self.locator.origin(self._declared(variable))
            if origin is not None and origin[1] is not sources.IN_ENVIRONMENT:
                return None
        elif entry is not None and self.value_sources.in_own_file_by_better_name(
            tuple(self._declared(variable)["path"])
        ):
            return None
        return entry.value if entry is not None else None

    def _declared(self, variable: str) -> Mapping[str, Any]:
        return self.merged.declared.variables[variable]

    def in_own_file(self, path: Sequence[str]) -> str | None:
        """The string at a path in a file of the settings class, unmasked; None if there is none."""
        for inner, name, source in self.gathered.notes:
            if inner == tuple(path) and source.where is not sources.IN_ENVIRONMENT:
                found: str | None = source.lookup(name)
                return found
        return None

    def used_name(self, variable: str) -> str | None:
        """The name by which a variable was set, or None."""
        entry = self.merged.top(variable)
        return entry.name if entry is not None else None

    def source_of(self, name: str) -> Source | None:
        """The source of the value of a name in `environ`."""
        entry = self.merged.top(self.merged.declared.identity(name))
        return entry.source if entry is not None else None

    def variable_of(self, name: str) -> str | None:
        """The variable that a name gives, completely or in part; None if there is none."""
        declared = self.merged.declared
        if (canonical := declared.canonical(name)) is not None:
            return canonical
        normal = declared.normal(name)
        outer = [each for each in declared.names if normal.startswith(declared.normal(each))]
        return max(outer, key=len, default=None)

    def declares(self, name: str) -> bool:
        """Whether a name in an environment is a setting of the application, or a part of one."""
        declared = self.merged.declared
        opened = tuple(map(declared.normal, self.contract.compiled["open"]))
        return declared.knows(name) or (bool(opened) and declared.normal(name).startswith(opened))

    def __repr__(self) -> str:
        return f"<Resolution {'ok' if self.ok else 'refused'}: {len(self.problems)} problems>"
