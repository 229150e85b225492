"""One variable for a field that gets parts from several sources, in place of all their names for it.

Within its JSON, names can't conflict.
"""

from __future__ import annotations

from itertools import islice, product

from confcontract.contract.reference import is_reference
from confcontract.verdict.sources import decoding
from confcontract.verdict.sources.given import nested, object_of
from confcontract.verdict.sources.origin import Entry
from confcontract.verdict.sources.places import IGNORED, READ

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from confcontract.verdict.sources.merged import Merged
    from confcontract.verdict.sources.places import Place, Shapes

    Program = tuple[Mapping[str, Any], Place]
    Way = tuple[str | int, ...]  # keys, and positions in lists
    Written = tuple[Any, Mapping[Place, "Leaf"]]

_MOST_TRIED = 256  # combinations of names for the members of a section


class Leaf:
    """A value at a place. steps: the keys that lead to it; a key is a list where an alias path continues.

    program: the index of its program among those that read the environment. role: see `Shapes.leaves`.
    """

    __slots__ = ("entry", "program", "role", "steps", "value")

    def __init__(self, value: Any, steps: Sequence[Any], program: int, entry: Entry, role: str) -> None:
        self.value = value
        self.steps = steps
        self.program = program
        self.entry = entry
        self.role = role


class Unclear(Exception):
    """The values of a source can't be known, or can't be expressed in one variable."""


class Rewriting:
    """Replaces the variables that give some fields by one for each field."""

    def __init__(self, merged: Merged, plan: Mapping[str, Any], programs: Sequence[Program], shapes: Shapes) -> None:
        self._merged = merged
        self._plan = plan
        self._programs = programs
        self._shapes = shapes

    def hand_over(self, group: set[str], expected: Mapping[str, dict[Place, Leaf]]) -> None:
        """Replace all entries that give a part of these fields: one variable for each field, and for each program that
        reads some of it. Values that can't be expressed together with the rest are removed from the leaves."""
        reading = [
            (number, program, (*base, described["name"]), described)
            for number, (program, base) in enumerate(self._programs)
            for described in decoding.fields_of(program)
            if (base[0] if base else described["name"]) in group
        ]
        for _, program, _, described in reading:
            self._drop(described, program)
        fresh: dict[str, Entry] = {}
        for number, program, place, described in reading:
            leaves = expected.get(place[0], {})
            inside = {at: leaf for at, leaf in leaves.items() if leaf.program == number and at[: len(place)] == place}
            if inside:
                given = self._given_as(described, program, place, inside)
                for at in [at for at in inside if at not in given.parts]:
                    del leaves[at]
                self._put(given, fresh)

    def _drop(self, described: Mapping[str, Any], program: Mapping[str, Any]) -> None:
        declared, delimiter = self._merged.declared, program["delimiter"]
        heads = [name for _, name, _ in described["names"]]
        for identity, found in [*self._merged.entries.items()]:
            given = found[-1].name
            name = given if program["caseSensitive"] else given.lower()
            gives = any(name == head or (delimiter and name.startswith(head + delimiter)) for head in heads)
            if gives and declared.pointed_at(given) is None:
                del self._merged.entries[identity]

    def _given_as(
        self, described: Mapping[str, Any], program: Mapping[str, Any], place: Place, leaves: Mapping[Place, Leaf]
    ) -> Entry:
        """One variable that gives a field all these leaves, or all except those that can't be expressed together with
        the rest."""
        name, as_json, way = self._name_for(described, program, place[:-1])
        written, kept = self._written(leaves, place)
        text = self._text(described, nested(way, written), as_json=as_json)
        public = [leaf.value for leaf in kept.values() if leaf.entry.public and isinstance(leaf.value, str)]
        if text[:1] in "[{" and any(map(is_reference, public)):
            raise Unclear
        top = max((leaf.entry for leaf in kept.values()), key=lambda entry: entry.level)
        given = Entry(name, text, top.source, top.level)
        given.below = top.below
        given.parts = {at: leaf.entry.source_of(at) for at, leaf in kept.items()}
        return given

    def _put(self, given: Entry, fresh: dict[str, Entry]) -> None:
        """Add a variable. One name's value may contain parts of two fields."""
        identity = self._merged.declared.identity(given.name)
        other = fresh.get(identity)
        if other is not None:
            one, two = (object_of(each.value) for each in (other, given))
            if one is None or two is None or not one.keys().isdisjoint(two):
                raise Unclear
            top = max(given, other, key=lambda entry: entry.level)
            both = Entry(given.name, _as_json({**one, **two}), top.source, top.level)
            both.below, both.parts = top.below, {**other.parts, **given.parts}
            given = both
        elif identity in self._merged.entries:
            raise Unclear  # it belongs to another field as well
        source = given.source
        for part in given.parts.values():
            source = source if part is source else source.joined_by(part)
        final = Entry(given.name, given.value, source, given.level)
        final.below, final.parts = given.below, given.parts
        self._merged.derive(final)
        self._merged.entries[identity] = [final]
        fresh[identity] = given

    def _written(self, leaves: Mapping[Place, Leaf], place: Place) -> Written:
        """The value of a field with these leaves. If sources use different names, those of the highest source are used,
        because the application would read only one of two names for a section."""
        if place in leaves:
            return leaves[place].value, leaves
        order = dict(sorted(leaves.items(), key=lambda each: each[1].role != READ))  # the highest source first
        given = {at: leaf for at, leaf in order.items() if leaf.value != {}}
        best: Written | None = None
        for each in (order, given) if len(given) < len(order) else (order,):  # an empty section is the least important
            for called in self._callings(each, place):
                found = _written_so(each, place, called)
                if found is not None and self._reads(*found, place):
                    return found
                best = best or found
        if best is None:
            raise Unclear
        return best  # reading everything together may still succeed

    def _callings(self, leaves: Mapping[Place, Leaf], place: Place) -> Iterator[dict[Place, Way]]:
        """The possible names of members: first the present ones; if fields begin with the same keys, then other
        combinations."""
        ways: dict[Place, list[Way]] = {}
        for at, leaf in leaves.items():
            for size, step in enumerate(leaf.steps[1:], len(place) + 1):
                if at[:size] not in ways:
                    used = (step,) if isinstance(step, str) else tuple(step)
                    ways[at[:size]] = self._shapes.ways_beside(at[:size], used)
        for chosen in islice(product(*ways.values()), _MOST_TRIED):
            yield dict(zip(ways, chosen, strict=True))

    def _reads(self, written: Any, kept: Mapping[Place, Leaf], place: Place) -> bool:
        """Whether validation reads the intended values from a value."""
        found = self._shapes.leaves(written, self._shapes.at(place), place)
        read = {at: text_of(value) for at, _, value, role in found if role != IGNORED}
        return read == {at: text_of(leaf.value) for at, leaf in kept.items() if leaf.role != IGNORED}

    def _name_for(
        self, described: Mapping[str, Any], program: Mapping[str, Any], base: Place
    ) -> tuple[str, bool, tuple[str, ...]]:
        """The name for a field, whether its value is always read as JSON, and the keys that lead to the field within
        it. A name that is not read as a part of another is preferred: S_DB_X is, beside S_DB."""
        shapes = self._shapes.at(base)
        whole = self._shapes.whole(described["name"], shapes)
        names = [
            (name, as_json)
            for key, name, as_json in described["names"]
            if self._merged.declared.identity(name) not in self._merged.entries
            and (key in whole if whole else not as_json)
        ]
        if names:
            delimiter = program["delimiter"]
            outer = tuple(name + delimiter for _, name, _ in described["names"]) if delimiter else ()
            name, as_json = min(names, key=lambda each: each[0].startswith(outer))
            return name if program["caseSensitive"] else name.upper(), as_json, ()
        for way in self._shapes.ways(described["name"], shapes):
            for key, name, as_json in described["names"]:
                if key == way[0] and len(way) > 1 and as_json and all(isinstance(part, str) for part in way):
                    return (name if program["caseSensitive"] else name.upper()), as_json, tuple(way[1:])
        raise Unclear

    def _text(self, described: Mapping[str, Any], value: Any, *, as_json: bool) -> str:
        node = self._plan["nodes"][described["node"]] if "node" in described else {}
        if isinstance(value, str) and not as_json and not node.get("complex"):
            return value
        return _as_json(value)


