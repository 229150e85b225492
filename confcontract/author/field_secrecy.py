"""The single place that decides what is secret: by the annotation of a field, to any depth, by markers, and by names.

The lowered schema can't decide this: parts deferred to the application are missing there. If an annotation can't be
analyzed (`Any`, a class of the application), the whole value counts as something to hide.
"""

from __future__ import annotations

import collections.abc
import dataclasses
import datetime
import decimal
import enum
import fractions
import ipaddress
import pathlib
import re
import typing
import uuid
from collections.abc import Iterable, Mapping
from inspect import get_annotations
from typing import Any, ForwardRef, NewType, TypeVar, get_args, get_origin, get_type_hints

from pydantic import BaseModel, ImportString, JsonValue, TypeAdapter
from pydantic.fields import FieldInfo
from typing_inspection import typing_objects
from typing_inspection.introspection import is_union_origin

from confcontract.author.field_notes import marked_as
from confcontract.author.pydantic_private.class_parts import (
    EXTRAS,
    SECRET_CLASS,
    URL_CLASSES,
    declared_fields,
    field_validators,
)
from confcontract.author.pydantic_private.core_functions import is_secret_core
from confcontract.contract.secretnames import is_secret_name


@dataclasses.dataclass(frozen=True)
class Seen:
    """What a type contains, at any depth.

    secret: something declared as a secret. opaque: something that can't be analyzed. named: text whose name suggests a
    secret. url: a URL, which may hold a password. text: plain text, which its field's name may make a secret.
    cleared: the author declares that it is not a secret, `Secret(False)`.
    """

    secret: bool = False
    opaque: bool = False
    named: bool = False
    url: bool = False
    text: bool = False
    cleared: bool = False

    def __or__(self, other: Seen) -> Seen:
        return Seen(*(mine or theirs for mine, theirs in zip(_parts(self), _parts(other), strict=True)))


def _parts(seen: Seen) -> tuple[bool, ...]:
    return seen.secret, seen.opaque, seen.named, seen.url, seen.text, seen.cleared


NOTHING, SECRET, OPAQUE, URL, TEXT = Seen(), Seen(secret=True), Seen(opaque=True), Seen(url=True), Seen(text=True)

Environment = Mapping[Any, Seen]  # type parameter → its argument

_TEXTS = (str, bytes, bytearray, uuid.UUID)
_SEEN_THROUGH = (
    *(int, float, complex, decimal.Decimal, fractions.Fraction, enum.Enum, type(None), type(Ellipsis)),
    *(datetime.date, datetime.time, datetime.timedelta, datetime.tzinfo, pathlib.PurePath, re.Pattern, range, slice),
    *(ipaddress.IPv4Address, ipaddress.IPv6Address, ipaddress.IPv4Network, ipaddress.IPv6Network),
    *(ipaddress.IPv4Interface, ipaddress.IPv6Interface),
)
_IMPORTED: Any = ImportString
_OF_OTHERS = ("pydantic", "pydantic_core", "pydantic_extra_types")  # libraries of types, whose code hides nothing
CONTAINERS = ("builtins", "collections", "collections.abc", "typing", "contextlib")


def seen_in(cls: type, name: str) -> Seen:
    """What field `name` of a settings class, model, dataclass, TypedDict or named tuple contains."""
    return _Walk().fields(cls, {}, only=name)


