"""Merge, validate, explain: the verdict of a contract on an environment. Pure, except that it reads the given files."""

from __future__ import annotations

from confcontract.contract.declared import Declared
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
    from confcontract.verdict.sources.platform import Platform
    from confcontract.verdict.sources.references import StoredVariables
    from confcontract.verdict.validator import Compiled


# Keywords of JSON Schema that concern a single value.
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
    platform: Platform | None = None,
) -> Resolution:
    """Give a contract's verdict on an environment.

    environ: the process environment, passed in. env_files: read with python-dotenv's meaning, later ones win.
    conf_files: TOML, YAML or JSON with the structure of the settings, below those; later ones win. conf_dir: a
    directory of such files and of `*.env` files, below all of these. secret_dirs: directories of files that are named
    like variables and hold their values, such as /run/secrets; later ones win, and $CREDENTIALS_DIRECTORY of the
    environment wins over all of them. policies: JSON Schemas that the resolved document must satisfy too. role: only
    the variables that this role needs are required. strict: unknown names under the prefix, typos in env files that
    leave a setting without a value, empty secrets, and lower sources used because Vault is not configured are errors.
    vault: the reader that resolves references, such as `VaultReader(environ)` (a `secrets.store.SecretReader`); without
    one, variables stored in Vault count as given. before_vault: called with the environment so far, if any value may
    be stored in Vault; its exceptions end the run. keep: names addressed to us (VAULT_TOKEN, …) that the application
    still gets. platform: the unknown parts of an environment that does not exist yet.

    Raises ContractUnusable if the contract can't be run by this pydantic_core, UsageError for an unknown role.
    TypeError for a single path instead of a list of paths. Everything else is in the result's `problems`.
    """
    _check_types(
        contract, env_files=env_files, conf_files=conf_files, secret_dirs=secret_dirs, policies=policies, keep=keep
    )
    directories = [*map(str, secret_dirs)]

    if platform is not None:
        environ = platform.environ(environ, Declared(contract))

    def sources() -> Merged:
        return merge(contract, environ, env_files, conf_dir, directories, conf_files)

    try:
        return _resolve(contract, environ, sources, policies, role, strict, vault, before_vault, keep, platform)
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
    """A text is also a sequence of texts: each of its characters would be taken for a path."""
    from confcontract.contract.artifact import Contract

    if not isinstance(contract, Contract):
        found = type(contract).__name__  # the type, not the object: settings show their values
        raise TypeError(f"resolve() takes a Contract, such as bake() or Contract.load() returns, not {found}")
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
    platform: Platform | None,
) -> Resolution:
    compiled = prepare(contract)
    needs = None
    if role is not None:
        from confcontract.verdict.roles import needs_of

        needs = needs_of(contract, role)
    merged = sources()
    unseen = []
    if platform is not None:
        platform.hide(merged)
        unseen = platform.pending(merged)
    problems = [*stale_warning(contract), *merged.problems]
    given = merged.environ()
    glance = Glance(given)
    may_refer = glance.refers or _has_own_files(compiled.plan)
    judge = _Judge(contract, compiled, policies, role, needs, strict=strict, may_refer=may_refer)
    pending: list[tuple[str, ...]] = []
    unasked: Mapping[str, str] = {}
    awaited: Mapping[str, Source] = {}
    references: Mapping[str, str] = {}
    if any("vault" in variable for variable in merged.declared.notable.values()) or (
        glance.refers and any(value.startswith(tuple(SCHEMES)) for value in given.values())
    ):
        from confcontract.verdict.sources.references import StoredVariables

        if before_vault is not None:
            before_vault(given)
        stored = StoredVariables(merged, needs, problems)
        pending = _fetch(stored, vault, judge)
        unasked, awaited, references = stored.unasked, stored.awaited, stored.references
        known = len(merged.problems)
        settle(merged, contract)
        problems += merged.problems[known:]
        given = merged.environ()
    result = Resolution(contract, merged, gather(compiled.plan, given))
    result.problems = problems
    result.environ = app_environ(given, keep, result.declares)
    result.awaited, result.references = awaited, references
    judge.judge(result, pending + unseen + _unread(merged))
    advice.add(result, environ, given, glance, unasked, keep=keep, strict=strict)
    if policies and result.ok:
        _comply(result, policies)
    return result


