"""Compiles modules to byte code that is loaded without source files and without a check of file times."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from confcontract.bundle.no_bundle import impossible

if TYPE_CHECKING:
    from pathlib import Path


def compile_in_place(folder: Path, at: str) -> None:
    """Replaces every Python module in the folder by a .pyc of the same name. at: the later path of folder, for
    tracebacks.

    This runs in a separate process, since what this process has imported changes the compiled bytes.
    """
    options = ("-q", "-b", "-j", "1", "--invalidation-mode", "unchecked-hash", "-s", str(folder), "-p", at)
    command = [sys.executable, "-I", "-S", "-m", "compileall", *options, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        words = " ".join((done.stdout + done.stderr).split())
        raise impossible(f"a module can't be compiled: {words[:300]}", "install the package that has it again")
    for source in folder.rglob("*.py"):
        source.unlink()