def _written_so(leaves: Mapping[Place, Leaf], place: Place, called: Mapping[Place, Way]) -> Written | None:
    """The value that has these leaves under these names, and the leaves it has; None if it lacks one that is read."""
    written: dict[str, Any] = {}
    owners: dict[Way, Place] = {}
    kept: dict[Place, Leaf] = {}
    for at, leaf in leaves.items():
        way: Way = ()
        clash = False  # whether another field shares a key: both may read it, but an extra member must be there already
        for size in range(len(place) + 1, len(at) + 1):
            way += called[at[:size]]
            clash = clash or owners.setdefault(way, at[:size]) != at[:size]
        if _is_there(written, way, leaf.value) if clash and leaf.role != READ else _put_in(written, way, leaf.value):
            kept[at] = leaf
        elif leaf.role == READ:
            return None
    return written, kept


def text_of(value: Any) -> str:
    """For comparing values."""
    return value if isinstance(value, str) else f"\0{value!r}"  # NaN is not equal to itself


def _as_json(value: Any) -> str:
    import json  # usually nothing has to be rewritten

    try:
        return json.dumps(value)  # in ASCII, which every locale can encode
    except TypeError as error:
        raise Unclear from error


def _put_in(container: Any, way: Way, value: Any) -> bool:
    """Whether a value could be put at the end of a way, or is there already. Items of a list before it become null."""
    for at, part in enumerate(way[1:]):
        container = _entered(container, way[at], [] if isinstance(part, int) else {})
    present = _entered(container, way[-1], value)
    return present is value or bool(present == value)


def _is_there(container: Any, way: Way, value: Any) -> bool:
    for part in way:
        if not isinstance(container, dict) or part not in container:
            return False
        container = container[part]
    return bool(container == value)


def _entered(container: Any, part: str | int, fresh: Any) -> Any:
    if isinstance(container, dict):
        return container.setdefault(part, fresh)
    if not isinstance(container, list) or not isinstance(part, int) or part < 0:
        return None
    container += [None] * (part + 1 - len(container))
    if container[part] is None:
        container[part] = fresh
    return container[part]