class _Walk:
    """One walk through a type. Recursive classes and aliases are visited once."""

    def __init__(self) -> None:
        self._entered: list[tuple[Any, tuple[Any, ...]]] = []

    def walk(self, annotation: Any, environment: Environment) -> Seen:  # noqa: C901 - one line for each kind of type
        if annotation is None or typing_objects.is_literalstring(annotation):
            return NOTHING if annotation is None else TEXT
        if typing_objects.is_any(annotation) or annotation is object or annotation is JsonValue:
            return OPAQUE
        if isinstance(annotation, (str, ForwardRef)):
            name = getattr(annotation, "__forward_arg__", annotation)
            known = any(name == entered.__name__ for entered, _ in self._entered)
            return NOTHING if known else OPAQUE  # others can't be resolved here
        if isinstance(annotation, (list, tuple)):  # the parameters of a Callable
            return self._all(annotation, environment)
        if isinstance(annotation, dataclasses.InitVar):
            return self.walk(annotation.type, environment)
        if isinstance(annotation, TypeVar):
            given = environment.get(annotation)
            return given if given is not None else self._type_variable(annotation, environment)
        if isinstance(annotation, NewType):
            return _called(annotation.__name__, self.walk(annotation.__supertype__, environment))
        if typing_objects.is_typealiastype(annotation):
            return self._alias(annotation, (), environment)
        origin = get_origin(annotation)
        if origin is None:
            return self._class(annotation, (), environment)
        arguments = get_args(annotation)
        if typing_objects.is_annotated(origin):
            return self.annotated(arguments[0], arguments[1:], environment)
        if typing_objects.is_literal(origin):
            return NOTHING
        if typing_objects.is_typealiastype(origin):
            return self._alias(origin, arguments, environment)
        if origin is collections.abc.Callable:
            return OPAQUE | self._all(arguments, environment)
        if is_union_origin(origin) or not isinstance(origin, type) or origin is type:  # Required[], Final[], …
            return self._all(arguments, environment)
        return self._class(origin, arguments, environment)

    def annotated(self, annotation: Any, metadata: Iterable[Any], environment: Environment) -> Seen:
        """A type, with the metadata of its `Annotated`."""
        metadata = tuple(metadata)
        found = self.walk(annotation, environment)
        if any(isinstance(item, _IMPORTED) for item in metadata):
            found = TEXT | _secret_alone(found)  # the place that it is imported from
        for item in metadata:
            marked = marked_as(item)
            if marked is not None:
                found = found | SECRET if marked else dataclasses.replace(found, opaque=False, cleared=True)
            elif hasattr(item, "func"):  # a validator: its input, and its result
                taken = getattr(item, "json_schema_input_type", None)
                found |= _secret_alone(self.walk(taken, environment) | self._made_by(item.func, environment))
            elif hasattr(item, "__get_pydantic_core_schema__") and not _is_known(type(item)):
                found |= _secret_alone(_in_core_of(typing.Annotated[annotation, item]))
        return found

    def fields(self, cls: type, environment: Environment, only: str | None = None) -> Seen:
        """All fields of a class, or one of them."""
        found = NOTHING
        for name, names, annotation, metadata in fields_of(cls, only):
            inner = self.annotated(annotation, metadata, environment)
            for function in field_validators(cls, name):
                inner |= _secret_alone(self._made_by(function, environment))
            if inner.text and not inner.cleared and any(map(is_secret_name, names)):
                inner |= Seen(named=True)
            found |= dataclasses.replace(inner, text=False, cleared=only is not None and inner.cleared)
        return found

    def _made_by(self, function: Any, environment: Environment) -> Seen:
        """The result of a validator, if its annotations show it: it may be a class of secrets itself, or return one."""
        if isinstance(function, type):
            return self.walk(function, environment)
        try:
            made = get_type_hints(getattr(function, "__func__", function)).get("return")
        except Exception:  # names that can't be resolved, or not a function: the result is unknown
            return NOTHING
        return NOTHING if made is None else self.walk(made, environment)

    def _all(self, annotations: Iterable[Any], environment: Environment) -> Seen:
        found = NOTHING
        for annotation in annotations:
            found |= self.walk(annotation, environment)
        return found

    def _type_variable(self, variable: Any, environment: Environment) -> Seen:
        if getattr(variable, "has_default", lambda: False)():
            return self.walk(variable.__default__, environment)
        if variable.__constraints__:
            return self._all(variable.__constraints__, environment)
        return OPAQUE if variable.__bound__ is None else self.walk(variable.__bound__, environment)

    def _alias(self, alias: Any, arguments: tuple[Any, ...], environment: Environment) -> Seen:
        """`type X = …`, also with parameters."""
        if any(alias is entered for entered, _ in self._entered):
            return NOTHING
        self._entered.append((alias, arguments))
        inner = self._given(alias, arguments, environment)
        found = _called(alias.__name__, self.walk(alias.__value__, inner))
        self._entered.pop()
        return found

    def _given(self, generic: Any, arguments: tuple[Any, ...], environment: Environment) -> Environment:
        """The arguments for the parameters of a generic class or alias."""
        parameters = getattr(generic, "__type_params__", ()) or getattr(generic, "__parameters__", ())
        values = [self.walk(argument, environment) for argument in arguments]
        return dict(zip(parameters, values, strict=False))

    def _class(self, cls: Any, arguments: tuple[Any, ...], environment: Environment) -> Seen:
        if not isinstance(cls, type):  # MISSING, …, and special forms of typing that contain nothing themselves
            return OPAQUE if hasattr(cls, "__origin__") else NOTHING
        if issubclass(cls, SECRET_CLASS) or hasattr(cls, "get_secret_value"):
            return SECRET
        if issubclass(cls, URL_CLASSES):
            return URL
        if issubclass(cls, _SEEN_THROUGH):
            return NOTHING
        if is_structure(cls):
            return self._structure(cls, arguments, environment)
        if issubclass(cls, _TEXTS):
            return self._text(cls)
        inside = self._all(arguments, environment)
        if cls.__module__ in CONTAINERS:
            return inside if arguments or cls is type(None) else OPAQUE
        if cls is _IMPORTED or (_is_known(cls) and cls.__name__ != "Json"):
            return TEXT | inside
        return OPAQUE | inside | _secret_alone(_in_core_of(cls))

    def _text(self, cls: type) -> Seen:
        if cls.__module__ in ("builtins", "uuid") or _is_known(cls):
            return TEXT
        return _called(cls.__name__, TEXT | _in_core_of(cls))

    def _structure(self, cls: type, arguments: tuple[Any, ...], environment: Environment) -> Seen:
        if (cls, arguments) in self._entered:
            return NOTHING
        self._entered.append((cls, arguments))
        found = self.fields(cls, self._given(cls, arguments, environment))
        found |= _secret_alone(self._all(arguments, environment))
        if issubclass(cls, BaseModel):
            found |= self._of_model(cls, environment)
        self._entered.pop()
        return found

    def _of_model(self, cls: type[BaseModel], environment: Environment) -> Seen:
        """What a model accepts in addition to its fields."""
        found = NOTHING
        if cls.model_config.get("extra") == "allow":
            extras = next((o for o in cls.__mro__ if EXTRAS in get_annotations(o)), None)
            declared = extras not in (None, BaseModel) and _hints(cls).get(EXTRAS)
            found |= self.walk(declared, environment) if declared else OPAQUE
        if "__init__" in _own_names(cls):
            found |= OPAQUE  # it may return anything for its input
            hints = [hint for name, hint in _hints(cls.__init__).items() if name != "return"]
            found |= _secret_alone(self._all(hints, environment))
        if "__get_pydantic_core_schema__" in _own_names(cls):
            found |= OPAQUE | _in_core_of(cls)
        return found


