"""Work out, at bake, which environment name reaches which field, as data for boot.

pydantic-settings itself is asked (through its env source's own methods), so that the contract matches the installed
release. The result is a table of *programs*, one for each settings class (the root first), and of *nodes*, one for each
field or type that a name can lead to; verdict/sources/fields.py runs them. The lower bound in pyproject.toml and the
tests of fidelity guard against drift.
"""

from __future__ import annotations

import datetime
import decimal
from collections.abc import Callable, Iterator
from enum import Enum
from typing import Any, get_args, get_origin

from pydantic import AliasChoices, AliasPath, PydanticUserError, TypeAdapter
from pydantic.fields import FieldInfo
from pydantic_core import PydanticSerializationError
from pydantic_settings import BaseSettings, EnvSettingsSource

from confcontract.author import enums, release_questions
from confcontract.author.beyond_json import Special, encode
from confcontract.author.config_files import dotenv_plan, paths_of
from confcontract.author.defaults_as_json import project
from confcontract.author.pydantic_private.variable_sources import (
    aliases_of,
    claims_json,
    env_names,
    fields_of_model,
    is_converted,
    is_decoded,
    is_decoded_type,
    is_decoded_union,
    is_model,
    model_in,
    naming_of,
    partial_defaults,
    reading_of,
    renamed,
    spelled,
    stays_text,
    takes_field_names,
)
from confcontract.author.release_questions import Habit
from confcontract.author.settings_as_defaults import MadeFromEnvironment, constructor_arguments
from confcontract.author.settings_sources import DOTENV, SECRETS, More, Sources, sources_of
from confcontract.author.unread_options import unread_options
from confcontract.report.problem import Problem

_NOTHING_INSIDE = str  # a type that no name leads into


class Names:
    """Collects programs and nodes. `lower_type` lowers a type for the conversion that strict mode requires."""

    def __init__(self, lower_type: Callable[[Any], dict[str, Any]]) -> None:
        self.programs: list[dict[str, Any]] = []
        self.nodes: list[dict[str, Any]] = []
        self.coercers: list[dict[str, Any]] = []
        self.foreign: list[tuple[type[BaseSettings], str]] = []
        self.warnings: list[Problem] = []
        self._lower_type = lower_type
        self._seen: dict[type[BaseSettings], int] = {}

    def program(self, cls: type[BaseSettings]) -> int:
        """The index of the program of a settings class; the program is made on first request."""
        if cls in self._seen:
            return self._seen[cls]
        index = self._seen[cls] = len(self.programs)
        self.programs.append({})
        sources = sources_of(cls)
        self.foreign.extend((cls, name) for name in sources.foreign)
        self.warnings += unread_options(cls, sources.types)
        self.programs[index] = _Program(self, cls, sources, sources.names, is_inner=index > 0).data()
        return index

    def lower_coercer(self, annotation: Any) -> int | None:
        """The index of a type's coercer; None for a type for which pydantic makes none.

        That is the case for an alias of a recursive model. Text is converted at that point only if no such model
        results.
        """
        try:
            core = TypeAdapter(annotation).core_schema
        except PydanticUserError:
            return None
        self.coercers.append(self._lower_type(core))
        return len(self.coercers) - 1


