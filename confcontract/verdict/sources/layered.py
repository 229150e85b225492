"""The settings document that several sources give together, and variables that express exactly this document.

Each source is read separately, as the application would read it alone, and its values override those of lower sources,
place by place. Because names of one source can change the meaning of names of another, the remaining variables may give
a different document when they are read together. Then they are replaced by one variable for the whole field.
"""

from __future__ import annotations

from confcontract.contract.reference import is_reference
from confcontract.report.problem import ERROR, WARNING, Problem
from confcontract.verdict.sources import decoding, gathered
from confcontract.verdict.sources.origin import IN_ENVIRONMENT
from confcontract.verdict.sources.places import IGNORED, READ, Model
from confcontract.verdict.sources.rewriting import Leaf, Rewriting, Unclear, text_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from typing import Any

    from confcontract.verdict.sources import places
    from confcontract.verdict.sources.merged import Merged
    from confcontract.verdict.sources.origin import Entry
    from confcontract.verdict.sources.places import Place, Shapes
    from confcontract.verdict.sources.rewriting import Program
    from confcontract.verdict.sources.spellings import Spellings


class Layered:
    """The values that sources give for some fields of the settings class, and how they are handed over."""

    def __init__(
        self,
        merged: Merged,
        plan: Mapping[str, Any],
        programs: Sequence[Program],
        shapes: Shapes,
        spellings: Spellings,
    ) -> None:
        self._merged = merged
        self._spellings = spellings
        self._plan = plan
        self._programs = programs
        self._shapes = shapes
        self._kinds: dict[Place, list[Model]] = {}

    def make_sure(self, contested: set[str]) -> None:
        """Ensure that the application reads for each field what the sources give together."""
        expected: dict[str, dict[Place, Leaf]] = {}
        unclear: set[str] = set()
        declared, derived = self._merged.declared, self._merged.derived
        laid = {
            level: [entry for entry in self._merged.laid[level] if id(entry) not in derived]
            for level in sorted(self._merged.laid, reverse=True)
        }
        every = self._spellings.giving(contested, [entry for entries in laid.values() for entry in entries])
        names = {entry.name for entry in every if not declared.ignores(entry.value)}
        for entries in laid.values():
            found, failed = self._read(entries, contested, names)
            unclear |= failed
            for field, leaves in found.items():
                above = expected.setdefault(field, {})
                _lay_under(above, {at: leaf for at, leaf in leaves.items() if not self._is_of_another_kind(at, above)})
        read, failed = self._together(contested)
        for group in self._groups(contested - unclear):
            if _same(group, expected, read) and not group & failed:
                continue
            before = dict(self._merged.entries)
            if not self._replaced(group, expected):
                self._merged.entries.clear()
                self._merged.entries.update(before)
                self._refuse(group, expected, read)

    def _is_of_another_kind(self, place: Place, above: Mapping[Place, Leaf]) -> bool:
        """Whether a place is in a section of several possible classes, and no class that matches the higher sources has
        this member. Together with the member, validation would choose another class, and lose the values of the higher
        sources."""
        for size in range(1, len(place)):
            kinds = self._kinds_at(place[:size])
            given = {at[size] for at in above if len(at) > size and at[:size] == place[:size]} if kinds else set()
            fitting = [kind for kind in kinds if given <= kind.fields.keys()] if given else []
            fitting = [kind for kind in fitting if not self._is_tagged_otherwise(kind, place[:size], above)]
            if fitting and not any(place[size] in kind.fields for kind in fitting):
                return True
        return False

    def _is_tagged_otherwise(self, kind: Model, section: Place, above: Mapping[Place, Leaf]) -> bool:
        """Whether a constant of a class, such as `kind: Literal["s3"]`, differs from the value in higher sources."""
        leaves = [(schema, above.get((*section, name))) for name, (_, schema) in kind.fields.items()]
        return any(leaf is not None and self._shapes.is_other_constant(leaf.value, schema) for schema, leaf in leaves)

    def _kinds_at(self, place: Place) -> list[Model]:
        """The possible classes of a section, if there are several."""
        if place not in self._kinds:
            found = [shape for shape in self._shapes.at(place) if isinstance(shape, Model)]
            self._kinds[place] = found if len(found) > 1 else []
        return self._kinds[place]

    def _replaced(self, group: set[str], expected: Mapping[str, dict[Place, Leaf]]) -> bool:
        """Whether these fields can be given by variables that express what the sources give together."""
        try:
            Rewriting(self._merged, self._plan, self._programs, self._shapes).hand_over(group, expected)
        except Unclear:
            return False
        read, failed = self._together(group)
        return _same(group, expected, read) and not failed

    def _refuse(
        self, group: set[str], expected: Mapping[str, Mapping[Place, Leaf]], read: Mapping[str, Mapping[Place, Leaf]]
    ) -> None:
        """The last resort: an application that would read an overridden value, or would not read the overriding one, is
        not started. If only a part of a lower source is lost, a problem reports it."""
        for field in sorted(group):
            leaves = expected.get(field, {})
            lost = {
                place: other
                for place, leaf in leaves.items()
                if leaf.role == READ and (other := _instead(place, leaf, leaves, read.get(field, {}))) is not None
            }
            if lost:
                place = min(lost, key=lambda each: (lost[each].entry.level >= leaves[each].entry.level, each))
                self._merged.problems.append(_conflict(place, leaves[place].entry, lost[place].entry))

    # -- reading ----------------------------------------------------------------------------------

    def _together(self, fields: set[str]) -> tuple[dict[str, dict[Place, Leaf]], set[str]]:
        return self._read([entry for found in self._merged.entries.values() for entry in found], fields)

    def _read(
        self, entries: Sequence[Entry], fields: set[str], elsewhere: Collection[str] = ()
    ) -> tuple[dict[str, dict[Place, Leaf]], set[str]]:
        """For each field of the root, the leaves that these entries give; and the fields that are partly unclear.

        elsewhere: the names that other sources give.
        """
        declared = self._merged.declared
        spellings = self._spellings
        given = [entry for entry in spellings.giving(fields, entries) if declared.pointed_at(entry.name) is None]
        referring = [entry for entry in given if entry.public and is_reference(entry.value)]
        awaited = [  # not read yet, and possibly absent
            entry
            for entry in referring
            if any(each is entry for each in self._merged.entries.get(declared.identity(entry.name), ()))
        ]
        unclear: set[str] = set().union(*spellings.fields_of_each(awaited))
        given = [entry for entry in given if not any(each is entry for each in referring)]
        by_name = {entry.name: entry for entry in given}
        environ = {name: entry.value for name, entry in by_name.items()}
        found: dict[str, dict[Place, Leaf]] = {}

        def lay(leaves: Iterable[tuple[Place, Leaf]]) -> None:
            for place, leaf in leaves:
                if place[0] in fields:
                    _lay_under(found.setdefault(place[0], {}), {place: leaf})

        for number, (program, base) in enumerate(self._programs):
            leaves, failed = self._run(number, by_name, environ)
            if failed:
                unclear |= {base[0]} if base else failed
            lay(leaves)
            read = {id(leaf.entry) for _, leaf in leaves if leaf.role == READ}
            for name in _beside(program, environ, elsewhere):
                more, _ = self._run(number, by_name, {**environ, name: "{}"})  # a failure here was recorded above
                lay((place, leaf) for place, leaf in more if leaf.role == READ and id(leaf.entry) not in read)
        return found, unclear

    def _run(
        self, number: int, by_name: Mapping[str, Entry], environ: Mapping[str, str]
    ) -> tuple[list[tuple[Place, Leaf]], set[str]]:
        """The leaves that a program reads in an environment, and the fields that it fails to read. by_name: the entries
        of the environment; a value without an entry there is not a leaf."""
        program, base = self._programs[number]
        result = gathered.Gathered()
        source = decoding.Reader(self._plan, program, environ, IN_ENVIRONMENT, result)
        data = source.read()
        noted = [(path, source.written[name]) for path, name, _ in result.notes]
        names = {path: by_name[name] for path, name in noted if name in by_name}
        found = []
        for name, key, value in _by_field(program, data):
            for place, steps, leaf, role in self._leaves(name, key, value, base):
                giving = _giving(names, name, steps[1:])
                if giving is not None:  # otherwise only the section is left of a part that could not be decoded
                    found.append((place, Leaf(leaf, steps, number, giving, role)))
        return found, {failure.path[0] for failure in result.failures}

    def _leaves(self, name: str, key: str, value: Any, base: Place) -> Iterator[places.Leaf]:
        """The leaves of a field under a key. Leaves of other fields that read the same key belong to those fields."""
        for found in self._shapes.leaves({key: value}, self._shapes.at(base), base):
            if found[0][len(base)] == name:
                yield found

    def _groups(self, fields: set[str]) -> Iterator[set[str]]:
        """The fields in groups: fields that get parts from the same name are together."""
        laid = self._merged.laid.values()
        every = self._spellings.fields_of_each([entry for found in laid for entry in found])
        shared = [read_by for read_by in every if len(read_by) > 1]
        seen: set[str] = set()
        for field in sorted(fields):  # in a fixed order, so that the variables handed over are always the same
            if field in seen:
                continue
            group = {field}
            while more := {other for read_by in shared if read_by & group for other in read_by - group}:
                group |= more
            seen |= group
            if group <= fields:
                yield group


