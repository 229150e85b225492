"""Merge, validate, explain: the verdict of a contract on an environment. Pure but for the files named to it."""

from __future__ import annotations

from confcontract.boot import launch, sources
from confcontract.boot.compiled import prepare, stale_warning
from confcontract.boot.gather import gather
from confcontract.boot.merge import Merged, merge
from confcontract.boot.sources import Source
from confcontract.errors import ConfcontractError, exit_code
from confcontract.problem import ERROR, Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from os import PathLike
    from typing import Any

    from confcontract.boot.reading import Gathered
    from confcontract.boot.references import VaultReader
    from confcontract.boot.verdict import Locator
    from confcontract.contract import Contract


# Keywords of JSON Schema that speak of one value alone.
_ABOUT_VALUES = frozenset(
    ("const", "enum", "type", "pattern", "minLength", "maxLength", "multipleOf", "maxItems")
    + ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
)


class Resolution:
    """The verdict.

    problems: all of them, errors, warnings and notes. environ: exactly what the application would get.
    document: the validated settings, with Python's own objects in them; None if the configuration is invalid.
    deferred: what only the application can check of this environment, as in the contract.
    """

    __slots__ = (
        "_gathered",
        "_locator",
        "_merged",
        "_values",
        "contract",
        "deferred",
        "document",
        "environ",
        "problems",
    )

    def __init__(self, contract: Contract, merged: Merged, gathered: Gathered) -> None:
        self.contract = contract
        self.problems: list[Problem] = []
        self.environ: dict[str, str] = {}
        self.deferred: list[dict[str, Any]] = []
        self.document: dict[str, Any] | None = None
        self._merged = merged
        self._gathered = gathered
        self._values: dict[str, Any] | None = None
        self._locator: Locator | None = None

    @property
    def values(self) -> dict[str, Any]:
        """The settings document as JSON data, empty if the configuration is invalid.

        Worked out when it is asked for: pydantic_core imports ten modules (7 ms, 3 MB) to turn a document into JSON.
        """
        if self._values is None:
            from confcontract.engine import to_jsonable_python

            self._values = {} if self.document is None else to_jsonable_python(self.document)
        return self._values

    @property
    def locator(self) -> Locator:
        """From a place in the document to the variable that feeds it; only made where something is wrong."""
        if self._locator is None:
            from confcontract.boot.verdict import Locator

            self._locator = Locator(self.contract.variables, self._merged, self._gathered)
        return self._locator

    @property
    def ok(self) -> bool:
        return not any(problem.severity == ERROR for problem in self.problems)

    @property
    def exit_code(self) -> int:
        return exit_code(self.problems)

    @property
    def sources(self) -> dict[str, Source]:
        """Variable → where its value came from, for each that has one; see boot/sources.py."""
        found = {}
        for variable in self.contract.variables:
            source = self._source(variable)
            if source is not None:
                found[variable["name"]] = source
        return found

    def _source(self, variable: Mapping[str, Any]) -> Source | None:
        entry = self._merged.top(variable["name"])
        if entry is not None:
            return entry.source
        origin = self.locator.origin(variable)
        if origin is not None:
            name, where = origin
            for candidate in self._merged.entries.get(self._merged.declared.identity(name), ()):
                if candidate.name == name:
                    return candidate.source
            return self._own_file(name, where)
        if variable.get("computed"):
            return Source(sources.COMPUTED)
        parts = self._parts(tuple(variable["path"]))
        if parts is not None:
            return parts
        return Source(sources.DEFAULT) if "default" in variable else None

    def _own_file(self, name: str, where: str) -> Source:
        """A file that the settings class names itself. where: as `gather` says it."""
        if where == sources.OWN_SECRETS:
            return Source(sources.SECRET_FILE, name, f"{name} in the application's secrets_dir")
        plans = [program.get("dotenv") or {} for program in self.contract.compiled["settings"]]
        files = dict.fromkeys(file for plan in plans for file in plan.get("files", ()))
        return Source(sources.SETTINGS_FILE, name, f"{where} {' or '.join(files)}".rstrip())

    def _parts(self, path: tuple[str, ...]) -> Source | None:
        """The highest source of the parts of a section or mapping that is not set as a whole."""
        best: Source | None = None
        for where, (name, words) in self._gathered.origins.items():
            if where[: len(path)] == path != where:
                found = [e.source for e in self._merged.entries.get(self._merged.declared.identity(name), ())]
                if not found and words != sources.ENVIRONMENT:
                    found = [self._own_file(name, words)]
                for source in found:
                    if best is None or sources.RANK[source.kind] > sources.RANK[best.kind]:
                        best = source
        return best

    def raw(self, variable: str) -> str | None:
        """The string that was set for a variable, unmasked; None if it was not set by its own name."""
        entry = self._merged.top(variable)
        return entry.value if entry is not None else None

    def in_own_file(self, path: Sequence[str]) -> str | None:
        """The string that a file of the settings class has for a path, unmasked; None where none has it."""
        for where, name, source in self._gathered.notes:
            if where == tuple(path) and source.words != sources.ENVIRONMENT:
                found: str | None = source.lookup(name)
                return found
        return None

    def used_name(self, variable: str) -> str | None:
        """The name by which a variable was set, or None."""
        entry = self._merged.top(variable)
        return entry.name if entry is not None else None

    def source_of(self, name: str) -> Source | None:
        """Where the value of a name in `environ` came from."""
        entry = self._merged.top(self._merged.declared.identity(name))
        return entry.source if entry is not None else None

    def variable_of(self, name: str) -> str | None:
        """The variable that a name belongs to, itself or as a part of it; None if there is none."""
        declared = self._merged.declared
        if (canonical := declared.canonical(name)) is not None:
            return canonical
        normal = declared.normal(name)
        outer = [each for each in declared.names if normal.startswith(declared.normal(each))]
        return max(outer, key=len, default=None)

    def declares(self, name: str) -> bool:
        """Whether a name in an environment is a setting of the application, or a part of one."""
        declared = self._merged.declared
        opened = tuple(map(declared.normal, self.contract.compiled["open"]))
        return declared.knows(name) or (bool(opened) and declared.normal(name).startswith(opened))

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
    before_vault: Callable[[Mapping[str, str]], None] | None = None,
    keep: Sequence[str] = (),
) -> Resolution:
    """Give a contract's verdict on an environment.

    environ: the process environment, passed in. env_files: read with python-dotenv's meaning, later ones
    win. conf_dir: a directory of `*.env` files below those. policies: JSON Schemas that the resolved
    document must satisfy too. role: only what this role needs is required. strict: unknown names under
    the prefix and empty secrets are errors. vault: called once with variable → reference, if there is any;
    without it, variables that live in Vault count as given. before_vault: called with the environment as it is then,
    if anything may live in Vault; what it raises ends all. keep: names addressed to us (VAULT_TOKEN, …) that the
    application gets all the same.

    Raises ContractUnusable if the contract can't be run by this pydantic_core, UsageError for an unknown role.
    Everything else is in the result's `problems`.
    """
    try:
        return _resolve(contract, environ, env_files, conf_dir, policies, role, strict, vault, before_vault, keep)
    except ConfcontractError:
        raise
    except Exception:
        from confcontract.damage import refuse_damaged

        refuse_damaged(contract)
        raise


