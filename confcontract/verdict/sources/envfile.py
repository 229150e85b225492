"""Env files, with python-dotenv's meaning.

Importing python-dotenv takes longer than the rest of boot together. So files of simple lines (one NAME=VALUE, quoted or
not, no escapes) are read here; the first line of any other form sends the whole file through python-dotenv's own
parser. Tests compare the results of the two.
"""

from __future__ import annotations

from confcontract.host.sourcefile import MAX_BYTES, PATIENCE, Unreadable, read_source, time_left
from confcontract.report.problem import Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import TypeAlias

    # line (from 1), name (None: malformed), value (None: a bare name, which unsets)
    Binding: TypeAlias = tuple[int, str | None, str | None]

_NAME = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-")
_LOOK = 256  # lines between two checks of the clock
_TOLD = 20  # this many bad lines are named one by one


_NONE: dict[str, dict[tuple[str, ...], tuple[int, int]]] = {}
_NO_COLUMNS: dict[str, int] = {}


class EnvFile:
    """The content of an env file.

    name: as it was given. values: name -> value, the last one wins; a bare name unsets the variable and is left out.
    lines: name -> line of the winning assignment, from 1. assigned: python-dotenv's result, with None for bare names.
    earlier: names and values of assignments that a later line replaces. problems: never with content of the file.
    columns, parts, strangers: for a config file only, see there. text: of an env file, as it was read.
    """

    __slots__ = ("assigned", "columns", "earlier", "lines", "name", "parts", "problems", "strangers", "text", "values")

    def __init__(self, name: str) -> None:
        self.name = name
        self.values: dict[str, str] = {}
        self.lines: dict[str, int] = {}
        self.assigned: dict[str, str | None] = {}
        self.earlier: list[tuple[str, str]] = []
        self.problems: list[Problem] = []
        self.columns: Mapping[str, int] = _NO_COLUMNS
        self.parts: Mapping[str, Mapping[tuple[str, ...], tuple[int, int]]] = _NONE
        self.strangers: Sequence[Problem] = ()
        self.text = ""


def read_env_file(
    path: str, environ: Mapping[str, str], *, encoding: str = "utf-8", patience: float = PATIENCE
) -> EnvFile:
    """Read an env file or a pipe. `${X}` is looked up first in the file's own values, then in `environ`.

    encoding: a name that Python knows. patience: seconds that a pipe may be silent.
    """
    try:
        raw = read_source(path, patience=patience)
    except Unreadable as error:
        return failed(path, str(error), error.hint)
    try:
        text = _decoded(raw, encoding)
    except LookupError:  # like `open`, refuse an encoding that is not a text encoding
        return failed(path, f"{encoding} is not a text encoding of this Python", "correct env_file_encoding")
    except UnicodeError as error:
        start = getattr(error, "start", 0)  # not all decoders give the position
        line = raw.count(b"\n", 0, start) + 1
        words = "UTF-8" if encoding == "utf-8" else encoding
        return failed(path, f"is not {words} text (line {line})", f"save the file as {words}")
    return read_env_text(text, path, environ)


def _decoded(raw: bytes, encoding: str) -> str:
    if encoding == "utf-8":
        return raw.decode("utf-8")
    import io

    # not bytes.decode, which accepts some texts that reading a file does not: UTF-16 without a byte order mark
    return io.TextIOWrapper(io.BytesIO(raw), encoding=encoding).read()


def read_env_text(text: str, name: str, environ: Mapping[str, str]) -> EnvFile:
    """Like `read_env_file`, for content in memory. `name` is the file's name in problems."""
    # python-dotenv opens files in text mode, where every kind of line end becomes \n, even inside quotes
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    bindings = _simple_bindings(text.removeprefix("\ufeff"))
    if bindings is not None and "${" not in text and "\0" not in text:
        file = EnvFile(name)
        file.values = {variable: value for _, variable, value in bindings if variable and value is not None}
        if len(file.values) == len(bindings):  # usually each name is assigned once; then the order is the file's too
            file.lines = {variable: line for line, variable, _ in bindings if variable}
            file.assigned = {**file.values}
            file.text = text
            return file
    file = _resolved(_dotenv_bindings(text) if bindings is None else bindings, name, environ, text)
    file.text = text
    return file


def _simple_bindings(text: str) -> list[Binding] | None:
    """Line by line; None at the first line that is not simple."""
    bindings: list[Binding] = []
    for number, line in enumerate(text.split("\n"), 1):
        statement = line.strip()
        if not statement or statement[0] == "#":
            continue
        name, equals, right = statement.partition("=")
        if not (name.isascii() and name.isidentifier()):  # usually it is one
            if name.startswith("export") and name[6:7].isspace():
                name = name[6:].lstrip()
            name = name.rstrip()
            if not name or not _NAME.issuperset(name):
                return None
        if not equals:
            return None
        # the usual result of `_simple_value`, without a call for each of 5,000
        plain = right.lstrip()
        first = plain[:1]
        if first != "'" and first != '"' and "#" not in plain:
            value: str | None = plain
        elif first == plain[-1:] == "'" and plain.count("'") == 2 and "\\" not in plain:
            value = plain[1:-1]
        else:
            value = _simple_value(right)
        if value is None:
            return None
        bindings.append((number, name, value))
    return bindings


