"""The commands that read a contract, as real processes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import confcontract

ROOT = os.path.dirname(os.path.dirname(confcontract.__file__))
SAFETY = 120  # seconds until a hanging process is a failure; no test asks how long anything took
PLAIN_ENVIRON = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "PYTHONPATH": ROOT,
    **{name: value for name, value in os.environ.items() if name.startswith("COVERAGE_")},  # measured there as well
}

READERS = {
    "boot": ("--", "true"),
    "validate": (),
    "explain": (),
}


def run(*arguments: str, environ: Mapping[str, str] | None = None, **options: Any) -> subprocess.CompletedProcess[str]:
    """`confcontract ARGUMENTS` in a plain environment; keyword arguments go to subprocess.run."""
    return subprocess.run(
        [sys.executable, "-m", "confcontract", *arguments],
        env={**PLAIN_ENVIRON, **(environ or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=SAFETY,
        **options,
    )


def read_with(
    reader: str, contract: Path | str, environ: Mapping[str, str] | None = None, **options: Any
) -> subprocess.CompletedProcess[str]:
    return run(reader, "--contract", str(contract), *READERS[reader], environ=environ, **options)


def said(done: subprocess.CompletedProcess[str]) -> str:
    """All that it wrote, with runs of white space made one blank: a report is wrapped as the terminal is wide."""
    return " ".join((done.stdout + done.stderr).split())


def assert_refused(done: subprocess.CompletedProcess[str], *words: str) -> None:
    """Exit 78 with a report that says `words`, and no traceback."""
    text = said(done)
    assert done.returncode == 78, text
    assert "Traceback" not in text
    assert "internal error" not in text
    for word in words:
        assert word in text, text
