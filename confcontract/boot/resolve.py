"""Merge, validate, explain: the verdict of a contract on an environment. Pure but for the files named to it."""

from __future__ import annotations

from confcontract.boot import sources
from confcontract.boot.compiled import prepare, stale_warning
from confcontract.boot.gather import gather
from confcontract.boot.merge import Entry, Merged, merge
from confcontract.boot.sources import Source
from confcontract.boot.verdict import Locator, failure_problem, problems_of
from confcontract.errors import exit_code
from confcontract.problem import ERROR, INFO, WARNING, Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from os import PathLike
    from typing import Any

    from confcontract.boot.gather import Gathered
    from confcontract.boot.vault.reader import Fetched
    from confcontract.contract import Contract

    VaultReader = Callable[[Mapping[str, str]], Fetched]


class Resolution:
    """The verdict.

    problems: all of them, errors, warnings and notes. values: the settings document as JSON data,
    empty if the configuration is invalid. environ: exactly what the application would get.
    deferred: what only the application can check of this environment, as in the contract.
    """

    __slots__ = ("_gathered", "_merged", "contract", "deferred", "environ", "problems", "values")

    def __init__(self, contract: Contract, merged: Merged, gathered: Gathered) -> None:
        self.contract = contract
        self.problems: list[Problem] = []
        self.values: dict[str, Any] = {}
        self.environ: dict[str, str] = {}
        self.deferred: list[dict[str, Any]] = []
        self._merged = merged
        self._gathered = gathered

    @property
    def ok(self) -> bool:
        return not any(problem.severity == ERROR for problem in self.problems)

    @property
    def exit_code(self) -> int:
        return exit_code(self.problems)

    @property
    def sources(self) -> dict[str, Source]:
        """Variable → where its value came from, for each that has one; see boot/sources.py."""
        locator = Locator(self.contract.variables, self._merged, self._gathered)
        found = {}
        for variable in self.contract.variables:
            source = self._source(variable, locator)
            if source is not None:
                found[variable["name"]] = source
        return found

    def _source(self, variable: Mapping[str, Any], locator: Locator) -> Source | None:
        entry = self._merged.top(variable["name"])
        if entry is not None:
            return entry.source
        origin = locator.origin(variable)
        if origin is not None:
            name, where = origin
            for candidate in self._merged.entries.get(self._merged.declared.identity(name), ()):
                if candidate.name == name:
                    return candidate.source
            return Source(sources.SETTINGS_FILE, name, where)
        if variable.get("computed"):
            return Source(sources.COMPUTED)
        return Source(sources.DEFAULT) if "default" in variable else None

    def raw(self, variable: str) -> str | None:
        """The string that was set for a variable, unmasked; None if it was not set by its own name."""
        entry = self._merged.top(variable)
        return entry.value if entry is not None else None

    def used_name(self, variable: str) -> str | None:
        """The name by which a variable was set, or None."""
        entry = self._merged.top(variable)
        return entry.name if entry is not None else None

    def __repr__(self) -> str:
        return f"<Resolution {'ok' if self.ok else 'refused'}: {len(self.problems)} problems>"


def resolve(
    contract: Contract,
    *,
    environ: Mapping[str, str],
    env_files: Sequence[str | PathLike[str]] = (),
    conf_dir: str | None = None,
    policies: Sequence[str | PathLike[str]] = (),
    role: str | None = None,
    strict: bool = False,
    vault: VaultReader | None = None,
) -> Resolution:
    """Give a contract's verdict on an environment.

    environ: the process environment, passed in. env_files: read with python-dotenv's meaning, later ones
    win. conf_dir: a directory of `*.env` files below those. policies: JSON Schemas that the resolved
    document must satisfy too. role: only what this role needs is required. strict: unknown names under
    the prefix and empty secrets are errors. vault: called once with variable → reference, if there is any;
    without it, variables that live in Vault count as given.

    Raises ContractUnusable if the contract can't be run by this pydantic_core, UsageError for an unknown role.
    Everything else is in the result's `problems`.
    """
    compiled = prepare(contract)
    needs = _needs(contract, role)
    merged = merge(contract, environ, env_files, conf_dir)
    problems = [*stale_warning(contract), *merged.problems]
    pending = _from_vault(contract, merged, needs, environ, vault, problems)
    gathered = gather(compiled.plan, merged.environ())
    result = Resolution(contract, merged, gathered)
    result.problems = problems
    result.environ = merged.environ()
    locator = Locator(contract.variables, merged, gathered)
    for failure in gathered.failures:
        problems.append(failure_problem(failure, locator, merged))
    for path, what in gathered.problems:
        problems.append(Problem("source-unreadable", f"{path} {what}", source=path, hint="check its owner and mode"))
    skipped = [*pending, *(failure.path for failure in gathered.failures)]
    result.values = _validate(compiled.validator, gathered, locator, merged, skipped, problems)
    _excuse(contract, needs, role, problems)
    from confcontract.boot import notices

    notices.add(result, merged, strict=strict)
    if policies and result.ok:
        _policies(contract, result, policies)
    return result


def _validate(
    validator: Any,
    gathered: Gathered,
    locator: Locator,
    merged: Merged,
    skipped: list[tuple[str, ...]],
    problems: list[Problem],
) -> dict[str, Any]:
    from confcontract.engine import ValidationError, to_jsonable_python

    try:
        document = validator.validate_python(gathered.state)
    except ValidationError as error:
        errors = error.errors(include_url=False, include_context=False, include_input=False)

        def is_pending(loc: tuple[Any, ...]) -> bool:
            return any(loc[: len(path)] == path for path in skipped)

        problems.extend(problems_of(errors, locator, merged, is_pending))
        return {}
    except RecursionError:
        problems.append(Problem("value-invalid", "a value is nested too deeply", hint="flatten it"))
        return {}
    values: dict[str, Any] = to_jsonable_python(document)
    return values