def _resolve(
    contract: Contract,
    environ: Mapping[str, str],
    env_files: Sequence[str | PathLike[str]],
    conf_dir: str | None,
    policies: Sequence[str | PathLike[str]],
    role: str | None,
    strict: bool,
    vault: VaultReader | None,
    before_vault: Callable[[Mapping[str, str]], None] | None,
    keep: Sequence[str],
) -> Resolution:
    compiled = prepare(contract)
    needs = None
    if role is not None:
        from confcontract.boot.roles import needs_of

        needs = needs_of(contract, role)
    merged = merge(contract, environ, env_files, conf_dir)
    problems = [*stale_warning(contract), *merged.problems]
    given = merged.environ()
    pending: list[tuple[str, ...]] = []
    if _has_references(merged, given):
        from confcontract.boot.references import References

        if before_vault is not None:
            before_vault(given)

        def acceptable(trial: Merged, unknown: list[tuple[str, ...]]) -> bool:
            so_far = Resolution(contract, trial, gather(compiled.plan, trial.environ()))
            so_far.problems = [*problems]
            _judge(so_far, compiled.validator, unknown, needs=needs, role=role, strict=strict)
            if so_far.ok and policies:
                _policies(so_far, policies)
                # what is still to be made may mend a rule about what is missing, but none about a value that is there
                so_far.problems = [p for p in so_far.problems if p.code != "policy-violated" or p.rule in _ABOUT_VALUES]
            return so_far.ok

        def own_files() -> set[tuple[str, ...]]:
            origins = gather(compiled.plan, merged.environ()).origins
            return {path for path, (_, where) in origins.items() if where != sources.ENVIRONMENT}

        pending = References(merged, needs, problems).replace(environ, vault, acceptable, own_files)
        given = merged.environ()
    result = Resolution(contract, merged, gather(compiled.plan, given))
    result.problems = problems
    result.environ = launch.app_environ(given, keep, result.declares)
    pending += _unread(merged)
    _judge(result, compiled.validator, pending, needs=needs, role=role, strict=strict)
    if policies and result.ok:
        _policies(result, policies)
    return result


