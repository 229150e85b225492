"""A command line that starts boot: by itself, by Python, below an init, or in a line for a shell."""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence

_PROGRAM = "confcontract"


def boot_arguments(words: Sequence[str]) -> Sequence[str] | None:
    """What follows `confcontract boot`; None where that is not started."""
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
