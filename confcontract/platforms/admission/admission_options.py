"""What may be said of an admission policy beyond the contract."""

from __future__ import annotations

from dataclasses import dataclass

DENY, AUDIT, WARN = "Deny", "Audit", "Warn"


@dataclass(frozen=True, slots=True)
class AdmissionOptions:
    """actions: what is done about what breaks the contract. given: required variables that the image sets itself.
    role: of containers that name none, None where any may be meant.
    parameters: the namespace of a ConfigMap that may say other images; None for none.
    """

    actions: tuple[str, ...] = (DENY,)
    given: frozenset[str] = frozenset()
    role: str | None = None
    parameters: str | None = None


def actions_of(*, audit: bool, warn: bool) -> tuple[str, ...]:
    """An API server takes no warning beside a refusal, which says the same."""
    return tuple(action for action, asked in ((WARN, warn), (AUDIT, audit)) if asked) or (DENY,)
