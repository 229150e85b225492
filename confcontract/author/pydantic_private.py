"""All that bake relies on of pydantic, pydantic_core and pydantic-settings without being promised it.

Everywhere else only what they document is used, which a test holds (tests/author/test_pydantic_private.py): what
another release does otherwise is mended here. A release that lacks one of these names is refused, with its name.

Three parts: classes and their fields; the functions that pydantic puts into core schemas; the sources of settings.
What boot relies on is in contract/engine.py.
"""

from __future__ import annotations

import functools
import inspect
import io
import operator
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple, get_args, get_origin

from confcontract.author import release_check  # refuses what is out of range, before anything of pydantic is imported

# isort: split
from pydantic import BaseModel, ByteSize, Json
from pydantic.dataclasses import is_pydantic_dataclass
from pydantic.fields import FieldInfo
from pydantic_core import MultiHostUrl, PydanticUndefined, Url
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    EnvSettingsSource,
    InitSettingsSource,
    JsonConfigSettingsSource,
    NestedSecretsSettingsSource,
    PydanticBaseSettingsSource,
    PyprojectTomlConfigSettingsSource,
    SettingsError,
    TomlConfigSettingsSource,
    YamlConfigSettingsSource,
)
from typing_inspection import typing_objects
from typing_inspection.introspection import is_union_origin

from confcontract.author import release_questions
from confcontract.author.introspection import origin_of

try:
    from pydantic._internal._utils import is_model_class
    from pydantic.networks import _BaseMultiHostUrl, _BaseUrl
    from pydantic.types import _SecretBase
except ImportError as error:
    raise release_check.lacking(release_check.PYDANTIC, str(error).partition(" (")[0]) from None
try:
    from pydantic_settings.sources import DefaultSettingsSource, utils
    from pydantic_settings.sources.base import ConfigFileSourceMixin
    from pydantic_settings.sources.utils import (
        _annotation_contains_types,
        _annotation_is_complex,
        _get_alias_names,
        _get_model_fields,
        _literal_has_numeric_enum,
        _union_has_strict_types,
        _union_is_complex,
    )
except ImportError as error:
    raise release_check.lacking(release_check.SETTINGS, str(error).partition(" (")[0]) from None

# What is called on their classes: here only for its presence.
METHODS = {
    BaseSettings: ("_settings_build_values", "_settings_init_sources"),
    EnvSettingsSource: (
        *("_apply_case_sensitive", "_extract_field_info", "_field_is_complex", "_load_env_vars"),
        "_replace_field_names_case_insensitively",
    ),
}
# What `unread_files` puts others in the place of.
REPLACED = {
    ConfigFileSourceMixin: ("_read_files",),
    NestedSecretsSettingsSource: ("load_secrets", "validate_secrets_path"),
    PyprojectTomlConfigSettingsSource: ("_pick_pyproject_toml_file",),
}
for _class, _names in (*METHODS.items(), *REPLACED.items()):
    for _name in _names:
        if not hasattr(_class, _name):
            raise release_check.lacking(release_check.SETTINGS, f"{_class.__name__}.{_name}")

# Names that came with something new: without them a release must be found to lack the new as well.
_RAW_UNION = "_raw_union_is_complex"
_FIELD_ANNOTATION = "_get_field_annotation_and_metadata"
_TAGS = "_discriminator_tags"


def _unless(does: bool, name: str) -> None:
    """Raises BakeRefused where a release does what a name is for, and has not got the name."""
    if does:
        raise release_check.lacking(release_check.SETTINGS, name)


# --- classes and their fields

SECRET_CLASS: type = _SecretBase  # of SecretStr, SecretBytes and Secret[T]
URL_CLASSES: tuple[type, ...] = (Url, MultiHostUrl, _BaseUrl, _BaseMultiHostUrl)
EXTRAS = "__pydantic_extra__"  # the annotation of a model that says what its extra members are


