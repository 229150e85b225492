"""The choices of an enum or a Literal as an operator can write them: text, where not every member has a text."""

from __future__ import annotations

from typing import Any

from confcontract.author.special import remarks
from confcontract.author.words import Description, choices, core_of


def as_written(node: dict[str, Any], described: Description, *, by_name: bool) -> Description:
    """What an operator can write for a value that is not decoded as JSON; `described` where that is all of it.

    `Literal[1]` is equal to no text, and neither is a member of a plain enum that is a number. by_name:
    `env_parse_enums`, which takes the member's name.
    """
    node = core_of(node)
    members: list[Any] = []
    if node["type"] == "literal":
        members = node["expected"]
        written = [member for member in members if isinstance(member, str)]
    elif node["type"] == "enum" and not node["cls"].data["mixin"]:
        data = node["cls"].data
        further = [value for value, _ in data.get("further", ())]
        members = [*remarks(node)["members"], *further]
        names = {repr(value): name for name, value in reversed(data["members"])}
        written = [
            member if isinstance(member, str) else names[repr(member)]
            for member in members
            if isinstance(member, str) or (by_name and repr(member) in names)
        ]
    else:
        return described
    return choices(written) if written and written != members else described
