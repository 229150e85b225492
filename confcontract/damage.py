"""Is a contract damaged? Asked where something failed that never fails with a contract as bake writes it.

A digest tells that a file was changed; whoever changed it may have mended the digest too. Then the
published JSON Schema of the format still knows, and so do the references of the plan among themselves.
"""

from __future__ import annotations

from confcontract.errors import ContractUnusable
from confcontract.problem import Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from confcontract.contract import Contract


def refuse_damaged(contract: Contract) -> None:
    """Raise ContractUnusable (exit 78) if the contract is not as bake writes it; return if it is."""
    where = damage_of(contract.data)
    if where is not None:
        message = f"the contract is damaged: {where}"
        raise ContractUnusable(Problem("contract-unreadable", message, hint="bake again; never edit the file"))


def damage_of(data: Mapping[str, Any]) -> str | None:
    """The first place that is not of the format confcontract/v1, or that refers to nothing; None if all is well."""
    import json

    from jsonschema import Draft202012Validator

    from confcontract.published import schema_text

    schema = json.loads(schema_text("contract-v1.schema.json"))
    for error in Draft202012Validator(schema).iter_errors(data):
        return "/".join(str(part) for part in error.absolute_path) or "it is no contract"
    return next(_dangling(data["compiled"]), None) or next(_unlike(data), None)


def _dangling(compiled: Mapping[str, Any]) -> Iterator[str]:
    members = ("nodes", "settings", "coercers", "instances")
    nodes, programs, coercers, instances = (len(compiled.get(key, ())) for key in members)
    if not programs:
        yield "compiled/settings"
    for number, program in enumerate(compiled["settings"]):
        where = f"compiled/settings/{number}"
        if any(field["node"] >= nodes for field in program["fields"] if not isinstance(field, str)):
            yield f"{where}/fields"
        if any(entry["program"] >= programs for entry in program.get("nested", ())):
            yield f"{where}/nested"
        if any(entry["made"]["instance"] >= instances for entry in program.get("nested", ()) if "made" in entry):
            yield f"{where}/nested"
    for number, node in enumerate(compiled["nodes"]):
        targets = [*node.get("next", {}).values(), node.get("other", 0)]
        if isinstance(node.get("renames"), dict):
            targets += [index for _, index in node["renames"].values()]
        if any(index >= nodes for index in targets) or node.get("coerce", -1) >= coercers:
            yield f"compiled/nodes/{number}"
    for pointer, kind, *_ in compiled["hydrate"]:
        if not _leads(compiled, pointer, kind):
            yield "/".join(map(str, ("compiled", *pointer)))


def _leads(compiled: Any, pointer: list[str | int], kind: str) -> bool:
    """Whether boot finds there what it puts something in place of."""
    shared = len(compiled["shared"])
    try:
        for key in pointer:
            compiled = compiled[key]
        if kind != "shared":
            return isinstance(compiled, list) if kind in ("map", "pair") else compiled is None
        return all(0 <= field < shared for field in compiled.values() if isinstance(field, int))
    except (LookupError, TypeError, AttributeError):
        return False


def _unlike(data: Mapping[str, Any]) -> Iterator[str]:
    """What boot reads of the variables beside its plan, so that it needs no more of the contract."""
    compiled, variables = data["compiled"], {variable["name"]: variable for variable in data["variables"]}
    named = [[entry] if isinstance(entry, str) else entry for entry in compiled["names"]]
    if named != [[name, *variable.get("aliases", ())] for name, variable in variables.items()]:
        yield "compiled/names"
    for number, entry in enumerate(compiled["notable"]):
        if any(variables.get(entry["name"], {}).get(key) != value for key, value in entry.items()):
            yield f"compiled/notable/{number}"
