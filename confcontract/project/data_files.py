"""Finds the files and folders other than modules that modules open by a literal name: templates, static files, tables.
It does not see names that are built at run time."""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from confcontract.project.file_folders import FileFolders, is_division

# Functions whose first argument is the path of a file or a folder, by their last name: of the standard library, and of
# frameworks that serve pages.
_TAKE_PATH = (
    "open",
    "fileConfig",
    "FileSystemLoader",
    "Jinja2Templates",
    "StaticFiles",
    "FileResponse",
    "Flask",
    "Quart",
)
_JOIN_PATHS = ("Path", "PurePath", "join", "joinpath", "send_from_directory")
_BESIDE_MODULE = {"Flask": ("templates", "static"), "Quart": ("templates", "static")}  # their default folders
_WRITTEN = ("build", "dist")  # output folders, also in an image: code that names only one may write to it
# Files that must never go into an image, with the patterns of .dockerignore: values of one environment, keys, key
# stores.
KEPT_OUT = (
    *("*.env", "*.pem", "*.key", "*.p12", "*.pfx", "*.jks", "*.keystore", "*.kdbx"),
    *("id_rsa", "id_dsa", "id_ecdsa", "id_ed25519"),
    *("credentials.json", "secrets.json", "secrets.toml", "secrets.yaml", "secrets.yml"),  # secrets.py may be a module
)
_SECRET_PLACES = ("secret", "secrets", "credentials")  # names of files and folders, with any extension
# Safe in an instruction and in a shell; no hidden file, and no path to the outside.
_PLAIN = re.compile(r"[\w-][\w.-]*(?:/[\w-][\w.-]*)*")


def data_files(
    project: Path, roots: Sequence[str], trees: Iterable[tuple[Path, ast.Module]], copied: Iterable[str]
) -> list[str]:
    """Relative to the project. trees: the modules that are copied, with their files. copied: relative to the project.

    A path that begins with `__file__` is relative to that. Otherwise it is relative to the working directory, which is
    the project, or to the folder of the modules.
    """
    named = {each for file, tree in trees for each in _named(file, tree)}
    there = sorted({place for name, begins in named for place in _places(project, roots, name, begins)}, key=len)
    taken = list(copied)
    found: list[str] = []
    for place in there:  # a folder comes before its content
        if not any(place == each or place.startswith(f"{each}/") for each in taken):
            taken.append(place)
            found.append(place)
    return sorted(found)


def _places(project: Path, roots: Sequence[str], name: str, begins: Path | None) -> Iterator[str]:
    plain = name.removeprefix("./").rstrip("/")
    if not _PLAIN.fullmatch(plain) or any(map(_is_kept_out, plain.split("/"))):
        return
    top = project.resolve()
    for folder in {project / each for each in (".", *roots)} if begins is None else [begins]:
        place = Path(os.path.normpath(folder / plain))
        is_data = place.is_dir() or (place.is_file() and place.suffix != ".py")
        if is_data and place.resolve().is_relative_to(top) and place.resolve() != top:
            yield place.relative_to(os.path.normpath(project)).as_posix()


def _is_kept_out(name: str) -> bool:
    """name: of a file, or of a folder in its path."""
    return name.partition(".")[0] in _SECRET_PLACES or any(fnmatchcase(name, pattern) for pattern in KEPT_OUT)


def _named(file: Path, tree: ast.Module) -> Iterator[tuple[str, Path | None]]:
    """The literal paths in code: open("x"), StaticFiles(directory="x"), folder / "a" / "b". Each comes with the folder
    in which it begins, if that is known."""
    folders = FileFolders(file, tree)
    nodes = list(ast.walk(tree))
    within = {id(node.left) for node in nodes if is_division(node)}
    for node in nodes:
        if isinstance(node, ast.Call):
            function = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if function in _JOIN_PATHS:
                begins = folders.joined_to(node)
                joined = "/".join(each for argument in node.args for each in _text(argument))
                yield from ((each, begins) for each in _unless_written(joined))
            elif function in _TAKE_PATH:
                texts = _texts([*node.args[:1], *(each.value for each in node.keywords)])
                yield from ((each, None) for each in [*texts, *_BESIDE_MODULE.get(function, ())])
        elif is_division(node) and id(node) not in within:
            name, begins = _divided(node, folders)
            yield from ((each, begins) for each in _unless_written(name))


def _unless_written(path: str) -> list[str]:
    return [] if path in _WRITTEN else [path]


def _divided(node: ast.BinOp, folders: FileFolders) -> tuple[str, Path | None]:
    """folder / "a" / "b" is a/b, and folder / "a" / name is a."""
    parts: list[str] = []
    place: ast.expr = node
    while is_division(place):
        text = _text(place.right)
        parts = [*text, *parts] if text else []
        place = place.left
    return "/".join(parts), folders.folder(place)


def _texts(nodes: Iterable[ast.expr]) -> list[str]:
    """The literal texts, including those in a list."""
    single = [one for each in nodes for one in (each.elts if isinstance(each, ast.List | ast.Tuple) else [each])]
    return [text for each in single for text in _text(each)]


def _text(node: ast.expr) -> list[str]:
    """One text or none."""
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []
