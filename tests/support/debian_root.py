"""A root file system of Debian with its Python, made by debootstrap and kept between runs.

    python -m tests.support.debian_root

makes it, as root, with 50 s of processor. The image of the example is built on it wherever it is there; elsewhere on the
interpreter that runs the tests, which costs nothing (`tests.support.building`).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SUITE = "bookworm"
PYTHON = (3, 11)  # of that suite; wheels are fetched for the interpreter that runs the tests
PACKAGES = ("python3-venv", "python-is-python3")
_NOT_IN_AN_IMAGE = (
    "var/cache/apt",
    "var/lib/apt/lists",
    "var/log",
    "usr/share/doc",
    "usr/share/man",
    "usr/share/locale",
)


def kept() -> Path:
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "confcontract-tests" / f"{SUITE}-{'-'.join(PACKAGES)}.tar"


def usable() -> bool:
    return sys.version_info[:2] == PYTHON and kept().is_file()


def lay_debian(base: Path) -> None:
    base.mkdir()
    subprocess.run(["tar", "--extract", "--numeric-owner", "--directory", base, "--file", kept()], check=True)


def make() -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "root"
        include = f"--include={','.join(PACKAGES)}"
        subprocess.run(["debootstrap", "--variant=minbase", include, SUITE, root], check=True)
        keep(root)


def keep(root: Path) -> None:
    for name in _NOT_IN_AN_IMAGE:
        for place in (root / name).iterdir():
            shutil.rmtree(place) if place.is_dir() and not place.is_symlink() else place.unlink()
    target = kept()
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_suffix(".unfinished")
    subprocess.run(["tar", "--create", "--numeric-owner", "--directory", root, "--file", unfinished, "."], check=True)
    unfinished.rename(target)


if __name__ == "__main__":
    make()
    print(kept())
