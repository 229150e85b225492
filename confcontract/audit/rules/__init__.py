"""The rules of an audit, one per file, in the order of the documentation."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from confcontract.audit.audit_rule import AuditRule

IDS = (
    "SECRET_IN_ENV",
    "SECRET_IN_BUILD_ARG",
    "SECRET_IN_HISTORY",
    "SECRET_IN_LABEL",
    "SECRET_IN_COMMAND",
    "SECRET_VALUE_IN_CONFIG",
    "SECRET_VALUE_IN_LAYER",
    "SECRET_PATTERN",
    "CONTRACT_MISSING",
    "CONTRACT_LABEL",
    "CONTRACT_ENGINE",
    "ENTRYPOINT_NOT_OURS",
    "ENTRYPOINT_SHELL",
    "USER_ROOT",
    "LOCK_WITHOUT_HASHES",
    "INSTALLED_NOT_LOCKED",
    "BASE_NOT_PINNED",
    "CREATED_NOT_REPRODUCIBLE",
    "WORLD_WRITABLE",
    "SETUID",
    "ENV_FILE",
    "GIT_FOLDER",
    "PACKAGE_CACHE",
)


@cache
def all_audit_rules() -> Mapping[str, AuditRule]:
    """Id → rule. The module of a rule is named after its id, in lower case."""
    found: dict[str, AuditRule] = {}
    for name in IDS:
        module = __import__(f"confcontract.audit.rules.{name.lower()}", fromlist=["RULE"])
        found[name] = module.RULE
    return MappingProxyType(found)
