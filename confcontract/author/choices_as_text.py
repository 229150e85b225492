"""The choices of an enum or a Literal as an operator can write them, if not every member has a text."""

from __future__ import annotations

from typing import Any

from confcontract.author.beyond_json import Special, member_of
from confcontract.author.remarks import remarks
from confcontract.author.type_words import Description, choices, core_of, describe

NOT_FROM_TEXT = "can't be given as text: change the settings class"


def as_written(node: dict[str, Any], described: Description, *, by_name: bool) -> Description:
    """What an operator can write for a value that is not decoded as JSON; `described` if that is everything.

    No text equals `Literal[1]`, or a member of a plain enum that is a number. by_name: the option `env_parse_enums`,
    which takes the member's name.
    """
    node = core_of(node)
    if not takes_text(node, by_name=by_name):
        return Description(f"{described.text}; {NOT_FROM_TEXT}", described.kind)
    members: list[Any] = []
    if node["type"] == "union":
        return _taking_text(node, described, by_name=by_name)
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


def takes_text(node: dict[str, Any], *, by_name: bool) -> bool:
    """Whether a type accepts any text that is not decoded as JSON.

    Numbers and booleans are parsed from text, except in strict mode. A Literal and a plain enum only compare.
    """
    node = core_of(node)
    kind = node["type"]
    if kind in ("int", "float", "bool"):
        return not node.get("strict")
    if kind == "literal":
        return any(isinstance(member, str) for member in node["expected"])
    if kind == "enum" and isinstance(node["cls"], Special) and not node["cls"].data["mixin"]:
        further = [value for value, _ in node["cls"].data.get("further", ())]
        return by_name or any(isinstance(member, str) for member in [*remarks(node)["members"], *further])
    if kind == "union":
        return any(takes_text(choice, by_name=by_name) for choice in _choices(node))
    return True


def _taking_text(node: dict[str, Any], described: Description, *, by_name: bool) -> Description:
    """A union without the members that accept no text."""
    members = _choices(node)
    taking = [member for member in members if takes_text(member, by_name=by_name)]
    if len(taking) == len(members):
        return described
    return describe(taking[0] if len(taking) == 1 else {"type": "union", "choices": taking})


def _choices(node: dict[str, Any]) -> list[dict[str, Any]]:
    listed = node["choices"].data if isinstance(node["choices"], Special) else node["choices"]
    found = [member_of(choice) for choice in listed]
    return [choice[0] if isinstance(choice, list) else choice for choice in found]
