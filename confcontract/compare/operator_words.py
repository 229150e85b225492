"""What operators have to do about a finding, by when, and what happens otherwise, in sentences for a release note.

The remedies of the rules address the application's developers; these sentences address its operators.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from confcontract.compare.finding import Finding
from confcontract.findings.severity import INFO, REVIEW

_REFUSED = (
    "Change a value that is no longer accepted before you upgrade: with such a value, the application does not start."
)
_LOOK = "Try the values in use before you upgrade (confcontract validate): some may be refused."
_NOTHING = ""

# Rule → what to do if the finding is more than information. {old} and {new} are the differing parts, {name} the
# variable.
TO_DO: Mapping[str, str] = MappingProxyType(
    {
        "ENV_ADDED_REQUIRED": "Set it before you upgrade: without it, the application does not start.",
        "ENV_ADDED_OPTIONAL": _NOTHING,
        "ENV_REMOVED_REQUIRED": "Remove it where it is set, once you will not go back.",
        "ENV_REMOVED_OPTIONAL": "Remove it where it is set.",
        "ENV_BECAME_REQUIRED": "Set it before you upgrade: without it, the application does not start.",
        "ENV_BECAME_OPTIONAL": _NOTHING,
        "REQUIRED_IF_CHANGED": "Set what is required before you upgrade: without it, the application does not start.",
        "DEFAULT_CHANGED": "Set it yourself before you upgrade to keep the old behaviour.",
        "DEFAULT_INVALID": "Set another value: the default is refused where it is written out.",
        "TYPE_NARROWED": _REFUSED,
        "TYPE_WIDENED": _NOTHING,
        "TYPE_CHANGED": "Write the value in the new form together with the upgrade: in the old form, the application "
        "does not start.",
        "TYPE_UNDECIDED": _LOOK,
        "FORMAT_ADDED": _REFUSED,
        "FORMAT_REMOVED": _NOTHING,
        "ENUM_VALUE_REMOVED": _REFUSED,
        "ENUM_VALUE_ADDED": _NOTHING,
        "ENUM_SET": _REFUSED,
        "ENUM_UNSET": _NOTHING,
        "RANGE_NARROWED": _REFUSED,
        "RANGE_WIDENED": _NOTHING,
        "PATTERN_NARROWED": _REFUSED,
        "PATTERN_WIDENED": _NOTHING,
        "PATTERN_INCOMPARABLE": _REFUSED,
        "PATTERN_UNDECIDED": _LOOK,
        "EMPTY_REJECTED": "Set a value, or remove the variable, where it is empty, before you upgrade: with an empty "
        "value, the application does not start.",
        "EMPTY_ACCEPTED": _NOTHING,
        "ENCODING_CHANGED": "Write it in the new form together with the upgrade: in the old form it means something "
        "else, or the application does not start.",
        "ENV_RENAMED_ALIASED": "Use {new} when it suits you.",
        "ENV_RENAMED": "Set {new} before you upgrade: {old} has no effect any more.",
        "ALIAS_REMOVED": "Set {name} instead of {old} before you upgrade: {old} has no effect any more.",
        "ALIAS_ADDED": _NOTHING,
        "ALIAS_PRECEDENCE_CHANGED": "Set it by one name only: where several are set, another one counts now, "
        "and what is set there may be refused.",
        "PREFIX_CHANGED": "Rename the variables together with the upgrade: the old names have no effect any more.",
        "CASE_TIGHTENED": "Write names exactly as they are documented before you upgrade: others have no effect any "
        "more.",
        "CASE_RELAXED": _NOTHING,
        "RETIRED_NAME_REUSED": "Change the value together with the upgrade: the old one means something else.",
        "SECRET_ADDED": "Move its value into a secret store, out of manifests and env files.",
        "SECRET_REMOVED": "Replace the value if it must stay secret: it is no longer treated as a secret.",
        "VAULT_PATH_CHANGED": "Write the secret to its new place before you upgrade: the application does not start "
        "without it.",
        "VAULT_KEY_RENAMED": "Write the secret under its new key before you upgrade: the application does not start "
        "without it.",
        "FILE_SOURCE_REMOVED": "Give the value in another way before you upgrade: the file is no longer read.",
        "FILE_SOURCE_ADDED": _NOTHING,
        "SOURCE_ORDER_CHANGED": "Give each setting in one place only: where several give it, another one may count.",
        "UNKNOWN_FORBIDDEN": "Remove names that are not settings before you upgrade: with them, the application does "
        "not start.",
        "UNKNOWN_IGNORED": _NOTHING,
        "CHECK_ADDED_CRITICAL": "See that it can be reached before you upgrade: without it, the application does not "
        "start.",
        "CHECK_REMOVED": _NOTHING,
        "ROLE_REMOVED": "Start another role before you upgrade: this one is refused.",
        "ROLE_ADDED": _NOTHING,
        "ROLE_COMMAND_CHANGED": "Check what refers to the old command: probes, limits, scripts.",
        "RELOAD_CHANGED": "Check how its value is rotated.",
        "VALIDATOR_CHANGED": _LOOK,
        "PLAN_CHANGED": _LOOK,
        "DESCRIPTION_CHANGED": _NOTHING,
        "VERSION_NOT_BUMPED": _NOTHING,
        "APPLICATION_CHANGED": _NOTHING,
        "FORMAT_MAJOR_CHANGED": _NOTHING,
        "DIGEST_MISMATCH": _NOTHING,
    }
)

UNTOLD = frozenset(
    ("DESCRIPTION_CHANGED", "VERSION_NOT_BUMPED", "APPLICATION_CHANGED", "FORMAT_MAJOR_CHANGED", "DIGEST_MISMATCH")
)
_ALSO_AS_NOTES = ("ENV_RENAMED_ALIASED",)


def to_do(finding: Finding) -> str:
    """What an operator has to do; empty if nothing."""
    if finding.severity is INFO and finding.rule not in _ALSO_AS_NOTES:
        return ""
    name = finding.names[-1] if finding.names else ""
    words = TO_DO[finding.rule].format(old=finding.old, new=finding.new, name=name)
    return _LOOK if not words and finding.severity is REVIEW else words
