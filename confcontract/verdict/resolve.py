"""Merge, validate, explain: the verdict of a contract on an environment. Pure but for the files named to it."""

from __future__ import annotations

from confcontract.contract.artifact import is_hidden
from confcontract.contract.schemes import SCHEMES
from confcontract.host.sourcefile import OutOfTime
from confcontract.report.errors import ConfcontractError
from confcontract.report.problem import Problem
from confcontract.verdict.environment import KNOWN, app_environ
from confcontract.verdict.resolution import Resolution
from confcontract.verdict.sources import origin
from confcontract.verdict.sources.fields import gather
from confcontract.verdict.sources.foreign_glance import may_be_foreign
from confcontract.verdict.sources.merge import merge, settle
from confcontract.verdict.sources.merged import Merged
from confcontract.verdict.validator import prepare, stale_warning

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from os import PathLike
    from typing import Any

    from confcontract.contract.artifact import Contract
    from confcontract.secrets.store import SecretReader
    from confcontract.verdict.sources.decoding import Gathered
    from confcontract.verdict.sources.origin import Source


# Keywords of JSON Schema that speak of one value alone.
_ABOUT_VALUES = frozenset(
    ("const", "enum", "type", "pattern", "minLength", "maxLength", "multipleOf", "maxItems")
    + ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
)


def resolve(
    contract: Contract,
    *,
    environ: Mapping[str, str],
    env_files: Sequence[str | PathLike[str]] = (),
    conf_dir: str | None = None,
    secret_dirs: Sequence[str | PathLike[str]] = (),
    conf_files: Sequence[str | PathLike[str]] = (),
    policies: Sequence[str | PathLike[str]] = (),
    role: str | None = None,
    strict: bool = False,
    vault: SecretReader | None = None,
    before_vault: Callable[[Mapping[str, str]], None] | None = None,
    keep: Sequence[str] = (),
) -> Resolution:
    """Give a contract's verdict on an environment.

    environ: the process environment, passed in. env_files: read with python-dotenv's meaning, later ones
    win. conf_files: TOML, YAML or JSON with the structure of the settings, below those; later ones win. conf_dir: a
    directory of such files and of `*.env` files, below all of these. secret_dirs: directories of files that are called
    like variables and hold their values, such as /run/secrets; later ones win, and $CREDENTIALS_DIRECTORY of the
    environment wins over all of them. policies: JSON Schemas that the resolved document must satisfy too. role: only
    what this role needs is required. strict: unknown names under the prefix, empty secrets, and lower sources in the
    place of a Vault that is not configured are errors. vault: who is asked for what variables refer to, such as
    `VaultReader(environ)` (a `secrets.store.SecretReader`); without one, variables that live in Vault count as given.
    before_vault: called with the environment as it is then, if anything may live in Vault; what it raises ends all.
    keep: names addressed to us (VAULT_TOKEN, …) that the application gets all the same.

    Raises ContractUnusable if the contract can't be run by this pydantic_core, UsageError for an unknown role.
    TypeError for a path that stands where a list of paths belongs. Everything else is in the result's `problems`.
    """
    _check_types(
        contract, env_files=env_files, conf_files=conf_files, secret_dirs=secret_dirs, policies=policies, keep=keep
    )
    directories = [*map(str, secret_dirs)]

    def sources() -> Merged:
        return merge(contract, environ, env_files, conf_dir, directories, conf_files)

    try:
        return _resolve(contract, environ, sources, policies, role, strict, vault, before_vault, keep)
    except ConfcontractError:
        raise
    except OutOfTime:
        raise _took_too_long(contract) from None
    except Exception:
        from confcontract.contract.damage import refuse_damaged

        refuse_damaged(contract, thorough=True)
        raise


def _took_too_long(contract: Contract) -> ConfcontractError:
    from confcontract.report.errors import ConfigurationInvalid

    names = [each["name"] for each in contract.variables if "pattern" in each.get("constraints", ())]
    of = f" of {' or '.join(names)}" if 0 < len(names) <= 5 else ""
    message = f"was not validated in time: a pattern{of}, in Python's dialect, takes too long on a value"
    hint = (
        "correct the value: the application would take as long. Its author can write the pattern without nested repeats"
    )
    variable = names[0] if len(names) == 1 else None
    return ConfigurationInvalid(Problem("value-invalid", message, variable=variable, hint=hint))


def _check_types(contract: Any, **sequences: Any) -> None:
    """A text is a sequence of texts, too: each of its characters would be taken for a path."""
    from confcontract.contract.artifact import Contract

    if not isinstance(contract, Contract):
        found = type(contract).__name__  # not the thing itself: settings show their values
        raise TypeError(f"resolve() takes a Contract, as bake() or Contract.load() give it, not {found}")
    for name, value in sequences.items():
        if isinstance(value, (str, bytes)) or hasattr(value, "__fspath__"):
            raise TypeError(f"{name} takes a list: {name}=[{value!r}]")


