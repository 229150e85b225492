"""What is locked today installs on every later day, whatever has been released since.

The index on loopback holds what the lock file pins, and a newer release of each. Its wheels are empty, but they need
each other as the real ones do.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import Distribution, distributions, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.install.index import Index
from tests.install.lockfile import locked, release_of
from tests.support.pages import BIN, ROOT

DEVELOPMENT = ROOT / "requirements/dev.txt"
SHOP = ROOT / "examples/shop/requirements.txt"
INSTALLED: Mapping[str, Distribution] = {canonicalize_name(found.metadata["Name"]): found for found in distributions()}


def needs(name: str) -> list[str]:
    return list(INSTALLED[name].requires or ()) if name in INSTALLED else []


def asked_for_with_extras(pinned: Mapping[str, Requirement]) -> dict[str, set[str]]:
    """Package → extras that the project, or anything that is pinned, asks of it on this Python."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    optional = project["project"]["optional-dependencies"].values()
    groups = project["dependency-groups"].values()
    entries = [*project["project"]["dependencies"], *(entry for group in optional for entry in group)]
    entries += [entry for group in groups for entry in group if isinstance(entry, str)]
    entries += [entry for name in pinned for entry in needs(name)]
    found: dict[str, set[str]] = {}
    for need in map(Requirement, entries):
        if (
            need.extras
            and canonicalize_name(need.name) in pinned
            and (not need.marker or need.marker.evaluate({"extra": ""}))
        ):
            found.setdefault(canonicalize_name(need.name), set()).update(need.extras)
    return found


# --- the lock files, and every command that installs one


@pytest.mark.parametrize("lock", [DEVELOPMENT, SHOP], ids=["development", "shop"])
def test_a_lock_keeps_the_extras_that_anything_in_it_asks_for(lock: Path) -> None:
    pinned = locked(lock)
    kept = {name: entry.extras for name, entry in pinned.items() if entry.extras}
    assert asked_for_with_extras(pinned).items() <= kept.items()


def test_the_lock_for_development_has_packages_with_extras() -> None:
    assert asked_for_with_extras(locked(DEVELOPMENT)).keys() >= {"moto", "psycopg"}


def test_nothing_in_it_makes_each_import_of_jsonschema_take_seconds() -> None:
    """jsonschema imports rfc3987-syntax wherever that is installed, and rfc3987-syntax builds its grammars then."""
    assert "rfc3987-syntax" not in locked(DEVELOPMENT)


def installing(page: Path) -> list[str]:
    """Every command of a file that installs from a list of requirements, its continued lines joined."""
    text = page.read_text(encoding="utf-8").replace("\\\n", " ")
    found = re.findall(
        r"^.*\bpip3? (?:\S+ )*?(?:install|download|sync) .*$|^.*\$\(PIP\) install .*$", text, re.MULTILINE
    )
    lines = [line.strip() for line in found if re.search(r" (-r|--requirement)\b", line)]
    return [line for line in lines if (page.name, line) != BEFORE]


BEFORE = ("from-a-dockerfile.md", "RUN pip install -r requirements.txt")  # somebody's own, which the page sets right


WRITTEN = [
    path
    for folder, pattern in [
        (".", "Makefile"),
        (".", "*.md"),
        (".ci", "*"),
        ("docs", "**/*.md"),
        ("examples", "**/Dockerfile*"),
    ]
    for path in sorted((ROOT / folder).glob(pattern))
    if path.is_file()
]
COMMANDS = [(path, line) for path in WRITTEN for line in installing(path)]


def test_every_place_that_installs_a_lock_is_found() -> None:
    places = {str(path.relative_to(ROOT)) for path, _ in COMMANDS}
    assert places >= {
        "Makefile",
        "examples/shop/Dockerfile",
        "docs/how-to/dockerfile.md",
        "docs/tutorial/first-image.md",
    }


@pytest.mark.parametrize("path, line", COMMANDS, ids=lambda value: value.name if isinstance(value, Path) else "")
def test_a_lock_is_installed_as_it_stands(path: Path, line: str) -> None:
    assert {"--no-deps", "--require-hashes"} <= set(line.split()), f"{path}: {line}"


# --- on a later day


