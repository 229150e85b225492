"""Which names and versions an application may have: both go into image labels, file names and log lines."""

from __future__ import annotations

import re

from confcontract.report.errors import UsageError
from confcontract.report.problem import Problem

LONGEST = 128  # characters; the limit of image tags
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]*")


def check_labels(name: str | None, version: str | None) -> None:
    """Raises UsageError (exit 64) for an invalid name or version. None: not passed."""
    if name is not None and (len(name) > LONGEST or not _NAME.fullmatch(name)):
        what = "is not a name for an application" if len(name) <= LONGEST else "is too long for a name"
        hint = f"letters, digits, and . _ - / inside, at most {LONGEST} characters: --name shop"
        raise UsageError(Problem("usage", f"--name: {_shown(name)} {what}", hint=hint))
    if version is not None and (len(version) > LONGEST or not version.isprintable() or not version.strip()):
        hint = f"one line of printable text, at most {LONGEST} characters: --version 1.4.0"
        raise UsageError(Problem("usage", f"--version: {_shown(version)} is not a version", hint=hint))


def _shown(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:40] + "…")
