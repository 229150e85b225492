"""Sections given as a whole, in JSON: SHOP_DATABASE='{"url": …}', beside their members by name."""

from __future__ import annotations

from confcontract.boot import sources

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from confcontract.boot.merge import Merged
    from confcontract.boot.sources import Entry


def let_sections_outrank(merged: Merged) -> None:
    """A member by name from a lower source gives way to the section that holds it in a higher one.

    pydantic-settings lets the name win, wherever it comes from; between sources it is the source that counts.
    """
    declared = merged.declared
    if not declared.delimiter:
        return
    # as a rule there is none, and then nothing is called for each of thousands of values
    with_brace = [entries[-1] for entries in merged.entries.values() if "{" in entries[-1].value]
    if not any(_is_section(merged, entry) for entry in with_brace):
        return
    sections = Sections(merged)
    for name in [name for name in merged.entries if name in declared.canonical_names]:
        entry = merged.top(name)
        variable = declared.variables[name]
        if entry is None or len(variable["path"]) < 2:
            continue
        above = max((sources.RANK[kind] for kind in sections.giving(variable)), default=-1)
        if above > sources.RANK[entry.source.kind]:
            del merged.entries[name]


def _is_section(merged: Merged, entry: Entry) -> bool:
    return entry.value.lstrip()[:1] == "{" and merged.declared.canonical(entry.name) is not None


class Sections:
    """What is given in the JSON of a whole section, SHOP_DATABASE='{"url": …}'."""

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
        """The kinds of source of the sections that have a member for a variable, outermost first."""
        path = tuple(variable["path"])
        found = []
        for depth in range(1, len(path)):
            section = self._at(path[:depth])
            entry = None if section is None else self._merged.top(section["name"])
            if entry is not None and self._leads(self._decoded(entry), path, depth):
                found.append(entry.source.kind)
        return found

    def _decoded(self, entry: Entry) -> Any:
        from confcontract.jsontext import loads

        if entry.name not in self._texts:
            try:
                self._texts[entry.name] = loads(entry.value)
            except (ValueError, RecursionError):
                self._texts[entry.name] = None  # validation will say so
        return self._texts[entry.name]

    def _leads(self, value: Any, path: tuple[str, ...], depth: int) -> bool:
        while depth < len(path):
            if not isinstance(value, dict):
                return False
            keys = self._keys(path[: depth + 1])
            inside = [inner for key, inner in value.items() if self._merged.declared.normal(key) in keys]
            if not inside:
                return False
            value = inside[0]
            depth += 1
        return True

    def _keys(self, path: tuple[str, ...]) -> set[str]:
        """The keys of a member within its section: its names, less the section's."""
        declared = self._merged.declared
        member, section = self._at(path), self._at(path[:-1])
        if member is None or section is None or not declared.delimiter:
            return {declared.normal(path[-1])}
        delimiter = declared.normal(declared.delimiter)
        heads = [declared.normal(name) + delimiter for name in declared.names[section["name"]]]
        names = [declared.normal(name) for name in declared.names[member["name"]]]
        return {name[len(head) :] for name in names for head in heads if name.startswith(head)}
