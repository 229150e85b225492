"""The members common to all formats: the document that was read, and its faults with their positions."""

from __future__ import annotations

from bisect import bisect_right

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    Step = str | int
    Path = tuple[Step, ...]
    Position = tuple[int, int]


MAX_DEPTH = 1000  # levels of sections and lists within one another


class Fault:
    """One fault of a file. kind: one of the constants below. message: continues a sentence that begins with the file's
    name, and never holds a value of the file. line, column: from 1; 0 if they are unknown. fatal: whether the fault
    leaves the file without a value; otherwise the parser accepted the file, and `path` is the faulty key."""

    SYNTAX = "syntax"
    ENCODING = "encoding"
    UNSAFE = "unsafe"  # a tag, an undefined alias, or aliases that expand beyond all bounds
    MISSING_PARSER = "missing-parser"
    TWICE = "twice"  # a key twice in one mapping: the last one counts
    NOT_JSON = "not-json"  # NaN and Infinity, which Python accepts as JSON, but other parsers do not

    __slots__ = ("column", "fatal", "hint", "kind", "line", "message", "path")

    def __init__(
        self,
        kind: str,
        message: str,
        line: int = 0,
        column: int = 0,
        *,
        hint: str = "",
        fatal: bool = True,
        path: Path = (),
    ) -> None:
        self.kind = kind
        self.message = message
        self.line = line
        self.column = column
        self.hint = hint
        self.fatal = fatal
        self.path = path

    @property
    def place(self) -> str:
        """In words, to follow the file's name."""
        return f", line {self.line}, column {self.column}" if self.line else ""

    def __repr__(self) -> str:
        return f"<Fault {self.kind}: {self.message}{self.place}>"


class Document:
    """value: the parser's result, of any type; None if a fault is fatal. faults: in the order of the file.

    An empty file is {} in TOML, and None in YAML and in JSON, which has no empty text: see `empty`. whole: for one of
    several documents in a text, whether it was read to its end, so that the next one can be read.
    """

    __slots__ = ("_locate", "_positions", "empty", "faults", "value", "whole")

    def __init__(
        self,
        value: Any,
        faults: Sequence[Fault] = (),
        locate: Callable[[], Mapping[Path, Position]] | None = None,
        *,
        empty: bool = False,
        whole: bool = False,
    ) -> None:
        self.value = value
        self.faults = faults
        self.empty = empty
        self.whole = whole
        self._locate = locate
        self._positions: Mapping[Path, Position] | None = None

    @property
    def readable(self) -> bool:
        return not any(fault.fatal for fault in self.faults)

    def position(self, path: Path) -> Position | None:
        """Line and column of a key, from 1; for an item of a list, of its beginning."""
        if self._positions is None:
            self._positions = {} if self._locate is None else self._locate()
        return self._positions.get(path)


def failed(*faults: Fault) -> Document:
    return Document(None, faults)


TOO_DEEP = "is nested too deeply"


def is_too_deep(value: Any, deepest: int = MAX_DEPTH) -> bool:
    """Whether a value has more levels than allowed. Parsers have limits of their own, or, for dotted keys in TOML,
    none. The code after the parser descends level by level, and records every key with its path."""
    level = [value] if isinstance(value, (dict, list, tuple)) else []
    for _ in range(deepest):
        level = [
            inner
            for each in level
            for inner in (each.values() if isinstance(each, dict) else each)
            if isinstance(inner, (dict, list, tuple))
        ]
        if not level:
            return False
    return True


class Offsets:
    """Converts an offset in a text to line and column."""

    __slots__ = ("_starts",)

    def __init__(self, text: str) -> None:
        self._starts = [0]
        at = text.find("\n")
        while at >= 0:
            self._starts.append(at + 1)
            at = text.find("\n", at + 1)

    def position(self, offset: int) -> Position:
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1
