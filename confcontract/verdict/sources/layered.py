"""The settings document that several sources give together, and variables that say just that.

Each source is read by itself, as the application would read it alone, and its values are laid over those of lower
sources, place by place. Where the variables that are left do not give that document when they are read together, since
the names of one source change what those of another mean, they are replaced by one variable for the whole field.
"""

from __future__ import annotations

import json

from confcontract.contract.reference import is_reference
from confcontract.report.problem import Problem
from confcontract.verdict.sources import decoding
from confcontract.verdict.sources.given import nested, object_of
from confcontract.verdict.sources.origin import IN_ENVIRONMENT, Entry
from confcontract.verdict.sources.places import IGNORED, READ

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import Any

    from confcontract.verdict.sources import places
    from confcontract.verdict.sources.merge import Merged
    from confcontract.verdict.sources.places import Place, Shapes

    Program = tuple[Mapping[str, Any], Place]


class Leaf:
    """A value at a place. steps: the keys that lead to it, of which one is a list where an alias path leads on.

    program: its number among those that read the environment. role: what becomes of it, see `Shapes.leaves`.
    """

    __slots__ = ("entry", "program", "role", "steps", "value")

    def __init__(self, value: Any, steps: Sequence[Any], program: int, entry: Entry, role: str) -> None:
        self.value = value
        self.steps = steps
        self.program = program
        self.entry = entry
        self.role = role


class Unclear(Exception):
    """What a source says can't be known, or can't be said in one variable."""


