"""A root file system of Debian with its Python, by debootstrap: made once, in some seconds, and kept between runs.

The packages are unpacked and not configured, as in images of which no package manager is a part: 8 s of processor, where
resolving dependencies, unpacking everything again and running each package's scripts take 60. Images are built on it
wherever debootstrap is installed and its Python is of the release that runs the tests, for which wheels are fetched;
elsewhere on the interpreter that runs the tests (`tests.support.building`).
"""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

SUITE = "bookworm"
PYTHON = (3, 11)  # of that suite
# A list that is complete, and what a virtual environment and the lines of our Dockerfiles need. mount, login and passwd
# are here for their programs with setuid, which every image of Debian has.
PACKAGES = (
    *("base-files", "base-passwd", "usr-is-merged", "libc6", "libc-bin", "gcc-12-base", "libgcc-s1", "libcrypt1"),
    *("coreutils", "libacl1", "libattr1", "libgmp10", "libselinux1", "libpcre2-8-0"),
    *("bash", "dash", "findutils", "grep", "sed", "libtinfo6", "mount", "login", "passwd"),
    *("libbz2-1.0", "libdb5.3", "libexpat1", "libffi8", "liblzma5", "libncursesw6", "libreadline8", "libsqlite3-0"),
    *("libssl3", "libuuid1", "zlib1g", "media-types", "tzdata"),
    *("libpython3.11-minimal", "libpython3.11-stdlib", "python3.11-minimal", "python3.11", "python3.11-venv"),
    *("libpython3-stdlib", "python3-minimal", "python3", "python3-venv", "python-is-python3"),
    *("python3-pip-whl", "python3-setuptools-whl"),
)
_NOT_IN_AN_IMAGE = (
    *("debootstrap", "dev", "proc", "etc/hostname", "etc/resolv.conf"),
    *("var/cache/apt", "var/lib/apt", "usr/share/doc", "usr/share/man", "usr/share/locale"),
)
# debootstrap takes a script beside its own for each suite: this one knows the packages, so that no index is searched.
_SCRIPT = f"""
. "$DEBOOTSTRAP_DIR/scripts/sid"
finddebs_style hardcoded
work_out_debs () {{ required="{" ".join(PACKAGES)}"; base=; }}
"""


def usable() -> bool:
    return sys.version_info[:2] == PYTHON and shutil.which("debootstrap") is not None and _devices()


def _devices() -> bool:
    """Whether a device can be made and used in a temporary folder, without which debootstrap refuses to begin."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            os.mknod(Path(folder, "null"), 0o600 | stat.S_IFCHR, os.makedev(1, 3))
            Path(folder, "null").write_bytes(b"x")
        except OSError:
            return False
    return True


def lay_debian(base: Path) -> None:
    if not kept().exists():
        make()
    base.mkdir()
    subprocess.run(["tar", "--extract", "--numeric-owner", "--directory", base, "--file", kept()], check=True)


def kept() -> Path:
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    what = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()
    return Path(cache) / "confcontract-tests" / f"{SUITE}-{what[:12]}.tar"


def make() -> None:
    with tempfile.TemporaryDirectory() as folder:
        root, script = Path(folder, "root"), Path(folder, "script")
        script.write_text(_SCRIPT, encoding="utf-8")
        options = ("--variant=minbase", "--foreign", "--no-resolve-deps")
        done = subprocess.run(
            ["debootstrap", *options, SUITE, root, _mirror(), script], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"debootstrap ended with {done.returncode}: {done.stdout[-2000:]}{done.stderr}"
        _finish(root)
        _keep(root)


def _mirror() -> str:
    """That of this machine's own packages, if it is of this suite; else debootstrap's."""
    asked = ["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages", f"Codename: {SUITE}"]
    told = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.split()
    return told[0] if told else ""


def _finish(root: Path) -> None:
    """What scripts of packages would do of which an image makes use."""
    for path in _NOT_IN_AN_IMAGE:
        place = root / path
        shutil.rmtree(place) if place.is_dir() and not place.is_symlink() else place.unlink(missing_ok=True)
    for name in ("dev", "proc"):
        (root / name).mkdir()
    for name in ("passwd", "group"):
        shutil.copy(root / f"usr/share/base-passwd/{name}.master", root / f"etc/{name}")
    library = f"/usr/lib/python{'.'.join(map(str, PYTHON))}"
    subprocess.run(
        ["chroot", root, "python3", "-m", "compileall", "-q", library], stdout=subprocess.DEVNULL, check=True
    )


def _keep(root: Path) -> None:
    target = kept()
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_suffix(f".{os.getpid()}")
    subprocess.run(["tar", "--create", "--numeric-owner", "--directory", root, "--file", unfinished, "."], check=True)
    unfinished.rename(target)
