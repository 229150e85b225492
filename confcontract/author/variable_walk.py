"""The variables of a settings class, and the open names below them: a walk along the lowered document, with the plan.

At each place, author/routes.py gives the names with which the plan of author/names.py gets there. So everything that
boot reads has an entry: a variable, another name of one, or a prefix of names below which anything is accepted.
"""

from __future__ import annotations

import builtins
import collections.abc
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic_settings import BaseSettings

from confcontract.author.beyond_json import Special, member_of
from confcontract.author.field_notes import Notes, notes_of, summary_of
from confcontract.author.lowering.models import AUTOMATIC
from confcontract.author.remarks import remarks
from confcontract.author.routes import Name, Route, Routes, Step
from confcontract.author.type_words import core_of, separator_of
from confcontract.author.variables import Variable, is_wrapped

Json = dict[str, Any]
Path = tuple[str, ...]


Way = tuple[Step, ...]
Ways = Sequence[tuple[Route, Sequence[Way]]]  # to the models around a field, and from each on to the field itself


@dataclass(frozen=True)
class _Member:
    """A field of one of the models that a value may be. ways: from the model to the field, best first."""

    schema: Json
    required: bool
    ways: Sequence[Way]
    cls: type | None
    model: int  # which of the models, distinguished within one bake


@dataclass
class _Shapes:
    """What a value may be. models: with members; any_name: whether any name below it leads to something in it."""

    models: list[Json] = field(default_factory=list)
    any_name: bool = False
    refs: list[str] = field(default_factory=list)  # of recursive models among them

    def takes(self, key: str) -> bool:
        """Whether an unintended member of that name would change the value or make it invalid."""
        return self.any_name or any(
            not _is_ignoring(model)
            or any(key.lower() == str(way[0].key).lower() for member in _members(model).values() for way in member.ways)
            for model in self.models
        )


