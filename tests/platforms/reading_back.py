"""What a platform would give a process, read from an export by the platform's own rules.

Those of compose and systemd are written down here, for thousands of cases in one process; tests with the real programs
hold them to what these do.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

import dotenv
import yaml  # type: ignore[import-untyped]


@dataclass(frozen=True)
class Got:
    """environ: plain variables. secrets: names of files with secrets, by the path below which boot looks."""

    environ: dict[str, str]
    secrets: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()


def from_dotenv(text: str) -> Got:
    found = dotenv.dotenv_values(stream=io.StringIO(text), interpolate=True)
    secrets = re.findall(r"^#'?(.+?)_FILE'?=/run/secrets/", text, re.MULTILINE)
    return Got({name: value for name, value in found.items() if value is not None}, tuple(secrets))


_REFERENCE = re.compile(r"\$\$|\$\{([_A-Za-z][_A-Za-z0-9]*):\?([^}]*)\}|\$")


def from_compose(text: str, service: str) -> Got:
    """Raises AssertionError for what compose would replace, and nobody meant."""
    found = yaml.load(text, yaml.CSafeLoader)["services"][service]
    environ, asked = {}, []
    for name, value in found["environment"].items():
        assert isinstance(value, str), name
        match = _REFERENCE.fullmatch(value)
        if match and match[1]:
            asked.append(name)
        else:
            environ[name] = _unescaped(value)
    return Got(environ, tuple(found.get("secrets", ())), tuple(asked))


def _unescaped(value: str) -> str:
    found = _REFERENCE.findall(value)
    assert not any(name for name, _ in found), value
    assert value.count("$") == 2 * value.count("$$"), value
    return value.replace("$$", "$")


_ESCAPE = re.compile(r'\\(?:x(..)|u(....)|U(........)|([\\"ntr]))|%(.)', re.DOTALL)


def from_systemd(text: str) -> Got:
    environ = dict(_assignments(text))
    return Got(environ, tuple(re.findall(r"^LoadCredential=([^:]+):", text, re.MULTILINE)))


def _assignments(text: str) -> Iterator[tuple[str, str]]:
    for line in re.findall(r"^Environment=(.*)$", text, re.MULTILINE):
        assert line[0] == line[-1] == '"'
        name, _, value = _ESCAPE.sub(_meant, line[1:-1]).partition("=")
        yield name, value


def _meant(match: re.Match[str]) -> str:
    *digits, letter, specifier = match.groups()
    if specifier is not None:
        assert specifier == "%", "a specifier"
        return "%"
    number = next((each for each in digits if each), None)
    return chr(int(number, 16)) if number else {"n": "\n", "t": "\t", "r": "\r"}.get(letter or "", letter or "")
