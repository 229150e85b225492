"""Names that several fields read: each variable is called by one that is its own, where it has one."""

from __future__ import annotations

from collections import Counter

from confcontract.author.variables import Variable


def tell_apart(variables: list[Variable], *, sensitive: bool) -> None:
    """Put a name of its own first, where a variable's best name is the best one of another variable too.

    Settings classes beside one another often say `AliasChoices("enabled", "web_enabled")`. Two variables called
    ENABLED would be one to whoever goes by the name: boot would let the one outrank the other.
    """

    def normal(name: str) -> str:
        return name if sensitive else name.lower()

    read = Counter(name for variable in variables for name in {normal(each) for each in variable.names})
    best = Counter(normal(variable.name) for variable in variables)
    for variable in variables:
        own = next((name for name in variable.names if read[normal(name)] == 1), None)
        if own is not None and best[normal(variable.name)] > 1:
            variable.names.remove(own)
            variable.names.insert(0, own)
    by_path = {variable.path: variable for variable in variables}
    for variable in variables:
        if variable.required_if is not None:
            variable.required_if = by_path[variable.path[:-1]].name