def _fetch(stored: StoredVariables, store: SecretReader | None, judge: _Judge) -> list[tuple[str, ...]]:
    """Put the values of a store into the merged sources, and return the paths whose value is not known.

    store: None if no store is to be asked. Secrets that are only read come first. Secrets that have to be created for
    us are created only if nothing else is wrong.
    """
    lost = stored.refuse_invalid() + stored.leave_out()
    wanted = stored.found()
    if not wanted:
        return lost
    if store is None:
        return lost + stored.left_to_boot(wanted)
    if not store.configured:
        return lost + stored.without_server(wanted, judge.paths_from_own_files(stored.merged))
    try:
        fetched = store.read({name: text for name, (text, _) in wanted.items()})
        if fetched.unasked:
            nowhere = {name: wanted.pop(name) for name in fetched.unasked}
            lost += stored.without_server(nowhere, judge.paths_from_own_files(stored.merged))
        if fetched.creatable:
            trial, unknown = stored.tried(wanted, fetched)
            if not fetched.problems and judge.accepts(trial, lost + unknown, stored.problems):
                fetched = fetched.and_also(store.create(fetched.creatable))
            else:
                fetched.problems += stored.not_created(fetched.creatable)
    finally:
        store.close()
    stored.problems += fetched.problems
    return lost + stored.lay(wanted, fetched)


class _Judge:
    """The inputs that one verdict checks merged sources against.

    needs: the variables that count for the role, None for all. may_refer: whether a value, or a file of the
    application, may refer to a value in a store.
    """

    def __init__(
        self,
        contract: Contract,
        compiled: Compiled,
        policies: Sequence[str | PathLike[str]],
        role: str | None,
        needs: frozenset[str] | None,
        *,
        strict: bool,
        may_refer: bool,
    ) -> None:
        self._contract = contract
        self._compiled = compiled
        self._policies = policies
        self._role = role
        self._needs = needs
        self._strict = strict
        self._may_refer = may_refer

    def judge(self, result: Resolution, pending: list[tuple[Any, ...]]) -> None:
        """Validate the gathered values, and add the problems. pending: the paths whose value is not known."""
        if self._may_refer:
            from confcontract.verdict.sources.unresolved import refuse_unresolved

            pending = pending + refuse_unresolved(result)
        gathered = result.gathered
        if gathered.failures or gathered.problems or gathered.broken or gathered.passed_over:
            from confcontract.verdict.problems.findings import of_decoding

            of_decoding(result)
        result.document = _validate(self._compiled.validator, result, pending)
        if self._needs is not None and not result.ok:
            from confcontract.verdict.roles import excuse

            excuse(self._needs, self._role, result.problems)
        from confcontract.verdict.problems import warnings

        warnings.add(result, result.merged, strict=self._strict)

    def accepts(self, trial: Merged, pending: list[tuple[Any, ...]], so_far: Sequence[Problem]) -> bool:
        """Whether the values that are known so far are valid."""
        settle(trial, self._contract)
        result = Resolution(self._contract, trial, gather(self._compiled.plan, trial.environ()))
        result.problems = [*so_far, *trial.problems]
        self.judge(result, pending)
        if result.ok and self._policies:
            _comply(result, self._policies)
            # a secret that is created later may satisfy a rule about a missing value, but none about an existing one
            result.problems = [p for p in result.problems if p.code != "policy-violated" or p.rule in _ABOUT_VALUES]
        return result.ok

    def paths_from_own_files(self, merged: Merged) -> set[tuple[str, ...]]:
        """The paths that the application's own files give."""
        origins = gather(self._compiled.plan, merged.environ()).origins
        return {path for path, (_, where) in origins.items() if where is not origin.IN_ENVIRONMENT}


def _comply(result: Resolution, policies: Sequence[str | PathLike[str]]) -> None:
    from confcontract.verdict.policy import compliance

    compliance.check(result, policies)


def _has_own_files(plan: Mapping[str, Any]) -> bool:
    return any("dotenv" in program or "secretsDirs" in program or "sources" in program for program in plan["settings"])


def _unread(merged: Merged) -> list[tuple[str, ...]]:
    """The paths of variables whose file could not be read: they are not missing as well."""
    unread = ("source-unreadable", "binding-unusable")
    names = [p.variable for p in merged.problems if p.code in unread and p.variable]
    return [path for name in names for path in merged.declared.paths(name)]


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