def _resolve(
    contract: Contract,
    environ: Mapping[str, str],
    sources: Callable[[], Merged],
    policies: Sequence[str | PathLike[str]],
    role: str | None,
    strict: bool,
    vault: SecretReader | None,
    before_vault: Callable[[Mapping[str, str]], None] | None,
    keep: Sequence[str],
) -> Resolution:
    compiled = prepare(contract)
    needs = None
    if role is not None:
        from confcontract.verdict.roles import needs_of

        needs = needs_of(contract, role)
    merged = sources()
    problems = [*stale_warning(contract), *merged.problems]
    given = merged.environ()
    whole = "\n".join(given.values()).lower()  # as a rule there is no reference, and one look tells
    referring = any(scheme in whole for scheme in SCHEMES)
    anywhere = referring or _has_own_files(compiled.plan)
    pending: list[tuple[str, ...]] = []
    unasked: Mapping[str, str] = {}
    awaited: Mapping[str, Source] = {}
    if _has_references(merged, given, referring):
        from confcontract.verdict.sources.references import VaultVariables

        if before_vault is not None:
            before_vault(given)

        def acceptable(trial: Merged, unknown: list[tuple[str, ...]]) -> bool:
            settle(trial, contract)
            so_far = Resolution(contract, trial, gather(compiled.plan, trial.environ()))
            so_far.problems = [*problems, *trial.problems]
            if anywhere:
                unknown += _unresolved(so_far)
            _judge(so_far, compiled.validator, unknown, needs=needs, role=role, strict=strict)
            if so_far.ok and policies:
                _policies(so_far, policies)
                # what is still to be made may mend a rule about what is missing, but none about a value that is there
                so_far.problems = [p for p in so_far.problems if p.code != "policy-violated" or p.rule in _ABOUT_VALUES]
            return so_far.ok

        def own_files() -> set[tuple[str, ...]]:
            origins = gather(compiled.plan, merged.environ()).origins
            return {path for path, (_, where) in origins.items() if where is not origin.IN_ENVIRONMENT}

        references = VaultVariables(merged, needs, problems)
        pending = references.replace(vault, acceptable, own_files)
        unasked, awaited = references.unasked, references.awaited
        known = len(merged.problems)
        settle(merged, contract)
        problems += merged.problems[known:]
        given = merged.environ()
    result = Resolution(contract, merged, gather(compiled.plan, given))
    result.problems = problems
    result.environ = app_environ(given, keep, result.declares)
    result.awaited = awaited
    pending += _unread(merged)
    if anywhere:
        pending += _unresolved(result)
    _judge(result, compiled.validator, pending, needs=needs, role=role, strict=strict)
    _remark(result, environ, given, whole, unasked, keep=keep, strict=strict)
    if policies and result.ok:
        _policies(result, policies)
    return result


def _remark(
    result: Resolution,
    environ: Mapping[str, str],
    given: Mapping[str, str],
    whole: str,
    unasked: Mapping[str, str],
    *,
    keep: Sequence[str],
    strict: bool,
) -> None:
    """What is worth a word beside the verdict."""
    slips: list[str] = []
    if "CONFCONTRACT_" in "\n".join(environ):  # one look at all of them: there may be thousands
        slips = [name for name in environ if name.startswith("CONFCONTRACT_") and name not in KNOWN]
        if any(name.endswith("_SERVICE_HOST") for name in slips):
            from confcontract.verdict.sources.servicelinks import find

            links = find(environ)
            slips = [name for name in slips if name not in links]
    if slips:
        from confcontract.verdict.problems.warnings import unknown_to_us

        result.problems.extend(unknown_to_us(result, slips, keep, strict=strict))
    if unasked:
        from confcontract.verdict.problems.warnings import without_vault

        result.problems.extend(without_vault(result, unasked, strict=strict))
    if any(quote in whole and f"{quote}\n" in f"{whole}\n" for quote in "\"'"):  # a value that ends so may begin so
        from confcontract.verdict.problems.quotes import explain_quotes

        explain_quotes(result)
    if may_be_foreign(given, whole):
        from confcontract.verdict.sources.foreign_references import foreign_references

        result.problems.extend(foreign_references(result, given))
    if any("dotenv" in program for program in result.contract.compiled["settings"]):
        from confcontract.verdict.sources.foreign_references import foreign_in_own_files

        result.problems.extend(foreign_in_own_files(result))


def _has_own_files(plan: Mapping[str, Any]) -> bool:
    return any("dotenv" in program or "secretsDirs" in program or "sources" in program for program in plan["settings"])


def _unresolved(result: Resolution) -> list[tuple[Any, ...]]:
    from confcontract.verdict.sources.unresolved import refuse_unresolved

    return refuse_unresolved(result)