def declared_fields(cls: type) -> dict[str, FieldInfo] | None:
    """The fields of a model, or of a dataclass of pydantic's; None for any other class."""
    found: dict[str, FieldInfo] | None = getattr(cls, "__pydantic_fields__", None)
    return found


def declared_config(cls: type) -> Mapping[str, Any]:
    """The configuration of a model, a dataclass or a TypedDict; empty where it has none."""
    return getattr(cls, "model_config", None) or getattr(cls, "__pydantic_config__", {})


def field_validators(cls: type, name: str) -> Iterator[Any]:
    """The functions of `@field_validator` for a field of a class."""
    decorators = getattr(cls, "__pydantic_decorators__", None)
    for decorator in decorators.field_validators.values() if decorators is not None else ():
        if name in decorator.info.fields or "*" in decorator.info.fields:
            yield decorator.func


def core_schema_of(cls: type[BaseModel]) -> dict[str, Any]:
    """The core schema of a model, completed if it is not yet. Raises what pydantic raises if it can't be."""
    if not cls.__pydantic_complete__:
        cls.model_rebuild(raise_errors=True)
    core: Any = cls.__pydantic_core_schema__
    found: dict[str, Any] = core
    return found


def name_in_ref(ref: str) -> str:
    """The class's part of the reference to a core schema: such references end in a memory address."""
    return ref.rsplit(":", 1)[0]


def has_own_post_init(cls: type[BaseModel]) -> bool:
    """Whether `model_post_init` is the application's, and not pydantic's own set-up of private attributes."""
    function: Any = inspect.unwrap(cls.model_post_init)
    if function is BaseModel.model_post_init:
        return False
    return not str(getattr(function, "__module__", "")).startswith("pydantic.")


def fill(model: BaseModel, values: dict[str, Any], given: set[str]) -> None:
    """Make an instance of values that nothing validates. given: the fields among them that count as set."""
    cls = type(model)
    extra: dict[str, Any] | None = {} if cls.model_config.get("extra") == "allow" else None
    private = {name: attribute.get_default() for name, attribute in cls.__private_attributes__.items()}
    private = {name: value for name, value in private.items() if value is not PydanticUndefined}
    for name, value in (
        ("__dict__", values),
        ("__pydantic_fields_set__", given),
        ("__pydantic_extra__", extra),
        ("__pydantic_private__", private or None),
    ):
        object.__setattr__(model, name, value)


# --- functions that pydantic puts into core schemas


class Does(Enum):
    """What a function of pydantic's own does with a value."""

    WRAPS_SECRET = auto()  # SecretStr and its like
    WRAPS_URL = auto()
    KEEPS_CONTAINER = auto()  # Sequence[T], defaultdict, before 2.14 deque: a list, or a mapping, of another class
    TAKES_VALUE = auto()  # of an enum's member, with use_enum_values
    MAKES_PATH = auto()
    MAKES_SIZE = auto()
    MAKES_PATTERN = auto()
    MAKES_ADDRESS = auto()
    COMPARES = auto()
    LIMITS_LENGTH = auto()
    REFUSES_INFINITY = auto()
    ASKS_MACHINE = auto()  # for files or for modules


@dataclass(frozen=True)
class OwnFunction:
    """A function of pydantic's own. word: the argument of a bound, such as "gt", or "address", "network", "interface".

    version: of IP; 0 for either.
    """

    does: Does
    word: str = ""
    version: int = 0


def _addresses() -> Iterator[tuple[str, OwnFunction]]:
    for kind in ("address", "network", "interface"):
        yield f"IPvAny{kind.capitalize()}._validate", OwnFunction(Does.MAKES_ADDRESS, kind)
        for version in (4, 6):
            own = OwnFunction(Does.MAKES_ADDRESS, kind, version)
            yield f"IPv{version}{kind.capitalize()}", own  # the class of the standard library
            yield f"ip_v{version}_{kind}_validator", own


