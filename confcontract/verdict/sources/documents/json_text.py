"""JSON, read by the standard library. A small scanner of our own finds the positions of keys in valid texts."""

from __future__ import annotations

import json
import re
from json.decoder import scanstring  # type: ignore[attr-defined]

from confcontract.contract.envtext import Number
from confcontract.verdict.sources.documents.parsed import TOO_DEEP, Document, Fault, Offsets, failed, is_too_deep

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from confcontract.verdict.sources.documents.parsed import Path, Position, Step

_SPACE = re.compile(r"[ \t\n\r]*")
_SCALAR = re.compile(r"[^,\]} \t\n\r]+")
_CONSTANTS = ("NaN", "Infinity", "-Infinity")
_TOLD = 20  # this many faults are reported


def parse_json(text: str, *, as_written: bool = False) -> Document:
    if not text.strip():
        return Document(None, (), empty=True)
    doubtful: list[str] = []

    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(found)
        if len(made) < len(found):
            doubtful.append("twice")
        return made

    def constant(name: str) -> float:
        doubtful.append(name)
        return float(name)

    numbers: dict[str, Any] = {"parse_int": Number, "parse_float": Number} if as_written else {}
    try:
        value = json.loads(text, object_pairs_hook=pairs, parse_constant=constant, **numbers)
    except json.JSONDecodeError as error:
        if text.startswith("\ufeff"):
            return failed(Fault(Fault.ENCODING, "begins with a byte order mark", 1, 1, hint="save it as plain UTF-8"))
        message = f"is not valid JSON: {error.msg[:1].lower()}{error.msg[1:]}"
        return failed(Fault(Fault.SYNTAX, message, error.lineno, error.colno))
    except RecursionError:
        return failed(Fault(Fault.SYNTAX, TOO_DEEP))
    except ValueError:  # Python refuses to read numbers of more than 4300 digits
        return failed(Fault(Fault.SYNTAX, "has a number with too many digits"))
    if isinstance(value, (dict, list)) and is_too_deep(value):
        return failed(Fault(Fault.SYNTAX, TOO_DEEP))
    faults = _faults(text) if doubtful else ()
    return Document(value, faults, lambda: {path: at for path, at, constant in _scan(text) if not constant})


def _faults(text: str) -> list[Fault]:
    seen: set[Path] = set()
    faults: list[Fault] = []
    for path, (line, column), constant in _scan(text):
        if len(faults) == _TOLD:
            break
        if constant:
            message = f"{constant} is not JSON, although Python reads it as a number"
            faults.append(Fault(Fault.NOT_JSON, message, line, column, fatal=False, path=path))
        elif path in seen and isinstance(path[-1], str):
            message = f"has the key {path[-1]!r} twice in one object; the last one is used"
            faults.append(Fault(Fault.TWICE, message, line, column, fatal=False, path=path))
            seen = {each for each in seen if each[: len(path)] != path}
        seen.add(path)
    return faults


def _scan(text: str) -> list[tuple[Path, Position, str]]:
    """(path, start of its key, "") for each key and item, and (path, position, which) for each NaN.

    For valid JSON only. Without recursion, so that it can follow json.loads to any depth.
    """
    lines = Offsets(text)
    found: list[tuple[Path, Position, str]] = []
    path: list[Step] = []  # of the next value
    open_: list[str] = []  # the open brackets
    at = _after_space(text, 0)
    while at < len(text):
        character = text[at]
        if character == ",":
            if open_[-1] == "[":
                path[-1] = int(path[-1]) + 1
            at = _after_space(text, at + 1)
            at = _member(text, at, open_, path, found, lines)
        elif character in "}]":
            open_.pop()
            path.pop()
            at = _after_space(text, at + 1)
        elif character in "{[":
            inside = _after_space(text, at + 1)
            if text[inside] in "}]":
                at = _after_space(text, inside + 1)
                continue
            open_.append(character)
            path.append("" if character == "{" else 0)
            at = _member(text, inside, open_, path, found, lines)
        elif character == '"':
            at = _after_space(text, scanstring(text, at + 1, True)[1])
        else:
            end = at + len(_SCALAR.match(text, at)[0])  # type: ignore[index]
            if text[at:end] in _CONSTANTS:
                found.append((tuple(path), lines.position(at), text[at:end]))
            at = _after_space(text, end)
    return found


def _member(
    text: str, at: int, open_: list[str], path: list[Step], found: list[tuple[Path, Position, str]], lines: Offsets
) -> int:
    """Record what begins here, and continue with its value."""
    begins = at
    if open_[-1] == "{":
        path[-1], at = scanstring(text, at + 1, True)
        at = _after_space(text, _after_space(text, at) + 1)
    found.append((tuple(path), lines.position(begins), ""))
    return at


def _after_space(text: str, at: int) -> int:
    return _SPACE.match(text, at).end()  # type: ignore[union-attr]
