"""One order of precedence for every spelling: sources override one another place by place in the settings document.

`merge` compares sources variable by variable. But one place in the document can be given in many ways: by a variable of
its own, by an alias, within the JSON of a section, as a member of a mapping, by the name that a nested settings class
reads. Here every value is followed to the places that it fills, by the contract's own plan, and a place that a higher
source fills is removed from the lower one. The remaining values are compared with what the sources give together
(layered.py), so that the application finds only the higher value.
"""

from __future__ import annotations

from confcontract.contract.reference import is_reference
from confcontract.verdict.sources.given import Given, astray, key_of, nested, object_of, read_as, within, wrapped
from confcontract.verdict.sources.layered import Layered

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from confcontract.verdict.sources.merged import Merged
    from confcontract.verdict.sources.origin import Entry
    from confcontract.verdict.sources.places import Place
    from confcontract.verdict.sources.spellings import Spellings


class Settlement:
    """Removes from every source the places that a higher one gives: goes from the highest source to the lowest, and
    remembers the places that are taken."""

    def __init__(self, merged: Merged, plan: Mapping[str, Any], spellings: Spellings, contested: set[str]) -> None:
        from confcontract.verdict.sources.places import Shapes, declared_models

        self._merged = merged
        self._plan = plan
        self._spellings = spellings
        self._contested = contested
        known = declared_models([*merged.declared.variables.values()], plan["settings"][0])
        self._shapes = Shapes(plan, sensitive=merged.declared.sensitive, declared=known)
        self._taken: dict[Place, Entry] = {}
        self._above: dict[Place, Entry] = {}  # places with a taken place inside
        self._programs = [
            (program, place)
            for program, place in [(self._only_contested(plan["settings"][0]), ()), *self._spellings.nested]
            if not place or place[0] in contested
        ]

    def _only_contested(self, program: Mapping[str, Any]) -> dict[str, Any]:
        fields = program["fields"]
        kept = [each for each in fields if (each if isinstance(each, str) else each["name"]) in self._contested]
        return {**program, "fields": kept}

    def run(self) -> None:
        for level in sorted(self._merged.laid, reverse=True):
            claims: list[tuple[Place, Entry]] = []
            for given in self._read(level):
                if any(each is given.entry for each in self._holders(given.entry)):
                    claims += [(place, given.entry) for place in self._give_way(given)]
            for place, entry in claims:
                self._taken.setdefault(place, entry)
                for size in range(len(place)):
                    self._above.setdefault(place[:size], entry)
        Layered(self._merged, self._plan, self._programs, self._shapes, self._spellings).make_sure(self._contested)

    def _holders(self, entry: Entry) -> list[Entry]:
        return self._merged.entries.get(self._merged.declared.identity(entry.name), [])

    # -- what a source gives --------------------------------------------------------------------

    def _read(self, level: int) -> list[Given]:
        """The values of a level that give a part of a contested field, with the places that they fill."""
        entries = self._spellings.giving(self._contested, self._merged.laid[level])
        found = {id(entry): Given(entry) for entry in entries}
        by_name = {entry.name: entry for entry in entries}
        environ = {name: entry.value for name, entry in by_name.items()}
        for program, base in self._programs:
            self._run(program, base, environ, {name: found[id(entry)] for name, entry in by_name.items()})
        normal = self._merged.declared.normal
        for entry in entries:  # another spelling of one name: the last one counts, and the others are removed with it
            for other in entries:
                if other is not entry and normal(other.name) == normal(entry.name) and not found[id(entry)].places:
                    found[id(entry)].places = found[id(other)].places
        return list(found.values())

    def _run(
        self, program: Mapping[str, Any], base: Place, environ: Mapping[str, str], found: Mapping[str, Given]
    ) -> None:
        from confcontract.verdict.sources import decoding, gathered
        from confcontract.verdict.sources.origin import IN_ENVIRONMENT

        result = gathered.Gathered()
        source = decoding.Reader(self._plan, program, environ, IN_ENVIRONMENT, result)
        data = source.read()
        failed = {failure.name for failure in result.failures}
        fields = {field["name"]: field for field in decoding.fields_of(program)}
        shapes = self._shapes.at(base)
        for path, name, _ in result.notes:
            given = found[source.written[name]]
            if given.entry.name in failed:
                continue  # its places can't be known; validation will report it
            field = fields[path[0]]
            key = astray(field, data) or key_of(field, name, program, self._shapes.whole(field["name"], shapes))
            keys = (key, *path[1:])
            given.ways.append((keys, shapes, base))
            decoded = within(data, (read_as(field, keys[0], data), *path[1:]))
            if isinstance(decoded, dict):
                given.own = object_of(given.entry.value)
            elif isinstance(decoded, list):
                given.listed = decoded
            given.places |= set(self._shapes.filled(wrapped(given, keys), shapes, base))

    # -- a lower source gives way ----------------------------------------------------------------

    def _give_way(self, given: Given) -> set[Place]:
        """Remove the taken places from a value. Returns the places that it still fills."""
        entry, lost = given.entry, self._lost(given)
        left = given.places - lost
        if lost and (not left or not given.ways):
            self._replace(entry, [])
            return left if given.ways else set()
        if lost and given.own is not None:
            self._replace(entry, [self._less(given, lost)])
        return set() if _is_optional(entry) else left

    def _lost(self, given: Given) -> set[Place]:
        """The places of a value that a higher source fills. The higher source records the override."""
        lost = set()
        for place in given.places:
            covering = [self._taken[place[:size]] for size in range(1, len(place) + 1) if place[:size] in self._taken]
            if not covering and place in self._above:
                covering = [self._above[place]]
            for entry in covering[:1]:
                lost.add(place)
                source = given.entry.source
                if not any(each is source for each in entry.source.overrides):
                    entry.source.overrides = [*entry.source.overrides, source]
        return lost

    def _less(self, given: Given, lost: set[Place]) -> Entry:
        """A value that is a JSON object, without the overridden parts."""
        import json

        from confcontract.verdict.sources.origin import Entry

        keys, shapes, base = given.ways[0]
        left = within(self._shapes.without(nested(keys, given.own), shapes, base, lost), keys)
        entry = given.entry
        fresh = Entry(entry.name, json.dumps(left or {}), entry.source, entry.level)
        fresh.below, fresh.parts = entry.below, entry.parts
        self._merged.derive(fresh)
        return fresh

    def _replace(self, entry: Entry, others: list[Entry]) -> None:
        """Replace an entry by others, or remove it."""
        left = [other for each in self._holders(entry) for other in (others if each is entry else [each])]
        identity = self._merged.declared.identity(entry.name)
        if left:
            self._merged.entries[identity] = left
        else:
            del self._merged.entries[identity]


def _is_optional(entry: Entry) -> bool:
    """Whether it is a reference to a secret that may be absent: in that case a lower source counts after all."""
    return entry.public and is_reference(entry.value) and entry.value.endswith("|")
