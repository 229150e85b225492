"""Which names of an environment give a part of which field of the settings class."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import Any

    from confcontract.verdict.sources.origin import Entry

    Place = tuple[str, ...]


class Spellings:
    """Which names give all or a part of which field of the settings class, for fields that have parts, or share a name
    with another."""

    def __init__(self, compiled: Mapping[str, Any]) -> None:
        self._compiled = compiled
        self._found: list[tuple[dict[str, Any], dict[str, set[str]]]] | None = None
        self._parts: frozenset[str] | None = None
        self._led_to: dict[str, frozenset[str]] = {}

    @property
    def nested(self) -> list[tuple[dict[str, Any], Place]]:
        """The programs of nested settings classes, and their places in the document."""
        if len(self._compiled["settings"]) == 1:
            return []  # the usual case
        from confcontract.verdict.sources.programs import nested

        return list(nested(self._compiled["settings"]))

    @property
    def _programs(self) -> list[tuple[dict[str, Any], dict[str, set[str]]]]:
        """Each program with its names, as they are looked up, and the fields of the root that they lead to."""
        if self._found is None:
            root = self._compiled["settings"][0]
            self._found = [(root, _heads(root, self._compiled["nodes"]))]
            for program, place in self.nested:
                self._found.append((program, {name: {place[0]} for name in _names_of(program)}))
        return self._found

    def structured(self, name: str) -> bool:
        """Whether a declared name is that of a section or a mapping."""
        root = self._compiled["settings"][0]
        root_names = self._programs[0][1]
        if (name if root["caseSensitive"] else name.lower()) in root_names:
            return True
        if not root["delimiter"]:
            return False
        if self._parts is None:
            self._parts = frozenset(map(str.lower, [*self._compiled["sections"], *self._compiled["open"]]))
        return (name + root["delimiter"]).lower() in self._parts

    def contested(self, laid: Mapping[int, Sequence[Entry]]) -> set[str]:
        """The fields that get parts from more than one source. laid: the entries of each."""
        if not any(heads for _, heads in self._programs):
            return set()
        touched: list[set[str]] = []
        for entries in sorted(laid.values(), key=len):
            if len(touched) == len(laid) - 1 and not any(touched):
                break  # only the largest source could have a part of one: usually a file beside PATH and HOME
            touched.append(self.fields([entry.name for entry in entries]))
        seen: set[str] = set()
        twice: set[str] = set()
        for found in touched:
            twice |= seen & found
            seen |= found
        if not twice:
            return twice
        every = self.fields_of_each([entry for entries in laid.values() for entry in entries])
        while more := {field for fields in every if not fields.isdisjoint(twice) for field in fields - twice}:
            twice |= more  # a name that is read for both, and may have to be given for each separately
        return twice

    def fields_of_each(self, entries: Iterable[Entry]) -> list[frozenset[str]]:
        """For each entry, the fields that it gives completely or in part."""
        led_to = self._led_to
        names = [entry.name for entry in entries]
        led_to.update((name, frozenset(self.fields([name]))) for name in names if name not in led_to)
        return [led_to[name] for name in names]

    def giving(self, fields: set[str], entries: Sequence[Entry]) -> list[Entry]:
        """The entries that give all or a part of one of these fields."""
        every = zip(entries, self.fields_of_each(entries), strict=True)
        return [entry for entry, led_to in every if not led_to.isdisjoint(fields)]

    def fields(self, names: Sequence[str]) -> set[str]:
        """The fields that any of these names gives completely or in part."""
        found: set[str] = set()
        for program, heads in self._programs:
            keys = names if program["caseSensitive"] else [*map(str.lower, names)]
            met = heads.keys() & keys
            if delimiter := program["delimiter"]:
                met |= heads.keys() & {head for key in keys if delimiter in key for head in _outer(key, delimiter)}
            found.update(*[heads[head] for head in met])
        return found


def _outer(name: str, delimiter: str) -> Iterator[str]:
    """The names that a name may be a part of: SHOP and SHOP__DB for SHOP__DB__URL."""
    at = name.find(delimiter)
    while at >= 0:
        yield name[:at]
        at = name.find(delimiter, at + 1)


def _heads(root: Mapping[str, Any], nodes: list[Any]) -> dict[str, set[str]]:
    heads: dict[str, set[str]] = {}
    readers: dict[str, set[str]] = {}  # name → the fields that read it
    for field in root["fields"]:
        if isinstance(field, dict):
            structured = nodes[field["node"]].get("complex") or any(in_parts for _, _, in_parts in field["names"])
            for _, name, _ in field["names"]:
                readers.setdefault(name, set()).add(field["name"])
                if structured:
                    heads.setdefault(name, set()).add(field["name"])
    prefix = root["prefix"] if root["caseSensitive"] else root["prefix"].lower()
    texts = {prefix + field: field for field in root["fields"] if isinstance(field, str)}
    for name in readers.keys() & texts.keys():
        readers[name].add(texts[name])
    shared = {field for fields in readers.values() if len(fields) > 1 for field in fields}
    for name, fields in readers.items():
        if fields & shared:
            heads.setdefault(name, set()).update(fields)
    delimiter = root["delimiter"]
    if heads and delimiter:  # a name that equals a part of another field is read for both
        for name in [name for name in [*texts, *readers] if delimiter in name]:
            if not heads.keys().isdisjoint(_outer(name, delimiter)):
                heads.setdefault(name, set()).update(readers.get(name, (texts.get(name, ""),)))
    return heads


def _names_of(program: Mapping[str, Any]) -> Iterator[str]:
    prefix = program["prefix"] if program["caseSensitive"] else program["prefix"].lower()
    for field in program["fields"]:
        if isinstance(field, str):
            yield prefix + field
        else:
            yield from (name for _, name, _ in field["names"])
