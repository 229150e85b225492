"""The values that are to be written: an env file, or a JSON object of values by variable. `-` is stdin."""

from __future__ import annotations

from confcontract.report.problem import Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from confcontract.contract.artifact import Contract


def read_values(name: str, text: str, contract: Contract) -> tuple[dict[str, str], list[Problem]]:
    """variable → value, by the variables' own names. name: of the file, for people. No problem shows a value."""
    given, problems = _parsed(name, text)
    names = {each: variable["name"] for variable in contract.variables for each in _names(variable)}
    found: dict[str, str] = {}
    for each, value in given.items():
        variable = names.get(each)
        if variable is None:
            message = "is given, and the contract has no such variable"
            problems.append(Problem("seed-value-unplaced", message, variable=each, source=name))
        else:
            found[variable] = value
    return found, problems


def _names(variable: Mapping[str, object]) -> list[str]:
    aliases = variable.get("aliases")
    return [str(variable["name"]), *(aliases if isinstance(aliases, list) else ())]


def _parsed(name: str, text: str) -> tuple[dict[str, str], list[Problem]]:
    if text.lstrip()[:1] == "{":
        return _from_json(name, text)
    from confcontract.verdict.sources.envfile import read_env_text

    file = read_env_text(text, name, {})
    return dict(file.values), list(file.problems)


def _from_json(name: str, text: str) -> tuple[dict[str, str], list[Problem]]:
    from confcontract.contract.envtext import ValueUnusable, to_text
    from confcontract.secrets.vault.values import parse

    try:
        data = parse(text)
    except ValueError:
        return {}, [Problem("source-unreadable", f"{name} is not valid JSON", source=name, hint="correct the file")]
    assert isinstance(data, dict), "it begins with a brace"
    found, problems = {}, []
    for each, value in data.items():
        try:
            found[each] = to_text(value)
        except ValueUnusable as unusable:
            problems.append(Problem("value-invalid", f"can't be used: {unusable}", variable=each, source=name))
    return found, problems
