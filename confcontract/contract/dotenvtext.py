"""How a value is written into an env file.

Readers agree on less than it seems. docker (run --env-file) and kubectl (--from-env-file) take what follows the `=` as
it stands; python-dotenv and docker compose know quotes, comments and `${NAME}`, compose `$NAME` as well; systemd
(EnvironmentFile=) knows quotes and backslashes. All of them read a bare value alike that has none of these.
"""

from __future__ import annotations

READERS = "python-dotenv, docker, kubectl and systemd"
QUOTED = "The value below is in quotes, which docker run --env-file and kubectl would take for a part of it."
_SPECIAL = frozenset("\\$")  # escapes and references


def is_common(text: str) -> bool:
    """Whether the bare value means the same to all READERS."""
    return (
        text.isprintable()  # of white space that is only the blank
        and text == text.strip()
        and text[:1] not in ("'", '"', "#")
        and " #" not in text
        and _SPECIAL.isdisjoint(text)
    )


def name_written(name: str) -> str | None:
    """A name as python-dotenv reads it: bare, or in single quotes. None where it can't."""
    if name.replace("_", "").replace(".", "").replace("-", "").isalnum() and name != "export":
        return name
    if "'" in name or not name.isprintable():
        return None
    return f"'{name}'"


def written(text: str, *, one_line: bool = False) -> str:
    """A value that python-dotenv reads back to the same text: bare where all READERS do. one_line: see `quoted`."""
    return text if is_common(text) else quoted(text, one_line=one_line)


def quoted(text: str, *, one_line: bool = False) -> str:
    """A value that python-dotenv reads back to the same text. one_line: without line ends in it, as a comment wants.

    Single quotes, where only backslash and quote are escaped; a carriage return, which reading a file would turn into a
    line feed, needs double ones. `${` would still be expanded in either, so that it is broken up by a reference with an
    empty name and "$" as its default.
    """
    text = text.replace("\\", "\\\\")
    if "\r" in text or (one_line and "\n" in text):
        plain = '"' + text.replace('"', '\\"').replace("\r", "\\r") + '"'
        plain = plain.replace("\n", "\\n") if one_line else plain
    else:
        plain = "'" + text.replace("'", "\\'") + "'"
    return plain.replace("${", "${:-$}{")
