"""Reads the existing Dockerfile of a project: its instructions, its Python, and its environment."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from confcontract.contract.credentials import holds_credentials
from confcontract.contract.secretnames import is_secret_name

_OURS = ("PATH", "PYTHONPATH", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE", "CONFCONTRACT_RUNTIME_DIR")
_TOOLS = ("PIP_", "UV_", "POETRY_", "PDM_")
_PARTS = re.compile(r"""(?:[^\s"']|"(?:\\.|[^"\\])*"|'[^']*')+""")  # of ENV, including quotes


def earlier_instructions(dockerfile: str) -> list[tuple[str, str]]:
    """(instruction, arguments) of its last stage and of the stages that this one is based on, with continued lines
    joined.

    Instructions are in upper case.
    """
    found = [
        (word.upper(), rest.strip())
        for word, _, rest in (line.strip().partition(" ") for line in joined_lines(dockerfile).splitlines())
    ]
    begins = [index for index, (word, _) in enumerate(found) if word == "FROM"]
    if not begins:
        return found
    stages = [found[start:end] for start, end in pairwise([*begins, len(found)])]
    defaults = dict(rest.partition("=")[::2] for word, rest in found[: begins[0]] if word == "ARG")
    wanted = stages[-1]
    for stage in reversed(stages[:-1]):
        if _names_of(stage[0][1], defaults)[1] == _names_of(wanted[0][1], defaults)[0]:
            wanted = [*stage, *wanted[1:]]
    return wanted


def joined_lines(dockerfile: str) -> str:
    """One line per instruction, without comments."""
    lines = [line for line in dockerfile.splitlines() if not line.lstrip().startswith("#")]
    return re.sub(r"\\\s*\n", " ", "\n".join(lines))


def _names_of(rest: str, defaults: Mapping[str, str]) -> tuple[str, str]:
    """The base of a FROM and the name of its stage. An ARG before FROM gives the default of a variable in the base."""
    words = [word for word in rest.split() if not word.startswith("--")]
    base = re.sub(r"\$\{?(\w+)\}?", lambda match: defaults.get(match[1], match[0]), words[0] if words else "")
    return base.lower(), words[2].lower() if len(words) > 2 else ""


def python_of(earlier: Sequence[tuple[str, str]]) -> int | None:
    """The minor release of Python 3 in the base image: `FROM python:3.12-slim`."""
    froms = [re.sub(r"--\S+\s+", "", rest) for word, rest in earlier if word == "FROM"]
    named = re.match(r"(?:\S*/)?python:3\.(\d{1,3})(?!\d)", froms[0]) if froms else None
    return int(named[1]) if named else None


def _quoted(value: str) -> str:
    """Quotes a value in which variables are still replaced."""
    if re.fullmatch(r"[^\s\"'\\]+", value) or value[:1] == value[-1:] in ('"', "'"):
        return value
    return '"' + value.replace('"', '\\"') + '"'


@dataclass(frozen=True)
class EarlierEnvironment:
    """The environment of the existing Dockerfile. kept: NAME=value as written. secret: what is left out, name → reason.

    cleared: the kept names that the settings declare not secret.
    """

    kept: tuple[str, ...] = ()
    secret: Mapping[str, str] = field(default_factory=dict)
    cleared: tuple[str, ...] = ()


def environment_of(earlier: Sequence[tuple[str, str]], is_secret: Callable[[str], bool | None]) -> EarlierEnvironment:
    """is_secret: the settings' answer for a name; if it is None, the name itself decides. A value with a password is
    left out, whatever its name.

    Variables that each of our Dockerfiles sets, and those that only a package manager reads, are not in the result.
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
                secret[name] = "its name is like that of a secret"
            elif holds_credentials(value):
                secret[name] = "its value contains a password"
            else:
                kept.append(part)
                cleared += [name] if said is False else []
    return EarlierEnvironment(tuple(kept), secret, tuple(cleared))
