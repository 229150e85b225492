"""Files and folders that are not modules, and that modules open by a name that stands in their code: templates, static
files, tables. A name that is made at run time is not seen."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TypeGuard

# What takes the path of a file or a folder first, by its last name: of the standard library, and of what serves pages.
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
_BESIDE_MODULE = {"Flask": ("templates", "static"), "Quart": ("templates", "static")}  # where nothing else is said
_WRITTEN = ("build", "dist")  # what is built lies there, an image too: a path to one alone may be one to write to
# Files that never go into an image, as .dockerignore names them: of values for one environment, keys, key stores.
KEPT_OUT = (
    *("*.env", "*.pem", "*.key", "*.p12", "*.pfx", "*.jks", "*.keystore", "*.kdbx"),
    *("id_rsa", "id_dsa", "id_ecdsa", "id_ed25519"),
    *("credentials.json", "secrets.json", "secrets.toml", "secrets.yaml", "secrets.yml"),  # secrets.py may be a module
)
_SECRET_PLACES = ("secret", "secrets", "credentials")  # files and folders of this name, whatever their ending
# Fit for an instruction and for a shell; nothing hidden, nothing outside.
_PLAIN = re.compile(r"[\w-][\w.-]*(?:/[\w-][\w.-]*)*")


def data_files(project: Path, roots: Sequence[str], trees: Iterable[ast.Module], copied: Iterable[str]) -> list[str]:
    """Relative to the project. trees: of the modules that are copied. copied: what is, relative to the project.

    A path counts from the working directory, which is the project, or from the folder of the modules.
    """
    named = {name for tree in trees for name in _named(tree)}
    there = sorted({place for name in named for place in _places(project, roots, name)}, key=len)
    taken = list(copied)
    found: list[str] = []
    for place in there:  # a folder before what is in it
        if not any(place == each or place.startswith(f"{each}/") for each in taken):
            taken.append(place)
            found.append(place)
    return sorted(found)


def _places(project: Path, roots: Sequence[str], name: str) -> Iterator[str]:
    plain = name.removeprefix("./").rstrip("/")
    if not _PLAIN.fullmatch(plain) or any(map(_is_kept_out, plain.split("/"))):
        return
    top = project.resolve()
    for folder in {".", *roots}:
        place = project / folder / plain
        is_data = place.is_dir() or (place.is_file() and place.suffix != ".py")
        if is_data and place.resolve().is_relative_to(top) and place.resolve() != top:
            yield place.relative_to(project).as_posix()


def _is_kept_out(name: str) -> bool:
    """name: of a file, or of a folder in its path."""
    return name.partition(".")[0] in _SECRET_PLACES or any(fnmatchcase(name, pattern) for pattern in KEPT_OUT)


def _named(tree: ast.Module) -> Iterator[str]:
    """The texts that stand where a path does: open("x"), StaticFiles(directory="x"), folder / "a" / "b"."""
    nodes = list(ast.walk(tree))
    within = {id(node.left) for node in nodes if _is_division(node)}
    for node in nodes:
        if isinstance(node, ast.Call):
            function = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if function in _JOIN_PATHS:
                yield from _unless_written("/".join(each for argument in node.args for each in _text(argument)))
            elif function in _TAKE_PATH:
                yield from _texts([*node.args[:1], *(each.value for each in node.keywords)])
                yield from _BESIDE_MODULE.get(function, ())
        elif _is_division(node) and id(node) not in within:
            yield from _unless_written(_divided(node))


def _unless_written(path: str) -> list[str]:
    return [] if path in _WRITTEN else [path]


def _is_division(node: ast.AST) -> TypeGuard[ast.BinOp]:
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)


def _divided(node: ast.BinOp) -> str:
    """folder / "a" / "b" is a/b, and folder / "a" / name is a."""
    parts: list[str] = []
    place: ast.expr = node
    while _is_division(place):
        text = _text(place.right)
        parts = [*text, *parts] if text else []
        place = place.left
    return "/".join(parts)


def _texts(nodes: Iterable[ast.expr]) -> list[str]:
    """Also those in a list."""
    single = [one for each in nodes for one in (each.elts if isinstance(each, ast.List | ast.Tuple) else [each])]
    return [text for each in single for text in _text(each)]


def _text(node: ast.expr) -> list[str]:
    """None or one."""
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []
