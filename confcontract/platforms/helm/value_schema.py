"""The schema of a chart's values (2020-12). It refuses only what boot would refuse, and keys that nothing reads.

Values can be written as YAML, `8080`, `true`, a list; the template converts them to the text for the environment. A
number that would lose precision has to be a text.
"""

from __future__ import annotations

import json
import re

from confcontract.contract.artifact import is_hidden
from confcontract.contract.declared import Declared
from confcontract.contract.schemes import SCHEMES
from confcontract.platforms.comments import one_line
from confcontract.platforms.left_to_application import judged_as_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from confcontract.contract.artifact import Contract

DRAFT = "https://json-schema.org/draft/2020-12/schema"
_EXACT = 2**53 - 1  # larger whole numbers are not exact in Helm
_INTEGER = r"^\s*[+-]?[0-9_]+(\.0*)?\s*$"
_NUMBER = r"^\s*[+-]?([0-9_]*\.?[0-9_]*([eE][+-]?[0-9_]+)?|[iI][nN][fF]([iI][nN][iI][tT][yY])?|[nN][aA][nN])\s*$"
_TRUTH = r"^([01]|[tT]([rR][uU][eE])?|[yY]([eE][sS])?|[oO][nN]|[fF]([aA][lL][sS][eE])?|[nN]([oO])?|[oO][fF][fF])$"
_BOUNDS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
# Patterns that mean the same in Python, Rust and Go: no letter classes, which differ in what a digit is, no lookaround,
# no back references and no modes.
_COMMON = re.compile(
    r"(?:[A-Za-z0-9 _@%&=:;,/<>~'\"!#-]|\\[.\\/+*?()|^$\[\]{}-]|[.^$|()*+?{}]|\[\^?(?:[A-Za-z0-9_.,:;@/+ ]|-)+\])*"
)
_SOMETHING = {"not": {"type": "null"}}
_ANYTHING = ("any", "union")
_NATIVE = {
    "list": ("array",),
    "set": ("array",),
    "object": ("object",),
    "mapping": ("object",),
    "json": ("object", "array", "number", "boolean"),
    "size": ("integer",),
}  # besides text
_CHANGED_FIRST = ("strip_whitespace", "to_lower", "to_upper", "python-re")  # and if `$` means something else
REFERENCE = "^(" + "|".join(re.escape(scheme) for scheme in SCHEMES) + ")"


def config_schema(contract: Contract, *, by_boot: bool) -> dict[str, Any]:
    """The schema of the application's values, by the contract's names. by_boot: whether boot resolves references, so
    that a secret can be one.
    """
    judged = judged_as_text(contract)
    changed = any(word in json.dumps(contract.compiled) for word in _CHANGED_FIRST)
    properties: dict[str, Any] = {}
    members: dict[str, Any] = {}
    declared = Declared(contract)
    for variable in contract.variables:
        name = variable["name"]
        for each in (name, *variable.get("aliases", ())):
            if declared.pointed_at(f"{each}_FILE") is not None:
                properties[f"{each}_FILE"] = {"type": "string"}  # a path in the container
        if is_hidden(variable):
            if by_boot:
                # with a double `not`: otherwise Helm would show the value that does not match a pattern
                properties[name] = {"type": "string", "not": {"not": {"pattern": REFERENCE}}}
            continue
        of_type = _of(variable, changed) if name in judged else _SOMETHING
        for each in (name, *variable.get("aliases", ())):
            alone = each not in variable.get("within", ()) and len(declared.sharing(each)) == 1
            about = _about(variable) if each == name else {}
            properties[each] = {**about, **(of_type if alone else _SOMETHING)}
        for head in variable.get("open", ()):
            members[f"^{re.escape(head)}."] = {}
    return {
        "type": "object",
        "properties": properties,
        **({"patternProperties": members} if members else {}),
        "additionalProperties": False,
    }


def _about(variable: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"title": one_line(variable["type"]["text"])}
    if "description" in variable:
        found["description"] = one_line(variable["description"])
    return found


def _of(variable: Mapping[str, Any], changed: bool) -> dict[str, Any]:
    """changed: whether some texts are changed before they are validated."""
    kind = variable["type"]["kind"]
    constraints = variable.get("constraints", {})
    if kind in _ANYTHING:
        return _SOMETHING
    if kind == "integer":
        return {"anyOf": [{"type": "integer", **_exact(constraints)}, {"type": "string", "pattern": _INTEGER}]}
    if kind == "decimal":  # Python's own class reads it, which accepts the digits of every script
        return {"anyOf": [{"type": "number", **_bounds(constraints)}, {"type": "string"}]}
    if kind == "number":
        return {"anyOf": [{"type": "number", **_bounds(constraints)}, {"type": "string", "pattern": _NUMBER}]}
    if kind == "boolean":
        return {"anyOf": [{"type": "boolean"}, {"enum": [0, 1]}, {"type": "string", "pattern": _TRUTH}]}
    if kind == "enum":
        known = _are_texts(constraints.get("enum")) and not changed
        return {"enum": list(constraints["enum"])} if known else _SOMETHING
    if kind == "string":
        return {"type": "string", **({} if changed else _of_text(constraints))}
    return {"type": [*_NATIVE.get(kind, ()), "string"]}


def _are_texts(values: Sequence[Any] | None) -> bool:
    return bool(values) and all(isinstance(value, str) for value in values or ())


def _bounds(constraints: Mapping[str, Any]) -> dict[str, Any]:
    return {name: constraints[name] for name in _BOUNDS if isinstance(constraints.get(name), (int, float))}


def _exact(constraints: Mapping[str, Any]) -> dict[str, Any]:
    bounds = _bounds(constraints)
    bounds["minimum"] = max(bounds.get("minimum", -_EXACT), -_EXACT)
    bounds["maximum"] = min(bounds.get("maximum", _EXACT), _EXACT)
    return bounds


def _of_text(constraints: Mapping[str, Any]) -> dict[str, Any]:
    found = {name: constraints[name] for name in ("minLength", "maxLength") if name in constraints}
    pattern = constraints.get("pattern")
    if isinstance(pattern, str) and _COMMON.fullmatch(pattern) and "(?" not in pattern and not pattern.endswith("\\$"):
        found["pattern"] = pattern
    return found
