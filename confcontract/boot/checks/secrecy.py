"""What checks must not show, according to the contract and to the sources of values."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, TypedDict

    from confcontract.verdict.resolution import Resolution

    class Secrecy(TypedDict):
        variables: Sequence[dict[str, Any]]
        hidden: Sequence[str]


def secrecy(resolution: Resolution) -> Secrecy:
    """Arguments of `run_checks` and `plans`: the variables, secret also by their source, and the names that are secret
    by whatever spelling."""
    from confcontract.boot.deliver.secret_names import secret_names

    hiding = {name for name, source in resolution.sources.items() if source.hides}
    return {
        "variables": [
            variable | {"secret": True} if variable["name"] in hiding else variable
            for variable in resolution.contract.variables
        ],
        "hidden": secret_names(resolution, credentials=False),
    }
