"""Which places in the settings document a value fills, under any names of its keys.

A place is a path of field names; below a mapping, of its keys. The models are read from the lowered core schema (see
author/lowering), so every alias that validation accepts is known here.
"""

from __future__ import annotations

from confcontract.verdict.sources.gathered import place_beside

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

Place = tuple[str, ...]
Leaf = tuple[Place, list["str | list[str | int]"], "Any", str]  # see Shapes.leaves
READ, EXTRA, IGNORED = "read", "extra", "ignored"

_INNER = ("schema", "lax_schema", "python_schema")  # of wrappers: default, nullable, functions, lax-or-strict, …


class Model:
    """The fields of one model: name → (the ways to give it, best first, its schema). ignoring: whether it ignores other
    keys."""

    __slots__ = ("fields", "ignoring")

    def __init__(self, fields: dict[str, tuple[list[list[Any]], Any]], *, ignoring: bool = False) -> None:
        self.fields = fields
        self.ignoring = ignoring


class Shapes:
    """The possible models and mappings at a place, from the schema of the whole document."""

    def __init__(
        self, plan: Mapping[str, Any], *, sensitive: bool, declared: Mapping[Place, Model] | None = None
    ) -> None:
        """plan: of a hydrated contract. sensitive: whether the case of an environment's names matters. declared: the
        facts from the variables about models whose schema was deferred to the application."""
        self._declared = declared or {}
        self._shared: Sequence[Any] = plan["shared"]
        self._definitions: dict[str, Any] = {}
        self._sensitive = sensitive
        self.root = self._opened([plan["validator"]])
        if "keys" in plan:
            self._learn(plan["keys"])

    def _learn(self, keys: Mapping[str, Any]) -> None:
        """Add bake's facts about fields for which the validator does not know all keys."""
        models = [shape for shape in self.root if isinstance(shape, Model)]
        if not models and () in self._declared:
            models = [self._declared[()]]
        elif not models:
            models = [Model({name: ([[name]], _ANY) for name in keys})]
            self.root += models
        for model in models:
            for name in keys.keys() & model.fields.keys():
                choices, schema = model.fields[name]
                model.fields[name] = choices, {"type": "union", "choices": [schema, keys[name]]}

    def at(self, place: Sequence[str | int]) -> list[Any]:
        """The possible schemas at a place, opened. A number is the index of a list's item."""
        found = self.root
        schemas: list[Any] = []
        for part in place:
            schemas = self._items(schemas) if isinstance(part, int) else self._inside(found, part)
            found = self._opened(schemas)
        return found

    def filled(self, value: Any, shapes: list[Any], place: Place) -> Iterator[Place]:
        """The places that a value fills if it is at `place`: each leaf; an empty value fills nothing."""
        if not isinstance(value, dict):
            yield place
            return
        for _, places in self.by_key(value, shapes, place):
            yield from places

    def by_key(self, value: dict[str, Any], shapes: list[Any], place: Place) -> Iterator[tuple[str, list[Place]]]:
        """For each key of a value, the places that it fills."""
        shapes = self.with_declared(shapes, place)
        found: dict[str, list[Place]] = {key: [] for key in value}
        folded = {self._normal(key): key for key in value}
        members = _members(shapes)
        for name, (choices, schema) in members.items():
            for first, *more in choices:
                key = first if first in value else folded.get(self._normal(first))
                if key is not None and (inner := _item(value[key], more)) is not None:
                    found[key] += self.filled(inner, self._opened([schema]), (*place, name))
        for key, places in found.items():
            if not places:
                inside = self._opened(self._inside([shape for shape in shapes if not isinstance(shape, Model)], key))
                places.extend(self.filled(value[key], inside, (*place, place_beside(key, members))))
        return iter(found.items())

    def without(self, value: Any, shapes: list[Any], place: Place, taken: set[Place]) -> Any:
        """A value without the parts whose places are taken; None if nothing is left."""
        if not isinstance(value, dict):
            return None if place in taken else value
        left = {}
        for key, places in self.by_key(value, shapes, place):
            lost = taken.intersection(places)
            if not lost:
                left[key] = value[key]
            elif len(lost) < len(set(places)):
                inner = self.without(value[key], *self._below(key, shapes, place), taken)
                if inner is not None:
                    left[key] = inner
        return left or None

    def leaves(self, value: Any, shapes: list[Any], place: Place, role: str = READ) -> Iterator[Leaf]:
        """What validation would read from a value at `place`. For each leaf: its place, the keys that lead to it (a
        list for a key where an alias path continues), the leaf itself, and its role: it is read, it is kept as an extra
        member, or it is ignored. A mapping without members is a leaf, too."""
        if not isinstance(value, dict) or not value:
            yield place, [], value, role
            return
        shapes = self.with_declared(shapes, place)
        members = _members(shapes)
        used: set[str] = set()
        for name, (choices, schema) in members.items():
            for first, *more in choices:
                inner = _item(value[first], more, _NOTHING) if first in value else _NOTHING
                if inner is not _NOTHING:
                    used.update(way[0] for way in choices)  # values under its other names are lost
                    step = [first, *more] if more else first
                    inside = self.leaves(inner, self._opened([schema]), (*place, name), role)
                    yield from ((below, [step, *steps], leaf, real) for below, steps, leaf, real in inside)
                    break
        if role != IGNORED and shapes and all(isinstance(shape, Model) for shape in shapes):
            role = IGNORED if all(shape.ignoring for shape in shapes) else EXTRA
        mappings = [shape for shape in shapes if not isinstance(shape, Model)]
        called = {self._normal(way[0]) for choices, _ in members.values() for way in choices} if role != READ else ()
        for key, inner in value.items():
            # a key that equals a field's name except for case would be taken for that field, once it is written as JSON
            if key not in used and self._normal(key) not in called:
                opened = self._opened(self._inside(mappings, key))
                inside = self.leaves(inner, opened, (*place, place_beside(key, members)), role)
                yield from ((below, [key, *steps], leaf, real) for below, steps, leaf, real in inside)

    def whole(self, name: str, shapes: list[Any]) -> set[Any]:
        """The keys whose whole value is a member, rather than a part of the value."""
        choices, _ = _members(shapes).get(name, ((), None))
        return {choice[0] for choice in choices if len(choice) == 1} - {way[0] for way in choices if len(way) > 1}

    def ways(self, name: str, shapes: list[Any]) -> list[list[Any]]:
        """The ways to give a member, best first."""
        choices, _ = _members(shapes).get(name, ([], None))
        return choices

    def key_at(self, place: Place, key: str | None = None) -> str | None:
        """A key whose whole value is this member and no other field: `key` if it is one, or the best; None if there is
        none."""
        members = _members(self.with_declared(self.at(place[:-1]), place[:-1]))
        if place[-1] not in members:
            return key
        whole = self.whole(place[-1], [Model(members)]) - _heads_beside(place[-1], members)
        return key if key in whole else next((way[0] for way in members[place[-1]][0] if way[0] in whole), None)

    def ways_beside(self, place: Place, used: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        """The ways to give a member if other fields may begin with the same keys: first `used` and others that share
        their first key with no field, then those that share it. Only the first if no field shares a first key."""
        members = _members(self.with_declared(self.at(place[:-1]), place[:-1]))
        elsewhere = _heads_beside(place[-1], members)
        choices = [tuple(way) for way in members.get(place[-1], ([], None))[0]]
        own = [way for way in choices if way[0] not in elsewhere]
        key = self.key_at(place, used[0] if len(used) == 1 else None)
        first = (key,) if key is not None else used if used in own or not own else own[0]
        if len(own) == len(choices):
            return [first]
        return list(dict.fromkeys([first, *own, *choices]))

    def rank(self, value: Any, place: Place) -> int | None:
        """The rank of the member's name, best first, that leads to it within the value of the field above it; None if
        there is none."""
        rank = None
        for depth, part in enumerate(place[1:], 1):
            if not isinstance(value, dict):
                return None
            folded = {self._normal(key): key for key in value}
            models = [shape for shape in self.at(place[:depth]) if isinstance(shape, Model) and part in shape.fields]
            ways = [choice[0] for model in models for choice in model.fields[part][0] if len(choice) == 1] or [part]
            found = [at for at, way in enumerate(ways) if self._normal(way) in folded]
            if not found:
                return None
            rank = found[0]
            value = value[folded[self._normal(ways[rank])]]
        return rank

    def members(self, shapes: list[Any]) -> dict[str, tuple[list[list[Any]], Any]]:
        """The fields of all models among shapes: name → (the ways to give it, its possible schemas)."""
        return _members(shapes)

    def is_other_constant(self, value: Any, schema: Any) -> bool:
        """Whether only constants are valid at a place, like the tag of a class, and a value is not among them."""
        found = [each for each in self._unwrapped([schema]) if not any(key in each for key in _INNER)]
        constants = [constant for each in found if each["type"] == "literal" for constant in each["expected"]]
        if not constants or not all(each["type"] == "literal" for each in found):
            return False
        plain = all(type(constant) in (str, int, bool) for constant in constants)
        return plain and not any(type(constant) is type(value) and constant == value for constant in constants)

    def with_declared(self, shapes: list[Any], place: tuple[Any, ...]) -> list[Any]:
        """Shapes, and the variables' facts about a model whose schema is not known."""
        if place in self._declared and not any(isinstance(shape, Model) for shape in shapes):
            return [*shapes, self._declared[place]]
        return shapes

    def _below(self, key: str, shapes: list[Any], place: Place) -> tuple[list[Any], Place]:
        """The possible schemas under a key of a value, and its place."""
        shapes = self.with_declared(shapes, place)
        for name, (choices, schema) in _members(shapes).items():
            if self._normal(key) in [self._normal(choice[0]) for choice in choices if len(choice) == 1]:
                return self._opened([schema]), (*place, name)
        mappings = [shape for shape in shapes if not isinstance(shape, Model)]
        return self._opened(self._inside(mappings, key)), (*place, place_beside(key, _members(shapes)))

    def _normal(self, key: Any) -> Any:
        return key if self._sensitive or not isinstance(key, str) else key.lower()

    def _inside(self, shapes: list[Any], part: str) -> list[Any]:
        """The schemas of the value under a field's name, or under a key of a mapping."""
        schemas = []
        for shape in shapes:
            if not isinstance(shape, Model):
                schemas.append(shape)
            elif part in shape.fields:
                schemas.append(shape.fields[part][1])
        return schemas

    def _opened(self, schemas: Sequence[Any]) -> list[Any]:
        """The models in schemas, and the schemas of the values of mappings in them."""
        found: list[Any] = []
        for schema in self._unwrapped(schemas):
            kind = schema.get("type")
            if kind in ("typed-dict", "named-tuple"):
                found.append(Model(dict(self._fields(schema)), ignoring=_is_ignoring(schema)))
            elif kind == "dict":
                found.append(schema.get("values_schema"))
        return found

    def _items(self, schemas: Sequence[Any]) -> list[Any]:
        """The schemas of the items of lists, and of similar types."""
        found: list[Any] = []
        for schema in self._unwrapped(schemas):
            items = schema.get("items_schema")
            found += items if isinstance(items, list) else [items]
        return found

    def _unwrapped(self, schemas: Sequence[Any]) -> Iterator[Mapping[str, Any]]:
        waiting = [*schemas]
        seen: set[int] = set()
        while waiting:
            schema = waiting.pop()
            if not isinstance(schema, dict) or id(schema) in seen:
                continue
            seen.add(id(schema))
            kind = schema.get("type")
            if kind == "definitions":
                self._definitions.update((each["ref"], each) for each in schema["definitions"])
                waiting.append(schema["schema"])
            elif kind == "definition-ref":
                waiting.append(self._definitions.get(schema["schema_ref"]))
            elif kind == "tagged-union":
                waiting += dict(schema["choices"]).values()  # pairs, in a contract that has only been parsed
            elif kind == "union":
                waiting += [each[0] if isinstance(each, (list, tuple)) else each for each in schema["choices"]]
            elif kind == "chain":
                waiting += schema["steps"]
            else:
                waiting += [schema[key] for key in _INNER if key in schema]
                yield schema

    def _fields(self, schema: Mapping[str, Any]) -> Iterator[tuple[str, tuple[list[list[Any]], Any]]]:
        fields, config = schema["fields"], schema.get("config", {})
        by_alias, by_name = config.get("validate_by_alias", True), config.get("validate_by_name", False)
        named = fields.items() if isinstance(fields, dict) else [(field["name"], field) for field in fields]
        for name, listed in named:
            field = self._shared[listed] if isinstance(listed, int) else listed
            alias = field.get("validation_alias", name) if by_alias else name
            if isinstance(alias, str):
                alias = [alias]
            choices = alias if isinstance(alias[0], list) else [alias]
            yield name, ([*choices, [name]] if by_name and [name] not in choices else choices, field["schema"])


def _is_ignoring(schema: Mapping[str, Any]) -> bool:
    said = schema.get("extra_behavior") or schema.get("config", {}).get("extra_fields_behavior") or "ignore"
    return schema["type"] == "typed-dict" and said == "ignore"


def _heads_beside(name: str, members: Mapping[str, tuple[list[list[Any]], Any]]) -> set[Any]:
    """The first keys of the ways to members other than this one."""
    return {way[0] for other, (ways, _) in members.items() if other != name for way in ways}


def _members(shapes: list[Any]) -> dict[str, tuple[list[list[Any]], Any]]:
    """The fields of all models among shapes; for a field of several models: all ways to give it, and all its possible
    schemas."""
    models = [shape for shape in shapes if isinstance(shape, Model)]
    if len(models) < 2:
        return models[0].fields if models else {}
    found: dict[str, tuple[list[list[Any]], Any]] = {}
    for model in models:
        for name, (choices, schema) in model.fields.items():
            known, other = found.get(name, ([], None))
            either = schema if other is None else {"type": "union", "choices": [other, schema]}
            found[name] = [*known, *(way for way in choices if way not in known)], either
    return found


def declared_models(variables: Sequence[Mapping[str, Any]], program: Mapping[str, Any]) -> dict[Place, Model]:
    """The models that follow from the names of variables: which keys lead to a field."""
    root = {
        field if isinstance(field, str) else field["name"]: (
            [[field]] if isinstance(field, str) else [*([key] for key, _, _ in field["names"]), [field["name"]]],
            _ANY,
        )
        for field in program["fields"]
    }
    found: dict[Place, Model] = {(): Model(root)}
    delimiter = str(program["delimiter"] or "").lower()
    by_path = {tuple(variable["path"]): variable for variable in variables}
    for path, variable in by_path.items():
        section = by_path.get(path[:-1])
        if section is None or not delimiter:
            continue
        heads = [name.lower() + delimiter for name in (section["name"], *section.get("aliases", ()))]
        names = [variable["name"], *variable.get("aliases", ())]
        keys = [name[len(head) :] for name in names for head in heads if name.lower().startswith(head)]
        choices = [[key if program["caseSensitive"] else key.lower()] for key in keys if delimiter not in key.lower()]
        if choices:
            found.setdefault(path[:-1], Model({})).fields[path[-1]] = (choices, _ANY)
    return found


_ANY: dict[str, Any] = {"type": "any"}
_NOTHING = object()


def _item(value: Any, way: list[Any], nothing: Any = None) -> Any:
    """The value at an alias path within a value; `nothing` if there is none."""
    for part in way:
        if (isinstance(value, dict) and part in value) or (
            isinstance(value, list) and isinstance(part, int) and -len(value) <= part < len(value)
        ):
            value = value[part]
        else:
            return nothing
    if nothing is None and not way and value is None:
        return ()  # null fills its place, too
    return value
