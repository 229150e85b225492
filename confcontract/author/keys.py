"""The keys under which the members of a value are found, if the plan does not contain them: behind code of the
application, or behind a type that has no form as data.

They are read from the annotations, like author/field_secrecy.py does, not from the lowered schema. The result has the
form of a core schema, so that boot reads it like the validator (verdict/sources/places.py); it validates nothing.
"""

from __future__ import annotations

import collections.abc
import contextlib
import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NewType, TypeVar, get_args, get_origin

from pydantic import BaseModel, RootModel, TypeAdapter
from pydantic_settings import BaseSettings
from typing_inspection import typing_objects
from typing_inspection.introspection import is_union_origin

from confcontract.author.beyond_json import Special
from confcontract.author.field_secrecy import CONTAINERS, fields_of, is_structure
from confcontract.author.lowering.models import AUTOMATIC, alias_choices
from confcontract.author.pydantic_private.class_parts import declared_config, declared_fields

Json = dict[str, Any]
Path = tuple[str, ...]
Environment = Mapping[Any, Any]  # type parameter → its argument

ANYTHING: Json = {"type": "any"}


def untold(cls: type[BaseSettings], lowered: Json, variables: Sequence[Json], program: Json) -> dict[str, Json]:
    """For each field of a settings class for which the plan does not know all keys: the keys of the models in it.

    lowered: the schema of the document. variables: entries of the contract. program: of author/names.py.
    """
    plan = _Plan(lowered, variables, program)
    found = {}
    for name, field in cls.model_fields.items():
        walk = _Walk(name, folded=not program["caseSensitive"])
        tree = walk.annotated(field.annotation, field.metadata, {}, dict(cls.model_config), direct=True)
        if tree is not None and not plan.knows(tree, walk.definitions, plan.of_field(name), (name,)):
            used = list(walk.definitions.values())
            found[name] = {"type": "definitions", "schema": tree, "definitions": used} if used else tree
    return found


