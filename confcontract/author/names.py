"""Work out, at bake, which environment name reaches which field, as data for boot.

pydantic-settings is asked itself (its env source's own methods), so that what the contract says is
what the installed release does. The result is a table of *programs*, one for each settings class
(the root first), and of *nodes*, one for each field or type that a name can lead to; verdict/sources/fields.py
runs them. The lower bound in pyproject.toml and the tests of fidelity guard against drift.
"""

from __future__ import annotations

import datetime
import decimal
import os
from collections.abc import Callable
from enum import Enum
from typing import Any, get_args, get_origin

from pydantic import AliasChoices, AliasPath, Json, PydanticUserError, TypeAdapter
from pydantic.dataclasses import is_pydantic_dataclass
from pydantic.fields import FieldInfo
from pydantic_core import PydanticSerializationError
from pydantic_settings import BaseSettings, ForceDecode, NoDecode
from typing_inspection.introspection import is_union_origin

from confcontract.author import enums
from confcontract.author.beyond_json import Special, encode
from confcontract.author.defaults_as_json import project
from confcontract.author.pydantic_private import (
    DefaultSettingsSource,
    _annotation_contains_types,
    _annotation_is_complex,
    _get_alias_names,
    _get_field_annotation_and_metadata,
    _get_model_config,
    _get_model_fields,
    _literal_has_numeric_enum,
    _strip_annotated,
    _union_has_strict_types,
    _union_is_complex,
    _unwrap_optional_annotation,
    _validate_by_alias_enabled,
    _validate_by_name_enabled,
    is_model_class,
)
from confcontract.author.settings_instances import MadeFromEnvironment, constructor_arguments
from confcontract.author.settings_sources import DOTENV, SECRETS, sources_of


class Names:
    """Collects programs and nodes. `lower_type` lowers a type for the coercion that strict mode asks for."""

    def __init__(self, lower_type: Callable[[Any], dict[str, Any]]) -> None:
        self.programs: list[dict[str, Any]] = []
        self.nodes: list[dict[str, Any]] = []
        self.coercers: list[dict[str, Any]] = []
        self.foreign: list[tuple[type[BaseSettings], str]] = []
        self._lower_type = lower_type
        self._seen: dict[type[BaseSettings], int] = {}

    def program(self, cls: type[BaseSettings]) -> int:
        """The index of the program of a settings class; made on first request."""
        if cls in self._seen:
            return self._seen[cls]
        index = self._seen[cls] = len(self.programs)
        self.programs.append({})
        self.programs[index] = _Program(self, cls).data()
        return index

    def lower_coercer(self, annotation: Any) -> int | None:
        """The index of a type's coercer; None for a type of which pydantic makes none.

        That is an alias of a recursive model. Text gets as far as that only where no such model comes of it.
        """
        try:
            core = TypeAdapter(annotation).core_schema
        except PydanticUserError:
            return None
        self.coercers.append(self._lower_type(core))
        return len(self.coercers) - 1


