"""The rules, one file each, in the order in which they are documented."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from confcontract.compare.rule import CompareRule

IDS = (
    "ENV_ADDED_REQUIRED",
    "ENV_ADDED_OPTIONAL",
    "ENV_REMOVED_REQUIRED",
    "ENV_REMOVED_OPTIONAL",
    "ENV_BECAME_REQUIRED",
    "ENV_BECAME_OPTIONAL",
    "REQUIRED_IF_CHANGED",
    "DEFAULT_CHANGED",
    "DEFAULT_INVALID",
    "TYPE_NARROWED",
    "TYPE_WIDENED",
    "TYPE_CHANGED",
    "TYPE_UNDECIDED",
    "FORMAT_ADDED",
    "FORMAT_REMOVED",
    "ENUM_VALUE_REMOVED",
    "ENUM_VALUE_ADDED",
    "ENUM_SET",
    "ENUM_UNSET",
    "RANGE_NARROWED",
    "RANGE_WIDENED",
    "PATTERN_NARROWED",
    "PATTERN_WIDENED",
    "PATTERN_INCOMPARABLE",
    "PATTERN_UNDECIDED",
    "EMPTY_REJECTED",
    "EMPTY_ACCEPTED",
    "ENCODING_CHANGED",
    "ENV_RENAMED_ALIASED",
    "ENV_RENAMED",
    "ALIAS_REMOVED",
    "ALIAS_ADDED",
    "ALIAS_PRECEDENCE_CHANGED",
    "PREFIX_CHANGED",
    "CASE_TIGHTENED",
    "CASE_RELAXED",
    "RETIRED_NAME_REUSED",
    "SECRET_ADDED",
    "SECRET_REMOVED",
    "VAULT_PATH_CHANGED",
    "VAULT_KEY_RENAMED",
    "FILE_SOURCE_REMOVED",
    "FILE_SOURCE_ADDED",
    "SOURCE_ORDER_CHANGED",
    "UNKNOWN_FORBIDDEN",
    "UNKNOWN_IGNORED",
    "CHECK_ADDED_CRITICAL",
    "CHECK_REMOVED",
    "ROLE_REMOVED",
    "ROLE_ADDED",
    "ROLE_COMMAND_CHANGED",
    "RELOAD_CHANGED",
    "VALIDATOR_CHANGED",
    "PLAN_CHANGED",
    "DESCRIPTION_CHANGED",
    "VERSION_NOT_BUMPED",
    "APPLICATION_CHANGED",
    "FORMAT_MAJOR_CHANGED",
    "DIGEST_MISMATCH",
)


@cache
def all_rules() -> Mapping[str, CompareRule]:
    """Id → rule. The module of each rule has the name of its id, in lower case."""
    found: dict[str, CompareRule] = {}
    for name in IDS:
        module = __import__(f"confcontract.compare.rules.{name.lower()}", fromlist=["RULE"])
        found[name] = module.RULE
    return MappingProxyType(found)
