"""How a value is written into an env file.

Readers agree on less than it seems. docker (run --env-file) and kubectl (--from-env-file) take everything after the `=`
literally; python-dotenv and docker compose know quotes, comments and `${NAME}`, compose `$NAME` as well; systemd
(EnvironmentFile=) knows quotes and backslashes. They all read a bare value alike if it contains none of these.
"""

from __future__ import annotations

READERS = "python-dotenv, docker, kubectl and systemd"
QUOTED = "The value below is in quotes, which docker run --env-file and kubectl would take for a part of it."
_SPECIAL = frozenset("\\$")  # escapes and references


def is_common(text: str) -> bool:
    """Whether all READERS read the bare value the same."""
    return (
        text.isprintable()  # the only white space allowed is the blank
        and text == text.strip()
        and text[:1] not in ("'", '"', "#")
        and " #" not in text
        and _SPECIAL.isdisjoint(text)
    )


def name_written(name: str) -> str | None:
    """A name as python-dotenv reads it: bare, or in single quotes. None if it can't read the name."""
    if name.replace("_", "").replace(".", "").replace("-", "").isalnum() and name != "export":
        return name
    if "'" in name or not name.isprintable():
        return None
    return f"'{name}'"


def written(text: str, *, one_line: bool = False) -> str:
    """A value that python-dotenv reads back as the same text: bare if all READERS read it so. one_line: see
    `quoted`."""
    return text if is_common(text) else quoted(text, one_line=one_line)


def quoted(text: str, *, one_line: bool = False) -> str:
    """A value that python-dotenv reads back as the same text. one_line: without line ends in it, for use in a comment.

    Single quotes escape only backslash and quote. A carriage return needs double quotes, because reading a file turns a
    literal one into a line feed. Both kinds expand `${`, so it is split by a reference with an empty name and "$" as
    its default.
    """
    text = text.replace("\\", "\\\\")
    if "\r" in text or (one_line and "\n" in text):
        plain = '"' + text.replace('"', '\\"').replace("\r", "\\r") + '"'
        plain = plain.replace("\n", "\\n") if one_line else plain
    else:
        plain = "'" + text.replace("'", "\\'") + "'"
    return plain.replace("${", "${:-$}{")
