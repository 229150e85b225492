"""Options of an admission policy that are not in the contract."""

from __future__ import annotations

from dataclasses import dataclass

DENY, AUDIT, WARN = "Deny", "Audit", "Warn"


@dataclass(frozen=True, slots=True)
class AdmissionOptions:
    """actions: the reaction to an object that breaks the contract. given: required variables that the image itself
    sets. role: that of containers that name none; None if it can be any. parameters: the namespace of a ConfigMap that
    can name other images; None for none. plain_secrets: whether secrets may be plain text in a workload or a ConfigMap.
    """

    actions: tuple[str, ...] = (DENY,)
    given: frozenset[str] = frozenset()
    role: str | None = None
    parameters: str | None = None
    plain_secrets: bool = False


def actions_of(*, audit: bool, warn: bool) -> tuple[str, ...]:
    """An API server accepts no warning together with a refusal, which contains the same message."""
    return tuple(action for action, asked in ((WARN, warn), (AUDIT, audit)) if asked) or (DENY,)
