"""Do the plans of two contracts treat a variable alike, to the letter?

What is alike needs no further thought; what is not, and no rule knows, is for people to review. Defaults are left out:
they have a rule of their own, and no environment is refused for one that the class took.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from confcontract.contract.artifact import Contract

_Trie = dict[Any, Any]  # what boot puts back in a plan: key → trie; None → [kind, data]
_READING = ("caseSensitive", "ignoreEmpty", "noneStr", "enums", "delimiter", "maxSplit", "byName")  # of a program
_TEXT_OF_SECTION = frozenset({"ignoreEmpty", "noneStr"})  # of these, what matters for its own text
_WRAPPERS = ("default", "nullable", "function-after", "function-before", "definitions")


class _Side:
    """One plan, made ready for the comparison."""

    def __init__(self, contract: Contract, other: _Side | None = None) -> None:
        """other: one whose trie is taken where it is the same."""
        self.compiled = contract.compiled
        put_back = self.compiled["hydrate"]
        same = other is not None and other.compiled["hydrate"] == put_back
        self.trie: _Trie = other.trie if other is not None and same else _trie(put_back)
        self.root = self.compiled["validator"]
        self.definitions = {each["ref"]: n for n, each in enumerate(self.root.get("definitions", ()))}
        self.programs: list[Mapping[str, Any]] = self.compiled["settings"]
        self.fields = [
            {(field if isinstance(field, str) else field["name"]): field for field in program["fields"]}
            for program in self.programs
        ]

        self.sections: dict[tuple[str, ...], tuple[Any, _Trie | None] | None] = {}

    def section_at(self, path: tuple[str, ...]) -> tuple[Any, _Trie | None] | None:
        """The section at a path of fields, if nothing but wrappers stands between."""
        if path not in self.sections:
            found: tuple[Any, _Trie | None] | None = (self.root, self.at("validator"))
            if path:
                above = self.section_at(path[:-1])
                field = _member(self, above, path[-1]) if above and path[-1] in above[0]["fields"] else None
                found = None if field is None else (field[0]["schema"], _inner(field[1], "schema"))
            self.sections[path] = None if found is None else _section(self, *found)
        return self.sections[path]

    def at(self, *pointer: str | int) -> _Trie | None:
        place: _Trie | None = self.trie
        for key in pointer:
            place = place.get(key) if place else None
        return place

    def definition(self, ref: str) -> tuple[Any, _Trie | None]:
        number = self.definitions[ref]
        return self.root["definitions"][number], self.at("validator", "definitions", number)

    def shared(self, number: int) -> tuple[Any, _Trie | None]:
        return self.compiled["shared"][number], self.at("shared", number)


def _trie(put_back: Sequence[Sequence[Any]]) -> _Trie:
    trie: _Trie = {}
    for pointer, *put in put_back:
        place = trie
        for key in pointer:
            place = place.setdefault(key, {})
        place[None] = put
    return trie


class SamePlan:
    """The plans of two contracts, compared place by place."""

    def __init__(self, old: Contract, new: Contract) -> None:
        self.old = _Side(old)
        self.new = _Side(new, self.old)
        self._assumed: set[tuple[Any, Any]] = set()
        self._nodes: dict[tuple[int, int], bool] = {}
        self._alike: dict[str, bool] = {}
        self._known: dict[tuple[int, int], bool] = {}
        self._refers = bool(self.old.definitions or self.new.definitions)
        self.reading = [key for key in _READING if self.old.programs[0][key] != self.new.programs[0][key]]

    @property
    def read_alike(self) -> bool:
        """Whether nothing differs in how both settings classes are read, whatever the variable."""
        return not self.reading and len(self.old.programs) == len(self.new.programs)

    def is_same(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
        """Whether the same strings give the same value, whatever they are. False may only mean that it is unclear."""
        key = id(old), id(new)
        if key not in self._known:
            self._known[key] = self._is_same(old, new)
        return self._known[key]

    def _is_same(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
        if not self.read_alike:
            return False
        for key in ("required", "requiredIf", "encoding", "separator"):
            if old.get(key) != new.get(key):
                return False
        path = tuple(old["path"])
        if path != tuple(new["path"]):
            return False
        if not self._same_decoding(path):
            return False
        ours, theirs = self._field(self.old, path), self._field(self.new, path)
        if ours is None or theirs is None:
            return False
        return self._is_same_raw(ours, theirs) or self.same(_bare(ours), _bare(theirs))

    def has_members(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
        """Whether a section is plain in both, with the same around it, and its own text becomes data alike: then it is
        its members, and what it makes of names that it does not know."""
        if old.get("encoding") != new.get("encoding") or not _TEXT_OF_SECTION.isdisjoint(self.reading):
            return False
        ours, theirs = self._field(self.old, tuple(old["path"])), self._field(self.new, tuple(new["path"]))
        if ours is None or theirs is None:
            return False
        left, right = ours[0]["schema"], theirs[0]["schema"]
        one, other = _section(self.old, left, None), _section(self.new, right, None)
        return one is not None and other is not None and _around(left) == _around(right)

    def differing(self) -> Iterator[tuple[tuple[str, ...], bool]]:
        """The paths of the fields, in both contracts, that are not treated alike; the innermost that can be named.
        With it: whether it is the place itself, and not what is inside of it."""
        ours = self.old.root, self.old.at("validator")
        theirs = self.new.root, self.new.at("validator")
        yield from self._differing(ours, theirs, ())
        for name in self.old.fields[0]:
            if name in self.new.fields[0] and not self._same_decoding((name,)):
                yield (name,), False

    # -- schemas -----------------------------------------------------------------------------------

    def _field(self, side: _Side, path: Sequence[str]) -> tuple[Any, _Trie | None] | None:
        """The field at a path of sections, if nothing but wrappers stands between."""
        section = side.section_at(tuple(path[:-1]))
        if section is None or path[-1] not in section[0]["fields"]:
            return None
        return _member(side, section, path[-1])

    def _differing(
        self,
        ours: tuple[Any, _Trie | None],
        theirs: tuple[Any, _Trie | None],
        path: tuple[str, ...],
        within: tuple[tuple[int, int], ...] = (),
    ) -> Iterator[tuple[tuple[str, ...], bool]]:
        left, right = _section(self.old, *ours), _section(self.new, *theirs)
        if left is None or right is None or len(path) > 20:
            if not self.same(ours, theirs):
                yield path, False
            return
        sections = id(left[0]), id(right[0])
        if within.count(sections) > 1:  # a class that holds itself: there it is what it was before
            return
        around = _around(ours[0]), _around(theirs[0])
        if _functions(around[0]) != _functions(around[1]) or _policy(left[0], path) != _policy(right[0], path):
            yield path, True
        elif around[0] != around[1]:  # whether null is accepted: a matter of the values of the section
            yield path, False
        for name in left[0]["fields"]:
            if name in right[0]["fields"]:
                one, other = _member(self.old, left, name), _member(self.new, right, name)
                if self._is_same_raw(one, other):
                    continue
                yield from self._differing(
                    (one[0]["schema"], _inner(one[1], "schema")),
                    (other[0]["schema"], _inner(other[1], "schema")),
                    (*path, name),
                    (*within, sections),
                )

    def same(self, ours: tuple[Any, _Trie | None], theirs: tuple[Any, _Trie | None]) -> bool:
        """Whether two schemas are one and the same but for defaults."""
        (a, at_a), (b, at_b) = ours, theirs
        if (at_a or {}).get(None) != (at_b or {}).get(None) and not _is_shared(at_a) and not _is_shared(at_b):
            return False
        if isinstance(a, dict) and isinstance(b, dict):
            return self._same_mapping(a, at_a, b, at_b)
        if isinstance(a, (list, tuple)) and isinstance(b, (list, tuple)):
            return len(a) == len(b) and all(
                self.same((x, _inner(at_a, n)), (y, _inner(at_b, n))) for n, (x, y) in enumerate(zip(a, b, strict=True))
            )
        return type(a) is type(b) and bool(a == b)

    def _same_mapping(self, a: Any, at_a: _Trie | None, b: Any, at_b: _Trie | None) -> bool:
        if a.get("type") == "definition-ref" and b.get("type") == "definition-ref":
            refs = (a["schema_ref"], b["schema_ref"])
            if refs in self._assumed:
                return True
            self._assumed.add(refs)
            alike = self.same(self.old.definition(refs[0]), self.new.definition(refs[1]))
            if not alike:  # what was found alike meanwhile may have relied on these
                self._assumed.clear()
            return alike
        skipped = {"ref"} | ({"default"} if a.get("type") == b.get("type") == "default" else set())
        if a.keys() - skipped != b.keys() - skipped:
            return False
        if _is_shared(at_a) or _is_shared(at_b):
            ours, theirs = ({"fields": a}, {"fields": at_a}), ({"fields": b}, {"fields": at_b})
            return all(self.same(_member(self.old, ours, key), _member(self.new, theirs, key)) for key in a)
        return all(
            self.same((a[key], _inner(at_a, key)), (b[key], _inner(at_b, key))) for key in a if key not in skipped
        )

    def _is_same_raw(self, one: tuple[Any, _Trie | None], other: tuple[Any, _Trie | None]) -> bool:
        """At a glance, without following anything."""
        if one[1] is not None or other[1] is not None or one[0] != other[0]:
            return False
        return not self._refers or "schema_ref" not in repr(one[0])

    # -- decoding ----------------------------------------------------------------------------------

    def _same_decoding(self, path: Sequence[str]) -> bool:
        """Whether the text of a field, and of all below it, becomes data in the same way."""
        name = path[0]
        if name in self._alike:
            return self._alike[name]
        one, other = self.old.fields[0].get(name), self.new.fields[0].get(name)
        if isinstance(one, dict) and isinstance(other, dict):
            alike = one.get("isDict") == other.get("isDict") and self._same_node(one["node"], other["node"])
        else:
            alike = type(one) is type(other) or (self._is_plain(self.old, one) and self._is_plain(self.new, other))
        self._alike[name] = alike
        return alike

    @staticmethod
    def _is_plain(side: _Side, field: Any) -> bool:
        return isinstance(field, str) or (isinstance(field, dict) and not side.compiled["nodes"][field["node"]])

    def _same_node(self, one: int, other: int) -> bool:
        if (one, other) in self._nodes:
            return self._nodes[one, other]
        self._nodes[one, other] = True  # until it is known: nodes may lead back to themselves
        a, b = self.old.compiled["nodes"][one], self.new.compiled["nodes"][other]
        links = ("next", "other", "renames", "coerce", "head", "heads")
        plain = {k: v for k, v in a.items() if k not in links} == {k: v for k, v in b.items() if k not in links}
        put = self.old.at("nodes", one) == self.new.at("nodes", other)
        alike = plain and put and self._same_links(a, b)
        if not alike:  # what was found alike meanwhile may have relied on these
            self._nodes = {nodes: known for nodes, known in self._nodes.items() if not known}
        self._nodes[one, other] = alike
        return alike

    def _same_links(self, a: Mapping[str, Any], b: Mapping[str, Any]) -> bool:
        if ("other" in a) != ("other" in b) or ("coerce" in a) != ("coerce" in b):
            return False
        if "other" in a and not self._same_node(a["other"], b["other"]):
            return False
        if "coerce" in a and self.old.compiled["coercers"][a["coerce"]] != self.new.compiled["coercers"][b["coerce"]]:
            return False
        ours, theirs = a.get("next", {}), b.get("next", {})
        return all(self._same_node(ours[key], theirs[key]) for key in ours if key in theirs)


def _bare(place: tuple[Any, _Trie | None]) -> tuple[Any, _Trie | None]:
    """A field without the names by which it is found, of which there are rules of their own."""
    return {key: value for key, value in place[0].items() if key != "validation_alias"}, place[1]


def _inner(trie: _Trie | None, key: Any) -> _Trie | None:
    return trie.get(key) if trie else None


def _is_shared(trie: _Trie | None) -> bool:
    return bool(trie) and (trie or {}).get(None, ("",))[0] == "shared"


def _section(side: _Side, node: Any, trie: _Trie | None) -> tuple[Any, _Trie | None] | None:
    """The section that a schema is but for what stands around it."""
    for _ in range(30):
        if node["type"] == "typed-dict":
            return node, trie
        if node["type"] == "definition-ref":
            node, trie = side.definition(node["schema_ref"])
        elif node["type"] in _WRAPPERS:
            node, trie = node["schema"], _inner(trie, "schema")
        else:
            return None
    return None


def _member(side: _Side, section: tuple[Any, _Trie | None], name: str) -> tuple[Any, _Trie | None]:
    field = section[0]["fields"][name]
    if isinstance(field, int):
        return side.shared(field)
    return field, _inner(_inner(section[1], "fields"), name)


def _around(node: Any) -> list[str]:
    """What stands around a section, but for whether there is a default."""
    found = []
    while node["type"] in _WRAPPERS:
        if node["type"] not in ("default", "definitions"):
            found.append(node["type"])
        node = node["schema"]
    return found


def _functions(around: list[str]) -> list[str]:
    return [each for each in around if each != "nullable"]


_BY_NAME = ("validate_by_name", "validate_by_alias", "populate_by_name")


def _policy(section: Mapping[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    """What a section says beside its members, as far as that matters: unknown members are refused or not, whether
    they are kept does not; and by which names members are found, where they have others than their own. Variables at
    the top have the names that the contract lists."""
    kept = {key: value for key, value in section.items() if key not in ("fields", "ref", "definitions")}
    config = dict(kept.pop("config", None) or {})
    extra = (kept.pop("extra_behavior", None), config.pop("extra_fields_behavior", None))
    aliased = any(isinstance(each, int) or "validation_alias" in each for each in section["fields"].values())
    if not path or not aliased:
        config = {key: value for key, value in config.items() if key not in _BY_NAME}
    return {**kept, "config": config, "forbids": "forbid" in extra}
