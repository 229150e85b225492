"""What a verdict holds: values, their sources, problems."""

from __future__ import annotations

from confcontract.report.errors import exit_code
from confcontract.report.problem import ERROR, Problem
from confcontract.verdict.sources import origin as sources
from confcontract.verdict.sources.origin import Source
from confcontract.verdict.sources.sections import Sections

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from confcontract.contract.artifact import Contract
    from confcontract.verdict.problems.locator import Locator
    from confcontract.verdict.sources.decoding import Gathered
    from confcontract.verdict.sources.merged import Merged
    from confcontract.verdict.sources.origin import Entry, Where


class Resolution:
    """The verdict.

    problems: all of them, errors, warnings and notes. environ: exactly what the application would get.
    document: the validated settings, with Python's own objects in them; None if the configuration is invalid.
    deferred: what only the application can check of this environment, as in the contract.
    awaited: variable → its source in Vault, where nobody has asked Vault.
    """

    __slots__ = (
        "_files",
        "_locator",
        "_sections",
        "_values",
        "awaited",
        "contract",
        "deferred",
        "document",
        "environ",
        "gathered",
        "merged",
        "problems",
    )

    def __init__(self, contract: Contract, merged: Merged, gathered: Gathered) -> None:
        self.contract = contract
        self.problems: list[Problem] = []
        self.environ: dict[str, str] = {}
        self.deferred: list[dict[str, Any]] = []
        self.document: dict[str, Any] | None = None
        self.awaited: Mapping[str, Source] = {}
        self.merged = merged
        self.gathered = gathered
        self._values: dict[str, Any] | None = None
        self._locator: Locator | None = None
        self._sections: Sections | None = None
        self._files: dict[tuple[str, ...], list[Source]] | None = None  # path → configuration files that give it

    @property
    def values(self) -> dict[str, Any]:
        """The settings document as JSON data, empty if the configuration is invalid.

        Worked out when it is asked for: pydantic_core imports ten modules (7 ms, 3 MB) to turn a document into JSON.
        """
        if self._values is None:
            from confcontract.contract.jsontext import as_json_data

            self._values = {} if self.document is None else as_json_data(self.document)
        return self._values

    @property
    def locator(self) -> Locator:
        """From a place in the document to the variable that feeds it; only made where something is wrong."""
        if self._locator is None:
            from confcontract.verdict.problems.locator import Locator

            self._locator = Locator(self.contract, self.merged, self.gathered)
        return self._locator

    @property
    def ok(self) -> bool:
        return not any(problem.severity == ERROR for problem in self.problems)

    @property
    def exit_code(self) -> int:
        return exit_code(self.problems)

    @property
    def sources(self) -> dict[str, Source]:
        """Variable → where its value came from, for each that has one; see verdict/sources/origin.py."""
        found = {}
        for variable in self.contract.variables:
            source = self._source(variable)
            if source is not None:
                joined = not source.hides and self._has_part_in_own_secrets(tuple(variable["path"]))
                found[variable["name"]] = source.joined_by(Source(sources.SECRET_FILE)) if joined else source
        return found

    def _source(self, variable: Mapping[str, Any]) -> Source | None:
        path = tuple(variable["path"])
        unread = self._unread().get(variable["name"])
        if unread is not None and self.locator.origin(variable) is None:
            return Source(sources.UNSEEN, "", f"read by {unread}")
        level, whole = self._whole(variable, path)
        if whole is None and variable.get("computed"):
            return Source(sources.COMPUTED)
        highest, part = self._parts(path)
        if part is not None and highest > level:
            if whole is None:
                return part
            both = part.joined_by(whole)  # parts of it come from there, and outrank what is set as a whole
            both.overrides = [whole, *whole.overrides]
            return both
        if whole is not None:
            return whole
        if "defaultInCode" in variable:
            return Source(sources.CODE)
        return Source(sources.DEFAULT) if "default" in variable else None

    def _has_part_in_own_secrets(self, path: tuple[str, ...]) -> bool:
        """Whether a file in the class's own secrets_dir may give a part of what is there: the application puts it
        together with what outranks it."""
        origin = self.gathered.origins.get(path)
        entry = (
            self.merged.top(self.merged.declared.identity(origin[0]))
            if origin is not None and origin[1] is sources.IN_ENVIRONMENT
            else None
        )
        if entry is not None and entry.value.lstrip()[:1] not in ("{", "["):
            return False  # there is nothing to put together
        return self._has_own_secrets and any(
            reader.where is sources.IN_SECRETS_DIR and path[: len(inner)] == inner[: len(path)]
            for inner, _, reader in self.gathered.notes
        )

    @property
    def _has_own_secrets(self) -> bool:
        return sources.IN_SECRETS_DIR in self.gathered.order or any(
            "secretsDirs" in program for program in self.contract.compiled["settings"]
        )

    def _unread(self) -> dict[str, str]:
        """Variables that boot does not read → the application's own source that reads them instead."""
        own = [entry for entry in self.contract.deferred if entry["kind"] == "source"]
        return {name: entry["name"] for entry in own for name in entry["variables"]}

    def _whole(self, variable: Mapping[str, Any], path: tuple[str, ...]) -> tuple[int, Source | None]:
        """The source of a variable that is set by its own name, or within what it is a part of, and its level."""
        reads_environment = "environment" in self.contract.compiled["settings"][0]["order"]
        entry = self.merged.top(variable["name"]) if reads_environment else None
        better = self._in_own_file_by_better_name(path)
        if entry is not None and better is None and not self._own_files_outrank:
            return entry.level, self._over_files(entry.source, path)
        origin = better or self.locator.origin(variable)
        if entry is not None and (origin is None or origin[1] is sources.IN_ENVIRONMENT):
            return entry.level, self._over_files(entry.source, path)
        if origin is None:
            return -1, None
        name, where = origin
        given = self.merged.entries.get(self.merged.declared.identity(name), ())
        for candidate in given if where is sources.IN_ENVIRONMENT else ():
            if candidate.name == name:
                self._sections = self._sections or Sections(self.merged)
                if self._sections.lacks(candidate, variable) and not self._has_part_in_own_secrets(path):
                    return -1, None
                return candidate.level, candidate.source_of(path)
        own = self._own_file(name, where)
        if entry is None:
            return self._level_of_own(where, own), own
        own.overrides = [entry.source, *entry.source.overrides]
        return entry.level + 1, own

    def _over_files(self, source: Source, path: tuple[str, ...]) -> Source:
        """The same source, with the configuration files of the class among those that it overrides."""
        if self._files is None:
            self._files = {}
            for place, name, finder in self.gathered.notes:
                if finder.where.is_file:
                    self._files.setdefault(place, []).append(self._own_file(name, finder.where))
        if path not in self._files:
            return source
        over = source.joined_by(source)
        over.overrides = [*source.overrides, *self._files[path]]
        return over

    def _in_own_file_by_better_name(self, path: tuple[str, ...]) -> tuple[str, Where] | None:
        from confcontract.verdict.sources.ownnames import better_name
        from confcontract.verdict.validator import prepare

        if self._own_files_outrank or "environment" not in self.contract.compiled["settings"][0]["order"]:
            return None
        return better_name(prepare(self.contract).plan, self.gathered, path)

    @property
    def _own_files_outrank(self) -> bool:
        """Whether the settings class, or one within it, puts one of its files above the environment."""
        orders: list[list[str | int]] = [program["order"] for program in self.contract.compiled["settings"]]
        for order in orders:
            below = order.index("environment") if "environment" in order else len(order)
            if any(each not in ("init", "foreign") for each in order[:below]):
                return True
        return False

    def outranked(self) -> Iterator[tuple[str, Entry, Source]]:
        """(variable, what was set for it, the file) where the settings class puts a file above what operators give."""
        if not self._own_files_outrank:
            return
        for variable in self.contract.variables:
            entry = self.merged.top(variable["name"])
            origin = self.locator.origin(variable) if entry is not None else None
            if entry is not None and origin is not None and origin[1] is not sources.IN_ENVIRONMENT:
                yield variable["name"], entry, self._own_file(*origin)

    def _own_file(self, name: str, where: Where) -> Source:
        """A file that the settings class names itself."""
        if where is sources.IN_SECRETS_DIR:
            return Source(sources.SECRET_FILE, name, f"{name} in the application's secrets_dir")
        if where.is_file:
            path, line = where.place_of(name)
            return Source(sources.SETTINGS_FILE, "", path, line)
        plans = [program.get("dotenv") or {} for program in self.contract.compiled["settings"]]
        files = dict.fromkeys(file for plan in plans for file in plan.get("files", ()))
        return Source(sources.SETTINGS_FILE, name, f"{where} {' or '.join(files)}".rstrip())

    def _level_of_own(self, where: Where, source: Source) -> int:
        """The level of a value in a file that the settings class names itself."""
        order = self.gathered.order
        if (
            where.is_file
            and sources.IN_ENVIRONMENT in order[order.index(where) + 1 if where in order else len(order) :]
        ):
            return sources.level_of(sources.ENVIRONMENT, len(order) - order.index(where))
        return sources.level_of(source.kind)

    def _parts(self, path: tuple[str, ...]) -> tuple[int, Source | None]:
        """The highest source of what is set by the names of parts of a section or mapping, and its level."""
        best: Source | None = None
        highest = -1
        for inner, (name, where) in self.gathered.origins.items():
            if inner[: len(path)] == path != inner:
                if where is sources.IN_ENVIRONMENT:
                    entries = self.merged.entries.get(self.merged.declared.identity(name), ())
                    found = [(entry.level, entry.source) for entry in entries]
                else:
                    own = self._own_file(name, where)
                    found = [(self._level_of_own(where, own), own)]
                for level, source in found:
                    if level > highest:
                        best, highest = source, level
        return highest, best

    def is_composed(self, variable: Mapping[str, Any]) -> bool:
        """Whether a variable that is set has further parts that are set by names of their own."""
        path = tuple(variable["path"])
        return any(where[: len(path)] == path != where for where in self.gathered.origins)

    def raw(self, variable: str) -> str | None:
        """The string that was set for a variable, unmasked; None if it was not set by its own name, or if a file of the
        settings class outranks that."""
        entry = self.merged.top(variable)
        if entry is not None and self._own_files_outrank:
            origin = self.locator.origin(self._declared(variable))
            if origin is not None and origin[1] is not sources.IN_ENVIRONMENT:
                return None
        elif entry is not None and self._in_own_file_by_better_name(tuple(self._declared(variable)["path"])):
            return None
        return entry.value if entry is not None else None

    def _declared(self, variable: str) -> Mapping[str, Any]:
        return self.merged.declared.variables[variable]

    def in_own_file(self, path: Sequence[str]) -> str | None:
        """The string that a file of the settings class has for a path, unmasked; None where none has it."""
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
        """Where the value of a name in `environ` came from."""
        entry = self.merged.top(self.merged.declared.identity(name))
        return entry.source if entry is not None else None

    def variable_of(self, name: str) -> str | None:
        """The variable that a name belongs to, itself or as a part of it; None if there is none."""
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