class _Program:
    def __init__(self, names: Names, cls: type[BaseSettings]) -> None:
        self.names = names
        self.cls = cls
        self.config: dict[str, Any] = dict(cls.model_config)
        self.sources = sources_of(cls)
        self.source = self.sources.names
        names.foreign.extend((cls, name) for name in self.sources.foreign)
        self._nodes: dict[int, int] = {}
        self._keep: list[Any] = []  # ids are only unique while the objects live

    def data(self) -> dict[str, Any]:
        config = self.config
        data: dict[str, Any] = {
            "class": self.cls.__qualname__,
            "cls": self.cls,  # for the author's side; bake takes it out
            "caseSensitive": bool(self.source.case_sensitive),
            "prefix": self.source.env_prefix,
            "ignoreEmpty": bool(self.source.env_ignore_empty),
            "noneStr": self.source.env_parse_none_str,
            "enums": bool(self.source.env_parse_enums),
            "delimiter": self.source.env_nested_delimiter or None,
            "maxSplit": self.source.maxsplit,
            "extraForbid": config.get("extra") == "forbid",
            "byName": _validate_by_name_enabled(config),
            "fields": [self._field(name, field) for name, field in self.cls.model_fields.items()],
            "order": self.sources.order,
        }
        if DOTENV in self.sources.files:
            files = self.sources.files[DOTENV]
            data["dotenv"] = {
                "files": _paths(files["env_file"]),
                "encoding": "utf-8" if files["env_file_encoding"] is None else str(files["env_file_encoding"]),
                "depth": files["env_file_depth"] or 0,
                "filtering": files["dotenv_filtering"],
            }
        if SECRETS in self.sources.files:
            data["secretsDirs"] = _paths(self.sources.files[SECRETS]["secrets_dir"])
        if config.get("nested_model_default_partial_update"):
            data["partialDefaults"] = self._partial_defaults()
        return data

    def _partial_defaults(self) -> list[dict[str, Any]]:
        try:
            source = DefaultSettingsSource(self.cls, nested_model_default_partial_update=True)
        except TypeError as error:  # a dataclass with a defaultdict in it, before Python 3.12
            raise PydanticSerializationError(str(error)) from None
        tags = source._discriminator_tags
        # the default of a settings class holds what the environment of this process gave it
        own = {
            _get_alias_names(name, field, validate_by_alias=_validate_by_alias_enabled(self.config))[0][0]
            for name, field in self.cls.model_fields.items()
            if not isinstance(field.default, BaseSettings) or _arguments(field.default) is not None
        }
        return [
            {
                "key": key,
                "value": _kept_apart(value, project(value, cleared=True)),
                "tags": [[list(keys), project(tag)] for keys, tag in tags.get(key, [])],
            }
            for key, value in source.defaults.items()
            if key in own
        ]

    def _field(self, name: str, field: FieldInfo) -> dict[str, Any]:
        infos = self.source._extract_field_info(field, name)
        annotation, metadata = _get_field_annotation_and_metadata(field)
        claims = _annotation_is_complex(annotation, metadata) or (
            is_union_origin(get_origin(annotation)) and _union_is_complex(annotation, metadata)
        )
        origin = get_origin(field.annotation)
        aliases, _ = _get_alias_names(name, field, validate_by_alias=_validate_by_alias_enabled(self.config))
        data: dict[str, Any] = {
            "name": name,
            "names": [[key, env_name, complex_] for key, env_name, complex_ in infos],
            "node": self.node(field),
            "isDict": field.annotation is dict or (isinstance(origin, type) and issubclass(origin, dict)),
            "claims": bool(claims),
            "aliases": list(aliases),
        }
        return data

    # -- nodes: what a name, or the next segment of one, leads to -------------------------------

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
        complex_, lenient = self.source._field_is_complex(field)
        annotation, metadata = _get_field_annotation_and_metadata(field)
        data: dict[str, Any] = {"complex": complex_, "lenient": lenient}
        if self.source.field_is_complex(field):
            data["decodes"] = True  # in a secrets directory, where unions are not tried
        if NoDecode in metadata or (self.config.get("enable_decoding") is False and ForceDecode not in metadata):
            data["raw"] = True
        heads = self._alias_path_heads(field)
        if heads:
            data["heads"] = heads
        if self.source.env_parse_enums:
            members = _enum_names(field.annotation)
            if members:
                data["enums"] = Special("enumMembers", members)
        coercer = self.names.lower_coercer(field.annotation) if self._coerces(annotation, metadata) else None
        if coercer is not None:
            data["coerce"] = coercer
        renames = self._renames(field)
        if renames is not None:
            data["renames"] = renames
        return data

    def _raw_node(self, annotation: Any) -> dict[str, Any]:
        complex_ = _annotation_is_complex(annotation, [])
        data: dict[str, Any] = {"complex": complex_, "lenient": True, "type": True}
        if not complex_ and self.source._raw_union_is_complex(annotation):
            data["union"] = True
        return data

    def _steps(self, annotation: Any) -> list[list[Any]]:
        """[[names or null for any name, node], …] in the order in which they are tried."""
        origin = get_origin(annotation)
        if isinstance(origin, type) and issubclass(origin, dict):
            args = get_args(annotation)
            return [[None, self.node(args[-1])]] if args else []
        steps = [step for arg in get_args(annotation) if arg for step in self._steps(arg)]
        if is_model_class(annotation) or is_pydantic_dataclass(annotation):
            config = _get_model_config(annotation)
            for name, field in _get_model_fields(annotation).items():
                infos = self.source._extract_field_info(field, name, config)
                names = [name, *(env_name for _, env_name, _ in infos)]
                if not self.source.case_sensitive:
                    names = [known_name.lower() for known_name in names]
                steps.append([list(dict.fromkeys(names)), self.node(field)])
        return steps

    def _alias_path_heads(self, field: FieldInfo) -> list[str]:
        alias = field.validation_alias
        paths = [alias] if isinstance(alias, AliasPath) else []
        if isinstance(alias, AliasChoices):
            paths = [choice for choice in alias.choices if isinstance(choice, AliasPath)]
        return [
            self.source._apply_case_sensitive(path.path[0])
            for path in paths
            if len(path.path) > 1 and isinstance(path.path[0], str)
        ]

    def _coerces(self, annotation: Any, metadata: list[Any]) -> bool:
        """Whether strict mode makes pydantic-settings convert the string before validation."""
        wanted = self.config.get("strict") or (
            (is_union_origin(get_origin(annotation)) and _union_has_strict_types(annotation))
            or _literal_has_numeric_enum(annotation)
        )
        if not wanted or any(isinstance(item, Json) for item in metadata):  # type: ignore[misc]
            return False
        return not _annotation_contains_types(annotation, (Json,), is_instance=True)

    def _renames(self, field: FieldInfo) -> dict[str, Any] | None:
        """lower-cased key → [the key that the model takes, node], for a nested model; else None."""
        model = _strip_annotated(_unwrap_optional_annotation(field.annotation))
        if not (is_model_class(model) or is_pydantic_dataclass(model)):
            return None
        by_alias = _validate_by_alias_enabled(_get_model_config(model))
        renames: dict[str, Any] = {}
        for name, inner in _get_model_fields(model).items():
            for alias in _get_alias_names(name, inner, validate_by_alias=by_alias)[0]:
                renames.setdefault(alias.lower(), [alias, self.node(inner)])
        return renames


