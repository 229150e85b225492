"""Values that are drawn where the contract says how (`Generate`)."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container, Mapping
    from typing import Any

    from confcontract.contract.artifact import Contract


def rules_of(contract: Contract, there: Container[str]) -> dict[str, Mapping[str, Any]]:
    """How a value is drawn, by variable, for those that are not there."""
    rules = {variable["name"]: variable["generate"] for variable in contract.variables if "generate" in variable}
    return {name: rule for name, rule in rules.items() if name not in there}


def drawn(rule: Mapping[str, Any]) -> str:
    import secrets
    import string

    alphabet = rule.get("alphabet", string.ascii_letters + string.digits)
    return "".join(secrets.choice(alphabet) for _ in range(rule["length"]))