class _Program:
    """source: the one that looks names up; usually that of the environment.

    is_inner: whether the class is a field of another, which passes arguments to it.
    """

    def __init__(
        self,
        names: Names,
        cls: type[BaseSettings],
        sources: Sources,
        source: EnvSettingsSource,
        *,
        is_inner: bool = False,
    ) -> None:
        self.names = names
        self.is_inner = is_inner
        self.cls = cls
        self.config: dict[str, Any] = dict(cls.model_config)
        self.sources = sources
        self.source = source
        self._nodes: dict[int, int] = {}
        self._keep: list[Any] = []  # ids are unique only as long as the objects exist

    def data(self) -> dict[str, Any]:
        config = self.config
        data: dict[str, Any] = {
            "class": self.cls.__qualname__,
            "cls": self.cls,  # for the author's side; bake removes it
            **self.lookup(),
            "extraForbid": config.get("extra") == "forbid",
            "byName": takes_field_names(self.cls),
            "order": self.sources.order,
        }
        if DOTENV in self.sources.files:
            data["dotenv"] = dotenv_plan(self.sources.files[DOTENV])
        if SECRETS in self.sources.files:
            data["secretsDirs"] = paths_of(self.sources.files[SECRETS]["secrets_dir"])
        if self.sources.more:
            data["sources"] = [self._more(each) for each in self.sources.more]
        habits = release_questions.habits_among(self._questions(data))
        if habits:
            data["habits"] = habits
        if config.get("nested_model_default_partial_update"):
            data["partialDefaults"] = self._partial_defaults()
        return data

    def lookup(self) -> dict[str, Any]:
        """How the source looks names up, and how it converts their text."""
        naming, reading = naming_of(self.source), reading_of(self.source)
        return {
            "caseSensitive": bool(naming.case_matters),
            "prefix": naming.prefix,
            "ignoreEmpty": bool(reading.ignore_empty),
            "noneStr": reading.none_str,
            "enums": bool(reading.parse_enums),
            "delimiter": reading.delimiter or None,
            "maxSplit": reading.max_split,
            "fields": [self._field(name, field) for name, field in self.cls.model_fields.items()],
        }

    def _more(self, source: More) -> dict[str, Any]:
        if source.reader is None:
            return source.plan
        return {**source.plan, "reader": _Program(self.names, self.cls, self.sources, source.reader).lookup()}

    def _questions(self, data: dict[str, Any]) -> Iterator[Habit]:
        """How the installed release treats this class differently from others at start."""
        if any("coerce" in self.names.nodes[index] for index in self._nodes.values()):
            yield Habit.UNDECODABLE_FAILS
        if self.is_inner or "sources" in data:
            yield Habit.EXACT_ARGUMENTS
        kinds = {each.plan["kind"] for each in self.sources.more}
        if "dotenv" in data or DOTENV in kinds:
            yield from (Habit.CLAIMS_BEGINNINGS, Habit.PREFIX_AS_WRITTEN)
        if "secretsDirs" in data or SECRETS in kinds:
            yield Habit.FOLLOWS_LINKS

    def _partial_defaults(self) -> list[dict[str, Any]]:
        try:
            defaults, tags = partial_defaults(self.cls)
        except TypeError as error:  # a dataclass with a defaultdict in it, before Python 3.12
            raise PydanticSerializationError(str(error)) from None
        # the default of a settings class holds values from the environment of this process
        own = {
            aliases_of(self.cls, name, field)[0]
            for name, field in self.cls.model_fields.items()
            if not isinstance(field.default, BaseSettings) or _arguments(field.default) is not None
        }
        return [
            {
                "key": key,
                "value": _kept_apart(value, project(value, cleared=True)),
                "tags": [[list(keys), project(tag)] for keys, tag in tags.get(key, [])],
            }
            for key, value in defaults.items()
            if key in own
        ]

    def _field(self, name: str, field: FieldInfo) -> dict[str, Any]:
        aliases = aliases_of(self.cls, name, field)
        found = [[key, env_name, complex_] for key, env_name, complex_ in env_names(self.source, name, field)]
        is_path = isinstance(field.validation_alias, AliasPath)
        astray = [info[1] for info in found[1:] if info[0] != name] if is_path else []
        infos = [info for info in found if info[1] not in self.sources.hidden]
        strays = [info for info in infos if info[1] in astray]
        origin = get_origin(field.annotation)
        data: dict[str, Any] = {
            "name": name,
            "names": [info for info in infos if info not in strays],
            "node": self.node(field),
            "isDict": field.annotation is dict or (isinstance(origin, type) and issubclass(origin, dict)),
            "claims": claims_json(field),
            "aliases": list(aliases),
        }
        if strays:  # parts of an alias path, which releases before 2.16 look up as names, too
            data["strays"] = strays
        return data

    # -- nodes: the target of a name, or of its next segment ------------------------------------

    def node(self, target: Any) -> int:
        if id(target) in self._nodes:
            return self._nodes[id(target)]
        index = self._nodes[id(target)] = len(self.names.nodes)
        self._keep.append(target)
        self.names.nodes.append({})
        data = self._field_node(target) if isinstance(target, FieldInfo) else self._raw_node(target)
        annotation = target.annotation if isinstance(target, FieldInfo) else target
        steps = self._steps(annotation)
        if steps:
            data["next"] = steps
        self.names.nodes[index] = data
        return index

    def _field_node(self, field: FieldInfo) -> dict[str, Any]:
        complex_, lenient = is_decoded(self.source, field)
        data: dict[str, Any] = {"complex": complex_, "lenient": lenient}
        if self.source.field_is_complex(field):
            data["decodes"] = True  # in a secrets directory, where unions are not tried
        if stays_text(self.source, "", field):
            data["raw"] = True
        heads = self._alias_path_heads(field)
        if heads:
            data["heads"] = heads
        if reading_of(self.source).parse_enums:
            members = _enum_names(field.annotation, deep=release_questions.finds_enums_at_any_depth())
            if members:
                data["enums"] = Special("enumMembers", members)
        converted = is_converted(field, strict=bool(self.config.get("strict")))
        coercer = self.names.lower_coercer(field.annotation) if converted else None
        if coercer is not None:
            data["coerce"] = coercer
        renames = self._renames(field)
        if renames is not None:
            data["renames"] = renames
        return data

    def _raw_node(self, annotation: Any) -> dict[str, Any]:
        complex_ = is_decoded_type(annotation)
        data: dict[str, Any] = {"complex": complex_, "lenient": True, "type": True}
        if not complex_ and is_decoded_union(self.source, annotation):
            data["union"] = True
        return data

    def _steps(self, annotation: Any) -> list[list[Any]]:
        """[[names or null for any name, node], …] in the order in which they are tried."""
        origin = get_origin(annotation)
        is_mapping = isinstance(origin, type) and issubclass(origin, dict)
        steps: list[list[Any]] = []
        if not is_mapping or release_questions.enters_values_of_mappings():
            steps = [step for arg in get_args(annotation) if arg for step in self._steps(arg)]
        if is_mapping:
            return [*steps, [None, self.node(get_args(annotation)[-1])]] if get_args(annotation) else []
        if is_model(annotation):
            for name, field in fields_of_model(annotation).items():
                infos = env_names(self.source, name, field, annotation)
                names = [name, *(env_name for _, env_name, _ in infos)]
                if not naming_of(self.source).case_matters:
                    names = [known_name.lower() for known_name in names]
                steps.append([list(dict.fromkeys(names)), self.node(field)])
        return steps

    def _alias_path_heads(self, field: FieldInfo) -> list[str]:
        alias = field.validation_alias
        if not release_questions.reads_alias_paths_inside():
            return []
        paths = [alias] if isinstance(alias, AliasPath) else []
        if isinstance(alias, AliasChoices):
            paths = [choice for choice in alias.choices if isinstance(choice, AliasPath)]
        return [
            spelled(self.source, path.path[0]) for path in paths if len(path.path) > 1 and isinstance(path.path[0], str)
        ]

    def _renames(self, field: FieldInfo) -> dict[str, Any] | None:
        """lower-cased key → [the key that the model accepts, node], for a nested model; else None."""
        model = model_in(field.annotation)
        if model is None:
            return None
        renames: dict[str, Any] = {}
        for name, inner in fields_of_model(model).items():
            for alias in aliases_of(model, name, inner):
                if alias not in renamed(self.source, field, {alias.swapcase(): None}):
                    return None  # this release does not change the keys of such a class
                renames.setdefault(alias.lower(), [alias, self._renamed_on(field, alias, inner)])
        return renames

    def _renamed_on(self, field: FieldInfo, alias: str, inner: FieldInfo) -> int:
        """The node of a member; one without names of its own if this release goes no deeper."""
        model = model_in(inner.annotation)
        below = (
            []
            if model is None
            else [each for name, it in fields_of_model(model).items() for each in aliases_of(model, name, it)]
        )
        asked = next((each for each in below if each != each.swapcase()), None)
        if asked is None or asked in renamed(self.source, field, {alias: {asked.swapcase(): None}})[alias]:
            return self.node(inner)
        return self.node(_NOTHING_INSIDE)


