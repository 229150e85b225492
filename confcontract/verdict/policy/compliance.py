"""Whether the settings of a verdict comply with the organisation's policies."""

from __future__ import annotations

import os

from confcontract.contract.artifact import is_hidden
from confcontract.report.problem import Problem
from confcontract.verdict.policy.overlays import check_policies
from confcontract.verdict.sources.origin import with_secret_parts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from os import PathLike
    from typing import Any

    from confcontract.verdict.resolution import Resolution


def check(result: Resolution, policies: Sequence[str | PathLike[str]]) -> None:
    """Add every broken rule to the problems of a verdict without errors. policies: files of JSON Schema."""
    from confcontract.verdict.policy.numbers import with_deferred, with_numbers

    locator = result.locator
    by_name = {variable["name"]: variable for variable in result.contract.variables}

    def name_of(path: tuple[Any, ...]) -> str | None:
        variable = locator.variable(path)
        return variable["name"] if variable is not None else None

    def is_secret(name: str) -> bool:
        variable = by_name.get(name)
        source = result.value_sources.of(variable) if variable else None
        from_secret_source = source is not None and source.hides
        declared = bool(variable and (is_hidden(variable) or variable.get("credentials")))
        if declared or from_secret_source:
            return True
        return name in with_secret_parts(result.contract.variables, result.sources)

    overlays = [os.fspath(path) for path in policies]
    whole = result.document is not None
    values = with_numbers(result.document, result.values) if whole else _what_is_there(result)
    if values is None:
        message = "policies not evaluated: required settings are missing"
        result.problems.append(Problem("policy-unreadable", message, hint="set the variables that the notes name"))
        return
    values = with_deferred(values, (deferral["path"] for deferral in result.contract.deferred))
    result.problems.extend(check_policies(values, overlays, name_of, is_secret))


def _what_is_there(result: Resolution) -> dict[str, Any] | None:
    """The document without the members that may be missing (because of a role, or Vault); policies check the rest."""
    from confcontract.contract.engine import ValidationError
    from confcontract.contract.jsontext import as_json_data
    from confcontract.verdict.policy.numbers import with_numbers
    from confcontract.verdict.validator import partial_validator

    try:
        document = partial_validator(result.contract).validate_python(result.gathered.state)
    except ValidationError:
        return None
    values: dict[str, Any] = with_numbers(document, as_json_data(document))
    return values
