"""The value for each place: several variables that are stored in one place have the same value."""

from __future__ import annotations

from confcontract.report.problem import Problem
from confcontract.secrets.seeding.generated_values import drawn

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from confcontract.contract.reference import Reference


def settled(
    targets: Mapping[str, Reference], given: Mapping[str, str], rules: Mapping[str, Mapping[str, Any]]
) -> tuple[dict[str, str], set[str], list[Problem]]:
    """The value of each variable, if there is one; the variables whose value was given, by name or by place; and
    contradictions.

    targets: variable → where it is written. rules: missing variable → how its value is generated.
    """
    values: dict[str, str] = {}
    supplied: set[str] = set()
    problems: list[Problem] = []
    for variables in _by_place(targets).values():
        known = [name for name in variables if name in given]
        rule = next((rules[name] for name in variables if name in rules), None)
        if known:
            supplied.update(variables)
            values.update(dict.fromkeys(variables, given[known[0]]))
            problems += [_unlike(name, known[0], targets[name]) for name in known if given[name] != given[known[0]]]
        elif rule is not None:
            values.update(dict.fromkeys(variables, drawn(rule)))
    problems += _parts_of_wholes(targets, values, supplied)
    return values, supplied, problems


def _by_place(targets: Mapping[str, Reference]) -> dict[tuple[str, str, str], list[str]]:
    found: dict[tuple[str, str, str], list[str]] = {}
    for name, target in targets.items():
        found.setdefault((target.scheme, target.mount_path, target.key), []).append(name)
    return found


def _parts_of_wholes(targets: Mapping[str, Reference], values: dict[str, str], supplied: set[str]) -> list[Problem]:
    """If one variable has a whole secret and another a key of it, the value of the whole contains that of the key."""
    wholes = {(to.scheme, to.mount_path): name for name, to in targets.items() if not to.key and name in values}
    problems = []
    for name, target in targets.items():
        whole = wholes.get((target.scheme, target.mount_path))
        if whole is None or not target.key:
            continue
        inside = _key_of(values[whole], target.key)
        if inside is None or values.get(name, inside) != inside:
            hint = f"give {whole} a JSON object that has the key {target.key!r}, and {name} none or the same value"
            problems.append(_unlike(name, whole, target, hint))
        else:
            values[name] = inside
            if whole in supplied:
                supplied.add(name)
    return problems


def _key_of(text: str, key: str) -> str | None:
    from confcontract.contract.envtext import ValueUnusable, to_text
    from confcontract.secrets.vault.values import parse

    try:
        found = parse(text)
        return to_text(found[key]) if isinstance(found, dict) and key in found else None
    except (ValueError, ValueUnusable):
        return None


def _unlike(name: str, other: str, target: Reference, hint: str = "give both the same value") -> Problem:
    message = f"conflicts with {other}, which is at the same place"
    return Problem("value-invalid", message, variable=name, source=str(target), hint=hint)