class _Walk:
    """One walk through a type. Recursive classes are visited once, and referenced after that."""

    def __init__(self, name: str, *, folded: bool) -> None:
        """name: of the field; its references begin with it. folded: whether the keys of models right below it match in
        any case.
        """
        self.definitions: dict[str, Json] = {}
        self._name, self._folded = name, folded
        self._entered: list[tuple[Any, tuple[Any, ...]]] = []

    def annotated(
        self, annotation: Any, metadata: Iterable[Any], environment: Environment, config: Json, *, direct: bool
    ) -> Json | None:
        """The result for a type, with the metadata of its `Annotated`; None if there are no keys to report."""
        taken = [getattr(item, "json_schema_input_type", None) for item in metadata]
        return self._any_of([annotation, *(each for each in taken if each)], environment, config, direct=direct)

    def _any_of(
        self, annotations: Iterable[Any], environment: Environment, config: Json, *, direct: bool
    ) -> Json | None:
        found: list[Json] = []
        for annotation in annotations:
            tree = self._tree(annotation, environment, config, direct=direct)
            if tree is not None and tree not in found:
                found.append(tree)
        return {"type": "union", "choices": found} if len(found) > 1 else found[0] if found else None

    def _tree(self, annotation: Any, environment: Environment, config: Json, *, direct: bool) -> Json | None:
        if isinstance(annotation, dataclasses.InitVar):
            return self._tree(annotation.type, environment, config, direct=direct)
        if isinstance(annotation, TypeVar):
            stands = environment.get(annotation, annotation.__bound__)
            choices = annotation.__constraints__ if stands is None else (stands,)
            return self._any_of(choices, {}, config, direct=direct)
        if isinstance(annotation, NewType):
            return self._tree(annotation.__supertype__, environment, config, direct=direct)
        origin = get_origin(annotation)
        arguments = tuple(_standing(argument, environment) for argument in get_args(annotation))
        named = annotation if origin is None else origin
        if typing_objects.is_typealiastype(named):
            return self._entering(named, arguments, config, direct=direct)
        if typing_objects.is_annotated(origin):
            return self.annotated(arguments[0], arguments[1:], environment, config, direct=direct)
        if typing_objects.is_literal(origin) or not (isinstance(named, type) or arguments):
            return None
        if is_union_origin(origin) or not isinstance(named, type):  # Required[], Final[], …
            return self._any_of(arguments, environment, config, direct=direct)
        return self._class(named, arguments, config, direct=direct)

    def _class(self, cls: type, arguments: tuple[Any, ...], config: Json, *, direct: bool) -> Json | None:
        if is_structure(cls):
            return self._entering(cls, arguments, config, direct=direct)
        if issubclass(cls, collections.abc.Mapping):
            values = self._tree(arguments[-1], {}, config, direct=False) if len(arguments) == 2 else None
            return None if values is None else {"type": "dict", "values_schema": values}
        if cls.__module__ in CONTAINERS:
            return None  # lists and similar types are replaced as a whole
        inside = _classes_within(_core_of(cls, config)) if hasattr(cls, "__get_pydantic_core_schema__") else ()
        return self._any_of([*arguments, *inside], {}, config, direct=direct)

    def _entering(self, named: Any, arguments: tuple[Any, ...], config: Json, *, direct: bool) -> Json | None:
        """The result for a class or an alias; a reference, if it is still being visited."""
        entry = (named, arguments)
        if entry in self._entered:
            ref = f"{self._name}:{self._entered.index(entry)}:{named.__name__}"
            self.definitions.setdefault(ref, ANYTHING)
            return {"type": "definition-ref", "schema_ref": ref}
        ref = f"{self._name}:{len(self._entered)}:{named.__name__}"
        self._entered.append(entry)
        parameters = getattr(named, "__type_params__", ()) or getattr(named, "__parameters__", ())
        environment = dict(zip(parameters, arguments, strict=False))
        if typing_objects.is_typealiastype(named):
            tree = self._tree(named.__value__, environment, config, direct=direct)
        else:
            tree = self._structure(named, environment, config, direct=direct)
        self._entered[-1] = (None, ())  # keeps its number, which is part of the reference's name
        if ref not in self.definitions:
            return tree
        self.definitions[ref] = {**(tree or ANYTHING), "ref": ref}
        return {"type": "definition-ref", "schema_ref": ref}

    def _structure(self, cls: type, environment: Environment, config: Json, *, direct: bool) -> Json | None:
        own = dict(declared_config(cls))
        if not own and not issubclass(cls, BaseModel):  # a model inherits nothing from what is around it
            own = config
        if issubclass(cls, RootModel):
            root = cls.model_fields["root"]
            return self.annotated(root.annotation, root.metadata, environment, own, direct=direct)
        aliases = _aliases_of(cls, own)
        fields: Json = {}
        telling = direct and self._folded
        for name, _, annotation, metadata in fields_of(cls):
            tree = self.annotated(annotation, metadata, environment, own, direct=direct)
            choices = alias_choices(name, aliases.get(name), own)
            fields[name] = {"schema": tree or ANYTHING}
            if choices != [[name]]:
                fields[name]["validation_alias"] = choices
            telling = telling or tree is not None or choices != [[name]]
        return {"type": "typed-dict", "fields": fields} if telling and fields else None


def _standing(argument: Any, environment: Environment) -> Any:
    return environment.get(argument, argument) if isinstance(argument, TypeVar) else argument


def _aliases_of(cls: type, config: Json) -> dict[str, Any]:
    """The aliases of the fields of a class, in the form of a core schema; only fields that have aliases."""
    known = declared_fields(cls)
    if known is None:  # a dataclass of the standard library, a TypedDict, a named tuple: only pydantic knows
        fields: Any = next(
            (node["fields"] for node in _inside(_core_of(cls, config)) if node.get("type") in _TYPED), {}
        )
        pairs = fields.items() if isinstance(fields, dict) else [(field["name"], field) for field in fields]
        return {name: field.get("validation_alias", field.get("alias")) for name, field in pairs}
    aliases = {}
    for name, field in known.items():
        alias = field.validation_alias
        aliases[name] = alias if alias is None or isinstance(alias, str) else alias.convert_to_aliases()
    return aliases


_TYPED = ("dataclass-args", "named-tuple", "typed-dict")
_INHERITED = ("alias_generator", "populate_by_name", "validate_by_alias", "validate_by_name")


def _core_of(annotation: Any, config: Json) -> Any:
    around = {key: config[key] for key in _INHERITED if key in config}
    for given in ({**around, "arbitrary_types_allowed": True}, None):  # a type with its own configuration accepts none
        with contextlib.suppress(Exception):  # a type that pydantic can't validate is not a model
            return TypeAdapter(annotation, config=given).core_schema  # type: ignore[arg-type]
    return {}


def _classes_within(core: Any) -> list[type]:
    """The models, dataclasses and similar classes that a value of a core schema may itself become."""
    return [node["cls"] for node in _inside(core) if is_structure(node.get("cls", object))]