def _called(name: str, seen: Seen) -> Seen:
    """A text type with a name of its own: Password = NewType("Password", str)."""
    return seen | Seen(named=True) if seen.text and not seen.cleared and is_secret_name(name) else seen


def _secret_alone(seen: Seen) -> Seen:
    return SECRET if seen.secret else NOTHING


def _is_known(cls: type) -> bool:
    return cls.__module__.partition(".")[0] in (*_OF_OTHERS, "confcontract", "annotated_types", "typing_extensions")


def is_structure(cls: type) -> bool:
    if issubclass(cls, BaseModel) or dataclasses.is_dataclass(cls):
        return True
    return _is_typed_dict(cls) or (issubclass(cls, tuple) and hasattr(cls, "_fields"))


def _is_typed_dict(cls: type) -> bool:
    return issubclass(cls, dict) and hasattr(cls, "__total__") and hasattr(cls, "__required_keys__")


def fields_of(cls: type, only: str | None = None) -> Iterable[tuple[str, list[str], Any, tuple[Any, ...]]]:
    """name, all names, annotation and metadata of each field, or of one."""
    known = declared_fields(cls)
    if known is not None:
        for name in known if only is None else [only] if only in known else []:
            field = known[name]
            yield name, [name, *_aliases(field)], field.annotation, tuple(field.metadata)
        return
    hints = _hints(cls)
    names = list(getattr(cls, "_fields", ())) or list(hints) or list(getattr(cls, "__annotations__", ()))
    for name in names if only is None else [each for each in names if each == only]:
        hint = hints.get(name, Any)
        if not typing_objects.is_classvar(get_origin(hint) or hint):
            yield name, [name], hint, ()


def _aliases(field: FieldInfo) -> list[str]:
    """The names that the author gives a field in addition to its own."""
    alias = field.validation_alias
    choices = getattr(alias, "choices", [alias])
    found = [choice if isinstance(choice, str) else str(choice.path[-1]) for choice in choices if choice is not None]
    return found + ([field.alias] if field.alias else [])


def _hints(thing: Any) -> dict[str, Any]:
    """Annotations as types. Those that can't be resolved become `Any`, which can't be analyzed."""
    try:
        return get_type_hints(thing, include_extras=True)
    except Exception:  # NameError for names local to a function, anything that an annotation raises
        owners = reversed(thing.__mro__) if isinstance(thing, type) else [thing]
        found: dict[str, Any] = {}
        for owner in owners:
            found.update(get_annotations(owner))
        return {name: Any if isinstance(hint, str) else hint for name, hint in found.items()}


def _own_names(cls: type) -> set[str]:
    """The names that the application's own classes define among the parents of a class."""
    return {name for owner in cls.__mro__ if not _is_known(owner) and owner is not object for name in owner.__dict__}


def _in_core_of(annotation: Any) -> Seen:
    """What the core schema of a type with its own schema contains: a secret somewhere in it, or no text at all."""
    try:
        core: Any = TypeAdapter(annotation, config={"arbitrary_types_allowed": True}).core_schema
    except Exception:  # a type with its own configuration accepts none
        try:
            core = TypeAdapter(annotation).core_schema
        except Exception:
            return OPAQUE
    kinds: set[str] = set()
    secret = _any_secret(core, kinds, set())
    return Seen(secret=secret, opaque=not kinds & {"str", "bytes", "uuid"})


def _any_secret(node: Any, kinds: set[str], seen: set[int]) -> bool:
    if isinstance(node, (list, tuple)):
        return max([_any_secret(item, kinds, seen) for item in node], default=False)  # visits all: no early exit
    if not isinstance(node, dict) or id(node) in seen:
        return False
    seen.add(id(node))
    if isinstance(node.get("type"), str):
        kinds.add(node["type"])
    found = isinstance(node.get("serialization", {}), dict) and is_secret_core(node)
    return _any_secret([item for key, item in node.items() if key != "metadata"], kinds, seen) or found
