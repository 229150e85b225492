"""What a reader is asked for: a variable with its references, and how far it has come with them."""

from __future__ import annotations

from confcontract.contract.reference import Reference, ReferenceInvalid, References, parse_references

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from confcontract.report.problem import Problem


class Wanted:
    """One variable, its references, and which of them is tried at present.

    paths: of each reference, after moves. passed: the problem with the first one, once that has been passed over.
    """

    __slots__ = ("at", "optional", "passed", "paths", "references", "variable")

    def __init__(self, variable: str, references: References) -> None:
        self.variable = variable
        self.references = references.alternatives
        self.optional = references.optional
        self.paths = [reference.mount_path for reference in self.references]
        self.at = 0
        self.passed: Problem | None = None

    @property
    def reference(self) -> Reference:
        return self.references[self.at]

    @property
    def path(self) -> str:
        return self.paths[self.at]


def parse(references: Mapping[str, str], problems: list[Problem]) -> list[Wanted]:
    """What can be read of variable → references; of what can't be, there is a problem."""
    wanted = []
    for variable, text in references.items():
        try:
            wanted.append(Wanted(variable, parse_references(text)))
        except ReferenceInvalid as wrong:
            from confcontract.secrets.vault.wording import invalid

            problems.append(invalid(variable, str(wrong)))
    return wanted
