"""Sections given as a whole, in JSON: SHOP_DATABASE='{"url": …}', together with members given by name."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from confcontract.verdict.sources.merged import Merged
    from confcontract.verdict.sources.origin import Entry


class Sections:
    """The values given in the JSON of a whole section, SHOP_DATABASE='{"url": …}'."""

    def __init__(self, merged: Merged) -> None:
        self._merged = merged
        self._by_path: dict[tuple[str, ...], Mapping[str, Any]] | None = None
        self._texts: dict[str, Any] = {}

    def _at(self, path: tuple[str, ...]) -> Mapping[str, Any] | None:
        if self._by_path is None:
            variables = self._merged.declared.variables.values()
            self._by_path = {tuple(variable["path"]): variable for variable in variables}
        return self._by_path.get(path)

    def giving(self, variable: Mapping[str, Any]) -> list[str]:
        """The kinds of source of the sections whose JSON has a member for a variable, outermost first."""
        path = tuple(variable["path"])
        found = []
        for depth in range(1, len(path)):
            section = self._at(path[:depth])
            entry = None if section is None else self._merged.top(section["name"])
            if entry is not None and self._leads(self._decoded(entry), path, depth):
                found.append(entry.source_of(path).kind)
        return found

    def lacks(self, entry: Entry, variable: Mapping[str, Any]) -> bool:
        """Whether an entry is the JSON of the section around a variable, but lacks that member."""
        path = tuple(variable["path"])
        section = self._merged.declared.variable(entry.name)
        depth = len(section["path"]) if section is not None else 0
        if section is None or not depth < len(path) or path[:depth] != tuple(section["path"]):
            return False
        value = self._decoded(entry)
        return isinstance(value, dict) and not self._leads(value, path, depth)

    def _decoded(self, entry: Entry) -> Any:
        from confcontract.contract.jsontext import loads

        if entry.name not in self._texts:
            try:
                self._texts[entry.name] = loads(entry.value)
            except (ValueError, RecursionError):
                self._texts[entry.name] = None  # validation will report it
        return self._texts[entry.name]

    def _leads(self, value: Any, path: tuple[str, ...], depth: int) -> bool:
        while depth < len(path):
            if not isinstance(value, dict):
                return False
            keys = self._keys(path[: depth + 1])
            spelled = {self._merged.declared.normal(key): inner for key, inner in value.items()}  # the last one counts
            inside = [inner for key, inner in spelled.items() if key in keys]
            if not inside:
                return False
            value = inside[0]
            depth += 1
        return True

    def _keys(self, path: tuple[str, ...]) -> set[str]:
        """The keys of a member within its section: its names without the section's names."""
        declared = self._merged.declared
        member, section = self._at(path), self._at(path[:-1])
        if member is None or section is None or not declared.delimiter:
            return {declared.normal(path[-1])}
        delimiter = declared.normal(declared.delimiter)
        heads = [declared.normal(name) + delimiter for name in declared.names[section["name"]]]
        names = [declared.normal(name) for name in declared.names[member["name"]]]
        return {name[len(head) :] for name in names for head in heads if name.startswith(head)}
