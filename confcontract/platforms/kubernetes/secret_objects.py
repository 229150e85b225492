"""Code shared by the operators that copy secrets from a store into Kubernetes Secrets."""

from __future__ import annotations

from dataclasses import dataclass, field

from confcontract.report.problem import Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from confcontract.contract.reference import Reference
    from confcontract.platforms.kubernetes.needed_keys import NeededSecret


@dataclass(slots=True)
class SecretObjects:
    """objects: of Kubernetes, none with a value. places: variable → the Secret that has it, and its key there."""

    objects: list[dict[str, Any]] = field(default_factory=list)
    places: dict[str, tuple[str, str]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def one_reference(secret: NeededSecret, problems: list[Problem]) -> Reference | None:
    """The reference, if it is a single required one: operators don't support alternatives."""
    assert secret.references is not None
    alternatives = secret.references.alternatives
    if len(alternatives) == 1 and not secret.references.optional:
        return alternatives[0]
    what = "several references" if len(alternatives) > 1 else "a reference to a secret that may not exist"
    problems.append(
        impossible(
            secret.variable, f"has {what}, which only boot can read", "use --secrets boot, or give one reference"
        )
    )
    return None


def impossible(variable: str, message: str, hint: str) -> Problem:
    return Problem("export-impossible", message, variable=variable, hint=hint)


def once(secrets: Iterable[NeededSecret]) -> list[NeededSecret]:
    """Each variable of several processes once, by name."""
    found: Mapping[str, NeededSecret] = {each.variable: each for each in secrets}
    return [found[name] for name in sorted(found)]
