"""Quotes around a value: env files of docker and kubectl keep them, though they look like those of a shell.

`docker run --env-file` and `kubectl create configmap|secret --from-env-file` use everything after the first `=` of a
line as the value: docker/cli, pkg/kvfile; kubectl, pkg/cmd/util/env_file.go.
"""

from __future__ import annotations

from confcontract.report.problem import ERROR, WARNING, Problem
from confcontract.verdict.sources.order import ENVIRONMENT, SECRET_FILE
from confcontract.verdict.sources.origin import as_named

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from confcontract.verdict.resolution import Resolution
    from confcontract.verdict.sources.origin import Entry

KEPT = "env files of docker run and kubectl keep quotes: write the value without them"
_REACHED_BY_THEM = (ENVIRONMENT, SECRET_FILE)  # boot removes the quotes in env files that it reads itself


def explain_quotes(result: Resolution) -> None:
    """Add a note about the quotes, both if the value is refused and if it is accepted."""
    declared = result.merged.declared
    quoted = {name: entry for name in declared.names if (entry := result.merged.top(name)) and _is_quoted(entry)}
    for at, problem in enumerate(result.problems):
        if problem.variable in quoted and problem.severity == ERROR and problem.code.startswith("value-"):
            result.problems[at] = problem.but(hint=f"{KEPT}{'; ' if problem.hint else ''}{problem.hint or ''}")
    refused = {problem.variable for problem in result.problems if problem.severity == ERROR}
    for name, entry in quoted.items():
        if name not in refused and _takes_quotes(declared.variables[name], entry.value):
            message = "begins and ends with the same quote, and the application gets the value with the quotes"
            place = as_named(str(entry.source), entry.name, name)
            told = Problem("value-quoted", message, variable=name, source=place, hint=KEPT, severity=WARNING)
            result.problems.append(told)


def _is_quoted(entry: Entry) -> bool:
    value = entry.value
    return len(value) > 1 and value[0] in "\"'" and value[-1] == value[0] and entry.kind in _REACHED_BY_THEM


def _takes_quotes(variable: Mapping[str, Any], value: str) -> bool:
    """Whether the quotes become part of the setting: not in JSON, and not if the quoted text is one of the choices."""
    is_json = variable["encoding"] == "json" or variable["type"]["kind"] == "json"
    return not is_json and value not in variable.get("constraints", {}).get("enum", ())
