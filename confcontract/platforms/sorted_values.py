"""The values of --values, sorted: those that can be written, and secrets, which are left out."""

from __future__ import annotations

from confcontract.contract.artifact import is_hidden
from confcontract.contract.declared import Declared
from confcontract.contract.reference import is_reference, means_reference
from confcontract.contract.secretnames import is_secret_name
from confcontract.report.did_you_mean import closest
from confcontract.report.problem import WARNING, Problem
from confcontract.verdict.environment import OURS
from confcontract.verdict.mask import masked

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from confcontract.contract.artifact import Contract

_LONGEST = 32 * 4096
_HALF_A_LOGIN = ("VAULT_ROLE_ID", "BAO_ROLE_ID")
# Variables that boot's AWS client reads, without credentials.
_OF_AWS = ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL", "AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE")
_FILES_OF_VAULT = ("VAULT_CLIENT_KEY", "BAO_CLIENT_KEY")  # named like keys, but contain paths


SECRET_HINT = "give the platform the value as a secret, under the name that the export has for it"


class SortedValues:
    """environment: name → value of those that can be written, in the contract's own spelling if that means the same.
    owners: for each of these names, the variables that it sets. withheld: variables whose value is a secret, so that it
    is not here. judged: what the verdict is for: all of them, including secrets, but no files. of_boot: for boot
    itself. problems: no message shows a value.
    """

    __slots__ = ("environment", "judged", "of_boot", "owners", "problems", "withheld")

    def __init__(self) -> None:
        self.environment: dict[str, str] = {}
        self.owners: dict[str, tuple[str, ...]] = {}
        self.withheld: set[str] = set()
        self.judged: dict[str, str] = {}
        self.of_boot: dict[str, str] = {}
        self.problems: list[Problem] = []


def sort_values(
    given: Mapping[str, str], contract: Contract, file: str, secret_hint: str = SECRET_HINT
) -> SortedValues:
    """given: names as they are in the file, and values. file: its name in messages. secret_hint: what to do with a
    secret, with {name} for the variable.
    """
    declared = Declared(contract)
    found = SortedValues()
    for name, value in _one_of_each(given, declared):
        owners = declared.set_by(name)
        pointed = declared.pointed_at(name)
        if owners:
            found.judged[name] = value
            _place(name, value, owners, found, file, secret_hint)
        elif _names_a_file(name, pointed) and not value.startswith("/"):
            found.problems.append(_no_path(name, file))
        elif pointed is not None:
            found.environment[name] = value
            found.owners[name] = tuple(variable["name"] for variable in declared.sharing(pointed))
        elif name.startswith(OURS) or name in _OF_AWS:
            _place_of_boot(name, value, found, file)
        else:
            found.problems.append(_unknown(name, file, declared))
    found.problems += _outranked(found, declared, file)
    found.problems += _too_long(found, file)
    return found


def _one_of_each(given: Mapping[str, str], declared: Declared) -> Iterator[tuple[str, str]]:
    """Of several spellings of one name the last, spelled as in the contract if that means the same. An alias stays an
    alias: next to others, or to the JSON of a section, it matters which name is used.
    """
    spelt = {declared.normal(name): (name, value) for name, value in given.items()}
    sections = {tuple(variable["path"]) for name in spelt if (variable := declared.variable(name)) is not None}
    for name, value in spelt.values():
        variable = declared.variable(name)
        path = () if variable is None else variable["path"]
        beside = any(tuple(path[:depth]) in sections for depth in range(1, len(path)))
        own = name if variable is None or beside else variable["name"]
        yield own if declared.normal(own) == declared.normal(name) else name, value


def is_within(name: str, variable: Mapping[str, Any], declared: Declared) -> bool:
    """Whether a name of a variable holds a container that contains the variable's value."""
    return declared.normal(name) in map(declared.normal, variable.get("within", ()))


def _place(
    name: str, value: str, owners: list[dict[str, Any]], found: SortedValues, file: str, secret_hint: str
) -> None:
    names = tuple(variable["name"] for variable in owners)
    hidden = any(map(is_hidden, owners))
    plain = not hidden and all(masked(value, variable) == value for variable in owners)
    if plain or (is_reference(value) and means_reference(value)):
        found.environment[name] = value
        found.owners[name] = names
        return
    found.withheld.update(names)
    what = "is a secret" if hidden else "has a value that contains a password, or may contain one"
    message = f"{what}: its value is left out of the export"
    found.problems.append(
        Problem(
            "export-withheld",
            message,
            variable=name,
            source=file,
            severity=WARNING,
            hint=secret_hint.format(name=names[0]),
        )
    )


def _outranked(found: SortedValues, declared: Declared, file: str) -> Iterator[Problem]:
    """Secrets of a section whose JSON is written: in the environment, it would outrank their files."""
    wholes = {tuple(declared.variables[name]["path"]): name for owners in found.owners.values() for name in owners}
    for name in sorted(found.withheld):
        path = tuple(declared.variables[name]["path"])
        whole = next((wholes[path[:depth]] for depth in range(1, len(path)) if path[:depth] in wholes), None)
        if whole is not None:
            message = f"is a secret, and {whole}, the JSON of its section, would override its file"
            hint = f"give what is in {whole} by the names of its members"
            yield Problem("export-impossible", message, variable=name, source=file, hint=hint)


def _too_long(found: SortedValues, file: str) -> Iterator[Problem]:
    """A variable that is too long for Linux to start a process: NAME=VALUE with its final NUL can have 32 pages at
    most.
    """
    for name, value in {**found.of_boot, **found.environment}.items():
        if len(f"{name}={value}".encode("utf-8", "surrogatepass")) >= _LONGEST:
            message = f"is longer than the {_LONGEST // 1024} KiB that a variable of the environment can have on Linux"
            hint = "shorten it, or have the application read it from a file"
            yield Problem("export-impossible", message, variable=name, source=file, hint=hint)


def _names_a_file(name: str, pointed: str | None) -> bool:
    return pointed is not None or (name.startswith(OURS) and name.endswith("_FILE"))


def _no_path(name: str, file: str) -> Problem:
    """A warning that shows no value: it may be the secret itself, in the wrong variable."""
    message = "must be the absolute path of a file, but does not begin with a slash"
    hint = "give the file's path inside the container or on the machine where the application runs"
    return Problem("value-invalid", message, variable=name, source=file, hint=hint)


def _place_of_boot(name: str, value: str, found: SortedValues, file: str) -> None:
    secret = (is_secret_name(name) and name not in _FILES_OF_VAULT) or name in _HALF_A_LOGIN
    if not secret and masked(value, {"name": name, "secret": False}) == value:
        found.of_boot[name] = value
        return
    message = "is a credential for boot itself, or contains one: its value is not written"
    hint = f"give it as a file, by {name}_FILE, or let the platform set it"
    found.problems.append(Problem("export-withheld", message, variable=name, source=file, severity=WARNING, hint=hint))


def _unknown(name: str, file: str, declared: Declared) -> Problem:
    guess = closest(name, declared.canonical_names)
    normal = declared.normal(name)
    if guess or any(normal.startswith(each) for each in declared.sections if each):
        hint = f"did you mean {guess}?" if guess else "correct the name, or remove it from the values"
        return Problem("name-unknown", "is not a setting of the contract", variable=name, source=file, hint=hint)
    message = "is not a setting of the contract, and is left out"
    hint = "set it on the platform yourself, if something else reads it"
    return Problem("name-unknown", message, variable=name, source=file, severity=WARNING, hint=hint)
