"""Text that is safe for a terminal or a log: it contains no control characters and is not wider than the terminal."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TextIO

DEFAULT_WIDTH = 80
WIDEST = 120  # longer lines are hard to read, however wide the window

BOLD = "1"
DIM = "2"
RED = "31"
GREEN = "32"
YELLOW = "33"
CYAN = "36"


def printable(text: str) -> str:
    """Escape everything that could control a terminal or forge a log line.

    Control characters, line separators, invisible and direction-changing characters, undecodable bytes: all of them
    become backslash escapes; the result is one line.
    """
    if text.isprintable():
        return text
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode("ascii")
        for character in text
    )


def harmless(line: str) -> str:
    """A line of a log that CI runners do not mistake for a command (`::name::`, `##[name]`)."""
    if "##[" in line:
        line = line.replace("##[", "##\\[")
    if line.lstrip().startswith("::"):
        line = line.replace("::", "\\::", 1)
    return line


def harmless_json(text: str) -> str:
    """JSON without `##[name]`, which a CI runner takes for a command in any position."""
    return text.replace("##[", "#\\u0023[")


def harmless_lines(text: str) -> str:
    """`harmless` for each line of a text."""
    if "::" not in text and "##[" not in text:
        return text
    return "\n".join(map(harmless, text.split("\n")))


def columns(text: str) -> int:
    """The number of columns of the text on a terminal: 2 for a wide character, 0 for a combining mark."""
    if text.isascii():
        return len(text)
    from unicodedata import category, east_asian_width

    return sum(
        0 if category(character) in ("Mn", "Me") else 2 if east_asian_width(character) in "WF" else 1
        for character in text
    )


def cut(text: str, limit: int) -> str:
    """The text in at most `limit` columns; `…` marks the omitted part."""
    if columns(text) <= limit:
        return text
    return _head(text, limit - 1) + "…"


def _head(text: str, limit: int) -> str:
    if text.isascii():
        return text[:limit]
    used = 0
    for position, character in enumerate(text):
        used += columns(character)
        if used > limit:
            return text[:position]
    return text


def pad(text: str, width: int) -> str:
    return text + " " * (width - columns(text))


def wrap(text: str, width: int, *, split: bool = False) -> list[str]:
    """Lines of at most `width` columns.

    A longer word gets a line of its own, whole, so that names and addresses can be copied; with `split` it is cut into
    pieces, so that a table keeps its shape.
    """
    lines: list[str] = []
    line = ""
    for given in text.split(" "):
        word = given
        candidate = f"{line} {word}" if line else word
        if columns(candidate) <= width:
            line = candidate
            continue
        if line:
            lines.append(line)
        while split and columns(word) > width:
            piece = _head(word, width) or word[0]
            lines.append(piece)
            word = word[len(piece) :]
        line = word
    lines.append(line)
    return lines


def paint(text: str, color: bool, *codes: str) -> str:
    return f"\x1b[{';'.join(codes)}m{text}\x1b[0m" if color and codes and text else text


def is_terminal(stream: TextIO) -> bool:
    try:
        return stream.isatty()
    except (AttributeError, ValueError):  # the stream has no such method, or is closed
        return False


def wants_color(stream: TextIO, environ: Mapping[str, str]) -> bool:
    """Colour only on a terminal, and only if `may_color` allows it."""
    return may_color(environ) and is_terminal(stream)


def may_color(environ: Mapping[str, str]) -> bool:
    """Whether a terminal may have colour: never with NO_COLOR (https://no-color.org), CI or TERM=dumb."""
    return not (environ.get("NO_COLOR") or environ.get("CI") or environ.get("TERM") == "dumb")


def width_of(stream: TextIO) -> int:
    """Columns of the terminal behind the stream; 80 where there is none."""
    if not is_terminal(stream):
        return DEFAULT_WIDTH
    import os

    try:
        return os.get_terminal_size(stream.fileno()).columns or DEFAULT_WIDTH
    except (OSError, ValueError):
        return DEFAULT_WIDTH


def write(stream: TextIO, text: str) -> None:
    """Write in the stream's encoding; a character outside the encoding is escaped instead of raising."""
    encoding = getattr(stream, "encoding", None) or "utf-8"
    stream.write(text.encode(encoding, "backslashreplace").decode(encoding))


def deliver(stream: TextIO, text: str) -> None:
    """Write a command's result to stdout completely, and flush it.

    Raises UsageError if stdout is closed or accepts nothing (a full disk). BrokenPipeError is passed on: a reader that
    closes a pipe has seen enough.
    """
    import os

    try:
        # streams.py puts devnull in place of a closed stream; an application that bake imports may close it as well
        if stream.closed or getattr(stream, "name", None) == os.devnull:
            raise OSError(9, "it is closed")
        write(stream, text)
        stream.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise unwritable(error) from None


def unwritable(error: OSError) -> Exception:
    """The error that ends a command whose result can't be written. The rest of the buffer is discarded."""
    import os

    from confcontract.report.errors import UsageError
    from confcontract.report.problem import Problem

    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # otherwise the interpreter would fail to write it on exit
    message = f"stdout can't be written: {error.strerror}"
    return UsageError(Problem("usage", message, hint="write to a file on a disk with free space, a pipe or a terminal"))