@dataclass(frozen=True)
class LaterDay:
    """A checkout's lock files as they are, but with the hashes of the index's wheels, and the index's address."""

    folder: Path
    address: str

    def run(self, command: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run a line of a recipe or of a Dockerfile with the pip of this environment; it installs into `target`."""
        environ = {
            "PATH": f"{BIN}:{os.environ['PATH']}",
            "HOME": str(self.folder),
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_INDEX_URL": self.address,
            "PIP_NO_CACHE_DIR": "1",
            "PIP_TARGET": str(self.target),
            **more,
        }
        shutil.rmtree(self.target, ignore_errors=True)
        return subprocess.run(["sh", "-c", command], cwd=self.folder, env=environ, capture_output=True, text=True)

    @property
    def target(self) -> Path:
        return self.folder / "target"

    def installed(self) -> dict[str, str]:
        found = distributions(path=[str(self.target)])
        return {canonicalize_name(each.metadata["Name"]): each.version for each in found}


@pytest.fixture(scope="module")
def later(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LaterDay]:
    folder = tmp_path_factory.mktemp("later")
    index = Index(folder / "index")
    hashes = {}
    for name, entry in locked(DEVELOPMENT).items():
        release = release_of(entry)
        extras = INSTALLED[name].metadata.get_all("Provides-Extra") or [] if name in INSTALLED else []
        hashes[name] = index.add(name, release, needs(name), extras)
        index.add(name, f"{release}.post99", needs(name), extras)
    # Each lock with its own markers: what one needs everywhere, the other may need on one system alone.
    development, shop = (
        {name: f"{entry} --hash={hashes[name]}\n" for name, entry in locked(lock).items()}
        for lock in (DEVELOPMENT, SHOP)
    )
    (folder / "requirements").mkdir()
    (folder / "requirements/dev.txt").write_text("".join(development.values()), encoding="utf-8")
    pair = {"asking": (["asked[more]"], []), "asked": ([], ["more"])}  # as pytest-cov asks for coverage[toml]
    (folder / "pair.txt").write_text(
        "".join(
            f"{name}{'[more]' if extras else ''}==1.0 --hash={index.add(name, '1.0', asks, extras)}\n"
            for name, (asks, extras) in pair.items()
        ),
        encoding="utf-8",
    )
    for name, (asks, extras) in pair.items():
        index.add(name, "1.0.post99", asks, extras)
    for name in ("requirements.txt", "requirements.lock"):
        (folder / name).write_text("".join(shop.values()), encoding="utf-8")
    (folder / "uv.txt").write_text(development["uv"], encoding="utf-8")
    with index.served() as address:
        yield LaterDay(folder, address)


def test_with_hashes_alone_an_older_pip_refuses_on_a_later_day_what_was_locked_without_extras(later: LaterDay) -> None:
    """The pips that came with Python 3.11. Those from 23.3 on give `NAME[extra]` the pin of NAME."""
    whole = later.folder / "pair.txt"
    done = later.run("python -m pip install --require-hashes -r pair.txt")
    assert done.returncode == 0, done.stderr
    assert later.installed() == {"asking": "1.0", "asked": "1.0"}

    stripped = re.sub(r"\[[\w,-]+\]", "", whole.read_text(encoding="utf-8"))
    (later.folder / "stripped.txt").write_text(stripped, encoding="utf-8")
    done = later.run("python -m pip install --require-hashes -r stripped.txt")
    if Version(version("pip")) < Version("23.3"):
        assert done.returncode == 1
        assert "--require-hashes" in done.stderr, done.stderr
        assert later.installed() == {}
    else:
        assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("path, line", COMMANDS, ids=lambda value: value.name if isinstance(value, Path) else "")
def test_every_command_that_we_show_installs_on_a_later_day_what_was_locked(
    later: LaterDay, path: Path, line: str
) -> None:
    command = line.removeprefix("@").removeprefix("RUN ").replace("$(PIP)", "python -m pip")
    command = re.sub(r"/opt/pip/bin/pip --python \S+", "python -m pip", command)  # where it is in the build
    command = command.replace("$$", "$").replace("$(VENV)", ".").replace("$(BIN)/python", "python")
    ways = {command}
    if "$(BIN)/uv" in command:  # and pip, where that fails
        uv, _, pip = command.replace("$(BIN)/uv", "uv").partition(" || ")
        cache = later.folder / "cache"
        uv = uv.replace("pip install", f"pip install --target {later.target} --cache-dir {cache}")
        ways = {uv, f"false || {pip}"}
    for way in ways:
        done = later.run(way)
        assert done.returncode == 0, done.stdout + done.stderr
        assert later.installed() == meant_by(command)


def meant_by(command: str) -> dict[str, str]:
    """What a command is to install, by its list of requirements."""
    lock = DEVELOPMENT if re.search(r"requirements/dev\.txt|/uv\.txt", command) else SHOP
    names = {"uv"} if "/uv.txt" in command else locked(lock).keys()
    meant = {name: entry for name, entry in locked(lock).items() if name in names}
    return {name: release_of(entry) for name, entry in meant.items() if not entry.marker or entry.marker.evaluate()}


def test_uv_is_asked_for_at_pips_index(later: LaterDay) -> None:
    """A machine whose pip is told of a mirror may reach nothing else."""
    assert f"{later.address}/uv" in later.run(_index_of_makefile() + '; echo "$index/uv"').stdout
    configured = later.folder / "pip.conf"
    configured.write_text(f"[global]\nindex-url = {later.address}/mirror\n")
    told = later.run(_index_of_makefile() + '; echo "$index"', PIP_INDEX_URL="", PIP_CONFIG_FILE=str(configured))
    assert told.stdout.strip() == f"{later.address}/mirror", told.stderr


def _index_of_makefile() -> str:
    (line,) = re.findall(r"^\t@(index=.*); \\$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    command: str = line.replace("$$", "$").replace("$(BIN)/python", "python")
    return command