def _arguments(settings: BaseSettings) -> dict[str, Any] | None:
    try:
        return constructor_arguments(settings)
    except MadeFromEnvironment:
        return None


def _kept_apart(value: Any, projected: Any) -> Any:
    """The projected default, in which what was no text before (a UUID, a date) never equals a text: pydantic-settings
    drops a section that equals its default, and a UUID does not equal its own spelling. Nor does strict mode take one
    for the other."""
    if isinstance(value, dict) and isinstance(projected, dict):
        pairs = zip(value.values(), projected.items(), strict=True)
        return {key: _kept_apart(item, inner) for item, (key, inner) in pairs}
    if isinstance(value, (datetime.date, datetime.time, datetime.timedelta, decimal.Decimal)):
        return encode(value)
    if isinstance(value, Enum) and enums.is_plain_enum(type(value)) and not isinstance(projected, str):
        return Special("enumMember", [enums.enum_data(type(value)), value.name])
    if isinstance(projected, str) and not isinstance(value, str):
        return Special("instanceOf", projected)
    return projected


def _enum_names(annotation: Any) -> list[Any]:
    """[[enum class as data, names], …] in the order in which pydantic-settings looks them up."""
    found: list[Any] = []
    for candidate in (annotation, get_origin(annotation)):
        if isinstance(candidate, type) and hasattr(candidate, "__members__"):
            found.append(enums.enum_data(candidate))
    for arg in get_args(annotation):
        found.extend(_enum_names(arg))
    return found


def _paths(value: Any) -> list[str]:
    return [os.fspath(value)] if isinstance(value, (str, os.PathLike)) else [os.fspath(item) for item in value]