def _beside(program: Mapping[str, Any], environ: Mapping[str, str], elsewhere: Collection[str]) -> Iterator[str]:
    """Names of fields that other sources give whole, and this environment only in parts that would go astray without
    the whole: for `x` and AliasPath("other", "b"), parts of `x` are read as parts of `other` if `x` is absent."""
    if not program["delimiter"]:
        return
    given, there = set(environ), set(elsewhere)
    if not program["caseSensitive"]:
        given, there = {name.lower() for name in given}, {name.lower() for name in there}
    for field in decoding.fields_of(program):
        names = [name for _, name, _ in field["names"]]
        if "strays" not in field and len({in_parts for _, _, in_parts in field["names"]}) < 2:
            continue  # the parts go to one place, whichever of its names is given
        if given.isdisjoint(names):
            heads = tuple(name + program["delimiter"] for name in names)
            if any(each.startswith(heads) for each in given):
                yield from (name for name in names if name in there)


def _by_field(program: Mapping[str, Any], data: Mapping[str, Any]) -> Iterator[tuple[str, str, Any]]:
    """For each field that was read: its name, the key under which its value is, and the value."""
    for field in decoding.fields_of(program):
        for key in dict.fromkeys([*(str(key) for key, _, _ in field["names"]), field["name"]]):
            if key in data:
                yield field["name"], key, data[key]
                break