OWN_FUNCTIONS: dict[str, OwnFunction] = {
    "SecretBytes": OwnFunction(Does.WRAPS_SECRET),
    "SecretStr": OwnFunction(Does.WRAPS_SECRET),
    "Secret.__get_pydantic_core_schema__.<locals>.<lambda>": OwnFunction(Does.WRAPS_SECRET),
    "Secret.__get_pydantic_core_schema__.<locals>.validate_secret_value": OwnFunction(Does.WRAPS_SECRET),
    "_BaseUrl.__get_pydantic_core_schema__.<locals>.wrap_val": OwnFunction(Does.WRAPS_URL),
    "_BaseMultiHostUrl.__get_pydantic_core_schema__.<locals>.wrap_val": OwnFunction(Does.WRAPS_URL),
    "sequence_validator": OwnFunction(Does.KEEPS_CONTAINER),
    "defaultdict_validator": OwnFunction(Does.KEEPS_CONTAINER),
    "deque_validator": OwnFunction(Does.KEEPS_CONTAINER),
    "GenerateSchema._path_schema.<locals>.path_validator": OwnFunction(Does.MAKES_PATH),
    "ByteSize._validate": OwnFunction(Does.MAKES_SIZE),
    "pattern_either_validator": OwnFunction(Does.MAKES_PATTERN),
    "pattern_str_validator": OwnFunction(Does.MAKES_PATTERN),
    **dict(_addresses()),
    "greater_than_validator": OwnFunction(Does.COMPARES, "gt"),
    "greater_than_or_equal_validator": OwnFunction(Does.COMPARES, "ge"),
    "less_than_validator": OwnFunction(Does.COMPARES, "lt"),
    "less_than_or_equal_validator": OwnFunction(Does.COMPARES, "le"),
    "multiple_of_validator": OwnFunction(Does.COMPARES, "multiple_of"),
    "min_length_validator": OwnFunction(Does.LIMITS_LENGTH, "min_length"),
    "max_length_validator": OwnFunction(Does.LIMITS_LENGTH, "max_length"),
    "forbid_inf_nan_check": OwnFunction(Does.REFUSES_INFINITY),
    "import_string": OwnFunction(Does.ASKS_MACHINE),
}
_PATH_TESTS = "PathType.validate_"  # FilePath, DirectoryPath, NewPath, SocketPath
_SERIALIZERS_OF_SECRETS = ("_serialize_secret_field", "_serialize_secret")


def own_function(function: Any) -> OwnFunction | None:
    """What a function in a core schema is; None if it is the application's, or one of pydantic's that is not known."""
    module, name = origin_of(function)
    if isinstance(function, operator.attrgetter):
        return OwnFunction(Does.TAKES_VALUE)
    if function is OrderedDict:
        return OwnFunction(Does.KEEPS_CONTAINER)
    if not module.startswith(("pydantic.", "ipaddress")):
        return None
    return OwnFunction(Does.ASKS_MACHINE) if name.startswith(_PATH_TESTS) else OWN_FUNCTIONS.get(name)


def is_of_pydantic(function: Any) -> bool:
    """Whether a function in a core schema is not the application's, known or not."""
    return function is OrderedDict or origin_of(function)[0].startswith(("pydantic.", "ipaddress", "operator"))


def is_secret_core(schema: dict[str, Any]) -> bool:
    """Whether a core schema is that of SecretStr, SecretBytes or Secret[T]."""
    serializer = schema.get("serialization") or schema.get("lax_schema", {}).get("serialization") or {}
    return getattr(serializer.get("function"), "__name__", "") in _SERIALIZERS_OF_SECRETS


def byte_units() -> dict[str, float]:
    """Unit → its factor, in lower case, as ByteSize takes them."""
    return dict(sorted(ByteSize.byte_sizes.items()))


# --- sources of settings


class Naming(NamedTuple):
    """How a source looks names up."""

    case_matters: bool
    prefix: str
    prefix_target: str


