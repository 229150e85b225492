"""Whether the plans of two contracts treat a variable equally. Only their data are compared: no validator is built, and
nothing is tried.

Equal variables need no further work; people review differences that no rule knows. Defaults are left out, because they
have a rule of their own, and no environment is refused because of a default that the class accepted.
"""

from __future__ import annotations

from functools import cached_property

from confcontract.compare.accepted.plan_places import (
    around,
    functions,
    limits_in_config,
    member_of,
    root_of,
    same_around,
    schema_of,
    section_of,
    unlike_policies,
    without_names,
)
from confcontract.compare.accepted.same_nodes import SameNodes
from confcontract.compare.accepted.same_schemas import SameSchemas

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence, Set
    from typing import Any

    from confcontract.compare.accepted.plan_places import Place
    from confcontract.compare.accepted.side import FieldPlace, IndexedPlan, Side

    Path = tuple[str, ...]

# The keys of a table of names that change how a text is read, for all names; and the ones that also change how names
# are read.
_OF_TEXTS = ("ignoreEmpty", "noneStr", "enums", "caseSensitive")
_READING = (*_OF_TEXTS, "delimiter", "maxSplit", "byName")
_TEXT_OF_SECTION = frozenset({"ignoreEmpty", "noneStr"})  # the keys that apply to the section's own text
_OF_VARIABLE = ("required", "requiredIf", "encoding", "separator")
_DEEPEST = 20  # nested sections that are distinguished


def same_plan(old: IndexedPlan, new: IndexedPlan) -> SamePlan:
    """Two plans, compared once for all of their variables."""
    same: SamePlan | None = old.compared_with
    if same is None or same.new is not new:
        same = old.compared_with = SamePlan(old, new)
    return same


def says_the_same(old: Side, new: Side) -> bool:
    """Whether both accept the same strings because their plans are equal."""
    return same_plan(old.plan, new.plan).says_the_same(old, new)


