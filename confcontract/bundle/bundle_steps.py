"""The steps of `confcontract bundle`: it decides on the content, lays it out, finishes the folder, and starts the
bundle."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import confcontract
from confcontract.bundle.bundle_folder import PROGRAMS, emptied, finish, refuse_folder, remove_all, size, sizes
from confcontract.bundle.bundle_trial import try_out
from confcontract.bundle.byte_code import compile_in_place
from confcontract.bundle.elf_files import forget_places, libraries_of, start_with, strip
from confcontract.bundle.imports import standard_modules
from confcontract.bundle.interpreter import Interpreter, this_interpreter
from confcontract.bundle.packages import DRIVERS, OURS, files_of, needed_packages, our_files

if TYPE_CHECKING:
    from collections.abc import Mapping
    from importlib.metadata import Distribution

LIBRARIES = "lib"
COMMAND = "confcontract"
PYTHON = "python3"
# -I: ignore the environment. -S: run no start-up files, and use nothing of the image's own Python.
SCRIPT = """\
#!{at}/bin/python3 -IS
import sys

sys.path.append("{at}/{packages}")
from confcontract.__main__ import start

if __name__ == "__main__":
    sys.exit(start())
"""


@dataclass(frozen=True)
class Contents:
    """The content of a bundle: libraries by the names under which they are loaded, all else by its path in the
    bundle."""

    interpreter: Interpreter
    modules: Mapping[str, Path]
    packages: Mapping[str, Path]
    libraries: Mapping[str, Path]
    releases: Mapping[str, str]


@dataclass(frozen=True)
class Bundle:
    """A finished bundle. size and shares are in bytes."""

    folder: Path
    at: str
    size: int
    shares: Mapping[str, int]
    interpreter: Interpreter


def make_bundle(folder: Path, at: str, extras: tuple[str, ...], stripped: bool, time: int) -> Bundle:
    """folder: where the bundle is made; at: its path in images. time: of its files, in seconds since 1970.

    Raises UsageError, OSError, and ConfigurationInvalid (exit 78) if a bundle can't be made or does not start. What was
    written is removed in that case.
    """
    refuse_folder(folder)
    interpreter = this_interpreter()
    contents = _contents(interpreter, extras)
    emptied(folder)
    try:
        _lay_out(folder, at, contents, stripped)
        finish(folder, _facts(at, contents, extras, stripped), time)
        try_out(folder, at, _packages(interpreter), _loader(interpreter), _started(contents))
    except BaseException:
        remove_all(folder)
        raise
    return Bundle(folder, at, size(folder), sizes(folder, _shares(interpreter)), interpreter)


def _contents(interpreter: Interpreter, extras: tuple[str, ...]) -> Contents:
    ours = our_files(Path(confcontract.__file__).parent)
    installed = needed_packages(extras)
    theirs = {path: file for name, package in installed.items() for path, file in files_of(name, package).items()}
    packages = {f"{_packages(interpreter)}/{path}": file for path, file in (theirs | ours).items()}
    sources = [file for path, file in packages.items() if path.endswith(".py") and DRIVERS not in path]
    modules: dict[str, Path] = {}
    for file in standard_modules(sources, interpreter.stdlib, interpreter.extensions).values():
        if file.is_relative_to(interpreter.extensions):
            modules[f"{interpreter.library}/lib-dynload/{file.name}"] = file
        else:
            modules[f"{interpreter.library}/{file.relative_to(interpreter.stdlib).as_posix()}"] = file
    compiled = [file for file in [*modules.values(), *packages.values()] if ".so" in file.name]
    libraries = libraries_of([interpreter.program, *compiled], interpreter.loader)
    brought = set(packages.values())
    return Contents(
        interpreter,
        modules,
        packages,
        {name: file for name, file in sorted(libraries.items()) if file not in brought},
        _releases(installed),
    )


def _releases(installed: Mapping[str, Distribution]) -> dict[str, str]:
    return {name: package.version for name, package in installed.items()}


def _packages(interpreter: Interpreter) -> str:
    return f"{interpreter.library}/site-packages"


def _loader(interpreter: Interpreter) -> str:
    return f"{LIBRARIES}/{interpreter.loader.name}"


def _lay_out(folder: Path, at: str, contents: Contents, stripped: bool) -> None:
    interpreter = contents.interpreter
    program = folder / PROGRAMS / PYTHON
    own = {**contents.modules, program.relative_to(folder).as_posix(): interpreter.program}
    libraries = {f"{LIBRARIES}/{name}": file for name, file in contents.libraries.items()}
    loader = _loader(interpreter)
    _copy(folder, {**own, **contents.packages, **libraries, loader: interpreter.loader})
    (folder / interpreter.library / "lib-dynload").mkdir(exist_ok=True)  # the interpreter looks for it, even if empty
    compile_in_place(folder / interpreter.library, f"{at}/{interpreter.library}")
    compiled = [folder / path for path in own if path.endswith(".so")]
    compiled += [folder / path for path in libraries]
    for file in [program, *compiled] if stripped else ():
        strip(file)
    for file in compiled:
        forget_places(file)
    start_with(program, f"{at}/{loader}", f"{at}/{LIBRARIES}")
    (folder / PROGRAMS / COMMAND).write_text(SCRIPT.format(at=at, packages=_packages(interpreter)), encoding="utf-8")


def _copy(folder: Path, files: Mapping[str, Path]) -> None:
    for path, file in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target)
        target.chmod(0o755)


def _facts(at: str, contents: Contents, extras: tuple[str, ...], stripped: bool) -> dict[str, object]:
    import platform

    return {
        "at": at,
        "system": contents.interpreter.system,
        "python": platform.python_version(),
        "glibc": contents.interpreter.glibc,
        "with": sorted(extras),
        "stripped": stripped,
        "packages": dict(contents.releases),
    }


def _started(contents: Contents) -> list[str]:
    """The names of all our modules, of the compiled ones, and of the bundled packages."""
    within = len(_packages(contents.interpreter)) + 1
    found = {path.rpartition("/")[2].partition(".")[0] for path in contents.modules if path.endswith(".so")}
    for path in (path[within:] for path in contents.packages if path.endswith(".py")):
        name = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        if name.startswith(f"{OURS}.") or "." not in name:
            found.add(name)
    return sorted(found)


def _shares(interpreter: Interpreter) -> dict[str, tuple[str, ...]]:
    packages = f"{_packages(interpreter)}/"
    return {
        "pydantic_core": (f"{packages}pydantic_core",),
        "confcontract": (f"{packages}{OURS}",),
        "other packages": (packages,),
        "standard library": (f"{interpreter.library}/",),
        "interpreter": (f"{PROGRAMS}/", f"{LIBRARIES}/libpython"),
        "OpenSSL": (f"{LIBRARIES}/libssl", f"{LIBRARIES}/libcrypto"),
        "C library and others": (f"{LIBRARIES}/",),
    }