class Enumeration:
    """Walks a settings class along its lowered schema; `programs` and `nodes` as made by author/names.py.

    sections: prefixes of names that belong to the application. open: those below which any name is accepted.
    """

    def __init__(
        self, programs: Sequence[Json], nodes: Sequence[Json], classes: Mapping[Path, type[BaseSettings]], lowered: Json
    ) -> None:
        self._root = lowered["schema"] if lowered["type"] == "definitions" else lowered
        self.definitions: Json = {item["ref"]: item for item in lowered.get("definitions", ())}
        self._opened: list[str] = []  # recursive models that are being walked: each is visited once
        self._programs = programs
        self._routes = Routes(nodes)
        self._classes = classes  # nested settings classes by path
        self.sections: list[str] = []
        self.open: list[str] = []

    def variables(
        self, cls: type[BaseSettings], beside: Mapping[str, type[BaseSettings]] | None = None
    ) -> list[Variable]:
        """The variables of a class. beside: the classes that it was merged from, by section."""
        shapes = self._shapes(self._root)
        self._opened += shapes.refs
        if beside:
            return [
                each
                for name, section in beside.items()
                for model in self._shapes(shapes.models[0]["fields"][name]["schema"]).models
                for each in self._settings(section, model, (name,), (), None)
            ]
        return [each for model in shapes.models for each in self._settings(cls, model, (), (), None)]

    def _settings(
        self, cls: type, model: Json, path: Path, above: Sequence[Route], parent: Variable | None
    ) -> Iterator[Variable]:
        """The fields of a settings class. above: how a parent reaches it, if it is nested."""
        program = next(program for program in self._programs if program.get("cls") is cls)
        further = [{**program, **reader} for reader in _readers(program)]
        for lookup in (program, *further):
            if lookup["prefix"]:
                self.sections.append(_display(lookup["prefix"], lookup))
        members = _members(model)
        for each in program["fields"]:
            member = members[each["name"]]
            given = [_in_any_case(way, each, program) for way in member.ways]
            # arguments from a parent override what the class reads itself
            ways: list[tuple[Route, Sequence[Way]]] = [(route, given) for route in above]
            ways += [(route, member.ways) for route in self._routes.to_field(program, each)]
            for lookup in further:
                again = next(field for field in lookup["fields"] if field["name"] == each["name"])
                ways += [(route, member.ways) for route in self._routes.to_field(lookup, again)]
            yield from self._field((*path, each["name"]), [member], ways, parent)

    def _field(
        self, path: Path, members: Sequence[_Member], ways: Ways, parent: Variable | None, optional: bool = False
    ) -> Iterator[Variable]:
        """A field and everything below it. optional: whether only some of the possible values
        around it have the field.
        """
        node = _either([member.schema for member in members])
        names = self._names(ways, node)
        if not names:
            return
        variable = Variable(path, list(names), node, _notes(members, path[-1]))
        variable.models = {member.model for member in members}
        variable.within = {text: name.within for text, name in names.items() if name.within}
        variable.by_path = {text for text, name in names.items() if name.by_path}
        variable.default = _default_of(node, parent, path[-1])
        variable.in_code = _in_code_of(members, parent, path[-1])
        if () in variable.in_code:
            variable.default = Ellipsis
        in_settings = parent is None or parent.path in self._classes
        _requirement(variable, members[0].required, parent, optional=optional, reads_alone=in_settings)
        if parent is not None and not in_settings:
            variable.notes.secret = variable.notes.secret or parent.notes.secret or is_wrapped(parent.node)
            variable.notes.on_change = variable.notes.on_change or parent.notes.on_change
        _written(variable, names[variable.name])
        yield variable
        longer = [self._routes.on(route, way) for route, choices in ways for way in choices]
        yield from self._below(variable, [route for route in longer if route is not None])

    def _names(self, ways: Ways, node: Json) -> dict[str, Name]:
        """All names of a field, best first; last those that also set a part of its value."""
        found = [
            (_display(name.text, route.program), name)
            for route, choices in ways
            for way in choices
            for name in self._routes.names(route, way)
        ]
        found.sort(key=lambda each: each[1].aside)
        names: dict[str, Name] = {}
        for text, name in found:
            names.setdefault(text, name)
        parts = {
            _display(route.name, route.program): part
            for route, _ in ways
            if (part := self._routes.part_given(route)) is not None
        }
        if not parts:
            return names
        shapes = self._shapes(node)
        return dict(sorted(names.items(), key=lambda each: each[0] in parts and shapes.takes(parts[each[0]])))

    def _below(self, variable: Variable, routes: Sequence[Route]) -> Iterator[Variable]:
        """What is below a variable: the fields of a nested model, or a value that has no names of its own."""
        shapes = self._shapes(variable.node)
        heads = [_display(head, route.program) for route in routes if (head := self._routes.head(route)) is not None]
        if shapes.any_name:
            variable.open = list(dict.fromkeys(heads))
            self.open.extend(heads)
        if not shapes.models:
            return
        nested = self._classes.get(variable.path)
        variable.section = any(model["type"] == "typed-dict" for model in shapes.models) and bool(heads or nested)
        if variable.section and len(shapes.models) == 1 and not variable.notes.description:
            variable.notes.description = summary_of(remarks(shapes.models[0]).get("cls"))
        self.sections.extend(heads)
        self._opened += shapes.refs
        if nested is not None:
            for model in shapes.models:
                yield from self._settings(nested, model, variable.path, routes, variable)
        else:
            yield from self._inside(variable, shapes.models, routes)
        del self._opened[len(self._opened) - len(shapes.refs) :]

    def _inside(self, variable: Variable, models: Sequence[Json], routes: Sequence[Route]) -> Iterator[Variable]:
        """The fields of a nested model; of several models, each field once."""
        together: dict[str, list[_Member]] = {}
        for model in models:
            for name, member in _members(model).items():
                together.setdefault(name, []).append(member)
        for name, members in together.items():
            choices = list(dict.fromkeys(way for member in members for way in member.ways))
            ways = [(route, choices) for route in routes]
            yield from self._field((*variable.path, name), members, ways, variable, len(models) > 1)

    def _shapes(self, node: Json) -> _Shapes:
        found = _Shapes()
        self._look_at(node, found)
        return found

    def _look_at(self, node: Json, found: _Shapes) -> None:
        node = core_of(node)
        kind = node["type"]
        if kind in ("typed-dict", "named-tuple"):
            found.models.append(node)
            found.any_name = found.any_name or "allow" in _on_extra(node)
        elif kind in ("union", "tagged-union"):
            for choice in _choices(node):
                self._look_at(choice, found)
        elif kind == "definition-ref":
            ref = node["schema_ref"]
            if ref in self._opened or ref in found.refs or ref not in self.definitions:
                found.any_name = True  # any depth; or its type was deferred with the whole document
            else:
                found.refs.append(ref)
                self._look_at(self.definitions[ref], found)
        elif kind == "chain":
            self._look_at(node["steps"][0], found)
        elif "schema" in node and kind != "json":  # it accepts text, and never the values of longer names
            self._look_at(node["schema"], found)
        elif kind in _MAPPINGS or (kind == "is-instance" and _takes_mappings(node["cls"])):
            found.any_name = True


_MAPPINGS = ("dict", "ordered-dict", "counter", "any")


def _readers(program: Json) -> list[Json]:
    """How further sources look up the names of the environment."""
    sources = program.get("sources", ())
    return [source["reader"] for source in sources if source["kind"] == "environment"]


def _takes_mappings(cls: Special) -> bool:
    named: Any = getattr(collections.abc, str(cls.data), None) or getattr(builtins, str(cls.data), object)
    return cls.kind == "class" and issubclass(dict, named)


def _choices(node: Json) -> list[Json]:
    if node["type"] == "tagged-union":
        return [choice for _, choice in node["choices"].data]
    return [member_of(choice) for choice in node["choices"]]