class SamePlan:
    """The equal parts of the plans of two contracts."""

    def __init__(self, old: IndexedPlan, new: IndexedPlan) -> None:
        self.old, self.new = old, new
        self._schemas = SameSchemas(old, new)
        self._nodes = SameNodes(old, new)
        programs = old.compiled["settings"], new.compiled["settings"]
        self.reading = [key for key in _READING if programs[0][0][key] != programs[1][0][key]]
        self._nested = any(program.get("nested") for program, *_ in programs)
        self._read_alike = not self.reading and len(programs[0]) == len(programs[1])
        self._sections: dict[Path, tuple[Place, Place]] = {}
        # Section → its fields that a quick look finds equal, with everything below them.
        self._alike: dict[Path, set[str]] = {}
        self._roots_alike = self._schemas.same_at_a_glance(root_of(old), root_of(new))
        self._limited_otherwise: set[Path] = set()  # sections whose configuration treats values differently
        self.unlike_options: dict[Path, list[str]] = {}  # for sections that `differing` names themselves
        self._found: list[tuple[Path, bool]] = []
        self._said: dict[tuple[int, int], bool] = {}  # for variables, by identity
        if not self._roots_alike:
            self._found += self._walk(root_of(old), root_of(new), ())
        self._unlike = {path[: size + 1] for path, _ in self._found for size in range(len(path))}  # and around it
        self._found += [((name,), False) for name in self._nodes.unlike_fields]
        self._all_alike = self._roots_alike and not self._found

    @property
    def all_steady(self) -> bool:
        """Whether all variables with equal descriptions are equal."""
        return self._all_alike and self._read_alike

    @cached_property
    def steady(self) -> Set[str]:
        """The settings fields for which that is true at and below the field, if it is not true for all."""
        if not self._read_alike or () in self._limited_otherwise:
            return frozenset()
        return self._nodes.same_fields(self._alike.get((), set()))

    def is_same(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
        """Whether the same strings give the same value, for all strings, and the variable is required in both or
        neither. old, new: entries of the contracts. False may also mean that it is unclear.
        """
        if not self._read_alike or old["path"] != new["path"]:
            return False
        head = old["path"][0]
        if self._limited_otherwise and self._is_limited_otherwise(old["path"]):
            return False
        if head in self._alike.get((), ()) and old == new and self._nodes.same_field(head):  # nearly all of them
            return True
        if old != new and any(old.get(key) != new.get(key) for key in _OF_VARIABLE):
            return False
        if self._all_alike:
            return True
        path = tuple(old["path"])
        if path in self._unlike or not self._same_decoding(path):
            return False
        if self._roots_alike or any(name in self._alike.get(path[:size], ()) for size, name in enumerate(path)):
            return True
        ours, theirs = self._fields(path)
        return (
            ours is not None and theirs is not None and self._schemas.same(without_names(ours), without_names(theirs))
        )

    def _is_limited_otherwise(self, path: Sequence[str]) -> bool:
        return any(tuple(path[:size]) in self._limited_otherwise for size in range(len(path)))

    def says_the_same(self, old: Side, new: Side) -> bool:
        """Whether the same strings give the same value, regardless of the places and names of the two."""
        both = id(old.variable), id(new.variable)
        if both not in self._said:
            self._said[both] = self._says_the_same(old, new)
        return self._said[both]

    def _says_the_same(self, old: Side, new: Side) -> bool:
        a, b = old.variable, new.variable
        if self.is_same(a, b) and self._same_configs(old, new):
            return True
        if a["encoding"] != b["encoding"] or a.get("separator") != b.get("separator"):
            return False
        if a["required"] != b["required"] and (
            a["encoding"] == "json" or self.old.ignores_empty | self.new.ignores_empty
        ):
            return False
        if not old.places or not self._same_configs(old, new):
            return False
        for one, other in zip(old.places, new.places, strict=True):
            if not self._schemas.same(_without_default(self.old, one), _without_default(self.new, other)):
                return False
        return self.same_texts(old, new)

    def has_members(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
        """Whether a section is plain in both contracts, with equal schemas around it, and its own text is decoded in
        the same way. Then its members, and its treatment of unknown names, describe it completely.
        """
        if old.get("encoding") != new.get("encoding") or not _TEXT_OF_SECTION.isdisjoint(self.reading):
            return False
        ours, theirs = _field(self.old, tuple(old["path"])), _field(self.new, tuple(new["path"]))
        if ours is None or theirs is None:
            return False
        sections = section_of(self.old, schema_of(ours)), section_of(self.new, schema_of(theirs))
        return None not in sections and around(ours[0]["schema"]) == around(theirs[0]["schema"])

    def differing(self) -> list[tuple[Path, bool]]:
        """The paths of the fields, in both contracts, that are treated differently; the innermost that can be named.
        Also for each: whether the place itself differs, not its content.
        """
        return self._found

    # -- schemas -----------------------------------------------------------------------------------

    def _walk(
        self, ours: Place, theirs: Place, path: Path, within: tuple[tuple[int, int], ...] = ()
    ) -> Iterator[tuple[Path, bool]]:
        """The result of `differing`; records other facts on the way."""
        if path and self._is_same_section(ours, theirs):
            self._alike.setdefault(path[:-1], set()).add(path[-1])
            return
        left, right = section_of(self.old, ours), section_of(self.new, theirs)
        if left is None or right is None or len(path) > _DEEPEST:
            if not self._schemas.same(ours, theirs):
                yield path, False
            return
        sections = id(left[0]), id(right[0])
        if within.count(sections) > 1:  # a recursive class: there it is the same as before
            return
        self._sections[path] = left, right
        if limits_in_config(left[0]) != limits_in_config(right[0]):
            self._limited_otherwise.add(path)
        wrappers = around(ours[0]), around(theirs[0])
        options = unlike_policies(left[0], right[0], path)
        if functions(wrappers[0]) != functions(wrappers[1]) or options:
            self.unlike_options[path] = options
            yield path, True
        elif wrappers[0] != wrappers[1]:  # whether null is accepted: this concerns the values of the section
            yield path, False
        alike, remaining = self._schemas.alike_members(left, right)
        here = self._alike.setdefault(path, set())
        here.update(alike)
        for name in remaining:
            inner = *path, name
            one, another = member_of(self.old, left, name), member_of(self.new, right, name)
            if self._schemas.same_at_a_glance(one, another):
                here.add(name)
            else:
                yield from self._walk(schema_of(one), schema_of(another), inner, (*within, sections))

    def _is_same_section(self, ours: Place, theirs: Place) -> bool:
        """By a quick look; the indexes of shared fields may differ."""
        sections = same_around(ours, theirs)
        if sections is None:
            return False
        left, right = sections
        same_shared, others = self._schemas.same_shared, right[0]["fields"]
        if self._schemas.all_shared_alike(left[0]["fields"], others):  # the usual case
            return True
        return left[0]["fields"].keys() == others.keys() and all(
            same_shared(field, others[name])
            if isinstance(field, int) and isinstance(others[name], int)
            else self._schemas.same_at_a_glance(member_of(self.old, left, name), member_of(self.new, right, name))
            for name, field in left[0]["fields"].items()
        )

    def _fields(self, path: Path) -> tuple[Place | None, Place | None]:
        """The fields at a path of sections, if there are only wrappers between them."""
        if path[:-1] not in self._sections:  # below a place that is not compared section by section
            return _field(self.old, path), _field(self.new, path)
        left, right = self._sections[path[:-1]]
        if path[-1] not in left[0]["fields"] or path[-1] not in right[0]["fields"]:
            return None, None
        return member_of(self.old, left, path[-1]), member_of(self.new, right, path[-1])

    @staticmethod
    def _same_configs(old: Side, new: Side) -> bool:
        return len(old.places) == len(new.places) and all(
            one.configs == other.configs for one, other in zip(old.places, new.places, strict=True)
        )

    # -- decoding ----------------------------------------------------------------------------------

    def _same_decoding(self, path: Path) -> bool:
        """Whether it is decoded equally: with all other fields of its section, or alone."""
        if self._nodes.same_field(path[0]):
            return True
        if self._nested:
            return False
        ours, theirs = self.old.nodes_in(path[:-1]), self.new.nodes_in(path[:-1])
        if ours is None or theirs is None or path[-1] not in ours or path[-1] not in theirs:
            return False
        return self._nodes.same_text(ours[path[-1]], theirs[path[-1]])

    def same_texts(self, old: Side, new: Side) -> bool:
        """Whether the text of a variable becomes the same data on both sides."""
        a, b = old.decoding, new.decoding
        return (
            0 < len(a) == len(b)
            and all(one[key] == other[key] for (one, _), (other, _) in zip(a, b, strict=True) for key in _OF_TEXTS)
            and all(self._nodes.same_text(one, other) for (_, one), (_, other) in zip(a, b, strict=True))
        )


def _field(plan: IndexedPlan, path: Path) -> Place | None:
    """The field at a path of sections, if there are only wrappers between them."""
    place = root_of(plan)
    for number, name in enumerate(path):
        section = section_of(plan, place)
        if section is None or name not in section[0]["fields"]:
            return None
        field = member_of(plan, section, name)
        if number + 1 == len(path):
            return field
        place = schema_of(field)
    return None


def _without_default(plan: IndexedPlan, place: FieldPlace) -> Place:
    """Everything that determines which values a field accepts. A default does not, unless it
    replaces an invalid value.
    """
    node, put = place.field["schema"], plan.put_back_at(place.pointer)
    while node["type"] == "default" and node.get("on_error", "raise") == "raise":
        node, put = node["schema"], (put or {}).get("schema")
    return node, put
