"""The Dockerfile that is there before ours: its instructions, its Python, and what it sets."""

from __future__ import annotations

import re
from collections.abc import Sequence

from confcontract.contract.credentials import holds_credentials
from confcontract.contract.secretnames import is_secret_name

_OURS = ("PATH", "PYTHONPATH", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE", "CONFCONTRACT_RUNTIME_DIR")
_TOOLS = ("PIP_", "UV_", "POETRY_", "PDM_")
_PARTS = re.compile(r"""(?:[^\s"']|"(?:\\.|[^"\\])*"|'[^']*')+""")  # of ENV, quotes and all


def earlier_instructions(dockerfile: str) -> list[tuple[str, str]]:
    """(instruction, arguments) of its last stage, continued lines joined. An instruction is in capitals."""
    lines = [line for line in dockerfile.splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\s*\n", " ", "\n".join(lines))
    found = [
        (word.upper(), rest.strip()) for word, _, rest in (line.strip().partition(" ") for line in joined.splitlines())
    ]
    begins = [index for index, (word, _) in enumerate(found) if word == "FROM"]
    return found[begins[-1] :] if begins else found


def python_of(earlier: Sequence[tuple[str, str]]) -> int | None:
    """The minor release of Python 3 in the base of the Dockerfile that is there: `FROM python:3.12-slim`."""
    froms = [rest for word, rest in earlier if word == "FROM"]
    named = re.match(r"(?:\S*/)?python:3\.(\d{1,3})(?!\d)", froms[0]) if froms else None
    return int(named[1]) if named else None


def _quoted(value: str) -> str:
    """One value, in which variables are still replaced."""
    if re.fullmatch(r"[^\s\"'\\]+", value) or value[:1] == value[-1:] in ('"', "'"):
        return value
    return '"' + value.replace('"', '\\"') + '"'


def environment_of(earlier: Sequence[tuple[str, str]]) -> tuple[list[str], list[str]]:
    """What the Dockerfile that is there sets: NAME=value as written, and the names that are called like secrets
    or hold a password.

    What every Dockerfile of ours sets, and what only a package manager reads, is in neither.
    """
    kept: list[str] = []
    secret: list[str] = []
    for word, rest in earlier:
        if word != "ENV":
            continue
        parts = _PARTS.findall(rest)
        if parts and "=" not in parts[0]:
            parts = [f"{parts[0]}={_quoted(rest.partition(' ')[2].strip())}"]  # the old form: ENV NAME the value
        for part in parts:
            name, equals, value = part.partition("=")
            is_secret = is_secret_name(name) or holds_credentials(value)
            if equals and name not in _OURS and not name.startswith(_TOOLS):
                (secret if is_secret else kept).append(name if is_secret else part)
    return kept, secret
