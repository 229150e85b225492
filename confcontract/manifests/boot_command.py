"""Recognises a command line that starts boot: directly, by Python, under an init, or in a shell command."""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence

_PROGRAM = "confcontract"


def boot_arguments(words: Sequence[str]) -> Sequence[str] | None:
    """The arguments after `confcontract boot`; None if the command does not start it."""
    found = _after(words)
    return found if found is not None else _after([part for word in words for part in _parts(word)])


def _after(words: Sequence[str]) -> Sequence[str] | None:
    for at, word in enumerate(words[:-1]):
        if os.path.basename(word) == _PROGRAM and words[at + 1] == "boot":
            return words[at + 2 :]
    return None


def _parts(line: str) -> Sequence[str]:
    try:
        return shlex.split(line)
    except ValueError:
        return line.split()