# -- roles ---------------------------------------------------------------------------------------


def _needs(contract: Contract, role: str | None) -> frozenset[str] | None:
    """The variables that a role needs; None for all."""
    if role is None:
        return None
    roles = contract.data["roles"]
    if role not in roles:
        from confcontract.errors import UsageError

        known = ", ".join(sorted(roles)) or "none"
        raise UsageError(Problem("usage", f"the contract has no role {role!r}", hint=f"roles: {known}"))
    needs = roles[role].get("needs")
    return None if needs is None else frozenset(needs)


def _excuse(contract: Contract, needs: frozenset[str] | None, role: str | None, problems: list[Problem]) -> None:
    """What is missing but not needed by this role, or may come from a source that only the application
    reads, is worth a note, not an error."""
    foreign = [entry for entry in contract.data["deferred"] if entry["kind"] == "source"]
    for problem in problems:
        if problem.rule != "missing" or problem.severity != ERROR:
            continue
        if needs is not None and problem.variable not in needs:
            problem.severity = INFO
            problem.hint = f"not needed by role {role}"
        elif foreign:
            problem.code = "source-foreign"
            problem.severity = INFO
            problem.hint = f"the application may find it in {foreign[0]['name']}"


# -- Vault ---------------------------------------------------------------------------------------


def _from_vault(
    contract: Contract,
    merged: Merged,
    needs: frozenset[str] | None,
    environ: Mapping[str, str],
    vault: VaultReader | None,
    problems: list[Problem],
) -> list[tuple[str, ...]]:
    """Replace references by what they refer to. Returns the paths whose value is not known."""
    wanted = _references(contract, merged, needs)
    if not wanted:
        return []
    declared = merged.declared.variables
    if vault is None:
        for name, (reference, given) in wanted.items():
            if given:
                del merged.entries[name]
            elif merged.top(name) is not None:
                continue  # a lower source has a value; whether Vault would outrank it can't be known here
            problems.append(
                Problem("vault-not-configured", "would be read from Vault", variable=name,
                        source=f"Vault {reference}", severity=INFO, hint="not fetched here")
            )
        return [tuple(declared[name]["path"]) for name in wanted if merged.top(name) is None]
    if not _configured(environ):
        return _without_vault(merged, wanted, problems)
    fetched = vault({name: reference for name, (reference, _) in wanted.items()})
    problems.extend(fetched.problems)
    for name, value in fetched.values.items():
        top = merged.top(name)
        used = top.name if top is not None else name
        merged.replace(name, Entry(used, value, Source(sources.VAULT, used, wanted[name][0])))
    unknown = [name for name in wanted if name not in fetched.values]
    for name in unknown:
        merged.entries.pop(name, None)
    return [tuple(declared[name]["path"]) for name in unknown]


def _references(
    contract: Contract, merged: Merged, needs: frozenset[str] | None
) -> dict[str, tuple[str, bool]]:
    """variable → (reference, whether it was given as the variable's value rather than in the class)."""
    wanted: dict[str, tuple[str, bool]] = {}
    for name, variable in merged.declared.variables.items():
        if needs is not None and name not in needs:
            continue
        entry = merged.top(name)
        if entry is not None and entry.public and entry.value.startswith(("vault:", "bao:")):
            wanted[name] = (entry.value, True)
        elif variable.get("vault") and (entry is None or entry.source.kind not in (sources.ENVIRONMENT,)):
            wanted[name] = (variable["vault"], False)
    return wanted


def _configured(environ: Mapping[str, str]) -> bool:
    return bool(environ.get("VAULT_ADDR") or environ.get("BAO_ADDR"))


def _without_vault(
    merged: Merged, wanted: dict[str, tuple[str, bool]], problems: list[Problem]
) -> list[tuple[str, ...]]:
    """No server is configured: a default or a lower source may do, a reference given at run time never."""
    lost = []
    for name, (reference, given) in wanted.items():
        variable = merged.declared.variables[name]
        if not given and (merged.top(name) is not None or not variable.get("required")):
            continue
        entry = merged.entries.pop(name, [None])[-1]
        problems.append(
            Problem(
                "vault-not-configured",
                "lives in Vault, and no Vault server is configured",
                variable=name,
                source=f"Vault {reference}" + (f", from the {entry.source}" if entry is not None else ""),
                hint=f"set VAULT_ADDR and credentials, or {name} itself",
            )
        )
        lost.append(tuple(variable["path"]))
    return lost


def _policies(contract: Contract, result: Resolution, policies: Sequence[str | PathLike[str]]) -> None:
    import os

    from confcontract.boot.policy import check_policies

    locator = Locator(contract.variables, result._merged, result._gathered)
    by_name = {variable["name"]: variable for variable in contract.variables}

    def name_of(path: tuple[Any, ...]) -> str | None:
        variable = locator.variable(path)
        return variable["name"] if variable is not None else None

    def is_secret(name: str) -> bool:
        variable = by_name.get(name, {})
        return bool(variable.get("secret") or variable.get("credentials"))

    overlays = [os.fspath(path) for path in policies]
    result.problems.extend(check_policies(result.values, overlays, name_of, is_secret))