def _giving(names: Mapping[tuple[str, ...], Entry], field: str, steps: Sequence[Any]) -> Entry | None:
    """The entry that gave a leaf: the innermost entry that leads to it."""
    path = (field, *(str(step[0] if isinstance(step, list) else step) for step in steps))
    for size in range(len(path), 0, -1):
        if path[:size] in names:
            return names[path[:size]]
    return next((entry for path, entry in names.items() if path[0] == field), None)


def _lay_under(above: dict[Place, Leaf], leaves: Mapping[Place, Leaf]) -> None:
    """Add the leaves that do not overlap with higher ones: neither at the same place, nor around it, nor within it. An
    empty section gives only itself."""
    inner = {place[:size] for place in above for size in range(len(place))}
    for place, leaf in leaves.items():
        outer = [place[:size] for size in range(1, len(place) + 1) if place[:size] in above]
        if place in inner or any(above[each].value != {} or each == place for each in outer):
            continue
        for each in outer:
            del above[each]
        above[place] = leaf
        inner.update(place[:size] for size in range(len(place)))


def _instead(place: Place, leaf: Leaf, expected: Mapping[Place, Leaf], read: Mapping[Place, Leaf]) -> Leaf | None:
    """The value that is read instead of a leaf: at its place, around it or within it, or elsewhere in the field. None
    if the leaf itself is read, or one of a higher source."""
    found = [other for at, other in read.items() if at[: len(place)] == place[: len(at)] and other.value != {}]
    if (place in read and text_of(read[place].value) == text_of(leaf.value)) or leaf.value == {}:
        return None
    if any(other.entry.level > leaf.entry.level for other in found):
        return None
    others = [other for other in expected.values() if other.entry.level != leaf.entry.level]
    return next(iter([*found, *others]), None)


def _conflict(place: Place, given: Entry, other: Entry) -> Problem:
    field = ".".join(part.removesuffix("\0") for part in place)
    if other.level < given.level:
        message = (
            f"gives {field}, but read together with {other.name} in a lower source ({other.source}) the application"
        )
        message += " would take the lower one, or neither"
    else:
        message = f"gives {field}, which is lost beside {other.name} ({other.source}), that outranks it"
    return Problem(
        "source-conflict",
        message,
        variable=given.name,
        source=str(given.source),
        hint=f"give {place[0]} in one of these sources only, or by the same name in both",
        severity=ERROR if other.level < given.level else WARNING,
        names=(other.name,),
    )


def _same(group: set[str], one: Mapping[str, Mapping[Place, Leaf]], other: Mapping[str, Mapping[Place, Leaf]]) -> bool:
    return all(_counting(one.get(field, {})) == _counting(other.get(field, {})) for field in group)


def _counting(leaves: Mapping[Place, Leaf]) -> dict[Place, str]:
    return {place: text_of(leaf.value) for place, leaf in leaves.items() if leaf.role != IGNORED}
