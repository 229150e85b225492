"""The values to write: an env file, or a JSON object of values by variable. `-` is stdin."""

from __future__ import annotations

from confcontract.contract.declared import Declared
from confcontract.report.problem import Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from confcontract.contract.artifact import Contract


def read_values(name: str, text: str, contract: Contract) -> tuple[dict[str, str], list[Problem]]:
    """variable → value, by the variables' own names. name: of the file, for people. No problem shows a value."""
    given, problems = parse_values(name, text)
    declared = Declared(contract)
    found: dict[str, str] = {}
    for each, value in given.items():
        variable = declared.canonical(each)
        if variable is None:
            problems.append(_unknown(each, name, declared))
        elif variable not in found or each == variable:  # of several names of one variable, its own name wins
            found[variable] = value
    return found, problems


def _unknown(given: str, file: str, declared: Declared) -> Problem:
    from confcontract.report.did_you_mean import closest

    guess = closest(given, declared.canonical_names)
    message = "has a value, but the contract has no such variable"
    hint = f"did you mean {guess}?" if guess else "correct the name, or remove it from the values"
    return Problem("seed-value-unplaced", message, variable=given, source=file, hint=hint)


def parse_values(name: str, text: str) -> tuple[dict[str, str], list[Problem]]:
    """name → value, by the names in the file. No problem shows a value."""
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
