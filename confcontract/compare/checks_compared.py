"""Checks of two contracts: which of them can prevent the application from starting."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from confcontract.contract.artifact import Contract

_ALWAYS = ("command", "disk", "file", "python")  # critical in all phases by default


def critical_at_start(check: Mapping[str, Any]) -> bool:
    """Whether boot fails if this check does."""
    phases = check.get("phases", ("startup", "ready"))
    critical = check.get("critical", phases if check["kind"] in _ALWAYS else ("startup",))
    return "startup" in phases and "startup" in critical


def critical_checks(contract: Contract) -> dict[str, Mapping[str, Any]]:
    return {check["name"]: check for check in contract.checks if critical_at_start(check)}


def in_words(check: Mapping[str, Any]) -> str:
    """What the check tests: 'tcp SHOP_DATABASE_URL'. Parameters that may hold further addresses are left out."""
    target = check.get("target") or check.get("function") or " ".join(check.get("argv", ())[:1])
    from confcontract.verdict.mask import mask_credentials

    return f"{check['kind']} {mask_credentials(str(target), whole=True)}".strip()
