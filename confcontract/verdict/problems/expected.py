"""What to write instead of a value that is wrong: the form in which a variable is written, with an example."""

from __future__ import annotations

from confcontract.contract.artifact import is_hidden

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from confcontract.verdict.problems.locator import Locator

_LONGEST_EXAMPLE = 60  # characters

# The beginning of a type in words → two values of it, as JSON.
_EXAMPLES = {
    "integer": ("1", "2"),
    "number": ("0.5", "1.5"),
    "decimal number": ("0.5", "1.5"),
    "true or false": ("true", "false"),
    "text": ('"a"', '"b"'),
    "section": ("{...}", "{...}"),
    "mapping": ("{...}", "{...}"),
    "list": ("[...]", "[...]"),
    "set": ("[...]", "[...]"),
}


def expected(variable: Mapping[str, Any], locator: Locator, name: str | None = None) -> str:
    """What a variable takes, in words; where that is JSON, with an example of it.

    name: the one that was set. It may be that of a part (a key of a mapping), or of a container that it is in.
    """
    text, kind = variable["type"]["text"], variable["type"]["kind"]
    members = locator.members(variable) if kind == "object" else []
    if members:
        told = ", ".join(members[:4]) + (f" and {len(members) - 4} more" if len(members) > 4 else "")
        return f"expected: section, given as its parts ({told}) or as one JSON object"
    within = locator.within(variable, name) if name else None
    if within is not None:
        return f"expected: {text}, within JSON: {_wrapped(_example(text)[0], within)}"
    part = name is not None and kind == "mapping" and not locator.is_name_of(variable, name)
    if part:
        for _ in range(locator.depth_of_part(variable, name or "")):
            before, mapping, text = text.partition("mapping to ")
            if before or not mapping:
                return f"correct {name}, which is a part of {variable['name']} ({variable['type']['text']})"
    if variable.get("encoding") == "separated":
        return f"expected: {text}, separated by {variable['separator']!r}"
    example = _json_example(text, "" if part or is_hidden(variable) else variable.get("defaultText", ""))
    if not example or (variable.get("encoding") != "json" and kind != "json"):
        return f"expected: {text}"
    return f"expected: {text}, {'such as' if kind == 'json' else 'as JSON:'} {example}"


def _json_example(text: str, default: str) -> str | None:
    if default[:1] in ("[", "{") and default not in ("[]", "{}") and len(default) <= _LONGEST_EXAMPLE:
        return default
    text = text.removeprefix("JSON text of: ")
    for start in ("list of ", "set of "):
        if text.startswith(start):
            item = text.removeprefix(start)
            count, colon, items = item.partition(": ")
            if colon and count.isdigit():  # a tuple, each item of which is of a type of its own
                each = items.split(", ")
                return f"[{', '.join(_example(one)[0] for one in each)}]" if len(each) == int(count) else None
            return f"[{', '.join(_example(item))}]"
    if text.startswith("mapping to "):
        return f'{{"name": {_example(text.removeprefix("mapping to "))[0]}}}'
    return "{...}" if text == "section" else None


def _example(text: str) -> tuple[str, str]:
    """Two values of a type, as JSON."""
    for start, values in _EXAMPLES.items():
        if text.startswith(start):
            return values
    return '"..."', '"..."'


def _wrapped(example: str, way: list[str | int]) -> str:
    """A value where a way of keys and positions leads to it."""
    for step in reversed(way):
        example = f"[{', '.join([example] * (step + 1))}]" if isinstance(step, int) else f'{{"{step}": {example}}}'
    return example