class TextOptions(NamedTuple):
    """What a source of variables makes of their text. max_split: as `str.split` takes it, -1 for all."""

    ignore_empty: bool
    none_str: str | None
    parse_enums: bool | None
    delimiter: str | None
    max_split: int


def naming_of(source: Any) -> Naming:
    """Of a source of variables or of secret files."""
    return Naming(source.case_sensitive, source.env_prefix, source.env_prefix_target)


def reading_of(source: EnvSettingsSource) -> TextOptions:
    """Of a source of variables."""
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
    """What a source of files was told, instead of what the configuration says under the same key."""
    return getattr(source, key, None)  # a release may not know it


def knows_option(key: str) -> bool:
    """Whether a settings class can be configured so, in this release."""
    return key in BaseSettings.model_config


def has_arguments(source: Any) -> bool:
    """Whether a source of constructor arguments has some of its own."""
    return bool(source.init_kwargs)


def left_out(source: Any, base: Any) -> frozenset[str] | None:
    """The names that a source has no longer of what `base`, the class of pydantic-settings' that it derives from,
    finds: its constructor may have left some out. None where what it has is something else."""
    found = base._load_env_vars(source)
    missing = frozenset(found.keys() - source.env_vars.keys())
    same = {name: value for name, value in found.items() if name not in missing} == dict(source.env_vars)
    return missing if same else None


@contextmanager
def env_files_like_environment() -> Iterator[None]:
    """While it lasts, every env file that a source names holds what the environment holds, and none is opened."""
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
    """A name as the source looks it up."""
    return source._apply_case_sensitive(name)


def is_decoded(source: EnvSettingsSource, field: FieldInfo) -> tuple[bool, bool]:
    """Whether the text of a field is JSON; and whether it stays as it is where it is none."""
    return source._field_is_complex(field)


def is_decoded_type(annotation: Any) -> bool:
    """Whether text is JSON for a type alone, such as that of a mapping's values."""
    return _annotation_is_complex(annotation, [])


def is_decoded_union(source: EnvSettingsSource, annotation: Any) -> bool:
    """Whether text is tried as JSON for a union alone."""
    asked = getattr(source, _RAW_UNION, None)
    if asked is None:
        _unless(release_questions.reads_unions_in_mappings(), f"EnvSettingsSource.{_RAW_UNION}")
    return asked is not None and bool(asked(annotation))


def stays_text(source: EnvSettingsSource, name: str, field: FieldInfo) -> bool:
    """Whether what is JSON by its type is not decoded all the same (`NoDecode`)."""
    own = copy(field)
    own.metadata = list(field.metadata)  # releases before 2.16 write into it
    return bool(source.decode_complex_value(name, own, "[]") == "[]")


def claims_json(field: FieldInfo) -> bool:
    """Whether a field is decoded by its annotation, whatever source it is in."""
    annotation, metadata = _annotation_and_metadata(field)
    union = is_union_origin(get_origin(annotation))
    return _annotation_is_complex(annotation, metadata) or (union and _union_is_complex(annotation, metadata))


def _annotation_and_metadata(field: FieldInfo) -> tuple[Any, list[Any]]:
    """As pydantic-settings sees them: what is in an `Annotated` inside of the annotation counts as the field's, since
    a release."""
    asked = getattr(utils, _FIELD_ANNOTATION, None)
    if asked is None:
        _unless(release_questions.leaves_json_alone(), _FIELD_ANNOTATION)
        return field.annotation, field.metadata
    found: tuple[Any, list[Any]] = asked(field)
    return found


def is_converted(field: FieldInfo, *, strict: bool) -> bool:
    """Whether text is made an object before validation. strict: the settings class is."""
    annotation, metadata = _annotation_and_metadata(field)
    wanted = strict or (is_union_origin(get_origin(annotation)) and _union_has_strict_types(annotation))
    if not (wanted or _literal_has_numeric_enum(annotation)):
        return False
    if release_questions.leaves_json_alone() and any(isinstance(item, Json) for item in metadata):  # type: ignore[misc]
        return False
    return not _annotation_contains_types(annotation, (Json,), is_instance=True)


