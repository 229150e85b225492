"""The part of the comparison that `docs --since` needs, in the words of the documentation."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from confcontract.contract.artifact import Contract
    from confcontract.docs.since import Since


def since_of(reference: str, contract: Contract) -> Since:
    """How each variable has changed since the contract that the reference names."""
    from confcontract.cli.two_contracts import loaded
    from confcontract.compare.by_variable import Fate, findings_by_variable
    from confcontract.compare.diff import ProjectRules
    from confcontract.compare.pyproject_settings import project_settings
    from confcontract.compare.release_note import change_lines, general_lines
    from confcontract.docs.since import ADDED, CHANGED, RemovedVariable, Since, VariableMark

    renamed = project_settings().rules.renamed
    found = findings_by_variable(loaded(reference), contract, ProjectRules(renamed=renamed))
    fates = {Fate.ADDED: ADDED, Fate.CHANGED: CHANGED}
    return Since(
        before=f"{found.old.name} {found.old.version}",
        marks={
            each.name: VariableMark(fates[each.fate], change_lines(each))
            for each in found.variables
            if each.fate in fates
        },
        removed=tuple(
            RemovedVariable(each.name, change_lines(each)) for each in found.variables if each.fate is Fate.REMOVED
        ),
        general=general_lines(found),
    )
