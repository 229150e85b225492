"""Finds the standard library modules that a set of modules imports, at import or inside a function, and theirs in turn.

It reads the source, so that it also finds imports that only some boots execute. Imports for type checkers and for
Windows are skipped.
"""

from __future__ import annotations

import ast
import sys
from importlib.machinery import EXTENSION_SUFFIXES, PathFinder
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# Modules that compiled code imports, which no source shows. Those that the interpreter imports (`encodings` is taken
# whole, since the locale may name any of them):
BY_ITSELF = ("encodings", "codecs", "io", "abc", "os", "stat", "posixpath", "site", "runpy", "_multibytecodec")
FOR_VALUES = ("_pylong", "_strptime", "copyreg", "warnings")
# Those that pydantic_core's extension imports, for kinds of values:
OF_EXTENSION = (
    *("collections.abc", "dataclasses", "datetime", "decimal", "enum", "fractions", "ipaddress", "pathlib", "re"),
    *("types", "uuid"),
)
CODECS = ("cn", "hk", "iso2022", "jp", "kr", "tw")
# For interactive use, tests and installers; and substitutes for compiled modules that are included.
UNNEEDED = frozenset(
    (
        *("_pydatetime", "_pydecimal", "_pyio", "antigravity", "bdb", "bz2", "cProfile", "cmd", "code", "codeop"),
        *("curses", "dbm", "distutils", "doctest", "ensurepip", "idlelib", "lib2to3", "lzma", "pdb"),
        *("profile", "pstats", "pydoc", "pydoc_data", "readline", "rlcompleter", "sqlite3", "tarfile", "test"),
        *("nturl2path", "this", "tkinter", "turtle", "turtledemo", "unittest", "venv", "webbrowser", "_pyrepl"),
    )
)
# The standard library imports these in places that a boot never reaches (processes of `concurrent.futures`, memory
# tracing). They are taken only if a package imports them.
SELDOM = frozenset(("multiprocessing", "tracemalloc"))
_BUILD = "_sysconfigdata_"
_NEVER = (
    "TYPE_CHECKING",
    "typing.TYPE_CHECKING",
    "sys.platform == 'win32'",
    "os.name == 'nt'",
    "__name__ == '__main__'",
)

# Most statements are of these kinds, and most conditions of other kinds.
_PLAIN = (ast.Expr, ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Return, ast.Raise, ast.Assert, ast.Delete)
_SIMPLE = (ast.Name, ast.Attribute, ast.Compare)


def standard_modules(sources: Iterable[Path], stdlib: Path, extensions: Path) -> dict[str, Path]:
    """The file of each module, by name. Modules built into the interpreter have none."""
    found: dict[str, Path] = {}
    searched: dict[str, list[str] | None] = {"": [str(stdlib), str(extensions)]}
    ahead = [*BY_ITSELF, *FOR_VALUES, *OF_EXTENSION, *(f"_codecs_{name}" for name in CODECS)]
    ahead += [f"encodings.{file.stem}" for file in sorted((stdlib / "encodings").glob("*.py"))]
    for source in sources:
        ahead += _imported(source, "")
    while ahead:
        name = ahead.pop()
        if not _is_wanted(name):
            continue
        if name == "sysconfig":  # it computes the name of this module from the platform
            ahead += [file.stem for file in sorted(stdlib.glob(f"{_BUILD}*.py"))]
        for module in _found(name, searched):
            found[module[0]] = module[1]
            if module[1].suffix == ".py":
                is_package = module[1].name == "__init__.py"
                names = _imported(module[1], module[0] if is_package else module[0].rpartition(".")[0])
                ahead += [each for each in names if _top(each) not in SELDOM or _top(each) == _top(name)]
    return dict(sorted(found.items()))


def _is_wanted(name: str) -> bool:
    top = _top(name)
    return (top in sys.stdlib_module_names or top.startswith(_BUILD)) and top not in UNNEEDED


def _top(name: str) -> str:
    return name.partition(".")[0]


def _found(name: str, searched: dict[str, list[str] | None]) -> Iterator[tuple[str, Path]]:
    """Yields the module and its parent packages, each once. searched: the modules found so far, with their search
    paths."""
    parts = name.split(".")
    for number in range(1, len(parts) + 1):
        whole, above = ".".join(parts[:number]), ".".join(parts[: number - 1])
        if whole in searched:
            continue
        places = searched.get(above)
        spec = PathFinder.find_spec(whole, places) if places else None
        if spec is None:
            return  # a name defined in the module above, or a built-in module
        searched[whole] = list(spec.submodule_search_locations) if spec.submodule_search_locations else None
        if spec.origin and spec.origin.endswith((".py", *EXTENSION_SUFFIXES)):
            yield whole, Path(spec.origin)


def _imported(source: Path, package: str) -> list[str]:
    """The names that the imports may load: for `from a import b` both a and a.b."""
    names = []
    for node in _statements(ast.parse(source.read_bytes()).body):
        if isinstance(node, ast.Import):
            names += [each.name for each in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            names += [base, *(f"{base}.{each.name}" for each in node.names)]
    return [name for name in names if name]


def _statements(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """Imports, and statements that may contain some, also in functions and classes."""
    for node in body:
        if isinstance(node, _PLAIN):
            continue
        if isinstance(node, ast.If) and isinstance(node.test, _SIMPLE) and ast.unparse(node.test) in _NEVER:
            yield from _statements(node.orelse)
            continue
        yield node
        for field in ("body", "orelse", "finalbody"):
            yield from _statements(getattr(node, field, ()))
        for within in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
            yield from _statements(within.body)
