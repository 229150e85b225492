"""The sources of settings that have names and text: variables, env files, secret files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from typing import Any, NamedTuple, get_args, get_origin

from pydantic import Json
from pydantic.dataclasses import is_pydantic_dataclass
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsError,
)
from typing_inspection import typing_objects
from typing_inspection.introspection import is_union_origin

from confcontract.author import release_questions
from confcontract.author.pydantic_private.class_parts import declared_config
from confcontract.author.pydantic_private.private_names import (
    _FIELD_ANNOTATION,
    _RAW_UNION,
    _TAGS,
    DefaultSettingsSource,
    _annotation_contains_types,
    _annotation_is_complex,
    _get_alias_names,
    _get_model_fields,
    _literal_has_numeric_enum,
    _union_has_strict_types,
    _union_is_complex,
    is_model_class,
    unless,
    utils,
)


class Naming(NamedTuple):
    """How a source looks names up."""

    case_matters: bool
    prefix: str
    prefix_target: str


class TextOptions(NamedTuple):
    """How a source of variables converts their text. max_split: as `str.split` takes it, -1 for all."""

    ignore_empty: bool
    none_str: str | None
    parse_enums: bool | None
    delimiter: str | None
    max_split: int


def naming_of(source: Any) -> Naming:
    """The naming of a source of variables or of secret files."""
    return Naming(source.case_sensitive, source.env_prefix, source.env_prefix_target)


def reading_of(source: EnvSettingsSource) -> TextOptions:
    """The text options of a source of variables."""
    return TextOptions(
        source.env_ignore_empty,
        source.env_parse_none_str,
        source.env_parse_enums,
        source.env_nested_delimiter,
        source.maxsplit,
    )


def settings_class_of(source: PydanticBaseSettingsSource) -> type[BaseSettings]:
    """The class that a source was made for."""
    return source.settings_cls


def option_of(source: PydanticBaseSettingsSource, key: str) -> Any:
    """An option with which a source of files was configured, instead of the value in the configuration under the same
    key.
    """
    return getattr(source, key, None)  # a release may not know it


def knows_option(key: str) -> bool:
    """Whether this release has the option for settings classes."""
    return key in BaseSettings.model_config


def has_arguments(source: Any) -> bool:
    """Whether a source of constructor arguments has some of its own."""
    return bool(source.init_kwargs)


def left_out(source: Any, base: Any) -> frozenset[str] | None:
    """The names that a source lacks compared with `base`, the class of pydantic-settings that it derives from: its
    constructor may have left some out. None if its names differ in another way.
    """
    found = base._load_env_vars(source)
    missing = frozenset(found.keys() - source.env_vars.keys())
    same = {name: value for name, value in found.items() if name not in missing} == dict(source.env_vars)
    return missing if same else None


@contextmanager
def env_files_like_environment() -> Iterator[None]:
    """Inside it, every env file that a source names holds what the environment holds, and none is opened."""
    reader: Any = DotEnvSettingsSource
    before = reader._read_env_files
    reader._read_env_files = EnvSettingsSource._load_env_vars
    try:
        yield
    finally:
        reader._read_env_files = before


def env_names(source: EnvSettingsSource, name: str, field: FieldInfo, model: Any = None) -> list[tuple[str, str, bool]]:
    """(key in the document, name in the environment, whether that holds a container), … for a field, best first.

    model: the class whose field it is, if that is not the settings class.
    """
    if model is None or not release_questions.heeds_configuration_of_models():
        return source._extract_field_info(field, name)
    return source._extract_field_info(field, name, declared_config(model))


def spelled(source: EnvSettingsSource, name: str) -> str:
    """A name in the form in which the source looks it up."""
    return source._apply_case_sensitive(name)


def is_decoded(source: EnvSettingsSource, field: FieldInfo) -> tuple[bool, bool]:
    """Whether the text of a field is JSON; and whether it stays unchanged if it is not valid JSON."""
    return source._field_is_complex(field)


def is_decoded_type(annotation: Any) -> bool:
    """Whether text is JSON by a type alone, such as that of a mapping's values."""
    return _annotation_is_complex(annotation, [])


def is_decoded_union(source: EnvSettingsSource, annotation: Any) -> bool:
    """Whether text is tried as JSON by a union alone."""
    asked = getattr(source, _RAW_UNION, None)
    if asked is None:
        unless(release_questions.reads_unions_in_mappings(), f"EnvSettingsSource.{_RAW_UNION}")
    return asked is not None and bool(asked(annotation))


def stays_text(source: EnvSettingsSource, name: str, field: FieldInfo) -> bool:
    """Whether a text stays undecoded although its type asks for JSON (`NoDecode`)."""
    own = copy(field)
    own.metadata = list(field.metadata)  # releases before 2.16 write into it
    return bool(source.decode_complex_value(name, own, "[]") == "[]")


