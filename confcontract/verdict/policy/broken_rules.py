"""A broken rule of an overlay, in words. jsonschema's own message shows the value; these messages never do."""

from __future__ import annotations

from confcontract.report.problem import Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeAlias

    Path: TypeAlias = tuple[str | int, ...]
    NameOf: TypeAlias = Callable[[Path], str | None]
    IsSecret: TypeAlias = Callable[[str], bool]

_LONG = 300  # characters of a rule to quote
_NOTES = ("description", "$comment", "title")

_BOUNDS = {
    "minimum": "must be at least {}",
    "maximum": "must be at most {}",
    "exclusiveMinimum": "must be more than {}",
    "exclusiveMaximum": "must be less than {}",
    "multipleOf": "must be a multiple of {}",
    "minLength": "must have at least {} characters",
    "maxLength": "must have at most {} characters",
    "minItems": "must have at least {} items",
    "maxItems": "must have at most {} items",
    "minProperties": "must have at least {} entries",
    "maxProperties": "must have at most {} entries",
    "minContains": "must hold at least {} of the items that the policy requires",
    "maxContains": "must hold at most {} of the items that the policy names",
    "const": "must be {}",
    "pattern": "must match the pattern {}",
    "contains": "must hold an item that satisfies {}",
    "not": "must not satisfy {}",
}


def explain(error: Any, schema: Any, overlay: str, name_of: NameOf, is_secret: IsSecret) -> list[Problem]:
    """The problems behind one error of jsonschema; each missing member becomes a problem of its own."""
    path: Path = tuple(error.absolute_path)
    note = _note(error, schema)
    rule = error.validator or "false"

    def problem(place: Path, words: str) -> Problem:
        variable, subject = _subject(place, name_of, is_secret)
        message = f"{subject} {words}" + (f" ({note})" if note else "")
        change = f"change {variable}" if variable else "change the settings"
        hint = f"{change}, or ask the owner of {overlay}"
        return Problem("policy-violated", message, variable=variable, source=overlay, hint=hint, rule=rule)

    if rule in ("required", "dependentRequired"):
        return [problem((*path, member), "must be set") for member in _missing(error)]
    words = _expected(error, name_of, is_secret)
    return [problem(path, words + _found(error.instance, path, name_of, is_secret))]


def _missing(error: Any) -> list[str]:
    rule, present = error.validator_value, error.instance
    if error.validator == "required":
        wanted = list(rule)
    else:
        wanted = [member for trigger, members in rule.items() if trigger in present for member in members]
    return [member for member in wanted if member not in present]


def _expected(error: Any, name_of: NameOf, is_secret: IsSecret) -> str:
    rule, value = error.validator, error.validator_value
    if rule is None or (rule == "not" and value in ({}, True)):
        return "must not be set"
    if rule in _BOUNDS:
        return _BOUNDS[rule].format(_quoted(value))
    if rule == "type":
        return "must be of type " + (" or ".join(value) if isinstance(value, list) else str(value))
    if rule == "enum":
        return "must be one of " + _short(", ".join(map(_quoted, value)))
    if rule == "uniqueItems":
        return "must not contain the same item twice"
    if rule in ("additionalProperties", "unevaluatedProperties"):
        allowed = ", ".join(sorted(error.schema.get("properties", ())))
        return "must have no other members than " + (_short(allowed) if allowed else "those that the policy names")
    if rule in ("anyOf", "oneOf") and error.context:
        ways = (
            f"{_subject(tuple(inner.absolute_path), name_of, is_secret)[1]} {_expected(inner, name_of, is_secret)}"
            if inner.validator not in ("required", "dependentRequired")
            else " and ".join(
                f"{_subject((*inner.absolute_path, member), name_of, is_secret)[1]} must be set"
                for member in _missing(inner)
            )
            for inner in error.context
        )
        return "must match one of the policy's alternatives: " + _short("; or ".join(dict.fromkeys(ways)))
    if rule == "oneOf":
        return "must match exactly one of the policy's alternatives, not several"
    return f"must satisfy the policy's rule {rule!r}"


def _found(value: Any, path: Path, name_of: NameOf, is_secret: IsSecret) -> str:
    """The actual value, shown only for numbers and booleans of declared variables that are not secret."""
    variable = name_of(path)
    from confcontract.verdict.policy.numbers import NumberText

    if variable is None or is_secret(variable) or not isinstance(value, (bool, int, float, NumberText)):
        return ""
    return f", but is {value if isinstance(value, NumberText) else _quoted(value)}"


def _subject(path: Path, name_of: NameOf, is_secret: IsSecret) -> tuple[str | None, str]:
    """The variable that feeds this place or the nearest one around it, and the name of the place in a sentence."""
    for length in range(len(path), 0, -1):
        variable = name_of(path[:length])
        if variable is not None:
            inner = "" if is_secret(variable) else ".".join(str(step) for step in path[length:])
            return variable, f"{variable}, at {inner}," if inner else variable
    return None, ".".join(str(step) for step in path) or "the settings together"


def _note(error: Any, schema: Any) -> str:
    """The overlay's own text about the rule: the nearest description, $comment or title around it."""
    for node in (error.schema, *reversed(_around(schema, list(error.absolute_schema_path)))):
        if isinstance(node, dict):
            for word in _NOTES:
                if isinstance(node.get(word), str) and node[word].strip():
                    return _short(" ".join(node[word].split()).rstrip("."))
    return ""


def _around(schema: Any, steps: list[Any]) -> list[Any]:
    """Every node from the root of the overlay to the failing rule, following references inside it."""
    from confcontract.verdict.policy.parts import pointed

    node, passed = schema, [schema]
    for step in steps[:-1]:
        while isinstance(node, dict) and step not in node and isinstance(node.get("$ref"), str):
            node = pointed(schema, node["$ref"])
            passed.append(node)
        try:
            node = node[step]
        except (KeyError, IndexError, TypeError):
            break
        passed.append(node)
    return passed


def _quoted(value: Any) -> str:
    import json

    return _short(json.dumps(value, ensure_ascii=False))


def _short(text: str) -> str:
    return text if len(text) <= _LONG else text[: _LONG - 1] + "…"
