"""Configurations of models, as far as they change a verdict or a value."""

from __future__ import annotations

from typing import Any

from confcontract.author.lowering.simple import PLAIN

Schema = dict[str, Any]

# Keys of pydantic_core's CoreConfig that change a verdict or a value.
_CONFIG = (
    "strict",
    "extra_fields_behavior",
    "validate_default",
    "str_max_length",
    "str_min_length",
    "str_strip_whitespace",
    "str_to_lower",
    "str_to_upper",
    "allow_inf_nan",
    "val_json_bytes",
    "val_temporal_unit",
    "coerce_numbers_to_str",
    "regex_engine",
    "validate_by_alias",
    "validate_by_name",
    "url_preserve_empty_path",
)

# Keys of a configuration that apply to everything inside, unless a model inside has a configuration of its own.
_OF_MODELS = ("extra_fields_behavior", "validate_default", "validate_by_alias", "validate_by_name")
INHERITED = tuple(key for key in _CONFIG if key not in _OF_MODELS)

# Lowering removes a root model, and its configuration with it. Where that differs from the configuration around
# it, the inner nodes get the setting themselves. Key of the configuration → key of the node, and its default.
EXPLICIT: dict[str, tuple[str, Any]] = {
    "strict": ("strict", False),
    "str_strip_whitespace": ("strip_whitespace", False),
    "str_to_lower": ("to_lower", False),
    "str_to_upper": ("to_upper", False),
    "str_min_length": ("min_length", 0),
    "coerce_numbers_to_str": ("coerce_numbers_to_str", False),
    "allow_inf_nan": ("allow_inf_nan", True),
    "regex_engine": ("regex_engine", "rust-regex"),
}
_OF_STRINGS = [key for key in EXPLICIT if key.startswith("str_") or key in ("coerce_numbers_to_str", "regex_engine")]
_WITHOUT_STRICT = ("any", "none", "nullable", "json", "custom-error")
SPELLED = frozenset(PLAIN) | {"tuple", "literal", "enum", "union", "tagged-union", "lax-or-strict"}


def limits_texts(config: Schema) -> bool:
    """Whether a configuration refuses or changes texts."""
    return any(config.get(key) for key in _CONFIG if key.startswith("str_"))


def spell_out(lowered: Schema, config: Schema) -> Schema:
    """`lowered`, with the settings of `config` on the node itself."""
    kind = lowered["type"]
    keys = ["strict"] if kind not in _WITHOUT_STRICT else []
    keys += _OF_STRINGS if kind == "str" else ["allow_inf_nan"] if kind == "float" else []
    said = {EXPLICIT[key][0]: config.get(key, EXPLICIT[key][1]) for key in keys}
    return {**said, **lowered}


def core_config(config: Schema) -> Schema:
    """The part of a model's configuration that boot's validator needs."""
    return {key: config[key] for key in _CONFIG if config.get(key) is not None}
