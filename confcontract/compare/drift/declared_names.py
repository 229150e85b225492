"""The environment names that a contract declares, in any spelling that it accepts."""

from __future__ import annotations

from confcontract.contract.artifact import Contract
from confcontract.contract.declared import Declared


class DeclaredNames:
    """All names of the variables, NAME_FILE of each, and prefixes of names of their parts."""

    def __init__(self, contract: Contract) -> None:
        self._declared = Declared(contract)
        self._opened = tuple(self._declared.normal(head) for head in contract.compiled["open"])

    def __contains__(self, name: str) -> bool:
        declared = self._declared
        return (
            declared.knows(name)
            or declared.pointed_at(name) is not None
            or bool(self._opened and declared.normal(name).startswith(self._opened))
        )

    def closest(self, name: str) -> str | None:
        """The declared name that was probably meant."""
        from confcontract.report.did_you_mean import closest

        return closest(name, [each for names in self._declared.names.values() for each in names])