def _on_extra(model: Json) -> tuple[str | None, str | None]:
    """How a model treats members that it does not have; by default, it ignores them."""
    return model.get("extra_behavior"), model.get("config", {}).get("extra_fields_behavior")


def _is_ignoring(model: Json) -> bool:
    return model["type"] == "typed-dict" and {"allow", "forbid"}.isdisjoint(_on_extra(model))


def _members(model: Json) -> dict[str, _Member]:
    """The fields of a model, or of a named tuple, which accepts a mapping as well."""
    cls, number = remarks(model).get("cls"), id(model)
    if model["type"] == "named-tuple":
        return {
            each["name"]: _Member(
                each["schema"], each["schema"]["type"] != "default", _ways(each["name"], each, {}), cls, number
            )
            for each in model["fields"]
        }
    config = model.get("config", {})
    return {
        name: _Member(each["schema"], each["required"], _ways(name, each, config), cls, number)
        for name, each in model["fields"].items()
    }


def _ways(name: str, field_: Json, config: Json) -> list[Way]:
    """The ways by which validation finds a field in its model, best first."""
    alias = field_.get("validation_alias")
    if alias is None or config.get("validate_by_alias") is False:
        return [(Step(name),)]
    choices = [[alias]] if isinstance(alias, str) else alias if isinstance(alias[0], list) else [alias]
    choices = [choice for choice in choices if not str(choice[0]).startswith(AUTOMATIC)]
    if config.get("validate_by_name") and [name] not in choices:
        choices.append([name])
    return [tuple(map(Step, choice)) for choice in choices]


def _in_any_case(way: Way, field_: Json, program: Json) -> Way:
    """The way to a field of a settings class for its parent's arguments: `_init_state` in verdict/sources/fields.py."""
    taken = [*field_["aliases"], *([field_["name"]] if program["byName"] else [])]
    if program["caseSensitive"] or way[0].key not in taken:
        return way
    return (Step(way[0].key, folded=True), *way[1:])


def _either(nodes: list[Json]) -> Json:
    different = [node for index, node in enumerate(nodes) if node not in nodes[:index]]
    if all(core_of(node)["type"] == "literal" for node in nodes):  # usually the tags of a union
        choices = [choice for node in different for choice in core_of(node)["expected"]]
        different = [{"type": "literal", "expected": list(dict.fromkeys(choices))}] if len(different) > 1 else different
    return different[0] if len(different) == 1 else {"type": "union", "choices": different}


def _notes(members: Sequence[_Member], name: str) -> Notes:
    """The author's notes on a field. If several models have it, the first non-empty note is used."""
    first, *others = [Notes() if member.cls is None else notes_of(member.cls, name) for member in members]
    for other in others:
        first.owners, other.owners = first.owners + other.owners, []
        for what, said in vars(other).items():
            if said and not getattr(first, what):
                setattr(first, what, said)
    return first


def _default_of(node: Json, parent: Variable | None, name: str) -> Any:
    """The default of a field: its value in the default of the section around it, or its own."""
    around = Ellipsis if parent is None else parent.default
    if isinstance(around, dict) and name in around:
        return around[name]
    if isinstance(around, list) and parent is not None and (row := core_of(parent.node))["type"] == "named-tuple":
        names = [each["name"] for each in row["fields"]]
        return dict(zip(names, around, strict=False)).get(name, Ellipsis)
    return node["default"] if node["type"] == "default" and "default" in node else Ellipsis


def _in_code_of(members: Sequence[_Member], parent: Variable | None, name: str) -> list[tuple[str, ...]]:
    """The secret parts of a field's default that are in the code: from the default of the section around it, or its
    own.
    """
    if parent is not None:
        left_out = [path[1:] for path in parent.in_code if path[:1] == (name,)]
        if left_out or (isinstance(parent.default, dict) and name in parent.default):
            return left_out
    return [path for member in members for path in remarks(member.schema).get("in_code", ())]


def _requirement(
    variable: Variable, required: bool, parent: Variable | None, *, optional: bool, reads_alone: bool
) -> None:
    """reads_alone: whether the field belongs to a settings class, which may set it itself."""
    if parent is None:
        variable.required = required and variable.default is Ellipsis
    elif required and not reads_alone and (optional or not parent.required):
        variable.required_if = parent.name
    else:
        variable.required = required and parent.required and variable.default is Ellipsis


def _written(variable: Variable, name: Name) -> None:
    """How the value of a variable is written if its best name sets it."""
    plan = name.node or {}
    if separator_of(variable.node) is not None:
        variable.encoding = "separated"
    elif bool(plan.get("complex")) if name.within else name.decoded:
        variable.encoding = "json"
        variable.lenient = name.lenient
    variable.by_name = "enums" in plan
    variable.converted = "coerce" in plan


def _display(name: str, program: Json) -> str:
    """A name as an operator writes it: in upper case if case does not matter."""
    upper = name.upper()
    return upper if not program["caseSensitive"] and upper.lower() == name.lower() else name
