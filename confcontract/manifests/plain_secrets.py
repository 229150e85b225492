"""Reports secrets whose values are plain text in a manifest, since everyone who can see the deployment can read
them."""

from __future__ import annotations

from confcontract.contract.artifact import is_hidden
from confcontract.contract.reference import is_reference
from confcontract.manifests.shown_name import shown_name
from confcontract.manifests.workload import ManifestProblem, Origin
from confcontract.report.problem import ERROR, WARNING, Problem
from confcontract.verdict.mask import masked

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from confcontract.contract.declared import Declared
    from confcontract.manifests.workload import Container, GivenVariable

    Variable = Mapping[str, Any]

CODE = "secret-in-plain"
IS_SECRET = "is a secret, and its value is plain text"
REMEDY = "remove it, change the secret, and refer to a Secret (secretKeyRef), a file or a secret store"

_PLAIN = (Origin.PLAIN, Origin.EXPANDED, Origin.CONFIG_MAP)  # env files may be stored apart from the manifest


def plain_secrets(declared: Declared, container: Container) -> Iterator[ManifestProblem]:
    """An error for a declared secret. A warning for a possible secret, and for a value with a password in it."""
    for given in container.environment:
        if not given.value or given.secret or given.origin not in _PLAIN or is_reference(given.value):
            continue
        variables = declared.set_by(given.name)
        certain = declared_secret(declared, given.name, variables)
        hidden = [each for each in variables if is_hidden(each)]
        inside = [each for each in variables if masked(given.value, each) != given.value]
        if certain is not None:
            problem = _problem(declared, certain, given, IS_SECRET, ERROR)
        elif hidden:
            problem = _problem(declared, hidden[0], given, "may be a secret, and its value is plain text", WARNING)
        elif inside:
            is_ = "holds a password, or may, and its value is plain text"
            problem = _problem(declared, inside[0], given, is_, WARNING)
        else:
            continue
        yield ManifestProblem(problem, given.place)


def declared_secret(declared: Declared, name: str, variables: Sequence[Variable]) -> Variable | None:
    """The variable that makes the value of a name a secret for certain, of those that the name sets; None if there is
    none. A part of a mapping is one if all values of the mapping are: in a mapping of sections, a part may be something
    else.
    """
    secret = [each for each in variables if each.get("secret")]
    if not declared.knows(name):
        secret = [each for each in secret if not _has_sections(each["type"])]
    return secret[0] if secret else None


def _has_sections(kind: Mapping[str, Any]) -> bool:
    inner = [kind[member] for member in ("content", "items", "values") if member in kind]
    inner += [*kind.get("anyOf", ()), *kind.get("prefixItems", ())]
    return kind["kind"] == "object" or any(map(_has_sections, inner))


def _problem(declared: Declared, variable: Variable, given: GivenVariable, is_: str, severity: str) -> Problem:
    where = f"in {given.said}" if given.said else "in the manifest"
    part = "" if declared.knows(given.name) else f", as {shown_name(given.name)}"
    return Problem(
        CODE,
        f"{is_} {where}{part}",
        variable=variable["name"],
        names=(given.name,),
        hint=REMEDY,
        severity=severity,
    )