def _inside(core: Any) -> Iterator[Json]:
    """A core schema, and the ones that validate the same value."""
    shared: Json = {}
    left, seen = [core], set()
    while left:
        node = left.pop(0)
        if isinstance(node, tuple):
            node = node[0]  # with a label
        if not isinstance(node, dict) or id(node) in seen:
            continue
        seen.add(id(node))
        yield node
        shared |= {each["ref"]: each for each in node.get("definitions", ())}
        if node.get("type") == "definition-ref":
            left.append(shared.get(node["schema_ref"]))
        choices = node.get("choices", ())
        left += [node.get(key) for key in ("schema", "lax_schema", "python_schema")]
        left += [*(choices.values() if isinstance(choices, dict) else choices), *node.get("steps", ())]


class _Plan:
    """The keys that the plan knows: from the validator, and from the names of variables (see `declared_models` of
    verdict/sources/places.py).
    """

    def __init__(self, lowered: Json, variables: Sequence[Json], program: Json) -> None:
        self._definitions = {each["ref"]: each for each in lowered.get("definitions", ())}
        self._root = self._opened([lowered])
        self._variables = {tuple(variable["path"]): variable for variable in variables}
        self._delimiter = str(program["delimiter"] or "").lower()

    def of_field(self, name: str) -> list[Json]:
        return [model["fields"][name]["schema"] for model in self._root if name in model.get("fields", ())]

    def knows(
        self, tree: Json, definitions: Mapping[str, Json], nodes: list[Json], place: Path | None, seen: Path = ()
    ) -> bool:
        """Whether it knows all keys of a tree. nodes: its schemas at this place. place: in the document; None below a
        mapping. seen: references that were followed.
        """
        if tree["type"] == "definition-ref":
            ref = tree["schema_ref"]
            return ref in seen or self.knows(definitions[ref], definitions, nodes, place, (*seen, ref))
        opened = self._opened(nodes)
        if tree["type"] == "union":
            return all(self.knows(choice, definitions, nodes, place, seen) for choice in tree["choices"])
        if tree["type"] == "dict":
            values = [node["values_schema"] for node in opened if "values_schema" in node]
            return self.knows(tree["values_schema"], definitions, values, None, seen)
        for name, field in tree.get("fields", {}).items():
            choices = field.get("validation_alias", [[name]])
            models = [node for node in opened if name in node.get("fields", ())]
            below = None if place is None else (*place, name)
            if not any(_choices(name, model) == choices for model in models) and not self._named(choices, below):
                return False
            inner = [model["fields"][name]["schema"] for model in models]
            if not self.knows(field["schema"], definitions, inner, below, seen):
                return False
        return True

    def _named(self, choices: list[list[Any]], place: Path | None) -> bool:
        """Whether the names of variables include all keys of a member."""
        variable, section = (self._variables.get(path) for path in (place or (), (place or ())[:-1]))
        if variable is None or section is None or not self._delimiter:
            return False
        heads = [name.lower() + self._delimiter for name in (section["name"], *section.get("aliases", ()))]
        names = [name.lower() for name in (variable["name"], *variable.get("aliases", ()))]
        return all(len(way) == 1 and any(head + str(way[0]).lower() in names for head in heads) for way in choices)

    def _opened(self, nodes: list[Json]) -> list[Json]:
        """The models and mappings in lowered schemas."""
        found = []
        left, seen = list(nodes), set()
        while left:
            node = left.pop()
            if isinstance(node, Special):  # with a label
                node = node.data[0]
            if id(node) in seen:
                continue
            seen.add(id(node))
            if node["type"] == "named-tuple":
                found.append({"fields": {field["name"]: field for field in node["fields"]}})
            elif node["type"] in ("typed-dict", "dict"):
                found.append(node)
            elif node["type"] == "definition-ref":
                left += [self._definitions[ref] for ref in [node["schema_ref"]] if ref in self._definitions]
            elif node["type"] == "tagged-union":
                left += [choice for _, choice in node["choices"].data]
            else:
                left += [*node.get("choices", ()), *node.get("steps", ())]
                left += [node[key] for key in ("schema", "lax_schema", "python_schema") if key in node]
        return found


def _choices(name: str, model: Json) -> list[list[Any]]:
    choices = alias_choices(name, model["fields"][name].get("validation_alias"), model.get("config", {}))
    return [choice for choice in choices if not str(choice[0]).startswith(AUTOMATIC)]
