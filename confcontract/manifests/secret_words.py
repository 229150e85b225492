"""Treats settings of boot that come from a Secret, such as paths, as unseen: they are not followed, since messages
would show the paths."""

from __future__ import annotations

from dataclasses import replace

from confcontract.contract.declared import Declared
from confcontract.manifests.boot_settings import ROLE, WITH_VALUE
from confcontract.manifests.workload import Container, GivenVariable, ManifestProblem
from confcontract.report.problem import INFO, Problem
from confcontract.verdict.sources.platform import AT_START, UNVERIFIABLE

_LEADING = frozenset((*WITH_VALUE.values(), "CREDENTIALS_DIRECTORY", "SERVICE_BINDING_ROOT"))
_WHY = "it is in a Secret, so what it names is not checked"


def without_secret_words(container: Container, declared: Declared) -> Container:
    """Marks the values of these settings as unseen, and adds a note for each one of boot itself. The role is left out,
    since it is reported in more detail where it is used."""
    hidden = [each for each in container.environment if each.secret and each.value and _leads(each.name, declared)]
    if not hidden:
        return container
    found = [_note(each) for each in hidden if each.name != ROLE and declared.pointed_at(each.name) is None]
    kept = tuple(replace(each, value=None, unseen=_WHY) if each in hidden else each for each in container.environment)
    return replace(container, environment=kept, found=(*container.found, *found))


def _leads(name: str, declared: Declared) -> bool:
    if declared.knows(name):
        return False
    return name in _LEADING or declared.pointed_at(name) is not None


def _note(given: GivenVariable) -> ManifestProblem:
    message = f"the value of {given.name} is in a Secret, so what it names is not checked"
    return ManifestProblem(
        Problem(UNVERIFIABLE, message, severity=INFO, hint=AT_START, source=given.said or None),
        given.place,
        verifiable=False,
    )
