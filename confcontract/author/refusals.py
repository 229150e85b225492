"""Reasons why a class can't become a contract; each refusal names class, field and remedy."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from confcontract.author.choices_as_text import NOT_FROM_TEXT
from confcontract.author.introspection import required_arguments
from confcontract.checks.kinds import KINDS, class_of
from confcontract.contract.credentials import holds_credentials
from confcontract.report.errors import BakeRefused
from confcontract.report.problem import WARNING, Problem

if TYPE_CHECKING:
    from confcontract.author.variables import Variable


def refuse(cls: type, path: tuple[str, ...], what: str, remedy: str) -> Problem:
    where, source = _place(cls, path)
    return Problem("bake-refused", f"{where}: {what}", source=source, hint=remedy)


def warning(cls: type, path: tuple[str, ...], what: str, remedy: str) -> Problem:
    """A problem that does not prevent the contract."""
    where, source = _place(cls, path)
    return Problem("bake-doubtful", f"{where}: {what}", source=source, hint=remedy, severity=WARNING)


def _place(cls: type, path: tuple[str, ...]) -> tuple[str, str]:
    """A field in the form that people read, and its place. For merged classes, of the author's own class."""
    own = getattr(cls, "_author_s_own", None)
    if own is not None and path:
        cls, path = own(path[0]), path[1:]
    where = ".".join((cls.__qualname__, *path))
    return where, f"{cls.__module__}:{where}"


def not_from_text(cls: type, variables: list[dict[str, Any]]) -> list[Problem]:
    """A warning for each variable that can only keep its default: no text that an operator writes is valid."""
    remedy = "make it an int, a str or an IntEnum, or convert the text in a validator"
    return [
        warning(cls, tuple(entry["path"]), f"accepts no text, so {entry['name']} can't be set to anything", remedy)
        for entry in variables
        if entry["type"]["text"].endswith(NOT_FROM_TEXT)
    ]


def without_driver(cls: type, checks: list[dict[str, Any]]) -> list[Problem]:
    """A warning for each check that logs in with a driver, if none is installed here."""
    problems = []
    for check in checks:
        drivers = class_of(check["kind"]).drivers if check["kind"] in KINDS else ()
        if drivers and not check.get("plainConnection") and not any(map(_is_installed, drivers)):
            what = f"the check {check['name']} logs in with {' or '.join(drivers)}, and none of them is installed here"
            remedy = f"install confcontract[{check['kind']}] in the image that boots"
            problems.append(warning(cls, (), what, remedy))
    return problems


def without_yaml(cls: type, programs: list[dict[str, Any]]) -> list[Problem]:
    """A warning if the class reads YAML and PyYAML is not installed here."""
    sources = [source for program in programs for source in program.get("sources", ()) if source["kind"] == "yaml"]
    if not sources or _is_installed("yaml"):
        return []
    files = " and ".join(dict.fromkeys(path for source in sources for path in source["files"])) or "YAML"
    what = f"reads {files}, for which PyYAML is needed, and it is not installed here"
    return [warning(cls, (), what, "install confcontract[yaml] in the image that boots")]


def _is_installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # the package that contains the module
        return False


def check_made(cls: type) -> list[Problem]:
    """Raise BakeRefused if the class can never be instantiated; return warnings if `Settings()` needs arguments."""
    missing = sorted(getattr(cls, "__abstractmethods__", ()))
    if missing:
        words = ", ".join(f"{name}()" for name in missing)
        what = f"is abstract: Settings() can't be created while {words} {'is' if len(missing) == 1 else 'are'} missing"
        raise BakeRefused(refuse(cls, (), what, f"name the class that implements {words}"))
    problems = []
    for name in ("__new__", "__init__"):
        needed = required_arguments(getattr(cls, name))
        if needed:
            what = f"its {name} needs {', '.join(needed)}, so that {cls.__name__}() without arguments fails"
            remedy = "give the arguments defaults; a class that needs arguments can't be checked"
            problems.append(warning(cls, (), what, remedy))
    return problems


def check_names(cls: type, data: dict[str, Any]) -> None:
    """Raise BakeRefused if an environment can't hold a name, or if a role, check or vault reference is invalid."""
    problems = [
        *_unsettable(cls, data),
        *_references(cls, data),
        *_roles(cls, data),
        *_checks(cls, data),
    ]
    if problems:
        raise BakeRefused(*problems)


def _unsettable(cls: type, data: dict[str, Any]) -> list[Problem]:
    """Names that no environment can hold."""
    return [
        refuse(
            cls,
            tuple(variable["path"]),
            f"is read from {name!r}, which can't be the name of an environment variable",
            "give it an alias without = and without control characters",
        )
        for variable in data["variables"]
        for name in (variable["name"], *variable.get("aliases", ()))
        if not name or "=" in name or not name.isprintable()
    ]


def read_twice(cls: type, variables: Sequence[Variable], *, sensitive: bool) -> list[Problem]:
    """A warning for each field that reads another field's variable: as a fall-back, or by mistake."""
    # Fields of one model only: with delimiter "_", one variable may intentionally set db_host and db.host. And not for
    # a
    # container from which several fields take parts (AliasPath).
    owners: dict[tuple[str, int], Variable] = {}
    problems: dict[tuple[str, ...], Problem] = {}
    for variable in variables:
        for name in variable.names:
            if name in variable.within or name in variable.by_path:
                continue
            key = name if sensitive else name.lower()
            for model in variable.models:
                owner = owners.setdefault((key, model), variable)
                if owner is not variable:
                    what = f"shares the environment variable {name} with {'.'.join(owner.path)}"
                    remedy = "if that is not intended, rename one of the two fields, or give it an alias of its own"
                    problems.setdefault(variable.path, warning(cls, variable.path, what, remedy))
    return [*problems.values()]


def _references(cls: type, data: dict[str, Any]) -> list[Problem]:
    from confcontract.contract.reference import ReferenceInvalid, parse_reference
    from confcontract.contract.schemes import OF_VAULT, scheme_of

    problems = []
    for variable in data["variables"]:
        for reference in (variable["vault"], *variable.get("vaultFallback", ())) if "vault" in variable else ():
            try:
                parse_reference(reference)
            except ReferenceInvalid as error:
                scheme = scheme_of(reference)
                marker, form = "FromStore", scheme.form
                if scheme.prefix in OF_VAULT:
                    marker, form = "Vault", "MOUNT/PATH#KEY"
                problems.append(refuse(cls, tuple(variable["path"]), f"{marker}(): {error}", f"write {form}"))
    return problems


def _roles(cls: type, data: dict[str, Any]) -> list[Problem]:
    names = {variable["name"] for variable in data["variables"]}
    problems = []
    for role, entry in data["roles"].items():
        if any(holds_credentials(word) for word in entry["command"]):
            problems.append(
                refuse(
                    cls,
                    (),
                    f"the command of role {role!r} holds a password, which would be readable in the image",
                    "have the program read it from its settings",
                )
            )
        for needed in entry["needs"] or ():
            if needed not in names:
                problems.append(
                    refuse(
                        cls,
                        (),
                        f"role {role!r} needs {needed}, which is not a variable of the class",
                        "write the variable's full name, with its prefix",
                    )
                )
    return problems


def _checks(cls: type, data: dict[str, Any]) -> list[Problem]:
    seen: set[str] = set()
    problems = []
    for check in data["checks"]:
        if check["name"] in seen:
            problems.append(
                refuse(cls, (), f"two checks have the name {check['name']!r}", "give each check its own name")
            )
        seen.add(check["name"])
    return problems
