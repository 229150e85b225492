"""The names that are not promised, each looked at before anything uses it."""

from __future__ import annotations

from confcontract.author import release_check  # refuses what is out of range, before anything of pydantic is imported

# isort: split
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    NestedSecretsSettingsSource,
    PyprojectTomlConfigSettingsSource,
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
    "METHODS",
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
    "unless",
    "utils",
]

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


def unless(does: bool, name: str) -> None:
    """Raises BakeRefused where a release does what a name is for, and has not got the name."""
    if does:
        raise release_check.lacking(release_check.SETTINGS, name)