def _unread(merged: Merged) -> list[tuple[str, ...]]:
    """The paths of variables whose file could not be read: they are not missing as well."""
    unread = ("source-unreadable", "binding-unusable")
    names = [p.variable for p in merged.problems if p.code in unread and p.variable]
    return [path for name in names for path in merged.declared.paths(name)]


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
    gathered = result.gathered
    if gathered.failures or gathered.problems or gathered.broken:
        _undecoded(result, gathered)
    result.document = _validate(validator, result, gathered, pending)
    if needs is not None and not result.ok:
        from confcontract.verdict.roles import excuse

        excuse(needs, role, result.problems)
    from confcontract.verdict.problems import warnings

    warnings.add(result, result.merged, strict=strict)


def _has_references(merged: Merged, given: Mapping[str, str], referring: bool) -> bool:
    """Whether anything may live in a store of secrets. referring: whether it looks so at a glance."""
    if any("vault" in variable for variable in merged.declared.notable.values()):
        return True
    return referring and any(value.startswith(tuple(SCHEMES)) for value in given.values())


def _undecoded(result: Resolution, gathered: Gathered) -> None:
    from confcontract.verdict.problems.invalid import failure_problem
    from confcontract.verdict.problems.unseen import as_notes, is_open

    for failure in gathered.failures:
        problem = failure_problem(failure, result.locator, result.merged)
        if is_open(failure, result.contract.compiled):
            [problem] = as_notes([problem], _own_sources(result))
        result.problems.append(problem)
    for path, what in gathered.problems:
        message = f"{path} {what}"
        hint = "check its owner and mode"
        result.problems.append(Problem("source-unreadable", message, source=path, hint=hint, source_said=True))
    result.problems.extend(gathered.broken)


def _own_sources(result: Resolution) -> list[str]:
    """The sources that only the application can read, in words."""
    return [entry["name"] for entry in result.contract.deferred if entry["kind"] == "source"]


def _validate(
    validator: Any, result: Resolution, gathered: Gathered, pending: list[tuple[str, ...]]
) -> dict[str, Any] | None:
    from confcontract.contract.engine import ValidationError

    try:
        document: dict[str, Any] = validator.validate_python(gathered.state)
        return document
    except ValidationError as error:
        from confcontract.verdict.problems.invalid import problems_of, unknown_paths
        from confcontract.verdict.problems.unseen import (
            as_notes,
            has_unseen,
            is_of_too_little,
            told_apart,
            what_is_known,
        )

        errors = error.errors(include_url=False, include_input=False)
        if gathered.broken:  # what lacks may well be in such a file
            errors = [each for each in errors if not is_of_too_little(each["type"])]
        unknown = [*pending, *unknown_paths(gathered.failures, result.merged)]
        doubtful: list[Any] = []
        if has_unseen(result.contract.compiled):
            errors, doubtful = told_apart(errors, result)
        result.problems.extend(problems_of(errors, result.locator, result.merged, unknown))
        notes = problems_of(doubtful, result.locator, result.merged, unknown)
        result.problems.extend(as_notes(notes, _own_sources(result)))
        if doubtful and not errors:
            return what_is_known(result, doubtful)
    except RecursionError:
        result.problems.append(Problem("value-invalid", "a value is nested too deeply", hint="flatten it"))
    return None


def _policies(result: Resolution, policies: Sequence[str | PathLike[str]]) -> None:
    import os

    from confcontract.verdict.policy.numbers import with_deferred, with_numbers
    from confcontract.verdict.policy.overlays import check_policies

    locator = result.locator
    by_name = {variable["name"]: variable for variable in result.contract.variables}

    def name_of(path: tuple[Any, ...]) -> str | None:
        variable = locator.variable(path)
        return variable["name"] if variable is not None else None

    def is_secret(name: str) -> bool:
        variable = by_name.get(name)
        source = result._source(variable) if variable else None
        from_secret_source = source is not None and source.hides
        declared = bool(variable and (is_hidden(variable) or variable.get("credentials")))
        if declared or from_secret_source:
            return True
        return name in origin.with_secret_parts(result.contract.variables, result.sources)

    overlays = [os.fspath(path) for path in policies]
    whole = result.document is not None
    values = with_numbers(result.document, result.values) if whole else _what_is_there(result)
    if values is None:
        message = "the settings are not complete, so that the policies can't be judged"
        result.problems.append(Problem("policy-unreadable", message, hint="set what the notes say is missing"))
        return
    values = with_deferred(values, (deferral["path"] for deferral in result.contract.deferred))
    result.problems.extend(check_policies(values, overlays, name_of, is_secret))


def _what_is_there(result: Resolution) -> dict[str, Any] | None:
    """The document without what is excused for being missing (a role, Vault); policies judge the rest."""
    from confcontract.contract.engine import ValidationError
    from confcontract.contract.jsontext import as_json_data
    from confcontract.verdict.policy.numbers import with_numbers
    from confcontract.verdict.validator import partial_validator

    try:
        document = partial_validator(result.contract).validate_python(result.gathered.state)
    except ValidationError:
        return None
    values: dict[str, Any] = with_numbers(document, as_json_data(document))
    return values