def _unread(merged: Merged) -> list[tuple[str, ...]]:
    """The paths of variables whose file could not be read: they are not missing as well."""
    names = [p.variable for p in merged.problems if p.code == "source-unreadable" and p.variable]
    return [tuple(merged.declared.variables[name]["path"]) for name in names if name in merged.declared.variables]


def _judge(
    result: Resolution,
    validator: Any,
    pending: list[tuple[str, ...]],
    *,
    needs: frozenset[str] | None,
    role: str | None,
    strict: bool,
) -> None:
    """Validate what was gathered. pending: the paths whose value is not known."""
    gathered = result._gathered
    if gathered.failures or gathered.problems:
        _undecoded(result, gathered)
    result.document = _validate(validator, result, gathered, pending)
    if not result.ok:
        from confcontract.boot.roles import excuse

        excuse(result.contract, needs, role, result.problems)
    from confcontract.boot import notices

    notices.add(result, result._merged, strict=strict)


def _has_references(merged: Merged, given: Mapping[str, str]) -> bool:
    """Whether anything may live in Vault."""
    return any("vault" in variable for variable in merged.declared.notable.values()) or any(
        value.startswith(("vault:", "bao:")) for value in given.values()
    )


def _undecoded(result: Resolution, gathered: Gathered) -> None:
    from confcontract.boot.verdict import failure_problem

    for failure in gathered.failures:
        result.problems.append(failure_problem(failure, result.locator, result._merged))
    for path, what in gathered.problems:
        message = f"{path} {what}"
        result.problems.append(Problem("source-unreadable", message, source=path, hint="check its owner and mode"))


def _validate(
    validator: Any, result: Resolution, gathered: Gathered, pending: list[tuple[str, ...]]
) -> dict[str, Any] | None:
    from confcontract.engine import ValidationError

    try:
        document: dict[str, Any] = validator.validate_python(gathered.state)
        return document
    except ValidationError as error:
        from confcontract.boot.verdict import problems_of

        errors = error.errors(include_url=False, include_context=False, include_input=False)
        unknown = [*pending, *(failure.path for failure in gathered.failures)]
        result.problems.extend(problems_of(errors, result.locator, result._merged, unknown))
    except RecursionError:
        result.problems.append(Problem("value-invalid", "a value is nested too deeply", hint="flatten it"))
    return None


def _policies(result: Resolution, policies: Sequence[str | PathLike[str]]) -> None:
    import os

    from confcontract.boot.policy import check_policies

    locator = result.locator
    by_name = {variable["name"]: variable for variable in result.contract.variables}

    def name_of(path: tuple[Any, ...]) -> str | None:
        variable = locator.variable(path)
        return variable["name"] if variable is not None else None

    def is_secret(name: str) -> bool:
        variable = by_name.get(name)
        source = result._source(variable) if variable else None
        from_secret_source = source is not None and source.kind in sources.SECRET
        return bool(variable and (variable.get("secret") or variable.get("credentials"))) or from_secret_source

    overlays = [os.fspath(path) for path in policies]
    values = result.values if result.document is not None else _what_is_there(result)
    if values is None:
        message = "the settings are not complete, so that the policies can't be judged"
        result.problems.append(Problem("policy-unreadable", message, hint="set what the notes say is missing"))
        return
    result.problems.extend(check_policies(values, overlays, name_of, is_secret))


def _what_is_there(result: Resolution) -> dict[str, Any] | None:
    """The document without what is excused for being missing (a role, Vault); policies judge the rest."""
    from confcontract.boot.compiled import partial_validator
    from confcontract.engine import ValidationError, to_jsonable_python

    try:
        document = partial_validator(result.contract).validate_python(result._gathered.state)
    except ValidationError:
        return None
    values: dict[str, Any] = to_jsonable_python(document)
    return values
