"""The project's settings for comparisons: [tool.confcontract.diff] in its pyproject.toml."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from confcontract.compare.diff import DIRECTIONS, ProjectRules
from confcontract.compare.rules import IDS
from confcontract.findings.approval_entries import APPROVALS
from confcontract.findings.direction import FORWARD, ROLLBACK, Direction
from confcontract.findings.severity import Severity
from confcontract.findings.toml_with_lines import PROJECT, TomlSettings, is_there
from confcontract.report.did_you_mean import closest

_KNOWN = ("severity", "renamed", "fail-on", "direction", "approvals")
_SEVERITIES = ("error", "review", "warning", "info", "off")
THRESHOLDS = ("error", "review", "warning")
_AT = (*PROJECT, "diff")


@dataclass(frozen=True)
class ProjectSettings:
    """rules: severities and renamed variables. fail_on, direction: used if the command line does not set them.
    approvals: the file of approvals.
    """

    rules: ProjectRules = field(default_factory=ProjectRules)
    fail_on: str = "review"
    direction: str = "forward"
    approvals: str = APPROVALS


def project_settings(path: str = "pyproject.toml") -> ProjectSettings:
    """The settings of the project in the working directory; defaults if the file or the table does not exist.

    Raises ConfigurationInvalid, with file and line, for an invalid setting.
    """
    if not is_there(path):
        return ProjectSettings()
    read = TomlSettings(path, "diff-settings-invalid")
    table = read.project_table(_AT[-1], _KNOWN)
    defaults = ProjectSettings()
    return ProjectSettings(
        ProjectRules(_severities(read, table.get("severity", {})), _renamed(read, table.get("renamed", {}))),
        _one_of(read, table, "fail-on", THRESHOLDS, defaults.fail_on),
        _one_of(read, table, "direction", tuple(DIRECTIONS), defaults.direction),
        _text(read, table, "approvals", defaults.approvals),
    )


def _one_of(read: TomlSettings, table: dict[str, Any], key: str, choices: tuple[str, ...], default: str) -> str:
    value = table.get(key, default)
    if value not in choices:
        raise read.fault(f"{key} must be one of {', '.join(choices)}", "correct it", *_AT, key)
    return str(value)


def _text(read: TomlSettings, table: dict[str, Any], key: str, default: str) -> str:
    value = table.get(key, default)
    if not isinstance(value, str) or not value:
        raise read.fault(f"{key} must be the path of a file", "correct it", *_AT, key)
    return value


def _renamed(read: TomlSettings, table: Any) -> dict[str, str]:
    at = (*_AT, "renamed")
    if not isinstance(table, dict):
        raise read.fault('renamed must be a table of OLD_NAME = "NEW_NAME"', "correct it", *at)
    for old, new in table.items():
        if not isinstance(new, str) or not new:
            raise read.fault(f"the new name of {old} must be text", f'write {old} = "NEW_NAME"', *at, old)
    return dict(table)


def _severities(read: TomlSettings, table: Any) -> dict[tuple[str, Direction | None], Severity | None]:
    at = (*_AT, "severity")
    if not isinstance(table, dict):
        raise read.fault('severity must be a table of RULE = "severity"', "correct it", *at)
    found: dict[tuple[str, Direction | None], Severity | None] = {}
    for rule, wanted in table.items():
        if rule not in IDS:
            near = closest(rule, IDS)
            hint = f"did you mean {near}?" if near else "'confcontract rules list' shows all rules"
            raise read.fault(f"there is no rule {rule!r}", hint, *at, rule)
        if isinstance(wanted, dict):
            read.refuse_unknown(wanted, ("forward", "rollback"), *at, rule)
            for direction in (FORWARD, ROLLBACK):
                if direction.value in wanted:
                    found[rule, direction] = _severity(read, wanted[direction.value], *at, rule)
        else:
            found[rule, None] = _severity(read, wanted, *at, rule)
    return found


def _severity(read: TomlSettings, value: Any, *keys: str) -> Severity | None:
    if value not in _SEVERITIES:
        hint = 'or { forward = "…", rollback = "…" } for one direction'
        raise read.fault(f"a severity is one of {', '.join(_SEVERITIES)}", hint, *keys)
    return None if value == "off" else Severity(value)
