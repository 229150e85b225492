"""The checks of a contract: first those on variables, in the order of the fields, then those of declare()."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from confcontract.author.refusals import refuse
from confcontract.author.type_words import describe
from confcontract.author.variables import Variable
from confcontract.checks import Check
from confcontract.report.errors import BakeRefused
from confcontract.report.problem import Problem

_NO_TEXT = ("boolean", "date", "datetime", "decimal", "duration", "integer", "number", "size", "time", "uuid")


def collect(cls: type, variables: Iterable[Variable], declared: Sequence[Check]) -> list[dict[str, Any]]:
    """Raises BakeRefused for a marker that does not fit its field."""
    own = [check.as_data() for check in declared]
    taken = {check["name"] for check in own}
    checks = []
    problems: list[Problem] = []
    for variable in variables:
        for check in variable.notes.checks:
            kind = type(check).__name__
            if check.target:
                what = f"{kind}() beside a variable checks that variable, but has its own target"
                problems.append(refuse(cls, variable.path, what, "remove the target, or move the check to declare()"))
            elif variable.section:
                what = f"{kind}() is beside a whole section, which is not an address"
                problems.append(refuse(cls, variable.path, what, "write it beside the field that holds the address"))
            elif (kind_of_value := describe(variable.node).kind) in _NO_TEXT and not check.target_is_input:
                what = f"{kind}() is beside a value of type {kind_of_value}, which is neither an address nor a path"
                problems.append(refuse(cls, variable.path, what, "write it in declare(), with a target"))
            name = check.name or _name(variable.path, check.kind, taken)
            taken.add(name)
            checks.append(check.as_data(name, variable.name))
    if problems:
        raise BakeRefused(*problems)
    return checks + own


def _name(path: Sequence[str], kind: str, taken: set[str]) -> str:
    """database.url becomes database-url; the name of its second check also includes the check's kind."""
    name = "-".join(path).replace("_", "-")
    return f"{name}-{kind}" if name in taken else name
