"""Is a contract damaged? Every command that reads a contract checks this on load; boot checks it only after a failure.

A digest shows that a file was changed, but its editor may have updated the digest too. So the grammar of
the format and the references within the plan are checked as well: a contract that passes names no code, and no class or
kind outside a closed list.
"""

from __future__ import annotations

from confcontract.contract.hydration import CLASSES_OF
from confcontract.report.errors import ContractUnusable
from confcontract.report.problem import Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

_PUBLISHED = "contract-v1.schema.json"


def refuse_damaged(data: Mapping[str, Any], *, thorough: bool = False) -> None:
    """Raise ContractUnusable (exit 78) if a contract is not as bake writes it; return if it is.

    thorough: also validate it with the published schema, which takes seconds for thousands of variables.
    """
    where = damage_of(data, thorough=thorough)
    if where is not None:
        raise unusable(where)


def unusable(where: str) -> ContractUnusable:
    """The contract is damaged at this place."""
    message = f"the contract is damaged: {where}"
    return ContractUnusable(
        Problem("contract-unreadable", message, hint="bake again, or restore the file; never edit it")
    )


def damage_of(data: Mapping[str, Any], *, thorough: bool = False) -> str | None:
    """The first place that violates the format confcontract/v1, or that refers to nothing; None if there is none."""
    from confcontract.contract.grammar.fault import first_fault

    where = first_fault(data) or next(_dangling(data["compiled"]), None) or next(_unlike(data), None)
    return where or (_broken_rule(data) if thorough else None)


def _broken_rule(data: Mapping[str, Any]) -> str | None:
    import json

    from jsonschema import Draft202012Validator

    from confcontract.contract.schemas import schema_text

    schema = json.loads(schema_text(_PUBLISHED))
    for error in Draft202012Validator(schema).iter_errors(data):
        return "/".join(str(part) for part in error.absolute_path) or "it is not a contract"
    return None


def _dangling(compiled: Mapping[str, Any]) -> Iterator[str]:
    members = ("nodes", "settings", "coercers", "instances")
    nodes, programs, coercers, instances = (len(compiled.get(key, ())) for key in members)
    if not programs:
        yield "compiled/settings"
    yield from _astray_in_sources(compiled["settings"], nodes)
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
        astray = any(index >= nodes for index in targets) or node.get("coerce", -1) >= coercers
        if astray or (node.get("renames") is True and "next" not in node):
            yield f"compiled/nodes/{number}"
    from confcontract.contract.engine import to_json
    from confcontract.contract.grammar.hydrated import is_misplaced

    kinds: dict[str, int] = {}
    for pointer, kind, *_ in compiled["hydrate"]:
        kinds[kind] = kinds.get(kind, 0) + 1
        if is_misplaced(compiled, pointer, kind):
            yield "/".join(map(str, ("compiled", *pointer)))
    text = to_json([compiled[member] for member in ("coercers", "instances", "shared", "validator")])
    if text.count(b'"function":{"') > kinds.get("function", 0) or text.count(b'"cls":null') > _classes(kinds):
        yield "compiled/hydrate"  # a null is left where boot would call something, or compare with it


def _astray_in_sources(programs: Sequence[Mapping[str, Any]], nodes: int) -> Iterator[str]:
    """Invalid references in file sources: in `order`, and from names to nodes."""
    for number, program in enumerate(programs):
        sources = program.get("sources", ())
        if any(not isinstance(each, str) and each >= len(sources) for each in program["order"]):
            yield f"compiled/settings/{number}/order"
        readers = [source["reader"]["fields"] for source in sources if "reader" in source]
        if any(field["node"] >= nodes for fields in readers for field in fields if not isinstance(field, str)):
            yield f"compiled/settings/{number}/sources"


def _classes(kinds: Mapping[str, int]) -> int:
    return sum(kinds.get(kind, 0) for kind in CLASSES_OF)


def _unlike(data: Mapping[str, Any]) -> Iterator[str]:
    """Check that the plan repeats the variables correctly, so that boot needs only the plan, and that each variable has
    a path of its own."""
    compiled = data["compiled"]
    named = [[entry] if isinstance(entry, str) else entry for entry in compiled["names"]]
    if named != [[variable["name"], *variable.get("aliases", ())] for variable in data["variables"]]:
        yield "compiled/names"
    paths: set[tuple[str, ...]] = set()
    for number, variable in enumerate(data["variables"]):
        path = tuple(variable["path"])
        if path in paths or variable["group"] != ".".join(path[:-1]):
            yield f"variables/{number}/path"  # a page would omit one of them
        paths.add(path)
    noted = {entry["name"] for entry in compiled["notable"]}
    variables = {
        (variable["name"], *variable["path"]): variable for variable in data["variables"] if variable["name"] in noted
    }
    for number, entry in enumerate(compiled["notable"]):
        variable = variables.get((entry["name"], *entry["path"]), {})
        if any(variable.get(key) != value for key, value in entry.items()):
            yield f"compiled/notable/{number}"
