"""How to correct a wrong value: the form in which a variable is written, with an example."""

from __future__ import annotations

from confcontract.contract.artifact import is_hidden

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from confcontract.verdict.problems.locator import Locator

_LONGEST_EXAMPLE = 60  # characters

# A kind of type → two values of it, as JSON.
_EXAMPLES = {
    "integer": ("1", "2"),
    "number": ("0.5", "1.5"),
    "decimal": ("0.5", "1.5"),
    "boolean": ("true", "false"),
    "string": ('"a"', '"b"'),
    "bytes": ('"a"', '"b"'),
    "object": ("{...}", "{...}"),
    "mapping": ("{...}", "{...}"),
    "list": ("[...]", "[...]"),
    "set": ("[...]", "[...]"),
}
_ANY = ('"..."', '"..."')


# A kind of type → the beginning of its words in a sentence; others, such as "text" or "true or false", need nothing.
_ARTICLES = {
    **dict.fromkeys(("integer", "ip"), "an "),
    **dict.fromkeys(("number", "decimal", "duration", "date", "datetime", "time", "size", "path", "url", "uuid"), "a "),
    **dict.fromkeys(("list", "set", "mapping", "object"), "a "),
}
_ALSO_TEXT = ("fraction", "complex", "regex")  # forms of the kind "string" that do not accept any text


def expected(variable: Mapping[str, Any], locator: Locator, name: str | None = None) -> str:
    """What to set a variable to, as an instruction; for JSON, with an example.

    name: the name that was set. It may be that of a part (a key of a mapping), or of a container that holds the
    variable.
    """
    of, kind = variable["type"], variable["type"]["kind"]
    members = locator.members(variable) if kind == "object" else []
    if members:
        told = ", ".join(members[:4]) + (f" and {len(members) - 4} more" if len(members) > 4 else "")
        return f"set its parts ({told}), or give it as one JSON object"
    within = locator.within(variable, name) if name else None
    if within is not None:
        return f"set {wanted(of, variable)} within JSON: {_wrapped(_example(of)[0], within)}"
    part = name is not None and kind == "mapping" and not locator.is_name_of(variable, name)
    if part:
        for _ in range(locator.depth_of_part(variable, name or "")):
            of = of.get("values")
            if of is None:  # a part with a form of its own is on the path
                return f"correct {name}, which is a part of {variable['name']} ({variable['type']['text']})"
    return as_whole(variable, of, part=part)


def as_whole(variable: Mapping[str, Any], of: Mapping[str, Any] | None = None, *, part: bool = False) -> str:
    """What to set a variable to by its own name, as an instruction.

    of: its type, or that of a part of it; in the latter case part is true.
    """
    of = of or variable["type"]
    text, kind = wanted(of, variable), variable["type"]["kind"]
    if variable.get("encoding") == "separated":
        return f"set {text}, separated by {variable['separator']!r}"
    example = _json_example(of, "" if part or is_hidden(variable) else variable.get("defaultText", ""))
    if not example or (variable.get("encoding") != "json" and kind != "json"):
        return f"set {text}"
    return f"set {text}, {'such as' if kind == 'json' else 'as JSON:'} {example}"


def wanted(of: Mapping[str, Any], variable: Mapping[str, Any] | None = None) -> str:
    """The accepted values of a type, for use in a sentence: "an integer from 1 to 65535".

    variable: the variable of this type, for its bounds.
    """
    text: str = of["text"]
    if "anyOf" in of:
        members = " or ".join(each["text"] for each in of["anyOf"])
        return " or ".join(map(wanted, of["anyOf"])) + text.removeprefix(members)  # the bounds of all of them
    bounds = (variable or {}).get("constraints", {})
    if "minimum" in bounds and "maximum" in bounds:
        span = f"{bounds['minimum']} to {bounds['maximum']}"
        text = text.replace(f", {span}", f" from {span}", 1)
    article = "a " if of.get("format") in _ALSO_TEXT else _ARTICLES.get(of["kind"], "")
    return article + text


def _json_example(of: Mapping[str, Any], default: str = "") -> str | None:
    """A value of a type that is written as JSON; None for any other type. Older contracts don't declare its items."""
    if default[:1] in ("[", "{") and default not in ("[]", "{}") and len(default) <= _LONGEST_EXAMPLE:
        return default
    if "anyOf" in of:
        return _json_example(of["anyOf"][0])
    if "content" in of:
        return _json_example(of["content"])
    if "prefixItems" in of:
        return f"[{', '.join(_example(each)[0] for each in of['prefixItems'])}]"
    if "items" in of:
        return f"[{', '.join(_example(of['items']))}]"
    if "values" in of:
        return f'{{"name": {_example(of["values"])[0]}}}'
    return _EXAMPLES[of["kind"]][0] if of["kind"] in ("object", "mapping", "list", "set") else None


def _example(of: Mapping[str, Any]) -> tuple[str, str]:
    """Two values of a type, as JSON."""
    if "anyOf" in of:
        return _example(of["anyOf"][0])
    return _ANY if "format" in of else _EXAMPLES.get(of["kind"], _ANY)


def _wrapped(example: str, way: list[str | int]) -> str:
    """A value nested below a path of keys and positions."""
    for step in reversed(way):
        example = f"[{', '.join([example] * (step + 1))}]" if isinstance(step, int) else f'{{"{step}": {example}}}'
    return example
