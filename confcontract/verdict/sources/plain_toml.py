"""TOML in its most common form: tables, texts without escapes, plain numbers, lists. The standard library reads all
of TOML, but its import is expensive at start: a boot of 26 ms of processor time takes 28 ms with a file of a dozen
lines, and 45 ms if tomllib reads the file (medians of 60 in turn, Python 3.11; wall time 50, 52 and 86 ms on a busy
machine)."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_BARE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")
_DIGITS = frozenset("0123456789")
_NUMBER = _DIGITS | frozenset("+-.")
_LONGEST = 15  # digits of a number


class _NotPlain(Exception):
    """A construct that is left to the standard library, be it right or wrong."""


def read_plain(text: str) -> dict[str, Any] | None:
    """The same as `tomllib.loads`; None if tomllib itself has to read the text. text: with line ends as `\\n`."""
    if not text.replace("\n", "").replace("\t", "").isprintable():
        return None
    try:
        return _Text(text).document()
    except (_NotPlain, IndexError, RecursionError):  # it ends too early, or is nested deeply
        return None


class _Text:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def document(self) -> dict[str, Any]:
        root: dict[str, Any] = {}
        table = root
        declared: set[tuple[str, ...]] = set()
        closed: list[dict[str, Any]] = []  # tables that were given as values
        text, size = self._text, len(self._text)
        while True:
            self._skip_lines()
            if self._at >= size:
                return root
            if text[self._at] == "[":
                path = self._header()
                if path in declared:
                    raise _NotPlain
                declared.add(path)
                table = self._enter(root, path, closed)
            else:
                key = self._key()
                self._skip()
                self._expect("=")
                self._skip()
                if key in table:
                    raise _NotPlain
                table[key] = self._value(closed)
            self._end_line()

    def _enter(self, root: dict[str, Any], path: tuple[str, ...], closed: list[dict[str, Any]]) -> dict[str, Any]:
        place: Any = root
        for part in path:
            place = place.setdefault(part, {})
            if place.__class__ is not dict or any(place is each for each in closed):
                raise _NotPlain
        found: dict[str, Any] = place
        return found

    def _header(self) -> tuple[str, ...]:
        self._at += 1
        path = []
        while True:
            self._skip()
            path.append(self._key())
            self._skip()
            if self._text[self._at] == "]":
                self._at += 1
                return tuple(path)
            self._expect(".")

    def _key(self) -> str:
        text, start = self._text, self._at
        if text[start] in "\"'":
            return self._string()
        end, size = start, len(text)
        while end < size and text[end] in _BARE:
            end += 1
        if end == start:
            raise _NotPlain
        self._at = end
        return text[start:end]

    def _string(self) -> str:
        text, start = self._text, self._at
        quote = text[start]
        end = text.find(quote, start + 1)
        found = text[start + 1 : end]
        if end < 0 or "\n" in found or (quote == '"' and "\\" in found) or text[start : start + 3] == quote * 3:
            raise _NotPlain
        self._at = end + 1
        return found

    def _value(self, closed: list[dict[str, Any]]) -> Any:
        first = self._text[self._at]
        if first in "\"'":
            return self._string()
        if first == "[":
            return self._list(closed)
        if first == "{":
            return self._table(closed)
        for word, value in (("true", True), ("false", False)):
            if self._text.startswith(word, self._at):
                self._at += len(word)
                return value
        return self._number()

    def _number(self) -> int | float:
        text, start = self._text, self._at
        end, size = start, len(text)
        while end < size and text[end] in _NUMBER:
            end += 1
        written = text[start:end]
        whole, dot, part = written.partition(".")
        digits = whole[1:] if whole[:1] in ("+", "-") else whole
        right = _DIGITS.issuperset(digits) and _DIGITS.issuperset(part) and 0 < len(digits) <= _LONGEST
        if not right or (digits[0] == "0" and len(digits) > 1) or (dot and not part) or len(part) > _LONGEST:
            raise _NotPlain
        self._at = end
        return float(written) if dot else int(written)

    def _list(self, closed: list[dict[str, Any]]) -> list[Any]:
        self._at += 1
        found: list[Any] = []
        while True:
            self._skip_lines()
            if self._text[self._at] == "]":
                break
            found.append(self._value(closed))
            self._skip_lines()
            if self._text[self._at] == "]":
                break
            self._expect(",")
        self._at += 1
        return found

    def _table(self, closed: list[dict[str, Any]]) -> dict[str, Any]:
        self._at += 1
        found: dict[str, Any] = {}
        closed.append(found)
        self._skip()
        if self._text[self._at] == "}":
            self._at += 1
            return found
        while True:
            self._skip()
            key = self._key()
            self._skip()
            self._expect("=")
            self._skip()
            if key in found:
                raise _NotPlain
            found[key] = self._value(closed)
            self._skip()
            if self._text[self._at] == "}":
                self._at += 1
                return found
            self._expect(",")

    # -- separators -------------------------------------------------------------------------------

    def _expect(self, mark: str) -> None:
        if self._text[self._at] != mark:
            raise _NotPlain
        self._at += 1

    def _skip(self) -> None:
        while self._text[self._at : self._at + 1] in (" ", "\t"):
            self._at += 1

    def _skip_lines(self) -> None:
        """Blanks, line ends and comments."""
        text, size = self._text, len(self._text)
        while self._at < size:
            if text[self._at] in " \t\n":
                self._at += 1
            elif text[self._at] == "#":
                self._at = _end(text, self._at)
            else:
                return

    def _end_line(self) -> None:
        self._skip()
        if self._text[self._at : self._at + 1] == "#":
            self._at = _end(self._text, self._at)
        if self._text[self._at : self._at + 1] not in ("", "\n"):
            raise _NotPlain


def _end(text: str, start: int) -> int:
    end = text.find("\n", start)
    return len(text) if end < 0 else end
