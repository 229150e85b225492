"""Secrets whose store is not configured, so that a lower source is used instead."""

from __future__ import annotations

from confcontract.contract.schemes import place, scheme_of
from confcontract.report.problem import ERROR, WARNING, Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from confcontract.verdict.resolution import Resolution


def without_vault(result: Resolution, unasked: Mapping[str, str], *, strict: bool) -> list[Problem]:
    """The lower sources that are used where Vault would have overridden them: a forgotten VAULT_ADDR must not go
    unnoticed.

    unasked: variable → its reference.
    """
    found, problems = result.sources, []
    for name, reference in unasked.items():
        scheme = scheme_of(reference)
        is_vault = scheme.store == "Vault"
        unset = "VAULT_ADDR is not set" if is_vault else f"{scheme.store} is not configured here"
        used = found.get(name)
        problems.append(
            Problem(
                "vault-not-configured" if is_vault else "store-not-configured",
                f"{unset}; using {used.container} instead of {scheme.store}" if used else f"{unset}; no value was read",
                variable=name,
                source=f"{used or 'no source'}, not {place(reference)}",
                hint=f"set {scheme.configured_by}, or the variable itself in the environment, which outranks"
                f" {scheme.store}",
                severity=ERROR if strict else WARNING,
            )
        )
    return problems