class Layered:
    """What sources say of some fields of the settings class, and how it is handed over."""

    def __init__(self, merged: Merged, plan: Mapping[str, Any], programs: Sequence[Program], shapes: Shapes) -> None:
        self._merged = merged
        self._plan = plan
        self._programs = programs
        self._shapes = shapes

    def make_sure(self, contested: set[str]) -> None:
        """See that the application reads of each field what the sources say together."""
        expected: dict[str, dict[Place, Leaf]] = {}
        unclear: set[str] = set()
        for level in sorted(self._merged.laid, reverse=True):
            entries = [entry for entry in self._merged.laid[level] if id(entry) not in self._merged.derived]
            found, failed = self._read(entries, contested)
            unclear |= failed
            for field, leaves in found.items():
                _lay_under(expected.setdefault(field, {}), leaves)
        read, failed = self._together(contested)
        for group in self._groups(contested - unclear):
            if _same(group, expected, read) and not group & failed:
                continue
            before = dict(self._merged.entries)
            if not self._replaced(group, expected):
                self._merged.entries.clear()
                self._merged.entries.update(before)
                self._refuse(group, expected, read)

    def _replaced(self, group: set[str], expected: Mapping[str, dict[Place, Leaf]]) -> bool:
        """Whether these fields could be given by variables that say what the sources say together."""
        try:
            self._hand_over(group, expected)
        except Unclear:
            return False
        read, failed = self._together(group)
        return _same(group, expected, read) and not failed

    def _refuse(
        self, group: set[str], expected: Mapping[str, Mapping[Place, Leaf]], read: Mapping[str, Mapping[Place, Leaf]]
    ) -> None:
        """Where the application would read what is outranked, and nothing helps, it is not started with that."""
        for field in sorted(group):
            for place, leaf in expected.get(field, {}).items():
                lower = _in_the_place_of(place, read.get(field, {}))
                if leaf.role == READ and lower is not None and lower.entry.level < leaf.entry.level:
                    self._merged.problems.append(_conflict(place, leaf.entry, lower.entry))
                    break

    # -- reading ----------------------------------------------------------------------------------

    def _together(self, fields: set[str]) -> tuple[dict[str, dict[Place, Leaf]], set[str]]:
        return self._read([entry for found in self._merged.entries.values() for entry in found], fields)

    def _read(self, entries: Iterable[Entry], fields: set[str]) -> tuple[dict[str, dict[Place, Leaf]], set[str]]:
        """By field of the root the leaves that these entries give; and the fields of which something is unclear."""
        declared = self._merged.declared
        given = [entry for entry in entries if not self._merged.spellings.fields_of(entry.name).isdisjoint(fields)]
        given = [entry for entry in given if declared.pointed_at(entry.name) is None]
        referring = [entry for entry in given if entry.public and is_reference(entry.value)]
        unclear: set[str] = set()
        for entry in referring:
            if any(each is entry for each in self._merged.entries.get(declared.identity(entry.name), ())):
                unclear |= self._merged.spellings.fields_of(entry.name)  # still to be read, and may yet be absent
        given = [entry for entry in given if not any(each is entry for each in referring)]
        by_name = {entry.name: entry for entry in given}
        environ = {name: entry.value for name, entry in by_name.items()}
        found: dict[str, dict[Place, Leaf]] = {}
        for number, (program, base) in enumerate(self._programs):
            result = decoding.Gathered()
            source = decoding.Source(self._plan, program, environ, IN_ENVIRONMENT, result)
            data = source.read()
            if result.failures:
                unclear |= {base[0]} if base else {failure.path[0] for failure in result.failures}
            names = {path: by_name[source.written[name]] for path, name, _ in result.notes}
            for name, key, value in _by_field(program, data):
                for place, steps, leaf, role in self._leaves(name, key, value, base):
                    field = place[0]
                    if field in fields:
                        entry = _giving(names, name, steps[1:])
                        given_here = {place: Leaf(leaf, steps, number, entry, role)}
                        _lay_under(found.setdefault(field, {}), given_here)
        return found, unclear

    def _leaves(self, name: str, key: str, value: Any, base: Place) -> Iterator[places.Leaf]:
        """The leaves of what a field has under a key: those of other fields that read the same key are theirs."""
        for found in self._shapes.leaves({key: value}, self._shapes.at(base), base):
            if found[0][len(base)] == name:
                yield found

    def _groups(self, fields: set[str]) -> Iterator[set[str]]:
        """The fields, those together of which one name gives parts."""
        every = [
            self._merged.spellings.fields_of(entry.name) for found in self._merged.laid.values() for entry in found
        ]
        shared = [read_by for read_by in every if len(read_by) > 1]
        left = set(fields)
        while left:
            group = {left.pop()}
            while more := {field for read_by in shared if read_by & group for field in read_by - group}:
                group |= more
            left -= group
            if group <= fields:
                yield group

    # -- handing over -----------------------------------------------------------------------------

    def _hand_over(self, group: set[str], expected: Mapping[str, dict[Place, Leaf]]) -> None:
        """Replace all that gives a part of these fields: one variable for each, and for each program that reads some of
        it. What can't be said beside the rest is taken out of the leaves."""
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
        """One variable that gives a field all these leaves, or all but what can't be said beside the rest."""
        name, as_json, way = self._name_for(described, program, place[:-1])
        written, kept = self._written(leaves, place)
        text = self._text(described, nested(way, written), as_json=as_json)
        if text[:1] in "[{" and any(isinstance(leaf.value, str) and is_reference(leaf.value) for leaf in kept.values()):
            raise Unclear
        top = max((leaf.entry for leaf in kept.values()), key=lambda entry: entry.level)
        given = Entry(name, text, top.source, top.level)
        given.below = top.below
        given.parts = {at: leaf.entry.source_of(at) for at, leaf in kept.items()}
        return given

    def _put(self, given: Entry, fresh: dict[str, Entry]) -> None:
        """Add a variable. Two fields may have parts of one name's value."""
        identity = self._merged.declared.identity(given.name)
        other = fresh.get(identity)
        if other is not None:
            one, two = (object_of(each.value) for each in (other, given))
            if one is None or two is None or not one.keys().isdisjoint(two):
                raise Unclear
            top = max(given, other, key=lambda entry: entry.level)
            both = Entry(given.name, json.dumps({**one, **two}, ensure_ascii=False), top.source, top.level)
            both.below, both.parts = top.below, {**other.parts, **given.parts}
            given = both
        elif identity in self._merged.entries:
            raise Unclear  # it is another field's as well
        source = given.source
        for part in given.parts.values():
            source = source if part is source else source.joined_by(part)
        final = Entry(given.name, given.value, source, given.level)
        final.below, final.parts = given.below, given.parts
        self._merged.derive(final)
        self._merged.entries[identity] = [final]
        fresh[identity] = given

    def _written(self, leaves: Mapping[Place, Leaf], place: Place) -> tuple[Any, Mapping[Place, Leaf]]:
        """The value of a field that has these leaves. What several sources call otherwise is called as in the highest,
        for of two names of one section the application would take one, and not the other."""
        if place in leaves:
            return leaves[place].value, leaves
        written: dict[str, Any] = {}
        called: dict[Place, tuple[str, ...]] = {}
        owners: dict[tuple[str, ...], Place] = {}
        kept: dict[Place, Leaf] = {}
        for at, leaf in sorted(leaves.items(), key=lambda each: each[1].role != READ):  # the highest source first
            way: tuple[str, ...] = ()
            clash = False  # whether a key is another field's: both may read it, but no extra member can have it
            for size, step in enumerate(leaf.steps[1:], len(place) + 1):
                keys = called.get(at[:size]) or self._keys(step, at[:size])
                way += keys
                clash = clash or owners.setdefault(way, at[:size]) != at[:size]
                if not clash:
                    called[at[:size]] = keys
            if (leaf.role == READ or not clash) and _put_in(written, way, leaf.value):
                kept[at] = leaf
                continue
            if leaf.role == READ:
                raise Unclear
        return written, kept

    def _keys(self, step: Any, place: Place) -> tuple[str, ...]:
        """The keys that lead to a member from where it is in: those that were used, but where other fields read them as
        well and it has one of its own, that."""
        key = self._shapes.key_at(place, step if isinstance(step, str) else None)
        if key is not None:
            return (key,)
        way = (step,) if isinstance(step, str) else tuple(step)
        if not all(isinstance(part, str) for part in way):
            raise Unclear  # an item of a list
        return way

    def _name_for(
        self, described: Mapping[str, Any], program: Mapping[str, Any], base: Place
    ) -> tuple[str, bool, tuple[str, ...]]:
        """The name under which a field can be given, whether it is read as JSON whatever the field's type, and the keys
        that lead to the field within it."""
        shapes = self._shapes.at(base)
        whole = self._shapes.whole(described["name"], shapes)
        free = [
            (key, name if program["caseSensitive"] else name.upper(), as_json)
            for key, name, as_json in described["names"]
            if self._merged.declared.identity(name) not in self._merged.entries
        ]
        for key, name, as_json in free:
            if key in whole if whole else not as_json:
                return name, as_json, ()
        for way in self._shapes.ways(described["name"], shapes):
            for key, name, as_json in described["names"]:
                if key == way[0] and len(way) > 1 and as_json and all(isinstance(part, str) for part in way):
                    return (name if program["caseSensitive"] else name.upper()), as_json, tuple(way[1:])
        raise Unclear

    def _text(self, described: Mapping[str, Any], value: Any, *, as_json: bool) -> str:
        node = self._plan["nodes"][described["node"]] if "node" in described else {}
        if isinstance(value, str) and not as_json and not node.get("complex"):
            return value
        try:
            return json.dumps(value, ensure_ascii=False, allow_nan=False)
        except (TypeError, ValueError) as error:
            raise Unclear from error