def _simple_value(right: str) -> str | None:
    value = right.lstrip()
    if not value:
        return ""
    first = value[0]
    if first not in "'\"#" and "#" not in value:
        return value.rstrip()
    if first in "'\"":
        end = value.find(first, 1)
        rest = value[end + 1 :].lstrip()
        if end < 0 or (rest and rest[0] != "#") or "\\" in value[:end]:
            return None  # continues on the next line, is malformed, or has escapes
        return value[1:end]
    if first == "#" and len(value) < len(right):
        return ""  # NAME= # comment
    return _without_comment(value)


def _without_comment(value: str) -> str:
    """Up to the first # that follows white space."""
    position = value.find("#", 1)
    while position > 0:
        if value[position - 1].isspace():
            return value[:position].rstrip()
        position = value.find("#", position + 1)
    return value.rstrip()


def _dotenv_bindings(text: str) -> Iterable[Binding]:
    from io import StringIO

    from dotenv.parser import parse_stream

    for binding in parse_stream(StringIO(text)):
        if binding.key is None and not binding.error:
            continue  # a comment or the white space at the end
        original = binding.original
        # python-dotenv counts from the white space before the statement
        blank = len(original.string) - len(original.string.lstrip())
        line = original.line + original.string.count("\n", 0, blank)
        yield line, binding.key, binding.value


def _resolved(bindings: Iterable[Binding], name: str, environ: Mapping[str, str], text: str) -> EnvFile:
    file = EnvFile(name)
    earlier, values, lines = file.assigned, file.values, file.lines
    bad: list[tuple[int, str, str]] = []
    written: list[str] = []
    room = MAX_BYTES  # for the expansion of references to other variables, which may double with each line
    for number, (line, variable, raw) in enumerate(bindings, 1):
        if not number % _LOOK and time_left() == 0:
            return failed(name, "could not be read completely in time", "split it, or raise --timeout")
        if variable is None:
            written = written or text.split("\n")
            bad.append((line, _what_is_wrong(written[line - 1]), "it is not used"))
            continue
        value = raw
        if raw is not None and "${" in raw:
            value = _expanded(raw, earlier, environ, room)
            if value is None:
                what = f"its references (${{NAME}}) grow beyond {MAX_BYTES} bytes, at line {line}"
                return failed(name, what, "write the values out, or remove the references")
            room -= len(value)
        if variable in earlier:  # the last assignment counts, and so does its position
            replaced = values.pop(variable, None)
            if replaced is not None:
                file.earlier.append((variable, replaced))
            lines.pop(variable, None)
        earlier[variable] = value
        if "\0" in variable or "=" in variable:
            bad.append((line, "has a name that an environment variable can't have", "the value is lost"))
        elif value is None:
            pass  # a bare name
        elif "\0" in value:
            bad.append((line, "contains a NUL character, which environment variables can't hold", "the value is lost"))
        else:
            values[variable] = value
            lines[variable] = line
    file.problems.extend(_malformed(name, bad))
    return file


def _what_is_wrong(line: str) -> str:
    """For a line that python-dotenv can't read."""
    import re

    opens_quote = re.match(r"""\s*(?:export\s+)?(?:'[^']+'|[^=#'\s]+)\s*=\s*['"]""", line)
    return "has a quote that is not closed" if opens_quote else "is not NAME=VALUE"


def _expanded(
    value: str, earlier: Mapping[str, str | None], environ: Mapping[str, str], room: int = MAX_BYTES
) -> str | None:
    """`${X}` and `${X:-default}`: from the file's earlier lines, else from the environment, else the default. None if
    the result would be longer than `room`.

    As in python-dotenv, a name that is set but empty stays empty, and a bare name earlier in the file hides the
    environment. One pass: each search continues where the last one ended.
    """
    parts: list[str] = []
    done = brace = colon = 0
    start = value.find("${")
    while start >= 0:
        brace = _find(value, "}", start + 2, brace)
        colon = _find(value, ":", start + 2, colon)
        if brace == len(value):
            break
        if colon < brace and value[colon + 1 : colon + 2] != "-":
            start = value.find("${", start + 1)  # ${A:+x} and the like have no meaning here
            continue
        name, default = value[start + 2 : min(brace, colon)], value[colon + 2 : brace]
        found = earlier[name] if name in earlier else environ.get(name, default)
        parts += value[done:start], found or ""
        room -= start - done + len(parts[-1])
        if room < 0:
            return None
        done = brace + 1
        start = value.find("${", done)
    parts.append(value[done:])
    return "".join(parts)


def _find(value: str, character: str, start: int, known: int) -> int:
    """The position of `character` at or after `start`; the length if there is none. `known`: an earlier answer."""
    if known >= start:
        return known
    position = value.find(character, start)
    return position if position >= 0 else len(value)


def _malformed(name: str, bad: list[tuple[int, str, str]]) -> Iterable[Problem]:
    hint = "write NAME=VALUE, and quote values that hold line ends"
    for line, what, loss in bad[:_TOLD]:
        source = f"env file {name}, line {line}"
        yield Problem("source-malformed", f"{name}, line {line}: {what}; {loss}", source=source, hint=hint)
    if len(bad) > _TOLD:
        message = f"{name}: {len(bad) - _TOLD} more lines can't be used, the last is line {bad[-1][0]}"
        yield Problem("source-malformed", message, source=f"env file {name}", hint=hint)


def failed(name: str, what: str, hint: str) -> EnvFile:
    """A file that can't be read, with that problem."""
    file = EnvFile(name)
    file.problems.append(Problem("source-unreadable", f"{name}: {what}", source=f"env file {name}", hint=hint))
    return file
