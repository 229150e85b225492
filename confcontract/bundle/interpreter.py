"""Determines the interpreter for a bundle, which is the running one, or the reason why it can't be used."""

from __future__ import annotations

import os
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

from confcontract.bundle.elf_files import interpreter_of
from confcontract.bundle.no_bundle import impossible

OLDEST_GLIBC = (2, 34)  # older releases load the lookup of host names from separate files, with dlopen
ELSEWHERE = "run it in a build stage FROM python:3-slim, or another base with glibc 2.34 or later; the bundle itself \
brings its C library along and starts in any image for Linux, Alpine included"


@dataclass(frozen=True)
class Interpreter:
    """program, loader: real files. stdlib: the folder of Python modules; extensions: that of compiled ones, which may
    not exist.
    glibc: its release, such as 2.36. system: the output of `uname -m`."""

    program: Path
    loader: Path
    stdlib: Path
    extensions: Path
    glibc: str
    system: str

    @property
    def library(self) -> str:
        """Where the interpreter looks for its standard library, relative to its prefix."""
        return f"{sys.platlibdir}/{self.stdlib.name}"


def this_interpreter() -> Interpreter:
    """Raises ConfigurationInvalid (exit 78) if no bundle can be made from it."""
    refuse_platform(sys.platform, _glibc())
    base = getattr(sys, "_base_executable", None) or sys.executable
    program = Path(os.path.realpath(base)) if base else None
    if program is None or not program.is_file() or getattr(sys, "frozen", False):
        raise impossible(
            "this Python is embedded in another program",
            "run confcontract with an ordinary Python, such as that of python:3-slim",
        )
    loader = interpreter_of(program)
    if loader is None:
        raise impossible(f"{program} is linked statically: it can't load pydantic_core", ELSEWHERE)
    stdlib = Path(sysconfig.get_path("stdlib"))
    return Interpreter(
        program,
        Path(loader),
        stdlib,
        stdlib / "lib-dynload",
        str(_glibc()),
        os.uname().machine,
    )


def refuse_platform(platform: str, glibc: str | None) -> None:
    """glibc: its release; None if the C library is another one. Raises ConfigurationInvalid."""
    if platform != "linux":
        raise impossible(f"a bundle is made on Linux, for Linux; this is {platform}", ELSEWHERE)
    if glibc is None:
        raise impossible("this Python is not linked with glibc, but with musl, as in Alpine", ELSEWHERE)
    if tuple(map(int, glibc.split(".")[:2])) < OLDEST_GLIBC:
        raise impossible(f"this Python runs with glibc {glibc}; a bundle needs 2.34 or later", ELSEWHERE)


def _glibc() -> str | None:
    try:
        name, _, release = (os.confstr("CS_GNU_LIBC_VERSION") or "").partition(" ")
    except (ValueError, OSError):
        return None
    return release if name == "glibc" else None
