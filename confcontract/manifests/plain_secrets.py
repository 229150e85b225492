"""Reports secrets whose values are plain text in a manifest, since everyone who can see the deployment can read
them."""

from __future__ import annotations

from collections.abc import Iterator

from confcontract.contract.artifact import is_hidden
from confcontract.contract.declared import Declared
from confcontract.contract.reference import is_reference
from confcontract.manifests.workload import Container, GivenVariable, ManifestProblem, Origin
from confcontract.report.problem import ERROR, WARNING, Problem
from confcontract.verdict.mask import masked

_PLAIN = (Origin.PLAIN, Origin.EXPANDED, Origin.CONFIG_MAP)  # env files may be stored apart from the manifest


def plain_secrets(declared: Declared, container: Container) -> Iterator[ManifestProblem]:
    """An error for a declared secret. A warning for a possible secret, and for a value with a password in it."""
    for given in container.environment:
        if given.value and not given.secret and given.origin in _PLAIN and not is_reference(given.value):
            variables = declared.sharing(given.name)
            hidden = [each for each in variables if is_hidden(each)]
            if hidden:
                certain = any(each.get("secret") for each in hidden)
                is_ = "is a secret" if certain else "may be a secret"
                yield ManifestProblem(_problem(hidden[0]["name"], given, is_, certain=certain), given.place)
                continue
            inside = [each for each in variables if masked(given.value, each) != given.value]
            if inside:
                is_ = "holds a password, or may"
                yield ManifestProblem(_problem(inside[0]["name"], given, is_, certain=False), given.place)


def _problem(variable: str, given: GivenVariable, is_: str, *, certain: bool) -> Problem:
    where = f"in {given.said}" if given.said else "in the manifest"
    return Problem(
        "secret-in-plain",
        f"{is_}, and its value is plain text {where}",
        variable=variable,
        names=(given.name,),
        hint="remove it, change the secret, and refer to a Secret (secretKeyRef), a file or a secret store",
        severity=ERROR if certain else WARNING,
    )
