"""What the page needs of a contract to judge an env file by itself, as JSON that a browser reads."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from confcontract.contract import Contract
    from confcontract.read.docs.model import Page

_SAFE = 2**53  # a browser's numbers are exact up to here

# What boot puts back by kind, and the page too where it can: the place then holds {"$": KIND, "data": DATA}.
_IN_PLACE = ("pair", "map", "shared")

_SECTIONS = ("coercers", "nodes", "open", "sections", "settings", "shared", "validator")


def rules_of(contract: Contract, page: Page) -> dict[str, Any]:
    """Variables, the tables by which names are read, and the validator: no defaults, nothing of a secret's choices."""
    texts = {entry.name: entry.type_text for entry in page.entries}
    secrets = {entry.name for entry in page.entries if entry.secret}
    compiled = _hydrated(contract.compiled)
    _hide_choices(compiled, (variable for variable in contract.variables if variable["name"] in secrets))
    foreign = [deferral["name"] for deferral in contract.deferred if deferral["kind"] == "source"]
    rules: dict[str, Any] = {key: _plain(compiled[key]) for key in _SECTIONS}
    rules["foreign"] = foreign[0] if foreign else None
    return {
        "roles": {name: role["needs"] for name, role in sorted(contract.roles.items())},
        "rules": rules,
        "variables": [_variable(variable, texts, secrets) for variable in contract.variables],
    }


def _variable(variable: Mapping[str, Any], texts: Mapping[str, str], secrets: set[str]) -> dict[str, Any]:
    name = variable["name"]
    data = {
        "name": name,
        "names": [name, *variable.get("aliases", ())],
        "path": variable["path"],
        "text": texts.get(name, "text"),
        "kind": variable["type"]["kind"],
        "shape": variable["encoding"],
    }
    data |= {key: variable[key] for key in ("required", "deferred", "deprecated") if variable.get(key)}
    data |= {"secret": True} if variable["secret"] else {}
    data |= {"masked": True} if name in secrets or variable.get("credentials") else {}
    return data | ({"vault": True} if "vault" in variable else {})


def _hydrated(compiled: Mapping[str, Any]) -> dict[str, Any]:
    """A deep copy in which what JSON can't hold is described in its place."""
    root: dict[str, Any] = {key: _copied(compiled[key]) for key in _SECTIONS}
    for entry in compiled["hydrate"]:
        pointer, kind = entry[0], entry[1]
        if kind in _IN_PLACE or pointer[0] not in root:
            continue
        place: Any = root
        for key in pointer[:-1]:
            place = place[key]
        place[pointer[-1]] = {"$": kind, "data": entry[2]}
    return root


def _copied(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: _copied(value) for key, value in node.items()}
    return [_copied(item) for item in node] if isinstance(node, list) else node


def _hide_choices(compiled: dict[str, Any], variables: Iterable[Mapping[str, Any]]) -> None:
    """What a secret may be one of is not shown; the page then leaves the verdict to boot."""
    shared = compiled["shared"]
    for variable in variables:
        node: Any = compiled["validator"]
        for name in variable["path"]:
            fields = _fields(node)
            if fields is None or name not in fields:
                node = None
                break
            field = fields[name]
            node = (shared[field] if isinstance(field, int) else field)["schema"]
        if node is not None and _fields(node) is None:
            _hide(node)


def _fields(node: Any) -> dict[str, Any] | None:
    while isinstance(node, dict) and "fields" not in node and isinstance(node.get("schema"), dict):
        node = node["schema"]
    fields = node.get("fields") if isinstance(node, dict) else None
    return fields if isinstance(fields, dict) else None


def _hide(node: Any) -> None:
    if isinstance(node, dict):
        if node.get("type") in ("literal", "enum"):
            node.clear()
            node["type"] = "hidden"
        for value in node.values():
            _hide(value)
    elif isinstance(node, list):
        for item in node:
            _hide(item)


def _plain(node: Any) -> Any:
    """Without defaults, which the page need not know, and with integers that a browser would round as text."""
    if isinstance(node, dict):
        is_default = node.get("type") == "default" and "schema" in node
        dropped = ("default",) if is_default and not node.get("validate_default") else ()
        return {key: _plain(value) for key, value in node.items() if key not in dropped}
    if isinstance(node, list):
        return [_plain(item) for item in node]
    if isinstance(node, int) and not isinstance(node, bool) and abs(node) > _SAFE:
        return {"$": "int", "data": str(node)}
    return node
