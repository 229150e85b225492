"""By which names a variable can be given: its own, those of what it is in, and those of what is in it."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from confcontract.contract.declared import Declared


def ways_to_give(variable: Mapping[str, Any], declared: Declared) -> tuple[list[str], list[str]]:
    """Names, any of which gives it, a part of it or what it is a part of, also as the path of a file; and what further
    names of the kind begin with."""
    path = variable["path"]
    around = [
        each
        for each in declared.variables.values()
        if path[: len(each["path"])] == each["path"][: len(path)]  # one is the beginning of the other
    ]
    names = [name for each in around for name in declared.names[each["name"]]]
    heads = [head for each in around for head in each.get("open", ())]
    return [each for name in names for each in (name, f"{name}_FILE")], heads
