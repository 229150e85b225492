"""Merge, validate, explain: the verdict of a contract on an environment. Pure but for the files named to it."""

from __future__ import annotations

from confcontract.contract.schemes import SCHEMES
from confcontract.host.sourcefile import OutOfTime
from confcontract.report.errors import ConfcontractError
from confcontract.report.problem import Problem
from confcontract.verdict.environment import app_environ
from confcontract.verdict.problems import advice
from confcontract.verdict.resolution import Resolution
from confcontract.verdict.sources import origin
from confcontract.verdict.sources.fields import gather
from confcontract.verdict.sources.glance import Glance
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
        from confcontract.verdict.bounded import took_too_long

        raise took_too_long(contract) from None
    except Exception:
        from confcontract.contract.damage import refuse_damaged

        refuse_damaged(contract.data, thorough=True)
        raise


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
    glance = Glance(given)
    anywhere = glance.refers or _has_own_files(compiled.plan)
    pending: list[tuple[str, ...]] = []
    unasked: Mapping[str, str] = {}
    awaited: Mapping[str, Source] = {}
    if any("vault" in variable for variable in merged.declared.notable.values()) or (
        glance.refers and any(value.startswith(tuple(SCHEMES)) for value in given.values())
    ):
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
                _comply(so_far, policies)
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
    advice.add(result, environ, given, glance, unasked, keep=keep, strict=strict)
    if policies and result.ok:
        _comply(result, policies)
    return result


def _comply(result: Resolution, policies: Sequence[str | PathLike[str]]) -> None:
    from confcontract.verdict.policy import compliance

    compliance.check(result, policies)


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
        from confcontract.verdict.problems.findings import of_decoding

        of_decoding(result)
    result.document = _validate(validator, result, pending)
    if needs is not None and not result.ok:
        from confcontract.verdict.roles import excuse

        excuse(needs, role, result.problems)
    from confcontract.verdict.problems import warnings

    warnings.add(result, result.merged, strict=strict)


def _validate(validator: Any, result: Resolution, pending: list[tuple[str, ...]]) -> dict[str, Any] | None:
    from confcontract.contract.engine import ValidationError

    try:
        document: dict[str, Any] = validator.validate_python(result.gathered.state)
        return document
    except ValidationError as error:
        from confcontract.verdict.problems.findings import of_validation

        return of_validation(error, result, pending)
    except RecursionError:
        result.problems.append(Problem("value-invalid", "a value is nested too deeply", hint="flatten it"))
        return None
