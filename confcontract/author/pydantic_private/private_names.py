"""The names that are not documented. Each is checked before anything uses it."""

from __future__ import annotations

from confcontract.author import release_check  # refuses releases out of range, before anything of pydantic is imported

# isort: split
from collections.abc import Iterable
from typing import Any

from pydantic import ByteSize
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    EnvSettingsSource,
    InitSettingsSource,
    JsonConfigSettingsSource,
    NestedSecretsSettingsSource,
    PyprojectTomlConfigSettingsSource,
    SecretsSettingsSource,
)

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

__all__ = [
    "OF_CLASSES",
    "OF_SOURCES",
    "REPLACED",
    "_FIELD_ANNOTATION",
    "_RAW_UNION",
    "_TAGS",
    "ConfigFileSourceMixin",
    "DefaultSettingsSource",
    "_BaseMultiHostUrl",
    "_BaseUrl",
    "_SecretBase",
    "_annotation_contains_types",
    "_annotation_is_complex",
    "_get_alias_names",
    "_get_model_fields",
    "_literal_has_numeric_enum",
    "_union_has_strict_types",
    "_union_is_complex",
    "is_model_class",
    "look_at",
    "unless",
    "utils",
]

Names = tuple[str, ...]

# Read from any model, which includes settings classes, and from a type.
_OF_MODELS: Names = (
    *("__pydantic_complete__", "__pydantic_core_schema__", "__pydantic_decorators__", "__pydantic_fields__"),
    *("__private_attributes__", "__pydantic_extra__", "__pydantic_fields_set__", "__pydantic_private__"),
)
# Read from classes, or called on them.
OF_CLASSES: dict[type, Names] = {
    BaseSettings: (*_OF_MODELS, "_settings_build_values", "_settings_init_sources"),
    ByteSize: ("byte_sizes",),
    EnvSettingsSource: (
        *("_apply_case_sensitive", "_extract_field_info", "_field_is_complex", "_load_env_vars"),
        *("_replace_field_names_case_insensitively", "decode_complex_value", "explode_env_vars", "next_field"),
        "prepare_field_value",
    ),
    DotEnvSettingsSource: ("_read_env_files",),
    JsonConfigSettingsSource: ("_read_file",),
}
# Replaced by `unread_files`.
REPLACED: dict[type, Names] = {
    ConfigFileSourceMixin: ("_read_files",),
    NestedSecretsSettingsSource: ("load_secrets", "validate_secrets_path"),
    PyprojectTomlConfigSettingsSource: ("_pick_pyproject_toml_file",),
}
# Attributes that a source has once it is made; none of them is documented.
_OF_ALL: Names = ("settings_cls",)
_OF_NAMED: Names = (*_OF_ALL, "case_sensitive", "env_prefix", "env_prefix_target")
OF_SOURCES: dict[type, Names] = {
    InitSettingsSource: (*_OF_ALL, "init_kwargs"),
    EnvSettingsSource: (
        *(*_OF_NAMED, "env_ignore_empty", "env_nested_delimiter", "env_parse_enums", "env_parse_none_str"),
        *("env_vars", "maxsplit"),
    ),
    SecretsSettingsSource: _OF_NAMED,
    DefaultSettingsSource: (*_OF_ALL, "defaults"),
}
_ARGUMENTS: dict[type, tuple[Any, ...]] = {InitSettingsSource: ({},)}


def look_at(owner: Any, names: Iterable[str], *, called: str = "") -> None:
    """Raises BakeRefused for a name that a class, or its instance, does not have. called: the owner, for people."""
    cls = owner if isinstance(owner, type) else type(owner)
    of_settings = cls.__module__.startswith("pydantic_settings")
    for name in names:
        if not hasattr(owner, name):
            of_model = name in _OF_MODELS or not of_settings
            supported = release_check.PYDANTIC if of_model else release_check.SETTINGS
            raise release_check.lacking(supported, f"{called or cls.__name__}.{name}")


for _class, _names in (*OF_CLASSES.items(), *REPLACED.items()):
    look_at(_class, _names)
for _class, _names in OF_SOURCES.items():
    look_at(_class(BaseSettings, *_ARGUMENTS.get(_class, ())), _names)

# Names that came with a new feature: a release without them must lack the feature as well.
_RAW_UNION = "_raw_union_is_complex"
_FIELD_ANNOTATION = "_get_field_annotation_and_metadata"
_TAGS = "_discriminator_tags"


def unless(does: bool, name: str) -> None:
    """Raises BakeRefused if a release has the feature that a name is for, but not the name."""
    if does:
        raise release_check.lacking(release_check.SETTINGS, name)
