"""The Dockerfile that is there before ours: its instructions, its Python, and what it sets."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

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


@dataclass(frozen=True)
class EarlierEnvironment:
    """What the Dockerfile that is there sets. kept: NAME=value as written. secret: what is left out, name → why.

    cleared: names among the kept of which the settings say that they are no secrets.
    """

    kept: tuple[str, ...] = ()
    secret: Mapping[str, str] = field(default_factory=dict)
    cleared: tuple[str, ...] = ()


def environment_of(earlier: Sequence[tuple[str, str]], is_secret: Callable[[str], bool | None]) -> EarlierEnvironment:
    """is_secret: what the settings say of a name; where it is None, the name itself decides. A password in a value is
    left out whatever its name is.

    What every Dockerfile of ours sets, and what only a package manager reads, is not in the answer.
    """
    kept: list[str] = []
    secret: dict[str, str] = {}
    cleared: list[str] = []
    for word, rest in earlier:
        if word != "ENV":
            continue
        parts = _PARTS.findall(rest)
        if parts and "=" not in parts[0]:
            parts = [f"{parts[0]}={_quoted(rest.partition(' ')[2].strip())}"]  # the old form: ENV NAME the value
        for part in parts:
            name, equals, value = part.partition("=")
            if not equals or name in _OURS or name.startswith(_TOOLS):
                continue
            said = is_secret(name)
            if said:
                secret[name] = "the settings declare it as a secret"
            elif said is None and is_secret_name(name):
                secret[name] = "it is called like a secret"
            elif holds_credentials(value):
                secret[name] = "its value holds a password"
            else:
                kept.append(part)
                cleared += [name] if said is False else []
    return EarlierEnvironment(tuple(kept), secret, tuple(cleared))
