"""TOML, read by tomllib. A small scanner of our own finds the positions of keys in valid texts."""

from __future__ import annotations

import re
import tomllib

from confcontract.contract.envtext import Number
from confcontract.verdict.sources.documents.parsed import TOO_DEEP, Document, Fault, Offsets, failed, is_too_deep

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from confcontract.verdict.sources.documents.parsed import Path, Position, Step

# until Python 3.14, tomllib gives the position only in words
_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_BLANK = re.compile(r"(?:[ \t\n]+|#[^\n]*)*")
_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"""(?:"{0,2})' + r"|'''.*?'''(?:'{0,2})" + r'|"(?:[^"\\\n]|\\.)*"' + r"|'[^'\n]*'",
    re.DOTALL,
)
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_DOT = re.compile(r"[ \t]*\.[ \t]*")
_SPACE = re.compile(r"[ \t]*")
_SCALAR = re.compile(r"[^,\]}#\n]+")


def parse_toml(text: str, *, as_written: bool = False) -> Document:
    """text: its line ends may also be those of Windows."""
    text = text.replace("\r\n", "\n")  # as tomllib does it
    try:
        value = tomllib.loads(text, parse_float=_number if as_written else float)
    except tomllib.TOMLDecodeError as error:
        if text.startswith("\ufeff"):
            return failed(Fault(Fault.ENCODING, "begins with a byte order mark", 1, 1, hint="save it as plain UTF-8"))
        return failed(_syntax(text, str(error)))
    except RecursionError:
        return failed(Fault(Fault.SYNTAX, TOO_DEEP))
    except ValueError:  # Python refuses to read numbers of more than 4300 digits
        return failed(Fault(Fault.SYNTAX, "has a number with too many digits"))
    if is_too_deep(value):
        return failed(Fault(Fault.SYNTAX, TOO_DEEP))
    return Document(value, (), lambda: _Scanner(text).positions())


def _number(text: str) -> Any:
    plain = text.replace("_", "").removeprefix("+")
    return Number(plain) if plain.removeprefix("-")[:1].isdigit() else float(plain)


def _syntax(text: str, told: str) -> Fault:
    found = _PLACE.search(told)
    message = told[: found.start()] if found else told
    line, column = (int(found[1]), int(found[2])) if found and found[1] else Offsets(text).position(len(text))
    return Fault(Fault.SYNTAX, f"is not valid TOML: {message[:1].lower()}{message[1:]}", line, column)


class _Scanner:
    """Reads keys and skips values. If several lines lead to a section, its position is that of the first."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._lines = Offsets(text)
        self._found: dict[Path, Position] = {}
        self._tables: dict[Path, int] = {}  # arrays of tables → their number of tables so far

    def positions(self) -> dict[Path, Position]:
        text, at = self._text, 0
        section: Path = ()
        while (at := self._after_blank(at)) < len(text):
            if text[at] == "[":
                repeated = text.startswith("[[", at)
                keys, at = self._keys(at + (2 if repeated else 1))
                section = self._section(keys, repeated=repeated)
                at += 2 if repeated else 1
            else:
                at = self._pair(section, at)
        return self._found

    def _section(self, keys: list[tuple[str, int]], *, repeated: bool) -> Path:
        """The path of a table that a header names; it goes through the last table of each array."""
        path: Path = ()
        for number, (key, at) in enumerate(keys, 1):
            path = (*path, key)
            self._note(path, at)
            if repeated and number == len(keys):
                self._tables[path] = self._tables.get(path, 0) + 1
            if path in self._tables:
                path = (*path, self._tables[path] - 1)
                self._note(path, at)
        return path

    def _pair(self, section: Path, at: int) -> int:
        """`a.b = value`, in a table or in an inline one. Returns the end of the value."""
        keys, at = self._keys(at)
        path = section
        for key, begins in keys:
            path = (*path, key)
            self._note(path, begins)
        at = self._text.index("=", at) + 1
        return self._value(path, at)

    def _value(self, path: Path, at: int) -> int:
        """Skip a value; without recursion, because tomllib's limits differ from ours."""
        text = self._text
        open_: list[tuple[str, Path, int]] = []  # brackets, the path of their content, the items so far
        at = self._after_blank(at)
        while True:
            at = self._after_blank(at)
            if open_:
                bracket, inside, items = open_[-1]
                if text[at] in "]}":
                    open_.pop()
                    at += 1
                    if not open_:
                        return at
                    continue
                if text[at] == ",":
                    at += 1
                    continue
                path = inside
                if bracket == "{":
                    keys, at = self._keys(at)
                    for key, begins in keys:
                        path = (*path, key)
                        self._note(path, begins)
                    at = self._after_blank(text.index("=", at) + 1)
                else:
                    path = (*inside, items)
                    open_[-1] = bracket, inside, items + 1
                    self._note(path, at)
            if text[at] in "[{":
                open_.append((text[at], path, 0))
                at += 1
                continue
            match = _STRING.match(text, at) or _SCALAR.match(text, at)
            if match is None:
                raise AssertionError("tomllib took what is not a value")
            at = match.end()
            if not open_:
                return at

    def _keys(self, at: int) -> tuple[list[tuple[str, int]], int]:
        """The keys of `a."b.c".d`, each with its offset, and their end."""
        keys: list[tuple[str, int]] = []
        at = self._after_space(at)
        while True:
            match = _STRING.match(self._text, at) or _BARE.match(self._text, at)
            if match is None:
                raise AssertionError("tomllib took what is not a key")
            keys.append((_unquoted(match[0]), at))
            at = match.end()
            dot = _DOT.match(self._text, at)
            if dot is None:
                return keys, self._after_space(at)
            at = dot.end()

    def _note(self, path: tuple[Step, ...], at: int) -> None:
        if path not in self._found:
            self._found[path] = self._lines.position(at)

    def _after_space(self, at: int) -> int:
        return _SPACE.match(self._text, at).end()  # type: ignore[union-attr]

    def _after_blank(self, at: int) -> int:
        return _BLANK.match(self._text, at).end()  # type: ignore[union-attr]


def _unquoted(key: str) -> str:
    if key[0] not in "\"'":
        return key
    if key[0] == "'" or "\\" not in key:
        return key[1:-1]
    unquoted: str = tomllib.loads(f"key = {key}")["key"]
    return unquoted
