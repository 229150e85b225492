"""Where each value of a deployment goes: into a variable or a file, and whether it needs a restart.

A supervisor rereads a variable that is a file, named by NAME_FILE; a variable of the environment only changes with the
container. Values that `OnChange` lets change in a running application are therefore files, and the rest are variables.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from enum import Enum
from hashlib import sha256

from confcontract.contract.declared import Declared
from confcontract.contract.reference import is_reference, means_reference
from confcontract.platforms.kubernetes.object_names import is_key, is_variable
from confcontract.report.problem import WARNING, Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from confcontract.contract.artifact import Contract
    from confcontract.platforms.export_input import ExportInput

LARGEST = 1024 * 1024  # bytes of a ConfigMap's data
_LOST_BY_KUSTOMIZE = re.compile("[\x7f-\x9f\ufffe\uffff]")  # kustomize writes them unescaped, and then can't read them


class Effect(Enum):
    """What a new value of a variable requires, by its `OnChange`. RESTART: a new container. LIVE: nothing from
    Kubernetes; the supervisor handles it. NOTHING: the application gets it at its next start.
    """

    RESTART = "restart"
    LIVE = "live"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class ValuePlaces:
    """Name → value. config: variables in a ConfigMap, for all roles. live: files in another one. literal: variables
    that no ConfigMap can hold, and files of secrets that not all roles need. references: those that replace the
    contract's own, by canonical name. restart: those of all these that need a new container.
    """

    config: Mapping[str, str]
    live: Mapping[str, str]
    literal: Mapping[str, str]
    references: Mapping[str, str]
    restart: Mapping[str, str]
    problems: tuple[Problem, ...]

    @property
    def checksum(self) -> str:
        """The checksum of only the values that need a new container."""
        text = json.dumps(self.restart, sort_keys=True)
        return sha256(text.encode()).hexdigest()


def places_of(given: ExportInput, *, references_apart: bool) -> ValuePlaces:
    """references_apart: whether an operator resolves references instead of boot, so that they are not values."""
    contract = given.contract
    declared = Declared(contract)
    config = dict(given.of_boot)
    live: dict[str, str] = {}
    literal: dict[str, str] = {}
    references: dict[str, str] = {}
    restart = dict(given.of_boot)
    problems: list[Problem] = []
    of_all = [process.environment for process in given.processes]
    for setting in given.settings:
        for name, value in setting.given:
            change = change_of(name, setting.variable, declared)
            refers = is_reference(value) and means_reference(value)
            if references_apart and refers:
                references[setting.name] = value
                continue
            if change is Effect.RESTART:
                restart[name] = value
            if change is Effect.LIVE:
                live[name] = as_file(value)
            elif is_key(name) and is_variable(name) and (refers or all(name in each for each in of_all)):
                config[name] = value
            elif is_variable(name):
                literal[name] = value
            else:
                problems.append(_no_name(name))
    problems += [_unseen(name) for name, value in {**config, **live}.items() if _LOST_BY_KUSTOMIZE.search(value)]
    problems += [_too_large(where) for where, size in _sizes(config, live) if size > LARGEST]
    return ValuePlaces(config, live, literal, references, restart, tuple(problems))


def change_of(name: str, variable: Mapping[str, Any], declared: Declared) -> Effect:
    """For a name that may belong to several variables: the strongest effect. variable: the one that it is a part of, if
    it belongs to none.

    A supervisor can't detect changes of a value that can't be a file, so it always needs a restart.
    """
    asked = {each.get("onChange", "restart") for each in declared.sharing(name) or (variable,)}
    if asked == {"ignore"}:
        return Effect.NOTHING
    return Effect.RESTART if "restart" in asked or not can_be_file(name, declared) else Effect.LIVE


def can_be_file(name: str, declared: Declared) -> bool:
    """Whether NAME_FILE gives the variable the content of a file."""
    return is_key(name) and is_variable(name) and declared.pointed_at(f"{name}_FILE") == name


def as_file(value: str) -> str:
    """The content of the file: one line ending at the end is removed when it is read."""
    return f"{value}\n" if value.endswith("\n") else value


def _sizes(*parts: Mapping[str, str]) -> list[tuple[str, int]]:
    sizes = [sum(len(name) + len(value.encode("utf-8", "replace")) for name, value in part.items()) for part in parts]
    return list(zip(("values", "values that are reloaded"), sizes, strict=True))


def _no_name(name: str) -> Problem:
    return Problem(
        "export-impossible",
        "is not a variable name that every release of Kubernetes accepts",
        variable=name,
        hint="use another of its names: confcontract describe shows them",
    )


def _unseen(name: str) -> Problem:
    return Problem(
        "export-impossible",
        "has a control character that kubectl kustomize can't pass on",
        variable=name,
        severity=WARNING,
        hint="remove it, or apply the files with kubectl apply -f",
    )


def _too_large(what: str) -> Problem:
    return Problem(
        "export-impossible",
        f"the {what} are larger than the 1 MiB that a ConfigMap holds",
        hint="mount the largest as a file, and set NAME_FILE to its path",
    )


def contract_changes(contract: Contract) -> dict[str, Effect]:
    """Canonical name → what a new value requires."""
    declared = Declared(contract)
    return {name: change_of(name, variable, declared) for name, variable in declared.variables.items()}