def is_model(annotation: Any) -> bool:
    """Whether names can lead on into a type: a model, or a dataclass of pydantic's."""
    return is_model_class(annotation) or is_pydantic_dataclass(annotation)


def model_in(annotation: Any) -> Any:
    """The model that an annotation is, with `Optional` and `Annotated` around it or not; None if it is none."""
    if is_union_origin(get_origin(annotation)) and len(get_args(annotation)) == 2:
        left = [each for each in get_args(annotation) if each is not type(None)]
        annotation = left[0] if len(left) == 1 else annotation
    found = get_args(annotation)[0] if typing_objects.is_annotated(get_origin(annotation)) else annotation
    return found if is_model(found) else None


def fields_of_model(model: Any) -> dict[str, FieldInfo]:
    """The fields of what `is_model` is true of."""
    return _get_model_fields(model)


def aliases_of(model: Any, name: str, field: FieldInfo) -> tuple[str, ...]:
    """The keys under which sources give a field to its class, best first."""
    if not release_questions.heeds_configuration_of_models():
        return _get_alias_names(name, field)[0]
    by_alias = declared_config(model).get("validate_by_alias") is not False
    return _get_alias_names(name, field, validate_by_alias=by_alias)[0]


def takes_field_names(model: Any) -> bool:
    """Whether a class takes its fields by their names beside their aliases."""
    config = declared_config(model)
    if not release_questions.heeds_configuration_of_models():
        return bool(config.get("populate_by_name") or config.get("validate_by_name"))
    said = [config[key] for key in ("validate_by_name", "populate_by_name") if config.get(key) is not None]
    return bool(said[0]) if said else config.get("validate_by_alias") is False


def names_left_to_chance(cls: type[BaseSettings]) -> bool:
    """Whether a release gives a class inside of another one of two names, whichever a set has first, and the class
    takes only its field's own: before 2.16, with `validate_by_alias=False`."""
    if release_questions.heeds_configuration_of_models() or cls.model_config.get("validate_by_alias") is not False:
        return False
    return any(set(aliases_of(cls, name, field)) != {name} for name, field in cls.model_fields.items())


def renamed(source: EnvSettingsSource, field: FieldInfo, values: dict[str, Any]) -> dict[str, Any]:
    """What a field holds, with the keys that its class takes where they are written in another case."""
    return source._replace_field_names_case_insensitively(field, values)


def partial_defaults(cls: type[BaseSettings]) -> tuple[dict[str, Any], dict[str, list[tuple[tuple[str, ...], Any]]]]:
    """Key → default, of the sections over whose defaults parts are laid; and key → (way, tag), … of unions in them.

    Raises TypeError for a dataclass with a defaultdict in it, before Python 3.12.
    """
    source = DefaultSettingsSource(cls, nested_model_default_partial_update=True)
    tags = getattr(source, _TAGS, None)
    if tags is None:
        _unless(release_questions.chooses_defaults_by_tag(), f"DefaultSettingsSource.{_TAGS}")
    return source.defaults, tags or {}


def values_of_sources(cls: type[BaseSettings]) -> dict[str, Any]:
    """What the sources of a class give at this moment. Raises whatever sources of the application raise."""
    sources, _ = cls._settings_init_sources()
    return cls._settings_build_values(sources, {})


def field_in_error(error: SettingsError) -> str | None:
    """The field of: error parsing value for field "tags" from source "EnvSettingsSource"."""
    parts = str(error).split('"')
    return parts[1] if len(parts) > 2 else None


# --- sources of files


class Picked(type(Path())):  # type: ignore[misc]
    """Stands for the pyproject.toml that a source would have looked for. named: the path that it was given, if any."""

    named: Path | None = None


