"""Finds the modules of a project, and those that an application consists of."""

from __future__ import annotations

import ast
import posixpath
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from confcontract.project.data_files import data_files
from confcontract.project.settings_classes import parsed
from confcontract.project.workspace import members

# Folders that are not part of an application. What it imports from them is copied all the same.
_BESIDE_TEXT = """
    tests test testing docs doc examples example scripts benchmarks build dist node_modules site venv env
"""
_BESIDE = frozenset(_BESIDE_TEXT.split())
MOST_FILES = 20_000  # a project may contain a data set or another large tree


@dataclass(frozen=True)
class Reached:
    """The direct and indirect imports of some modules, and the data files that these open.

    sources: top-level files and folders, relative to the project. unknown: top-level names that are not in it.
    """

    sources: tuple[str, ...]
    unknown: frozenset[str]


def import_root(project: Path) -> str:
    """The folder from which modules are imported, relative to the project: `src`, or the project itself.

    An __init__.py in `src` does not decide this. What counts is whether the modules import each other as `src.shop` or
    as `shop`.
    """
    inner = project / "src"
    places = [*_modules_in(inner)] if inner.is_dir() else []
    if not places:
        return "."
    files = [file for place in places for file in ([place] if place.is_file() else place.rglob("*.py"))]
    imported = {name for file in files[:MOST_FILES] if (tree := parsed(file)) for name in _imported(tree)}
    if "src" in imported:
        return "."
    is_package = (inner / "__init__.py").exists() and imported.isdisjoint(place.stem for place in places)
    return "." if is_package else "src"


def import_roots(project: Path) -> tuple[str, ...]:
    """The same root, followed by those of the workspace members, if the project is a workspace."""
    return (
        import_root(project),
        *(posixpath.normpath(f"{each}/{import_root(project / each)}") for each in members(project)),
    )


def modules(project: Path, roots: Sequence[str]) -> dict[str, Path]:
    """Dotted name to file, of all modules that can be imported from the roots, without folders such as tests. If
    several roots have a name, the first one wins. A file in a workspace member gets its name only from that member's
    root."""
    found: dict[str, Path] = {}
    inner = [project / each for each in members(project)]
    for number, root in enumerate(roots):
        top = project / root
        for place in _modules_in(top):
            if place.name.partition(".")[0] in _BESIDE:
                continue
            files = [place] if place.is_file() else sorted(place.rglob("*.py"))
            for file in files[: MOST_FILES - len(found)]:
                parts = file.relative_to(top).with_suffix("").parts
                of_member = number == 0 and any(file.is_relative_to(each) for each in inner)
                if of_member or not all(part.isidentifier() for part in parts):
                    continue
                name = ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)
                found.setdefault(name, file)
    return found


def _modules_in(top: Path) -> Iterator[Path]:
    """Modules, packages, and folders of modules without __init__.py."""
    for place in sorted(top.iterdir()):
        if place.name.startswith(".") or (place / "pyvenv.cfg").exists():
            continue
        has_modules = place.is_dir() and (any(place.glob("*.py")) or any(place.glob("*/*.py")))
        is_module = place.is_file() and place.suffix == ".py"
        if (has_modules or is_module) and place.stem.isidentifier():
            yield place


def reached(project: Path, roots: Sequence[str], starts: Sequence[str]) -> Reached:
    """starts: dotted names. Imports and files whose names are built at run time are not found."""
    here: dict[str, Path] = {}
    for found in (each for root in roots for each in _modules_in(project / root)):
        here.setdefault(found.stem if found.is_file() else found.name, found)
    wanted = [name.partition(".")[0] for name in starts]
    taken: list[str] = []
    unknown: set[str] = set()
    trees: list[tuple[Path, ast.Module]] = []
    while wanted:
        name = wanted.pop()
        place = here.get(name)
        if place is None:
            unknown.add(name)
        if place is None or name in taken:
            continue
        taken.append(name)
        files = [place] if place.is_file() else sorted(place.rglob("*.py"))[:MOST_FILES]
        read = [(file, tree) for file in files if (tree := parsed(file))]
        wanted += [name for _, tree in read for name in _imported(tree)]
        trees += read
    copied = [here[name].relative_to(project).as_posix() for name in taken]
    return Reached(tuple(sorted([*copied, *data_files(project, roots, trees, copied)])), frozenset(unknown))


def top_level_names(folder: Path) -> set[str]:
    """The names that can be imported from a project in this folder."""
    places = _modules_in(folder / import_root(folder))
    return {place.stem if place.is_file() else place.name for place in places} - _BESIDE


def _imported(tree: ast.Module) -> list[str]:
    names = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [alias.name.partition(".")[0] for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.append(node.module.partition(".")[0])
    return names
