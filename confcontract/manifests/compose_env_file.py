"""Reads env files as Compose does (compose-go, dotenv/parser.go), which differs from python-dotenv and from a shell.

Double quotes allow escapes, single quotes do not; outside quotes ` #` begins a comment. `NAME` alone is taken from the
environment of Compose, which also takes precedence over earlier lines in `${NAME}`. In the format raw, and with docker
run --env-file, the value is everything after the first =, including quotes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from confcontract.manifests.compose_text import InvalidTemplate, LookUp, NotSet, interpolate

_EXPORT = re.compile(r"export\s+")
_NAME = re.compile(r"[\w.\-\[\]]*")
_ESCAPE = re.compile(r'\\([abcfnrtv$"\\]|0[0-9]{0,3})')
_ESCAPED = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "\\": "\\", '"': '"'}


@dataclass(frozen=True)
class EnvLine:
    """value: None if it is not known; then unseen is the reason. line: from 1. bare: the line is a name alone, which is
    not set here."""

    name: str
    value: str | None = field(repr=False)
    line: int
    unseen: str | None = None
    bare: bool = False


class MalformedEnvFile(Exception):
    """Compose refuses the file. line: from 1."""

    def __init__(self, what: str, line: int) -> None:
        super().__init__(what)
        self.line = line


def read_raw(text: str) -> list[EnvLine]:
    """Reads as `docker run --env-file` and `format: raw` do. Raises MalformedEnvFile."""
    lines = []
    for number, whole in enumerate(text.removeprefix("\ufeff").split("\n"), 1):
        line = whole.removesuffix("\r").lstrip()
        if not line or line.startswith("#"):
            continue
        name, equals, value = line.partition("=")
        if not name:
            raise MalformedEnvFile("has a value without a name", number)
        if " " in name or "\t" in name:
            raise MalformedEnvFile("has a name with a space in it", number)
        lines.append(
            EnvLine(name, value if equals else None, number, None if equals else _from_outside(name), not equals)
        )
    return lines


def _from_outside(name: str) -> str:
    return f"{name} comes from the environment in which Compose runs, and is not set here"


def read_compose_env(text: str, environ: LookUp) -> list[EnvLine]:
    """The last line of the same name wins. Raises MalformedEnvFile."""
    return [*_Parser(text.removeprefix("\ufeff").replace("\r\n", "\n"), environ).lines()]


class _Parser:
    def __init__(self, text: str, environ: LookUp) -> None:
        self._text = text
        self._environ = environ
        self._earlier: dict[str, str | None] = {}

    def lines(self) -> list[EnvLine]:
        text, at, found = self._text, 0, []
        while (at := self._statement(at)) < len(text):
            line = text.count("\n", 0, at) + 1
            if match := _EXPORT.match(text, at):
                at = match.end()
            name, inherited, at = self._name(at, line)
            if inherited:
                value = self._environ(name)
                if at > len(text):  # at the end of the file, Compose takes it as the value of an empty name
                    found.append(EnvLine("", name, line))
                elif name:
                    is_set = value is not None
                    found.append(EnvLine(name, value, line, None if is_set else _from_outside(name), not is_set))
                continue
            value, why, at = self._value(at, line)
            self._earlier[name] = value
            found.append(EnvLine(name, value, line, why))
        return found

    def _statement(self, at: int) -> int:
        text = self._text
        while at < len(text):
            if text[at].isspace():
                at += 1
            elif text[at] == "#":
                end = text.find("\n", at)
                at = len(text) if end < 0 else end + 1
            else:
                break
        return at

    def _name(self, at: int, line: int) -> tuple[str, bool, int]:
        """The name, whether the line has only that, and where the value begins."""
        text, start = self._text, at
        while at < len(text) and text[at] not in "=:\n":
            if not (text[at].isspace() or _NAME.fullmatch(text[at])):
                raise MalformedEnvFile("has a character that no name may have", line)
            at += 1
        name = text[start:at].rstrip()
        if any(each.isspace() for each in name):
            raise MalformedEnvFile("has a name with a space in it", line)
        if at == len(text) or text[at] == "\n":
            return name, True, at + 1
        at += 1
        while at < len(text) and text[at] in " \t\r\v\f\x85\xa0":
            at += 1
        return name, False, at

    def _value(self, at: int, line: int) -> tuple[str | None, str | None, int]:
        text = self._text
        quote = text[at : at + 1]
        if quote not in ("'", '"') or not quote:
            end = text.find("\n", at)
            end = len(text) if end < 0 else end
            plain = text[at:end].partition(" #")[0].rstrip()
            return *self._expanded(plain, line), end + 1
        chars: list[str] = []
        escaped = False
        for index in range(at + 1, len(text)):
            char = text[index]
            if char == quote and not escaped:
                inner = "".join(chars)
                if quote == "'":
                    return inner, None, index + 1
                return *self._expanded(_ESCAPE.sub(_unescaped, inner), line), index + 1
            if char == "\\" and not escaped:
                escaped = True
                continue
            if escaped and char != quote:
                chars.append("\\")
            escaped = False
            chars.append(char)
        raise MalformedEnvFile("has a quote that is not closed", line)

    def _expanded(self, text: str, line: int) -> tuple[str | None, str | None]:
        hidden: list[str] = []

        def look_up(name: str) -> str | None:
            value = self._environ(name)
            if value is None and name in self._earlier:
                value = self._earlier[name]
                if value is None:
                    hidden.append(name)
            return value

        try:
            return interpolate(text, look_up), None
        except NotSet as error:
            return None, f"it refers to {error.name}, which is not known" if error.name in hidden else str(error)
        except InvalidTemplate as error:
            raise MalformedEnvFile(str(error), line) from None


def _unescaped(match: re.Match[str]) -> str:
    code = match[1]
    if code == "$":
        return "$$"
    if code[0] == "0":
        return chr(int(code, 8) & 0xFF)
    return _ESCAPED.get(code, match[0])
