"""What the page needs of a contract to judge an env file by itself, as JSON that a browser reads."""

from __future__ import annotations

from confcontract.contract.secretnames import is_secret_name
from confcontract.verdict.mask import MASK

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from confcontract.contract.artifact import Contract
    from confcontract.docs.model import Page

_SAFE = 2**53  # a browser's numbers are exact up to here

# What boot puts back by kind, and the page too where it can: the place then holds {"$": KIND, "data": DATA}.
_IN_PLACE = ("pair", "map", "shared")

_SECTIONS = ("coercers", "instances", "nodes", "open", "sections", "settings", "shared", "validator")


def rules_of(contract: Contract, page: Page) -> dict[str, Any]:
    """Variables, the tables by which names are read, and the validator, without defaults."""
    texts = {entry.name: entry.type_text for entry in page.entries}
    messages = {entry.name: entry.deprecated.message for entry in page.entries if entry.deprecated}
    secrets = {entry.name for entry in page.entries if entry.secret}
    compiled = _hydrated(contract.compiled)
    for program in compiled["settings"]:
        program["fields"] = [_field(field, program) for field in program["fields"]]
        for entry in program.get("partialDefaults", ()):
            entry["value"] = _without_secrets(entry["value"])
        for entry in program.get("nested", ()):
            entry["arguments"] = _without_secrets(entry["arguments"])
            if "made" in entry:
                entry["made"]["arguments"] = _without_secrets(entry["made"]["arguments"])
    foreign = [deferral["name"] for deferral in contract.deferred if deferral["kind"] == "source"]
    rules: dict[str, Any] = {key: _plain(compiled[key]) for key in _SECTIONS}
    rules["foreign"] = foreign[0] if foreign else None
    return {
        "roles": {name: role["needs"] for name, role in sorted(contract.roles.items())},
        "rules": rules,
        "variables": [_variable(variable, texts, messages, secrets) for variable in contract.variables],
    }


def _field(field: str | dict[str, Any], program: Mapping[str, Any]) -> dict[str, Any]:
    """A field with what goes without saying where it is only a name."""
    if not isinstance(field, str):
        return field
    head = program["prefix"] if program["caseSensitive"] else program["prefix"].lower()
    return {"name": field, "names": [[field, head + field, False]]}


def _without_secrets(node: Any) -> Any:
    """Defaults without the texts that are called like secrets."""
    if isinstance(node, dict):
        return {
            name: MASK if isinstance(value, str) and value and is_secret_name(name) else _without_secrets(value)
            for name, value in node.items()
        }
    return [_without_secrets(item) for item in node] if isinstance(node, list) else node


def _variable(
    variable: Mapping[str, Any], texts: Mapping[str, str], messages: Mapping[str, str], secrets: set[str]
) -> dict[str, Any]:
    """Without what goes without saying: one name, a plain text."""
    name = variable["name"]
    data = {"name": name, "path": variable["path"], "text": texts.get(name, "text")}
    if variable.get("aliases"):
        data["names"] = [name, *variable["aliases"]]
    if variable["type"]["kind"] == "boolean":
        data["kind"] = "boolean"
    if variable["encoding"] != "plain":
        data["shape"] = variable["encoding"]
    for key in ("required", "deferred", "secret"):
        if variable.get(key):
            data[key] = variable[key]
    if variable.get("deprecated"):
        data["deprecated"] = {**variable["deprecated"], "message": messages[name]}  # masked
    if name in secrets or variable.get("credentials"):
        data["masked"] = True
    if "vault" in variable:
        data["vault"] = True
    if "defaultInCode" in variable and variable["secret"]:
        data["inCode"] = True
    return data


def _hydrated(compiled: Mapping[str, Any]) -> dict[str, Any]:
    """A deep copy in which what JSON can't hold is described in its place."""
    root: dict[str, Any] = {key: _copied(compiled.get(key, [])) for key in _SECTIONS}
    for entry in compiled["hydrate"]:
        pointer, kind = entry[0], entry[1]
        if kind in _IN_PLACE or pointer[0] not in root:
            continue
        place: Any = root
        for key in pointer[:-1]:
            place = place[key]
        place[pointer[-1]] = {"$": kind, "data": entry[2]}
    return root


_LEAVES = frozenset((str, bool, float, type(None)))


def _copied(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: value if type(value) in _LEAVES else _copied(value) for key, value in node.items()}
    if isinstance(node, list):
        return [item if type(item) in _LEAVES else _copied(item) for item in node]
    return node


def _plain(node: Any) -> Any:
    """Without defaults, which the page need not know, and with integers that a browser would round as text."""
    if isinstance(node, dict):
        is_default = node.get("type") == "default" and "schema" in node
        dropped = ("default",) if is_default and not node.get("validate_default") else ()
        return {
            key: value if type(value) in _LEAVES else _plain(value) for key, value in node.items() if key not in dropped
        }
    if isinstance(node, list):
        return [item if type(item) in _LEAVES else _plain(item) for item in node]
    if type(node) is int and abs(node) > _SAFE:
        return {"$": "int", "data": str(node)}
    return node
