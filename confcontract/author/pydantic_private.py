"""Every name of pydantic and pydantic-settings that bake relies on without being promised it.

Elsewhere in `author` only their public names are imported. A release that lacks one of these is refused, with its name.
"""

from __future__ import annotations

from confcontract.author import supported  # refuses what is out of range, before anything of pydantic is imported

# isort: split
from pydantic_settings import BaseSettings, EnvSettingsSource

try:
    from pydantic._internal._utils import is_model_class
    from pydantic.networks import _BaseMultiHostUrl, _BaseUrl
    from pydantic.types import _SecretBase
except ImportError as error:
    raise supported.lacking(supported.PYDANTIC, str(error).partition(" (")[0]) from None
try:
    from pydantic_settings.sources import (
        DefaultSettingsSource,
        DotEnvSettingsSource,
        InitSettingsSource,
        SecretsSettingsSource,
    )
    from pydantic_settings.sources.base import _unwrap_optional_annotation
    from pydantic_settings.sources.utils import (
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
        _validate_by_alias_enabled,
        _validate_by_name_enabled,
    )
except ImportError as error:
    raise supported.lacking(supported.SETTINGS, str(error).partition(" (")[0]) from None

__all__ = [
    "DefaultSettingsSource",
    "DotEnvSettingsSource",
    "InitSettingsSource",
    "SecretsSettingsSource",
    "_BaseMultiHostUrl",
    "_BaseUrl",
    "_SecretBase",
    "_annotation_contains_types",
    "_annotation_is_complex",
    "_get_alias_names",
    "_get_field_annotation_and_metadata",
    "_get_model_config",
    "_get_model_fields",
    "_literal_has_numeric_enum",
    "_strip_annotated",
    "_union_has_strict_types",
    "_union_is_complex",
    "_unwrap_optional_annotation",
    "_validate_by_alias_enabled",
    "_validate_by_name_enabled",
    "is_model_class",
]

# What is called on their classes: here only for its presence.
METHODS = {
    BaseSettings: ("_settings_build_values", "_settings_init_sources"),
    EnvSettingsSource: (
        *("_apply_case_sensitive", "_extract_field_info", "_field_is_complex", "_load_env_vars"),
        "_raw_union_is_complex",
    ),
}
for _class, _names in METHODS.items():
    for _name in _names:
        if not hasattr(_class, _name):
            raise supported.lacking(supported.SETTINGS, f"{_class.__name__}.{_name}")
