"""Plans the image of a project: decides on the content of the proposed files before one is written."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from confcontract.project.command_in_image import own_scripts
from confcontract.project.declared_secrets import declared_secrets
from confcontract.project.earlier_dockerfile import (
    EarlierEnvironment,
    earlier_instructions,
    environment_of,
    python_of,
)
from confcontract.project.locked import Lock, depends_on, lock_of
from confcontract.project.settings_classes import SettingsClass, candidates
from confcontract.project.source_folders import import_roots, modules, reached, top_level_names
from confcontract.project.start_commands import left_out_of_start, module_of, port_of, start_command, unknown_module
from confcontract.project.workspace import members, workspace_above

OLDEST_PYTHON = (3, 11)
NEWEST_PYTHON = (3, 14)
LONGEST_NAME = 100  # limit for a contract's name, and of most registries for one part of a repository's name
CONTAINER_ENV = "container.env"  # values that differ in containers, which a deployment may override


@dataclass(frozen=True)
class Found:
    """The findings in a project, before any question.

    scripts: the project's own commands → MODULE:FUNCTION. kept: the choices in a Dockerfile that `init` wrote earlier:
    "settings", "base".
    """

    folder: Path
    name: str
    python: str
    roots: tuple[str, ...]
    modules: dict[str, Path]
    lock: Lock | None
    settings: list[SettingsClass]
    command: list[str] | None
    scripts: dict[str, str]
    earlier: list[tuple[str, str]]
    kept: dict[str, str]
    container_env: bool


@dataclass(frozen=True)
class ImagePlan:
    """base: a reference with a digest, or None if the builder has to give it. roots: the folders that modules are
    imported from.

    named, versioned: whether the source gives the contract a name, and a version.
    sources: files and folders that are copied, relative to the project.
    environment: of the existing Dockerfile. secrets: names of variables that the settings declare as secrets.
    not_started: a program that the existing Dockerfile starts first, and that the image does not have.
    not_found: a module that the command names, and that is not in the project.
    outside: imports from other members of a workspace above the project, name → folder relative to that workspace.
    """

    name: str
    python: str
    base: str | None
    settings: tuple[str, ...]
    named: bool
    versioned: bool
    roots: tuple[str, ...]
    sources: tuple[str, ...]
    lock: Lock
    command: tuple[str, ...]
    port: int | None
    container_env: bool
    environment: EarlierEnvironment = field(default_factory=EarlierEnvironment)
    secrets: frozenset[str] = frozenset()
    not_started: str | None = None
    not_found: str | None = None
    outside: Mapping[str, str] = field(default_factory=dict)


def look_at(folder: Path) -> Found:
    """Reads files; imports and starts nothing. Raises OSError."""
    pyproject = _pyproject(folder)
    roots = import_roots(folder)
    known = modules(folder, roots)
    lock = lock_of(folder)
    dockerfile = folder / "Dockerfile"
    text = dockerfile.read_text(encoding="utf-8", errors="replace") if dockerfile.is_file() else ""
    earlier = earlier_instructions(text)

    def has(package: str) -> bool:
        return lock is not None and depends_on(folder, lock, package)

    return Found(
        folder,
        _name(folder, pyproject),
        _python(folder, pyproject, earlier),
        roots,
        known,
        lock,
        candidates(known),
        start_command(folder, known, earlier, has),
        own_scripts(pyproject),
        earlier,
        _kept(text),
        (folder / CONTAINER_ENV).exists(),
    )


def plan(found: Found, settings: tuple[str, ...], command: tuple[str, ...], base: str | None) -> ImagePlan:
    assert found.lock is not None
    declared = declared_secrets(found.modules, settings)
    starts = [target.partition(":")[0] for target in settings] + module_of(command, found.modules)
    imported = reached(found.folder, found.roots, starts)
    port = next((each.port for each in found.settings if each.target in settings), None)
    taken = [each for each in found.settings if each.target in settings]
    return ImagePlan(
        found.name,
        found.python,
        base,
        settings,
        any(each.named for each in taken),
        any(each.versioned for each in taken),
        tuple(_with_sources(found.roots, imported.sources)),
        imported.sources,
        found.lock,
        command,
        port_of(command, found.earlier, port),
        found.container_env,
        environment_of(found.earlier, declared.is_secret),
        declared.secrets,
        left_out_of_start(found.earlier),
        unknown_module(command, found.modules),
        _outside(found.folder, imported.unknown),
    )


def _with_sources(roots: tuple[str, ...], sources: tuple[str, ...]) -> Iterator[str]:
    """The project's own root, and those other roots from which files are copied."""
    own, *others = roots
    yield own
    yield from (root for root in others if any(source.startswith(f"{root}/") for source in sources))


def _outside(project: Path, unknown: Collection[str]) -> dict[str, str]:
    workspace = workspace_above(project)
    if workspace is None:
        return {}
    folders = [each for each in members(workspace) if (workspace / each) != project.resolve()]
    return {name: each for each in folders for name in sorted(top_level_names(workspace / each) & {*unknown})}


def _kept(dockerfile: str) -> dict[str, str]:
    """The choices in a Dockerfile that we wrote."""
    found = {}
    if baked := re.search(r"confcontract bake (\S+:\S+(?: \S+:\S+)*) ", dockerfile):
        found["settings"] = baked[1]
    if base := re.search(r"^ARG BASE=(\S+@sha256:\S+)$", dockerfile, re.MULTILINE):
        found["base"] = base[1]
    return found


def _pyproject(folder: Path) -> dict[str, dict[str, object]]:
    file = folder / "pyproject.toml"
    try:
        found = tomllib.loads(file.read_text(encoding="utf-8") if file.is_file() else "")  # a FIFO would never end
    except (OSError, ValueError, RecursionError):
        return {}
    return {name: table for name, table in found.items() if isinstance(table, dict)}


def _name(folder: Path, pyproject: dict[str, dict[str, object]]) -> str:
    """The name in the form of image names: lower case."""
    project = pyproject.get("project", {}).get("name")
    tool = pyproject.get("tool", {}).get("poetry")
    name = project or (tool.get("name") if isinstance(tool, dict) else None) or folder.resolve().name
    return re.sub(r"[^a-z0-9]+", "-", str(name).lower()).strip("-")[:LONGEST_NAME].strip("-") or "app"


def _python(folder: Path, pyproject: dict[str, dict[str, object]], earlier: list[tuple[str, str]]) -> str:
    """The minor release: from .python-version, the existing Dockerfile, or the lowest release that the project requires
    and confcontract supports."""
    tool = pyproject.get("tool", {}).get("poetry")
    dependencies = tool.get("dependencies") if isinstance(tool, dict) else None
    asked = pyproject.get("project", {}).get("requires-python") or (
        dependencies.get("python") if isinstance(dependencies, dict) else None
    )
    pinned = folder / ".python-version"
    said = [pinned.read_text(encoding="utf-8", errors="replace")] if pinned.is_file() else []
    if (base := python_of(earlier)) is not None:
        said.append(f"3.{base}")
    for text in [*said, str(asked or "")]:
        if number := re.search(r"(?:^|[^<\d.])3\.(\d{1,3})(?!\d)", text):
            minor = int(number[1]) + (1 if f">3.{number[1]}" in text.replace(" ", "") else 0)
            return f"3.{min(max(minor, OLDEST_PYTHON[1]), NEWEST_PYTHON[1])}"
    return f"3.{OLDEST_PYTHON[1]}"
