"""New and removed variables, with a section counted as one; and which variables are required."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from typing import Any

from confcontract.compare.default_words import default_in_words
from confcontract.compare.pairing import Compared, Pair, Variable
from confcontract.compare.unknown_names import sections_at
from confcontract.contract.artifact import Contract


class Need(Enum):
    """Whether a variable is required."""

    ALWAYS = "required"
    IN_SECTION = "required if its section is set"
    NEVER = "optional"


def need_of(variable: Variable) -> Need:
    if variable["required"]:
        return Need.ALWAYS
    return Need.IN_SECTION if "requiredIf" in variable else Need.NEVER


def need_in(contract: Contract, variable: Variable) -> Need:
    """The same, except that a variable that only some alternatives of a section need (a union of
    classes) is optional.
    """
    need = need_of(variable)
    if need is Need.IN_SECTION:
        sections = [*sections_at(contract, variable["path"][:-1])]
        if len(sections) > 1 and not all(_requires(contract, each, variable["path"][-1]) for each in sections):
            return Need.NEVER
    return need


def _requires(contract: Contract, section: Mapping[str, Any], name: str) -> bool:
    field = section["fields"].get(name)
    if isinstance(field, int):
        field = contract.compiled["shared"][field]
    return field is not None and bool(field.get("required", True)) and field["schema"]["type"] != "default"


def is_section(variable: Variable) -> bool:
    return bool(variable["type"]["kind"] == "object")


def come(compared: Compared, *, required: bool) -> Iterator[tuple[Variable, Sequence[Variable]]]:
    """The variables that only the new contract has, each with the members that are reported with it."""
    return _alone(compared.new, compared.added, required=required)


def gone(compared: Compared, *, required: bool) -> Iterator[tuple[Variable, Sequence[Variable]]]:
    """The variables that only the old contract has, each with the members that are reported with it."""
    return _alone(compared.old, compared.removed, required=required)


def _alone(
    contract: Contract, variables: Sequence[Variable], *, required: bool
) -> Iterator[tuple[Variable, Sequence[Variable]]]:
    """A new or removed section is one item: its optional members are reported with it. If it has required members,
    these are reported instead of the section.
    """
    paths = {tuple(each["path"]): each for each in variables}
    needed = {tuple(each["path"]) for each in variables if _must(contract, each, paths)}
    for variable in variables:
        path = tuple(variable["path"])
        within = any(path[:size] in paths for size in range(1, len(path)))
        if (path in needed) is not required:
            continue
        inside = [each for each in variables if tuple(each["path"])[: len(path)] == path and each is not variable]
        if required and any(tuple(each["path"]) in needed for each in inside):
            continue
        if not required and within:
            continue
        yield variable, [each for each in inside if tuple(each["path"]) not in needed]


def _must(contract: Contract, variable: Variable, alone: dict[tuple[str, ...], Variable]) -> bool:
    """Whether valid environments lack it: a required member of a new section is not missing if the
    section is optional.
    """
    need = need_in(contract, variable)
    if need is Need.IN_SECTION:
        path = tuple(variable["path"])
        return not any(path[:size] in alone for size in range(1, len(path)))
    return need is Need.ALWAYS


def in_words(variable: Variable, members: Sequence[Variable]) -> str:
    """A description: 'integer, 1 to 65535, default 8080', 'section of 3 variables'."""
    if members:
        return f"section with {', '.join(each['name'] for each in members)}"
    text: str = variable["type"]["text"]
    if need_of(variable) is not Need.NEVER:
        return text
    return f"{text}, default {default_in_words(variable)}"


def became(compared: Compared, *, required: bool) -> Iterator[Pair]:
    """Pairs in which one is required more strictly than the other."""
    order = (Need.NEVER, Need.IN_SECTION, Need.ALWAYS)
    for pair in compared.changed:
        old, new = order.index(need_of(pair.old)), order.index(need_of(pair.new))
        if (old < new) if required else (old > new):
            yield pair


def where_declared(variable: Variable) -> str:
    return str(variable.get("declaredAt", ""))
