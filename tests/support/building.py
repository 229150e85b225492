"""Images that buildah really builds, in a chroot: no engine and no registry is needed, only the packages of a lock file.

Their base is the interpreter that runs the tests, and a shell, in the place of the Python image.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pydantic_core
import pytest


def needed() -> str | None:
    for program in ("buildah", "skopeo", "umoci", "runc"):
        if shutil.which(program) is None:
            return f"install {program}"
    return None if os.geteuid() == 0 else "only root can make a root file system"


NEEDED = needed()
builds = pytest.mark.skipif(NEEDED is not None, reason=f"the image can't be built here: {NEEDED}")


def driver(folder: Path) -> str:
    """overlay where the kernel has it: vfs copies the whole image for each instruction."""
    below, changes, work, seen = (folder / name for name in ("below", "changes", "work", "seen"))
    for place in (below, changes, work, seen):
        place.mkdir()
    options = f"lowerdir={below},upperdir={changes},workdir={work}"
    mounted = subprocess.run(["mount", "-t", "overlay", "overlay", "-o", options, seen], capture_output=True)
    if mounted.returncode:
        return "vfs"
    subprocess.run(["umount", seen], check=True)
    return "overlay"


class Builder:
    """buildah with a storage of its own; root file systems are plain folders."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._options: list[str | Path] = [
            "--root",
            folder / "storage",
            "--runroot",
            folder / "run",
            "--storage-driver",
            driver(folder),
        ]

    def stored(self, name: str) -> str:
        """As skopeo calls an image in this storage."""
        _, root, _, run, _, driver = self._options
        return f"containers-storage:[{driver}@{root}+{run}]localhost/{name}"

    def lay_out(self, name: str, folder: Path) -> str:
        """The reference of the image in an OCI layout; its layers as they are, since packing them costs more than all
        that is done with them."""
        reference = f"oci:{folder}:{name}"
        run("skopeo", "copy", "--quiet", "--dest-oci-accept-uncompressed-layers", self.stored(name), reference)
        return reference

    def remove(self) -> None:
        """All at once: image by image, buildah takes several times as long."""
        self("umount", "--all")
        for driver in ("overlay", "vfs"):
            place = self.folder / "storage" / driver
            if place.is_mount():
                run("umount", "--recursive", place)
        run("rm", "--recursive", "--force", self.folder / "storage", self.folder / "run")

    def __call__(self, *words: str | Path) -> str:
        finished = subprocess.run(
            ["buildah", *self._options, *words],
            env=os.environ | {"BUILDAH_ISOLATION": "chroot"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        assert finished.returncode == 0, f"{words}\n{finished.stdout}\n{finished.stderr}"
        return finished.stdout.strip()


def run(*words: str | Path, **more: str) -> str:
    finished = subprocess.run(words, env=dict(os.environ, **more), capture_output=True, text=True)
    assert finished.returncode == 0, f"{words}\n{finished.stdout}\n{finished.stderr}"
    return finished.stdout


def differing(one: Path, other: Path) -> str:
    """What is not the same in two folders: as diffoscope says it where it is installed; else each file by its name, with
    mode, owner, time and the digest of its content."""
    if shutil.which("diffoscope"):
        options = ("--text", "-", "--exclude-directory-metadata", "no")
        said = subprocess.run(["diffoscope", *options, one, other], capture_output=True, text=True, check=False)
        return said.stdout[:20_000]
    first, second = _listed(one), _listed(other)
    return "\n".join(sorted(first ^ second)[:40])


def _listed(root: Path) -> set[str]:
    lines = set()
    for place in root.rglob("*"):
        found = place.lstat()
        content = hashlib.sha256(place.read_bytes()).hexdigest() if place.is_file() and not place.is_symlink() else ""
        lines.add(f"{place.relative_to(root)} {found.st_mode:o} {found.st_uid} {found.st_mtime} {content}")
    return lines


def lay_base(base: Path) -> None:
    """A root file system with Python in /usr/local, as its image has it, and what the lines of the Dockerfile start."""
    local = base / "usr/local"
    python = Path(sys._base_executable).resolve()  # type: ignore[attr-defined]
    library = Path(sysconfig.get_path("stdlib"))
    unneeded = ("__pycache__", "test", "tests", "idlelib", "tkinter", "site-packages", "dist-packages", "config-*")
    shutil.copytree(library, local / "lib" / library.name, ignore=shutil.ignore_patterns(*unneeded), symlinks=True)
    wheels = Path("/usr/share/python-wheels")  # where Debian's Python has the pip that it puts into an environment
    if python.is_relative_to("/usr/bin") and wheels.exists():
        shutil.copytree(wheels, base / wheels.relative_to("/"))
    (local / "bin").mkdir()
    shutil.copy2(python, local / "bin/python3")
    (local / "bin/python").symlink_to("python3")
    programs = [
        Path(found) for name in ("sh", "env", "grep", "find", "touch", "chmod") if (found := shutil.which(name))
    ]
    extensions = [*(library / "lib-dynload").glob("*.so"), Path(pydantic_core._pydantic_core.__file__)]
    for file in {*programs, *shared_libraries([python, *programs, *extensions])}:
        copy = base / file.relative_to("/")
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(file, copy)
    for folder in ("bin", "tmp", "etc"):
        (base / folder).mkdir(exist_ok=True)
    (base / "tmp").chmod(0o1777)
    (base / "etc/passwd").write_text("root:x:0:0:root:/root:/bin/sh\n", encoding="utf-8")
    (base / "etc/group").write_text("root:x:0:\n", encoding="utf-8")
    if not (base / "bin/sh").exists():
        (base / "bin/sh").symlink_to("/usr/bin/sh")


def shared_libraries(files: list[Path]) -> set[Path]:
    """What the loader loads with each, and the loader."""
    told = subprocess.run(["ldd", *files], capture_output=True, text=True, check=True).stdout
    return {Path(path) for path in re.findall(r"^\t(?:\S+ => )?(/\S+) \(0x", told, re.MULTILINE)}
