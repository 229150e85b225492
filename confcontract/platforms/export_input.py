"""The input of every target: what each variable of a contract gets, for each process.

Targets decide only by `Setting.way`. The input contains no secret, only its reference, its file, or its name.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from confcontract.contract.artifact import is_hidden
from confcontract.contract.declared import Declared
from confcontract.contract.schemes import OF_VAULT, scheme_of
from confcontract.platforms.distinct_names import distinct
from confcontract.platforms.kubernetes.object_names import object_name
from confcontract.platforms.left_to_application import may_be_supplied
from confcontract.platforms.sorted_values import SECRET_HINT, sort_values
from confcontract.report.problem import ERROR, INFO
from confcontract.verdict.roles import find_role, needs_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from confcontract.contract.artifact import Contract
    from confcontract.platforms.sorted_values import SortedValues
    from confcontract.report.problem import Problem

RUNS_ONCE = ("migrate", "migration", "migrations")  # roles that end on their own, before the others start
# Problems of values only: the platform provides what else is missing.
_NOT_OF_VALUES = ("value-missing", "secret-missing", "secret-empty", "secret-default", "vault-not-configured")


class Way(Enum):
    """How a variable gets its value.

    GIVEN: the export writes it; the value may be a reference that boot resolves, or the path of a file. STORE: boot
    reads it from a configured secret store by the contract's own references. SECRET: it is a secret that the platform
    has to provide. ASKED: boot requires it, it is not a secret, and the values don't have it. LEFT: the default, or
    nothing.
    """

    GIVEN = "given"
    STORE = "store"
    SECRET = "secret"
    ASKED = "asked"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Setting:
    """One variable. variable: its entry in the contract. given: the name and value that are written for it: with GIVEN,
    and with SECRET if parts of it are not secrets. references: to secret stores, best first, as the contract has them.
    secret: whether it is never shown. required: whether it has to be set by any source. deferred: whether boot never
    reports it as missing, since a function of the application may supply it.
    """

    variable: Mapping[str, Any]
    way: Way
    given: tuple[tuple[str, str], ...] = ()
    required: bool = False
    deferred: bool = False

    @property
    def name(self) -> str:
        return str(self.variable["name"])

    @property
    def secret(self) -> bool:
        return is_hidden(self.variable)

    @property
    def references(self) -> tuple[str, ...]:
        if "vault" not in self.variable:
            return ()
        return (self.variable["vault"], *self.variable.get("vaultFallback", ()))


@dataclass(frozen=True, slots=True)
class Process:
    """A process to run: a role, or the image's own command. role, command: None and empty for the latter. label: the
    role as a DNS label, which no other role of the contract has; "" for none. runs_once: it ends on its own, before
    others start. settings: of all variables, in the contract's order; a secret that the role does not need is LEFT,
    whatever the values have.
    """

    role: str | None
    label: str
    command: tuple[str, ...]
    description: str
    runs_once: bool
    settings: tuple[Setting, ...]

    @property
    def environment(self) -> dict[str, str]:
        """The variables that the export writes: name → value."""
        return {name: value for setting in self.settings for name, value in setting.given}

    def of(self, way: Way) -> tuple[Setting, ...]:
        return tuple(setting for setting in self.settings if setting.way is way)


@dataclass(frozen=True, slots=True)
class ExportInput:
    """image: its reference, as it was given, or None. of_boot: variables that boot itself reads, such as VAULT_ADDR.
    processes: one for each role that is exported. settings: of all variables, whatever the role. problems: those of the
    values; if one is an error, nothing is exported.
    """

    contract: Contract
    image: str | None
    of_boot: Mapping[str, str]
    processes: tuple[Process, ...]
    settings: tuple[Setting, ...]
    problems: tuple[Problem, ...]

    @property
    def environment(self) -> dict[str, str]:
        """The variables that the export writes for the application, for all roles: name → value."""
        return {name: value for setting in self.settings for name, value in setting.given}


def export_input(
    contract: Contract,
    values: Mapping[str, str],
    *,
    values_file: str = "--values",
    role: str | None = None,
    image: str | None = None,
    runs_once: Sequence[str] = RUNS_ONCE,
    secret_hint: str = SECRET_HINT,
) -> ExportInput:
    """values: the operator's, by any of a variable's names. values_file: its name in messages. role: only this one, or
    all roles if None; an image without roles has one process. runs_once: roles that end on their own. secret_hint:
    where the platform expects a secret that the values have, with {name}.

    Raises UsageError for an unknown role.
    """
    found = sort_values(values, contract, values_file, secret_hint)
    if role is not None:
        find_role(contract, role)
    roles: list[str | None] = [role] if role is not None else [*contract.roles] or [None]
    of_verdict, complete = _verdict(contract, found, values_file)
    processes = tuple(_process(contract, each, found, runs_once, complete=complete) for each in roles)
    problems = (*_where_needed(found.problems, Declared(contract), processes), *of_verdict)
    settings = processes[0].settings if role is not None else _settings(contract, found, None, complete=complete)
    return ExportInput(contract, image, found.of_boot, processes, settings, problems)


def _process(
    contract: Contract, role: str | None, found: SortedValues, runs_once: Sequence[str], *, complete: bool
) -> Process:
    declared = contract.roles[role] if role is not None else {}
    settings = _settings(contract, found, needs_of(contract, role), complete=complete)
    command, once = tuple(declared.get("command", ())), role in runs_once
    label = "" if role is None else distinct(contract.roles, object_name)[role]
    return Process(role, label, command, declared.get("description", ""), once, settings)


def _where_needed(problems: Sequence[Problem], declared: Declared, processes: Sequence[Process]) -> Iterator[Problem]:
    """The warnings for secrets that have a value; if no process gets a secret, without where to put it."""
    given = {setting.name for process in processes for setting in process.settings if setting.way is not Way.LEFT}
    for problem in problems:
        variable = declared.variable(problem.variable or "") if problem.code == "export-withheld" else None
        if variable is None or variable["name"] in given:
            yield problem
        else:
            yield problem.but(hint="leave it out: no exported role needs it")


def _is_read(variable: Mapping[str, Any], needs: frozenset[str], declared: Declared) -> bool:
    """Whether a role needs the variable, a part of it, or its section."""
    path = tuple(variable["path"])
    paths = [tuple(declared.variables[name]["path"]) for name in needs if name in declared.variables]
    return any(each[: len(path)] == path[: len(each)] for each in paths)


def _settings(
    contract: Contract, found: SortedValues, needs: frozenset[str] | None, *, complete: bool
) -> tuple[Setting, ...]:
    """needs: the role's, which gets no other secrets; None for everything that is required. complete: whether the
    values and the stores are all that boot needs.
    """
    written: dict[str, list[tuple[str, str]]] = {}
    for name, value in found.environment.items():
        written.setdefault(found.owners[name][0], []).append((name, value))
    given = {owner for owners in found.owners.values() for owner in owners}
    declared = Declared(contract)
    paths = [tuple(declared.variables[name]["path"]) for name in (*given, *found.withheld)]
    begun = {path[:depth] for path in paths for depth in range(1, len(path) + 1)}
    outer = {
        tuple(variable["path"][:depth])
        for variable in contract.variables
        if variable["required"]
        for depth in range(1, len(variable["path"]))
    }
    wholes = _wholes(declared, found)
    supplied = may_be_supplied(contract)
    settings = []
    for variable in contract.variables:
        name, path = variable["name"], tuple(variable["path"])
        whole = any(path[:depth] in wholes for depth in range(1, len(path)))
        required = variable["required"] or _is_begun(variable, declared, begun)
        required = required and path not in outer and not whole and (needs is None or name in needs)
        if (
            needs is not None
            and (is_hidden(variable) or name in found.withheld)
            and not _is_read(variable, needs, declared)
        ):
            settings.append(Setting(variable, Way.LEFT))
            continue
        deferred, given_all = name in supplied, complete and "vault" not in variable
        way = _way(variable, found, given, required and not (deferred or given_all or path in begun))
        settings.append(Setting(variable, way, tuple(written.get(name, ())), required, deferred))
    return tuple(settings)


def _wholes(declared: Declared, found: SortedValues) -> set[tuple[str, ...]]:
    """What is set by its own name and not by its parts, such as a section as JSON, with all of its members."""
    return {
        tuple(declared.variables[owner]["path"])
        for name, owners in found.owners.items()
        for owner in owners
        if declared.knows(name) or declared.pointed_at(name) is not None
    }


def _is_begun(variable: Mapping[str, Any], declared: Declared, begun: set[tuple[str, ...]]) -> bool:
    """Whether a part of the section is set, which makes the variable required."""
    section = declared.variables.get(variable.get("requiredIf", ""))
    return section is not None and tuple(section["path"]) in begun


def _way(variable: Mapping[str, Any], found: SortedValues, given: set[str], needed: bool) -> Way:
    name = variable["name"]
    if name in given and name not in found.withheld:
        return Way.GIVEN
    if name in found.withheld:
        return Way.SECRET
    if "vault" in variable and _is_asked(variable["vault"], found.of_boot):
        return Way.STORE
    if not needed:
        return Way.LEFT
    return Way.SECRET if is_hidden(variable) or variable.get("credentials") else Way.ASKED


def _is_asked(reference: str, of_boot: Mapping[str, str]) -> bool:
    """Whether boot will read the store of a reference, because the values configure it."""
    if scheme_of(reference).prefix in OF_VAULT:
        return "VAULT_ADDR" in of_boot or "BAO_ADDR" in of_boot
    return "AWS_REGION" in of_boot or "AWS_DEFAULT_REGION" in of_boot


def _verdict(contract: Contract, found: SortedValues, values_file: str) -> tuple[list[Problem], bool]:
    """The problems that boot would report for the values, except those for missing values; and whether it would start
    with these values and what stores have."""
    from confcontract.contract.engine import VERSION
    from confcontract.report.problem import Problem
    from confcontract.verdict.resolve import resolve
    from confcontract.verdict.sources.ownfiles import without_own_files

    if not found.judged:
        return [], False
    if contract.compiled["pydanticCore"] != VERSION:
        release = contract.compiled["pydanticCore"]
        message = (
            f"the values were not checked: the contract was compiled by pydantic_core {release}, this is {VERSION}"
        )
        problem = Problem("check-deferred", message, severity=INFO, hint="check them where the image is built")
        return [problem], False
    judged, _ = without_own_files(contract)
    resolution = resolve(judged, environ=found.judged)
    problems = [
        problem.but(source=values_file)
        for problem in resolution.problems
        if problem.severity != INFO
        and not (problem.rule == "missing" or problem.code in _NOT_OF_VALUES)
        and (problem.code != "name-unknown" or problem.severity == ERROR)
    ]
    return problems, resolution.ok