@contextmanager
def unread_files(found: Mapping[str, Any], *, traversed: bool = True) -> Iterator[None]:
    """While it lasts, sources of configuration files find the same in any file, and nothing is opened.

    What a source was told is kept in it for `files_of`. found: under a header or a section, too.
    traversed: a section need not be there.
    """

    def read_files(self: Any, files: Any, deep_merge: bool = False) -> dict[str, Any]:
        vars(self)[_TOLD] = files, deep_merge
        inner = dict(found)
        if isinstance(self, PyprojectTomlConfigSettingsSource):
            for key in reversed(tuple(self.toml_table_header)):
                inner = {key: inner}
        return inner

    def pick(provided: Any, _depth: int) -> Path:
        made = Picked(provided.resolve() if provided else "pyproject.toml")
        made.named = provided or None
        return made

    replaced: tuple[tuple[type, str, Any], ...] = (
        (ConfigFileSourceMixin, "_read_files", read_files),
        (TomlConfigSettingsSource, "_any_file_exists", classmethod(lambda *_: False)),
        (YamlConfigSettingsSource, "_traverse_nested_section", lambda _, data, *_more: data),
        (PyprojectTomlConfigSettingsSource, "_pick_pyproject_toml_file", staticmethod(pick)),
        (NestedSecretsSettingsSource, "validate_secrets_path", lambda *_: None),
        (NestedSecretsSettingsSource, "load_secrets", staticmethod(lambda *_: {})),
    )
    replaced = tuple(each for each in replaced if traversed or each[1] != "_traverse_nested_section")
    before = [(owner, name, vars(owner)[name]) for owner, name, _ in replaced if name in vars(owner)]
    try:
        for owner, name, function in replaced:
            if name in vars(owner):
                setattr(owner, name, function)
        yield
    finally:
        for owner, name, was in before:
            setattr(owner, name, was)


class _NoFile:
    """An empty file, which notes the encoding in which it was opened."""

    encoding: str | None = None

    def open(self, encoding: str | None = None) -> io.StringIO:
        self.encoding = encoding
        return io.StringIO("")


@functools.cache
def reading_of_files() -> tuple[str, bool, bool]:
    """What this release does with files: the encoding where none is named; whether an empty JSON file is refused;
    whether an empty section of a YAML file is."""
    file = _NoFile()
    try:
        JsonConfigSettingsSource._read_file(SimpleNamespace(json_file_encoding=None), file)  # type: ignore[arg-type]
        empty_refused = False
    except ValueError:
        empty_refused = True
    with unread_files({"section": None}, traversed=False):
        try:
            YamlConfigSettingsSource(BaseSettings, "file", yaml_config_section="section")
            section_refused = False
        except (AttributeError, TypeError):
            section_refused = True
    return file.encoding or "locale", empty_refused, section_refused


def walks_trees() -> bool:
    """Whether this release reads trees of secret files as boot does: earlier ones follow links out of them."""
    return hasattr(NestedSecretsSettingsSource, "_iter_secret_files")


_TOLD = "confcontract: files, deep_merge"


class ToldFiles(NamedTuple):
    """What a source of configuration files reads: paths as it was given them, or None; whether sections of several are
    put together."""

    paths: Any
    deep_merge: bool


def files_of(source: Any) -> ToldFiles | None:
    """Of a source that was made while `unread_files` lasted; None if it reads none, in a way of its own."""
    told = vars(source).get(_TOLD)
    return None if told is None else ToldFiles(*told)


def takes_arguments(source: Any, found: Mapping[str, Any]) -> bool:
    """Whether a source of files gives all that it finds, as pydantic-settings does: a constructor, or the hook, may
    have taken some of it away. Made while `unread_files(found)` lasted."""
    return bool(source.init_kwargs == InitSettingsSource(source.settings_cls, dict(found)).init_kwargs)
