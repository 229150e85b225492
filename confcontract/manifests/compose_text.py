"""Interpolates `${NAME:-default}` in a Compose file or an env file, by the rules of compose-go,
template/template.go."""

from __future__ import annotations

import re
from collections.abc import Callable

_NAME = re.compile(r"[_a-zA-Z][_a-zA-Z0-9]*")
_DEEPEST = 50  # nested defaults

LookUp = Callable[[str], str | None]


class NotSet(Exception):
    """A variable without a value and without a default. Compose uses "" or refuses the file, depending on its own
    environment, which is not known here. The message has the name only if it is certainly meant as one; a $ may be part
    of a password."""

    def __init__(self, name: str, *, certain: bool = True) -> None:
        what = f"${{{name}}} is" if certain else "it refers to a variable ($NAME; $$ is one $) that is"
        super().__init__(f"{what} not set here, and has no default")
        self.name = name


class InvalidTemplate(Exception):
    """Compose refuses the template."""


def interpolate(text: str, look_up: LookUp, deep: int = 0) -> str:
    """look_up: returns the value of a name; None if it is not set. Raises NotSet and InvalidTemplate."""
    if deep > _DEEPEST:
        raise InvalidTemplate("has defaults nested too deeply")
    parts: list[str] = []
    at = 0
    while (dollar := text.find("$", at)) >= 0:
        parts.append(text[at:dollar])
        follows = text[dollar + 1 : dollar + 2]
        if follows == "$":
            parts.append("$")
            at = dollar + 2
        elif follows == "{":
            end = _closing(text, dollar + 2)
            if end < 0:
                raise InvalidTemplate("has a ${ that is not closed")
            parts.append(_braced(text[dollar + 2 : end], look_up, deep))
            at = end + 1
        elif name := _NAME.match(text, dollar + 1):
            parts.append(_needed(name[0], look_up, certain=name[0] == text[1:]))
            at = name.end()
        else:
            parts.append("$")
            at = dollar + 1
    return "".join((*parts, text[at:]))


def _closing(text: str, at: int) -> int:
    """The position of the brace that closes the one before `at`; -1 if there is none."""
    depth = 1
    while at < len(text):
        if text.startswith("${", at):
            depth += 1
            at += 1
        elif text[at] == "}":
            depth -= 1
            if not depth:
                return at
        at += 1
    return -1


def _needed(name: str, look_up: LookUp, *, certain: bool) -> str:
    value = look_up(name)
    if value is None:
        raise NotSet(name, certain=certain)
    return value


def _braced(inner: str, look_up: LookUp, deep: int) -> str:
    match = _NAME.match(inner)
    if match is None:
        raise InvalidTemplate("has a ${...} without a name")
    name, rest = match[0], inner[match.end() :]
    if not rest:
        return _needed(name, look_up, certain=True)
    or_empty = rest[0] == ":"
    sign, more = rest[or_empty : or_empty + 1], rest[or_empty + 1 :]
    value = look_up(name)
    there = value is not None and (value != "" or not or_empty)
    if sign == "-":
        return value if there and value is not None else interpolate(more, look_up, deep + 1)
    if sign == "+":
        return interpolate(more, look_up, deep + 1) if there else ""
    if sign == "?":
        if not there or value is None:
            raise NotSet(name)
        return value
    raise InvalidTemplate("has unknown text after a name in ${...}")
