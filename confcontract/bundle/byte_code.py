"""Modules as byte code that is taken as it is: beside no source, and without a look at any file's time."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from confcontract.bundle.no_bundle import impossible

if TYPE_CHECKING:
    from pathlib import Path


def compile_in_place(folder: Path, at: str) -> None:
    """Every module in Python within becomes a .pyc of the same name. at: where folder will be, for tracebacks.

    A process of its own does it, since what this one has imported shows in the bytes of what it compiles.
    """
    options = ("-q", "-b", "-j", "1", "--invalidation-mode", "unchecked-hash", "-s", str(folder), "-p", at)
    command = [sys.executable, "-I", "-S", "-m", "compileall", *options, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        words = " ".join((done.stdout + done.stderr).split())
        raise impossible(f"a module can't be compiled: {words[:300]}", "install the package that has it again")
    for source in folder.rglob("*.py"):
        source.unlink()
