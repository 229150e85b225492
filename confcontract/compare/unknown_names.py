"""How a contract treats a name that it does not know: does it ignore or refuse it?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from confcontract.compare.pairing import Variable
from confcontract.contract.artifact import Contract

_READ_WHOLE = ("dotenv", "toml", "yaml", "json", "pyproject")  # sources whose unknown keys are checked
_AROUND = ("schema", "lax_schema", "choices")


def is_refused(contract: Contract, variable: Variable) -> bool:
    """Whether this contract refuses a variable that it does not declare, if that is set.

    A member of a section is refused if the section forbids unknown members. If the contract does not know the section
    either, the question applies to the section. At the top level, a variable of the environment is never refused; a key
    in the files of a settings class is refused if the class has extra="forbid".
    """
    known = _sections_known(contract, variable["path"])
    if known == 0:
        return forbids_in_files(contract)
    return known is not None and any(map(forbids, sections_at(contract, variable["path"][:known])))


def is_kept(contract: Contract, variable: Variable) -> bool:
    """Whether this contract keeps a member that it does not declare, with any value (extra="allow")."""
    known = _sections_known(contract, variable["path"])
    return bool(known) and any("allow" in _policies(each) for each in sections_at(contract, variable["path"][:known]))


def _sections_known(contract: Contract, path: Sequence[str]) -> int | None:
    """How many of the sections around a variable the contract has, from the outside; None if it has something else
    instead of the next one.
    """
    sizes = range(len(path) - 1, 0, -1)
    known = next((size for size in sizes if any(sections_at(contract, path[:size]))), 0)
    instead = known < len(path) - 1 and any(
        path[known] in each["fields"] for each in sections_at(contract, path[:known])
    )
    return None if instead else known


def forbids_in_files(contract: Contract) -> bool:
    """Whether a settings class refuses unknown names in a file that it reads itself."""
    return any(program["extraForbid"] and _reads_files(program) for program in contract.compiled["settings"])


def _reads_files(program: Mapping[str, Any]) -> bool:
    sources = {source["kind"] for source in program.get("sources", ())}
    return "dotenv" in program or not sources.isdisjoint(_READ_WHOLE)


def forbids(section: Mapping[str, Any]) -> bool:
    return "forbid" in _policies(section)


def _policies(section: Mapping[str, Any]) -> tuple[Any, Any]:
    config = section.get("config") or {}
    return section.get("extra_behavior"), config.get("extra_fields_behavior")


def sections_at(contract: Contract, path: Sequence[str]) -> Iterator[dict[str, Any]]:
    """The schemas of all sections that a path of fields leads to: several if the path goes through a union."""
    compiled = contract.compiled
    definitions = {each["ref"]: each for each in compiled["validator"].get("definitions", ())}
    yield from _sections(compiled["validator"], tuple(path), definitions, compiled["shared"], frozenset())


def _sections(
    node: Any,
    path: tuple[str, ...],
    definitions: Mapping[str, Any],
    shared: Sequence[Any],
    seen: frozenset[str],
) -> Iterator[dict[str, Any]]:
    if isinstance(node, (list, tuple)):  # a choice with its label
        for each in node:
            yield from _sections(each, path, definitions, shared, seen)
        return
    if not isinstance(node, dict):
        return
    kind = node.get("type")
    if kind == "typed-dict":
        if not path:
            yield node
        elif (field := _field(node, path[0], shared)) is not None:
            yield from _sections(field["schema"], path[1:], definitions, shared, frozenset())
    elif kind == "definition-ref":
        ref = node["schema_ref"]
        if ref in definitions and ref not in seen:
            yield from _sections(definitions[ref], path, definitions, shared, seen | {ref})
    else:
        for inner in _inside(node):
            yield from _sections(inner, path, definitions, shared, seen)


def _field(section: Mapping[str, Any], name: str, shared: Sequence[Any]) -> Any:
    field = section["fields"].get(name)
    return shared[field] if isinstance(field, int) else field


def _inside(node: Mapping[str, Any]) -> list[Any]:
    inner = [node[key] for key in _AROUND if key in node]
    return [list(each.values()) if isinstance(each, dict) and "type" not in each else each for each in inner]