def claims_json(field: FieldInfo) -> bool:
    """Whether a field is decoded because of its annotation, in any source."""
    annotation, metadata = _annotation_and_metadata(field)
    union = is_union_origin(get_origin(annotation))
    return _annotation_is_complex(annotation, metadata) or (union and _union_is_complex(annotation, metadata))


def _annotation_and_metadata(field: FieldInfo) -> tuple[Any, list[Any]]:
    """As pydantic-settings sees them: newer releases count the metadata of an inner `Annotated` as the field's."""
    asked = getattr(utils, _FIELD_ANNOTATION, None)
    if asked is None:
        unless(release_questions.leaves_json_alone(), _FIELD_ANNOTATION)
        return field.annotation, field.metadata
    found: tuple[Any, list[Any]] = asked(field)
    return found


def is_converted(field: FieldInfo, *, strict: bool) -> bool:
    """Whether text becomes an object before validation. strict: whether the settings class is."""
    annotation, metadata = _annotation_and_metadata(field)
    wanted = strict or (is_union_origin(get_origin(annotation)) and _union_has_strict_types(annotation))
    if not (wanted or _literal_has_numeric_enum(annotation)):
        return False
    if release_questions.leaves_json_alone() and any(isinstance(item, Json) for item in metadata):  # type: ignore[misc]
        return False
    return not _annotation_contains_types(annotation, (Json,), is_instance=True)


def is_model(annotation: Any) -> bool:
    """Whether names can lead into a type: a model, or a dataclass of pydantic's."""
    return is_model_class(annotation) or is_pydantic_dataclass(annotation)


def model_in(annotation: Any) -> Any:
    """The model in an annotation, with or without `Optional` and `Annotated` around it; None if there is none."""
    if is_union_origin(get_origin(annotation)) and len(get_args(annotation)) == 2:
        left = [each for each in get_args(annotation) if each is not type(None)]
        annotation = left[0] if len(left) == 1 else annotation
    found = get_args(annotation)[0] if typing_objects.is_annotated(get_origin(annotation)) else annotation
    return found if is_model(found) else None


def fields_of_model(model: Any) -> dict[str, FieldInfo]:
    """The fields of a type for which `is_model` is true."""
    return _get_model_fields(model)


def aliases_of(model: Any, name: str, field: FieldInfo) -> tuple[str, ...]:
    """The keys under which sources pass a field to its class, best first."""
    if not release_questions.heeds_configuration_of_models():
        return _get_alias_names(name, field)[0]
    by_alias = declared_config(model).get("validate_by_alias") is not False
    return _get_alias_names(name, field, validate_by_alias=by_alias)[0]


def takes_field_names(model: Any) -> bool:
    """Whether a class accepts its fields by their names in addition to their aliases."""
    config = declared_config(model)
    if not release_questions.heeds_configuration_of_models():
        return bool(config.get("populate_by_name") or config.get("validate_by_name"))
    said = [config[key] for key in ("validate_by_name", "populate_by_name") if config.get(key) is not None]
    return bool(said[0]) if said else config.get("validate_by_alias") is False


def names_left_to_chance(cls: type[BaseSettings]) -> bool:
    """Whether a release passes one of two names to an inner class, whichever a set yields first, although the class
    accepts only the field's own: before 2.16, with `validate_by_alias=False`.
    """
    if release_questions.heeds_configuration_of_models() or cls.model_config.get("validate_by_alias") is not False:
        return False
    return any(set(aliases_of(cls, name, field)) != {name} for name, field in cls.model_fields.items())


def renamed(source: EnvSettingsSource, field: FieldInfo, values: dict[str, Any]) -> dict[str, Any]:
    """The value of a field, with keys in another case replaced by the ones that its class accepts."""
    return source._replace_field_names_case_insensitively(field, values)


def partial_defaults(cls: type[BaseSettings]) -> tuple[dict[str, Any], dict[str, list[tuple[tuple[str, ...], Any]]]]:
    """Key → default, for the sections into whose defaults parts are merged; and key → (way, tag), … for unions in them.

    Raises TypeError for a dataclass with a defaultdict in it, before Python 3.12.
    """
    source = DefaultSettingsSource(cls, nested_model_default_partial_update=True)
    tags = getattr(source, _TAGS, None)
    if tags is None:
        unless(release_questions.chooses_defaults_by_tag(), f"DefaultSettingsSource.{_TAGS}")
    return source.defaults, tags or {}


def values_of_sources(cls: type[BaseSettings]) -> dict[str, Any]:
    """What the sources of a class return now. Raises whatever sources of the application raise."""
    sources, _ = cls._settings_init_sources()
    return cls._settings_build_values(sources, {})


def field_in_error(error: SettingsError) -> str | None:
    """The field in: error parsing value for field "tags" from source "EnvSettingsSource"."""
    parts = str(error).split('"')
    return parts[1] if len(parts) > 2 else None
