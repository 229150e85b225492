"""The sources of a verdict's values: variables set by their own names, in parts, or in files of the class."""

from __future__ import annotations

from confcontract.verdict.sources import origin as sources
from confcontract.verdict.sources.origin import Source
from confcontract.verdict.sources.ownnames import better_name
from confcontract.verdict.sources.programs import files_outrank
from confcontract.verdict.sources.sections import Sections
from confcontract.verdict.validator import prepare

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from confcontract.contract.artifact import Contract
    from confcontract.verdict.problems.locator import Locator
    from confcontract.verdict.sources.gathered import Gathered
    from confcontract.verdict.sources.merged import Merged
    from confcontract.verdict.sources.origin import Where


class ValueSources:
    def __init__(self, contract: Contract, merged: Merged, gathered: Gathered, locator: Locator) -> None:
        self._contract = contract
        self._merged = merged
        self._gathered = gathered
        self._locator = locator
        self._programs = contract.compiled["settings"]
        self._files_outrank = files_outrank(self._programs)
        self._sections: Sections | None = None
        self._files: dict[tuple[str, ...], list[Source]] | None = None  # path → configuration files that give it

    def all(self) -> dict[str, Source]:
        """By variable, for variables that have a value."""
        found = {}
        for variable in self._contract.variables:
            source = self.of(variable)
            if source is not None:
                joined = not source.hides and self._has_part_in_own_secrets(tuple(variable["path"]))
                found[variable["name"]] = source.joined_by(Source(sources.SECRET_FILE)) if joined else source
        return found

    def of(self, variable: Mapping[str, Any]) -> Source | None:
        path = tuple(variable["path"])
        unread = self._unread().get(variable["name"])
        if unread is not None and self._locator.origin(variable) is None:
            return Source(sources.UNSEEN, "", f"read by {unread}")
        level, whole = self._whole(variable, path)
        if whole is None and variable.get("computed"):
            return Source(sources.COMPUTED)
        highest, part = self._parts(path)
        if part is not None and highest > level:
            if whole is None:
                return part
            both = part.joined_by(whole)  # parts of it come from there, and override the value set as a whole
            both.overrides = [whole, *whole.overrides]
            return both
        if whole is not None:
            return whole
        if "defaultInCode" in variable:
            return Source(sources.CODE)
        return Source(sources.DEFAULT) if "default" in variable else None

    def _has_part_in_own_secrets(self, path: tuple[str, ...]) -> bool:
        """Whether a file in the class's own secrets_dir may give a part of the value: the application merges it with
        higher sources."""
        origin = self._gathered.origins.get(path)
        entry = (
            self._merged.top(self._merged.declared.identity(origin[0]))
            if origin is not None and origin[1] is sources.IN_ENVIRONMENT
            else None
        )
        if entry is not None and entry.value.lstrip()[:1] not in ("{", "["):
            return False  # there is nothing to merge
        return self._has_own_secrets and any(
            reader.where.is_secrets_dir and path[: len(inner)] == inner[: len(path)]
            for inner, _, reader in self._gathered.notes
        )

    @property
    def _has_own_secrets(self) -> bool:
        return any(where.is_secrets_dir for where in self._gathered.order) or any(
            "secretsDirs" in program for program in self._programs
        )

    def _unread(self) -> dict[str, str]:
        """Variables that boot does not read → the application's own source that reads them instead."""
        own = [entry for entry in self._contract.deferred if entry["kind"] == "source"]
        return {name: entry["name"] for entry in own for name in entry["variables"]}

    def _whole(self, variable: Mapping[str, Any], path: tuple[str, ...]) -> tuple[int, Source | None]:
        """The source of a variable that is set by its own name, or within a larger value, and its level."""
        reads_environment = "environment" in self._programs[0]["order"]
        entry = self._gathered.counting(self._merged.top(variable["name"])) if reads_environment else None
        better = self.in_own_file_by_better_name(path)
        if entry is not None and better is None and not self._files_outrank:
            return entry.level, self._over_files(entry.source, path)
        origin = better or self._locator.origin(variable)
        if entry is not None and (origin is None or origin[1] is sources.IN_ENVIRONMENT):
            return entry.level, self._over_files(entry.source, path)
        if origin is None:
            return -1, None
        name, where = origin
        given = self._merged.entries.get(self._merged.declared.identity(name), ())
        for candidate in given if where is sources.IN_ENVIRONMENT else ():
            if candidate.name == name:
                self._sections = self._sections or Sections(self._merged)
                if self._sections.lacks(candidate, variable) and not self._has_part_in_own_secrets(path):
                    return -1, None
                return candidate.level, candidate.source_of(path)
        own = self.of_own_file(name, where)
        if entry is None:
            return self._level_of_own(where, own), own
        own.overrides = [entry.source, *entry.source.overrides]
        return entry.level + 1, own

    def _over_files(self, source: Source, path: tuple[str, ...]) -> Source:
        """The same source, with the class's configuration files among the sources that it overrides."""
        if self._files is None:
            self._files = {}
            for place, name, finder in self._gathered.notes:
                if finder.where.is_file:
                    self._files.setdefault(place, []).append(self.of_own_file(name, finder.where))
        if path not in self._files:
            return source
        over = source.joined_by(source)
        over.overrides = [*source.overrides, *self._files[path]]
        return over

    def of_own_file(self, name: str, where: Where) -> Source:
        """A file that the settings class names itself."""
        if isinstance(where, sources.InSecretsDirs):
            return where.source(name)
        if where.is_file:
            path, line = where.place_of(name)
            return Source(sources.SETTINGS_FILE, "", path, line)
        return Source(sources.SETTINGS_FILE, name, *where.place_of(name))

    def _level_of_own(self, where: Where, source: Source) -> int:
        """The level of a value in a file that the settings class names itself."""
        order = self._gathered.order
        if (
            where.is_file
            and sources.IN_ENVIRONMENT in order[order.index(where) + 1 if where in order else len(order) :]
        ):
            return sources.level_of(sources.ENVIRONMENT, len(order) - order.index(where))
        return sources.level_of(source.kind)

    def _parts(self, path: tuple[str, ...]) -> tuple[int, Source | None]:
        """The highest source of the values set by the names of parts of a section or mapping, and its level."""
        best: Source | None = None
        highest = -1
        for inner, (name, where) in self._gathered.origins.items():
            if inner[: len(path)] == path != inner:
                if where is sources.IN_ENVIRONMENT:
                    entries = self._merged.entries.get(self._merged.declared.identity(name), ())
                    found = [(entry.level, entry.source) for entry in entries]
                else:
                    own = self.of_own_file(name, where)
                    found = [(self._level_of_own(where, own), own)]
                for level, source in found:
                    if level > highest:
                        best, highest = source, level
        return highest, best

    def in_own_file_by_better_name(self, path: tuple[str, ...]) -> tuple[str, Where] | None:
        """The name and source of a value in a file of the settings class, if that name has priority over the one that
        is set."""
        if self._files_outrank or "environment" not in self._programs[0]["order"]:
            return None
        return better_name(prepare(self._contract).plan, self._gathered, path)
