"""One order of precedence for every spelling: sources are laid over one another in the settings document.

`merge` lays them over one another variable by variable. But one place in the document can be given in many ways: by a
variable of its own, by an alias, within the JSON of a section, as a member of a mapping, by the name that a nested
settings class reads. Here every value is followed to the places that it fills, by the contract's own plan, and whatever
a higher source fills as well is taken out of the lower one, so that the application finds the higher value only.
"""

from __future__ import annotations

from confcontract.contract.reference import is_reference
from confcontract.verdict.sources.layered import Layered
from confcontract.verdict.sources.given import Given, is_within, key_of, nested, object_of, read_as, within, wrapped

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from confcontract.verdict.sources.merge import Merged
    from confcontract.verdict.sources.origin import Entry, Source
    from confcontract.verdict.sources.places import Place


class Settlement:
    """Takes out of every source what a higher one gives: goes from the highest source to the lowest, and remembers
    which places are taken."""

    def __init__(self, merged: Merged, plan: Mapping[str, Any], contested: set[str]) -> None:
        from confcontract.verdict.sources.places import Shapes, declared_models

        self._merged = merged
        self._plan = plan
        self._spellings = merged.spellings
        self._contested = contested
        known = declared_models([*merged.declared.variables.values()], plan["settings"][0])
        self._shapes = Shapes(plan, sensitive=merged.declared.sensitive, declared=known)
        self._dropped: set[str] = set()
        self._kept: dict[int, Given] = {}  # by id of the entry
        self._taken: dict[Place, Entry] = {}
        self._above: dict[Place, Entry] = {}  # places that have a taken one within them
        self._outranking: dict[Place, dict[str, Any]] = {}  # what higher sources give, by the place of their program
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
            kept: list[Given] = []
            for given in self._read(level):
                identity = self._merged.declared.identity(given.entry.name)
                if identity in self._dropped and given.own is not None:  # what outranked it is gone itself
                    self._merged.entries[identity] = [given.entry]
                    self._dropped.discard(identity)
                holders = self._merged.entries.get(identity, [])
                if any(each is given.entry for each in holders):
                    claims += [(place, given.entry) for place in self._give_way(given, holders)]
                    kept += [given] if id(given.entry) in self._kept else []
                elif holders and given.own is not None:
                    claims += self._fold(given, self._merged.declared.best(holders))
            for place, entry in claims:
                self._taken.setdefault(place, entry)
                for size in range(len(place)):
                    self._above.setdefault(place[:size], entry)
            for given in kept:
                self._outranks(given)
        self._complete()
        self._order()
        Layered(self._merged, self._plan, self._programs, self._shapes).make_sure(self._contested)

    def _outranks(self, given: Given) -> None:
        from confcontract.verdict.sources.decoding import deep_update

        for keys, _, base in given.ways:
            self._outranking[base] = deep_update(wrapped(given, keys), self._outranking.get(base, {}))

    # -- what a source gives --------------------------------------------------------------------

    def _read(self, level: int) -> list[Given]:
        """The values of a level that give a part of what is contested, with the places that they fill."""
        entries = self._merged.laid[level]
        entries = [entry for entry in entries if self._spellings.fields([entry.name]) & self._contested]
        found = {id(entry): Given(entry) for entry in entries}
        by_name = {entry.name: entry for entry in entries}
        environ = {name: entry.value for name, entry in by_name.items()}
        for program, base in self._programs:
            self._run(program, base, environ, {name: found[id(entry)] for name, entry in by_name.items()})
        normal = self._merged.declared.normal
        for entry in entries:  # another spelling of one name: the last counts, and the others go with it
            for other in entries:
                if other is not entry and normal(other.name) == normal(entry.name) and not found[id(entry)].places:
                    found[id(entry)].places = found[id(other)].places
        return list(found.values())

    def _run(
        self, program: Mapping[str, Any], base: Place, environ: Mapping[str, str], found: Mapping[str, Given]
    ) -> None:
        from confcontract.verdict.sources import decoding
        from confcontract.verdict.sources.origin import IN_ENVIRONMENT

        result = decoding.Gathered()
        source = decoding.Source(self._plan, program, environ, IN_ENVIRONMENT, result)
        data = source.read()
        failed = {failure.name for failure in result.failures}
        fields = {field["name"]: field for field in decoding.fields_of(program)}
        shapes = self._shapes.at(base)
        for path, name, _ in result.notes:
            given = found[source.written[name]]
            if given.entry.name in failed:
                continue  # what it would give can't be known; validation will say so
            field = fields[path[0]]
            keys = (key_of(field, name, program, self._shapes.whole(field["name"], shapes)), *path[1:])
            given.ways.append((keys, shapes, base))
            decoded = within(data, (read_as(field, keys[0], data), *path[1:]))
            if isinstance(decoded, dict):
                given.own = object_of(given.entry.value)
            elif isinstance(decoded, list):
                given.listed = decoded
            given.places |= set(self._shapes.filled(wrapped(given, keys), shapes, base))

    # -- a lower source gives way ----------------------------------------------------------------

    def _give_way(self, given: Given, holders: list[Entry]) -> set[Place]:
        """Take out of a value what is taken. Returns the places that it still fills."""
        lost = self._lost(given)
        left = given.places - lost
        if lost and (not left or not given.ways):
            self._replace(given.entry, [])
            return left if given.ways else set()
        if given.own is not None:
            own = self._without(given, lost)
            if own != given.own:
                given.own = own
                fresh = self._rewritten(given.entry, own, given.entry.source)
                self._replace(given.entry, [fresh])
                given.entry = fresh
        elif lost:
            self._respell(given, left)
        given.places = left
        if len(given.ways) == 1 and self._may_be_called_otherwise(given):
            self._rename(given)
        self._kept[id(given.entry)] = given
        return set() if _is_optional(given.entry) else left

    def _fold(self, given: Given, holder: Entry) -> list[tuple[Place, Entry]]:
        """Bring what is left of a section's JSON in a lower source into that of the higher one."""
        above = self._kept.get(id(holder))
        if above is None or above.own is None or given.own is None:
            return []
        from confcontract.verdict.sources.decoding import deep_update

        own = self._without(given, self._lost(given))
        left = given.places - self._lost(given)
        if not own or not left:
            return []
        above.own = deep_update(own, above.own)
        fresh = self._rewritten(holder, above.own, holder.source.joined_by(given.entry.source))
        fresh.parts = {**dict.fromkeys(left, given.entry.source), **holder.parts}
        self._replace(holder, [fresh])
        above.entry = fresh
        self._kept[id(fresh)] = above
        self._outranks(above)
        for taken in (self._taken, self._above):
            taken.update({place: fresh for place, entry in taken.items() if entry is holder})
        return [(place, fresh) for place in left]

    def _complete(self) -> None:
        """Where a part of a part is given as JSON of its own, the application takes that and nothing else of what the
        part's JSON has for it, nor what another name of it says: what another source says there is put into it."""
        entries = [entry for found in self._merged.entries.values() for entry in found]
        kept = [self._kept[id(entry)] for entry in entries if id(entry) in self._kept]
        objects = [given for given in kept if given.own is not None and len(given.ways) == 1]
        objects.sort(key=lambda given: (len(given.ways[0][0]), -given.entry.level))
        for given in objects:
            way, level = self._way(given.entry), given.entry.level
            for other in objects:
                length = len(other.ways[0][0])
                if (
                    length < 2
                    or other.entry.level == level
                    or way[: len(self._way(other.entry))] != self._way(other.entry)
                ):
                    continue
                if length < len(given.ways[0][0]):
                    self._take_in(given, other)
                elif other.entry.level < level and self._is_there(other.entry):
                    self._take_in(given, other)
                    self._replace(other.entry, [])

    def _is_there(self, entry: Entry) -> bool:
        return any(each is entry for each in self._merged.entries.get(self._merged.declared.identity(entry.name), ()))

    def _take_in(self, given: Given, other: Given) -> None:
        """Put into a value what another one has for the same part."""
        from confcontract.verdict.sources.decoding import deep_update

        keys, shapes, base = given.ways[0]
        beside = within(other.own, keys[len(other.ways[0][0]) :])
        if not isinstance(beside, dict) or given.own is None or not self._is_there(given.entry):
            return
        more = set(self._shapes.filled(nested(keys, beside), shapes, base)) - given.places
        if not more:
            return
        source = other.entry.source
        given.own = deep_update(beside, given.own)
        given.places |= more
        fresh = self._rewritten(given.entry, given.own, given.entry.source.joined_by(source))
        fresh.parts = {**dict.fromkeys(more, source), **given.entry.parts}
        self._replace(given.entry, [fresh])
        self._kept[id(fresh)] = given
        given.entry = fresh

    def _lost(self, given: Given) -> set[Place]:
        """The places of a value that a higher source fills, which is noted there."""
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

    def _without(self, given: Given, lost: set[Place]) -> dict[str, Any]:
        """The JSON object of a value less what is lost."""
        left, _ = self._told(given, lost)
        return left or {}

    def _told(self, given: Given, lost: set[Place]) -> tuple[Any, list[str]]:
        """A value less what is lost, in the spelling of higher sources; and the keys that lead to it there."""
        keys, shapes, base = given.ways[0]
        left: Any = wrapped(given, keys)
        if lost:
            left = self._shapes.without(left, shapes, base, lost)
        outranking = self._outranking.get(base, {})
        left = self._shapes.spelled(left, shapes, base, {key: outranking.get(key) for key in keys[:1]})
        found: list[str] = []
        while isinstance(left, dict) and len(found) < len(keys):
            ((key, left),) = left.items()
            found.append(key)
        return left if len(found) == len(keys) else None, found

    def _may_be_called_otherwise(self, given: Given) -> bool:
        """Whether a name leads through a section that higher sources don't have, beside one that they have."""
        keys, _, base = given.ways[0]
        above: Any = self._outranking.get(base, {}).get(keys[0])
        for key in keys[1:] if given.own is not None else keys[1:-1]:
            if not isinstance(above, dict):
                return False
            if key not in above:
                return any(isinstance(inner, dict) for inner in above.values())
            above = above[key]
        return False

    def _rename(self, given: Given) -> None:
        """Call the sections that a name leads through as higher sources do: of two names of a section the application
        would take one, with all that is in it, and not the other."""
        from confcontract.verdict.sources.origin import Entry

        entry, (name, keys) = given.entry, self._respelled_name(given)
        if name == entry.name:
            return
        given.ways = [(keys, *given.ways[0][1:])]
        fresh = Entry(name, entry.value, entry.source, entry.level)
        fresh.below, fresh.parts = entry.below, entry.parts
        self._replace(entry, [])
        self._put(fresh)
        given.entry = fresh

    def _respelled_name(self, given: Given) -> tuple[str, tuple[str, ...]]:
        """The name of a value, with the sections that it leads through called as in higher sources; and its keys."""
        declared, name = self._merged.declared, given.entry.name
        keys, (_, told) = given.ways[0][0][1:], self._told(given, set())
        before, after = ((declared.delimiter or "").join(each) for each in (keys, told[1:]))
        if declared.normal(before) == declared.normal(after) or not declared.normal(name).endswith(before):
            return name, tuple(told)
        fresh = name[: len(name) - len(before)] + (after if declared.sensitive else after.upper())
        holders = self._merged.entries.get(declared.identity(fresh), ())
        free = all(each is given.entry or each.level < given.entry.level for each in holders)
        return (fresh if free else name), tuple(told)

    def _rewritten(self, entry: Entry, own: dict[str, Any], source: Source) -> Entry:
        import json

        from confcontract.verdict.sources.origin import Entry

        fresh = Entry(entry.name, json.dumps(own, ensure_ascii=False), source, entry.level)
        fresh.below = entry.below
        fresh.parts = entry.parts
        self._merged.derive(fresh)
        return fresh

    def _respell(self, given: Given, left: set[Place]) -> None:
        """One name that several fields read, of which some have their value from a higher source: the others get theirs
        by a name of their own."""
        from confcontract.verdict.sources.origin import Entry

        declared, entry = self._merged.declared, given.entry
        own_names: dict[str, str] = {}
        for place in left:
            for variable in declared.variables.values():
                if tuple(variable["path"]) == place:
                    names = declared.names[variable["name"]]
                    text = self._shapes.text_at(place, given.ways[0][0][-1], given.listed, entry.value)
                    own_names |= dict.fromkeys([name for name in names if self._is_own(name, place)][:1], text)
        if len(own_names) < len(left):
            return  # it has no other name; the report says which two are the same variable
        fresh = [Entry(name, text, entry.source, entry.level) for name, text in own_names.items()]
        self._replace(entry, [])
        for each in fresh:
            self._put(each)

    def _is_own(self, name: str, place: Place) -> bool:
        declared = self._merged.declared
        return len(self._spellings.fields([name])) == 1 and declared.identity(name) not in self._merged.entries

    def _put(self, entry: Entry) -> None:
        """Give a name its value. Another name of the same variable may just have been dropped: it is not gone."""
        identity = self._merged.declared.identity(entry.name)
        self._merged.entries[identity] = [entry]
        self._merged.derive(entry)
        self._dropped.discard(identity)

    def _replace(self, entry: Entry, others: list[Entry]) -> None:
        """Put others, or nothing, where an entry is."""
        identity = self._merged.declared.identity(entry.name)
        left = [other for each in self._merged.entries[identity] for other in (others if each is entry else [each])]
        if left:
            self._merged.entries[identity] = left
        else:
            del self._merged.entries[identity]
            self._dropped.add(identity)

    # -- the order of names ----------------------------------------------------------------------

    def _way(self, entry: Entry) -> tuple[str, ...]:
        """The keys that a name leads through. All names of a field begin with one key: its parts come together."""
        declared = self._merged.declared
        given = self._kept.get(id(entry))
        if given is not None and given.ways:
            keys, _, base = given.ways[0]
            return (*base, *map(declared.normal, keys))
        return tuple(declared.normal(entry.name).split(declared.normal(declared.delimiter or "\0")))

    def _order(self) -> None:
        """A part of a part counts only after it: pydantic-settings puts the names together in the order of the
        environment. Within one source their order stays as it was found."""
        merged = self._merged
        contested = [
            (identity, found)
            for identity, found in merged.entries.items()
            if self._spellings.fields([found[-1].name]) & self._contested
        ]
        contested.sort(key=lambda each: -each[1][-1].level)
        ways: list[tuple[str, ...]] = []
        ordered: list[tuple[str, list[Entry]]] = []
        for identity, found in contested:
            way, level = self._way(found[-1]), found[-1].level
            inner = [at for at, other in enumerate(ways) if is_within(other, way)]
            elsewhere = any(ordered[at][1][-1].level != level for at in inner)
            at = inner[0] if elsewhere else len(ways)
            ways.insert(at, way)
            ordered.insert(at, (identity, found))
        for identity, found in ordered:
            del merged.entries[identity]
            merged.entries[identity] = found


def _is_optional(entry: Entry) -> bool:
    """Whether it is a reference to what may not be there: then a lower source counts after all."""
    return entry.public and is_reference(entry.value) and entry.value.endswith("|")
