"""Values that are drawn where the contract says how (`Generate`)."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from confcontract.contract.artifact import Contract
    from confcontract.secrets.preflight.needed import Needed


def generated_values(contract: Contract, needed: Sequence[Needed], values: Mapping[str, str]) -> dict[str, str]:
    """By variable, for those of `needed` that have none in `values`."""
    import secrets
    import string

    found = {}
    rules = {variable["name"]: variable["generate"] for variable in contract.variables if "generate" in variable}
    for item in needed:
        rule = rules.get(item.variable)
        if rule is not None and item.variable not in values:
            alphabet = rule.get("alphabet", string.ascii_letters + string.digits)
            found[item.variable] = "".join(secrets.choice(alphabet) for _ in range(rule["length"]))
    return found