def _put_in(container: Any, way: Sequence[str], value: Any) -> bool:
    for key in way[:-1]:
        container = container.setdefault(key, {})
        if not isinstance(container, dict):
            return False
    present = container.setdefault(way[-1], value)
    return present is value or bool(present == value)


def _by_field(program: Mapping[str, Any], data: Mapping[str, Any]) -> Iterator[tuple[str, str, Any]]:
    """For each field that was read: its name, the key under which its value is, and the value."""
    for field in decoding.fields_of(program):
        for key in dict.fromkeys([*(str(key) for key, _, _ in field["names"]), field["name"]]):
            if key in data:
                yield field["name"], key, data[key]
                break


def _giving(names: Mapping[tuple[str, ...], Entry], field: str, steps: Sequence[Any]) -> Entry:
    """The entry that gave a leaf: the innermost of those that lead to it."""
    path = (field, *(str(step[0] if isinstance(step, list) else step) for step in steps))
    for size in range(len(path), 0, -1):
        if path[:size] in names:
            return names[path[:size]]
    return next(entry for path, entry in names.items() if path[0] == field)


def _lay_under(above: dict[Place, Leaf], leaves: Mapping[Place, Leaf]) -> None:
    """Add what nothing above gives: neither a place, nor one that it lies in, nor one within it. A section that is
    empty gives nothing but itself."""
    inner = {place[:size] for place in above for size in range(len(place))}
    for place, leaf in leaves.items():
        outer = [place[:size] for size in range(1, len(place) + 1) if place[:size] in above]
        if place in inner or any(above[each].value != {} or each == place for each in outer):
            continue
        for each in outer:
            del above[each]
        above[place] = leaf
        inner.update(place[:size] for size in range(len(place)))


def _in_the_place_of(place: Place, read: Mapping[Place, Leaf]) -> Leaf | None:
    """What is read at a place, around it or within it."""
    for other, leaf in read.items():
        short = min(len(place), len(other))
        if place[:short] == other[:short] and leaf.value != {}:
            return leaf
    return None


def _conflict(place: Place, higher: Entry, lower: Entry) -> Problem:
    field = ".".join(part.removesuffix("\0") for part in place)
    return Problem(
        "source-conflict",
        f"gives {field}, and so does {lower.name} in a lower source ({lower.source}): read together, the application "
        f"would take the lower one",
        variable=higher.name,
        source=str(higher.source),
        hint=f"give {place[0]} in one of these sources only, or by the same name in both",
        names=(lower.name,),
    )


def _same(group: set[str], one: Mapping[str, Mapping[Place, Leaf]], other: Mapping[str, Mapping[Place, Leaf]]) -> bool:
    return all(_counting(one.get(field, {})) == _counting(other.get(field, {})) for field in group)


def _counting(leaves: Mapping[Place, Leaf]) -> dict[Place, Any]:
    return {place: leaf.value for place, leaf in leaves.items() if leaf.role != IGNORED}