def _arguments(settings: BaseSettings) -> dict[str, Any] | None:
    try:
        return constructor_arguments(settings)
    except MadeFromEnvironment:
        return None


def _kept_apart(value: Any, projected: Any) -> Any:
    """The projected default, changed so that values that were not text (a UUID, a date) never equal a text.
    pydantic-settings drops a section that equals its default, and a UUID does not equal its own spelling. Strict mode
    does not accept one for the other either.
    """
    if isinstance(value, dict) and isinstance(projected, dict):
        pairs = zip(value.values(), projected.items(), strict=True)
        return {key: _kept_apart(item, inner) for item, (key, inner) in pairs}
    if isinstance(value, (datetime.date, datetime.time, datetime.timedelta, decimal.Decimal)):
        return encode(value)
    if isinstance(value, Enum) and enums.is_plain_enum(type(value)) and not isinstance(projected, str):
        return Special("enumMember", [enums.enum_data(type(value)), enums.member_text(value)])
    if isinstance(projected, str) and not isinstance(value, str):
        return Special("instanceOf", projected)
    return projected


def _enum_names(annotation: Any, *, deep: bool) -> list[Any]:
    """[[enum class as data, names], …] in the order in which pydantic-settings looks them up."""
    found: list[Any] = []
    for candidate in (annotation, get_origin(annotation), *(() if deep else get_args(annotation))):
        if isinstance(candidate, type) and hasattr(candidate, "__members__"):
            found.append(enums.enum_data(candidate))
    for arg in get_args(annotation) if deep else ():
        found.extend(_enum_names(arg, deep=deep))
    return found
