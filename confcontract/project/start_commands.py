"""Finds the command that starts the application, and the port on which it listens, in the project's files."""

from __future__ import annotations

import ast
import json
import re
import shlex
from collections.abc import Callable, Collection, Sequence
from itertools import pairwise
from pathlib import Path, PurePosixPath

from confcontract.project.settings_classes import parsed

_ASGI = ("FastAPI", "Starlette", "Litestar", "Quart", "create_app", "get_app", "get_application", "make_app")
_WSGI = ("Flask", "get_wsgi_application")
_WITH_UVICORN = ("uvicorn", "fastapi[standard]", "fastapi[all]")
_UVICORN = ("--host", "0.0.0.0", "--port", "8000")  # noqa: S104 - in a container
_RELOADS = ("--reload", "--debug")
_INITS = ("tini", "dumb-init", "catatonit")
_SUPERVISORS = ("supervisord", "s6-svscan", "runsvdir", "nginx")  # system programs that start several others


def start_command(
    project: Path, modules: dict[str, Path], earlier: Sequence[tuple[str, str]], depends_on: Callable[[str], bool]
) -> list[str] | None:
    """The words of the command, or None if no file shows it. It is found in the existing Dockerfile, in the line
    `web:` of a Procfile, or as a package with a __main__, or from an application object and a server among the
    dependencies."""
    return (
        _of_dockerfile(earlier)
        or _of_procfile(project)
        or _of_program(modules)
        or _of_object(modules, depends_on)
        or _of_script(modules)
    )


def _of_dockerfile(earlier: Sequence[tuple[str, str]]) -> list[str] | None:
    words = [word for word in _said(earlier) if word not in _RELOADS]
    if words and _is_not_in_image(words[0]):  # a script may end with exec "$@"; options belong to it
        words = words[1:] if words[0].endswith(".sh") else []
    return words if words and not words[0].startswith("-") else None


def left_out_of_start(earlier: Sequence[tuple[str, str]]) -> str | None:
    """A script or another program that the Dockerfile starts before the application, and that the image does not
    have."""
    words = _said(earlier)
    return words[0] if words and _is_not_in_image(words[0]) else None


def _said(earlier: Sequence[tuple[str, str]]) -> list[str]:
    """ENTRYPOINT and CMD, without a minimal init: boot becomes the application, and needs no init before it."""
    said = {word: rest for word, rest in earlier if word in ("CMD", "ENTRYPOINT")}
    entry, command = (_words(said.get(word, "")) for word in ("ENTRYPOINT", "CMD"))
    words = ([] if "confcontract" in entry else entry) + command
    if words and PurePosixPath(words[0]).name in _INITS:
        words = words[1:]
        while words and words[0].startswith("-"):
            words = words[1:]
    return words


def _is_not_in_image(program: str) -> bool:
    name = PurePosixPath(program).name
    return name.endswith(".sh") or name in _SUPERVISORS


def unknown_module(command: Sequence[str], modules: Collection[str]) -> str | None:
    """A module that the command names as MODULE:OBJECT, and that is not in the project."""
    named = [match[1] for word in command if (match := re.fullmatch(r"([\w.]+):[\w.]+(?:\(\))?", word))]
    return next((name for name in named if not name[0].isdigit() and name not in modules), None)


def _words(text: str) -> list[str]:
    """No words if the command needs a shell, which would be process 1 in place of the application."""
    try:
        listed = json.loads(text)
        return [str(word) for word in listed] if isinstance(listed, list) else []
    except ValueError:
        pass
    if re.search(r"[|&;<>$`(){}*?~\\]", text):
        return []
    try:
        return shlex.split(text)
    except ValueError:
        return []


def _of_procfile(project: Path) -> list[str] | None:
    procfile = project / "Procfile"
    try:
        text = procfile.read_text(encoding="utf-8") if procfile.is_file() else ""  # a FIFO would never end
    except (OSError, ValueError):
        return None
    named = re.search(r"^web:\s*(.+)$", text, re.MULTILINE)
    return _words(named[1].strip()) or None if named else None


def _of_program(modules: dict[str, Path]) -> list[str] | None:
    programs = sorted((name for name in modules if name.endswith(".__main__")), key=lambda name: name.count("."))
    return ["python", "-m", programs[0].removesuffix(".__main__")] if programs else None


def _of_object(modules: dict[str, Path], depends_on: Callable[[str], bool]) -> list[str] | None:
    for name in sorted(modules, key=lambda name: (name.count("."), "main" not in name, name)):
        tree = parsed(modules[name])
        for made, by in _made(tree) if tree else ():
            if by in _ASGI and any(map(depends_on, _WITH_UVICORN)):
                return ["uvicorn", f"{name}:{made}", *_UVICORN]
            if by in _WSGI and depends_on("gunicorn"):
                return ["gunicorn", "--bind", "0.0.0.0:8000", f"{name}:{made}"]
        for factory, gives in _factories(tree) if tree else ():
            if gives in _ASGI and any(map(depends_on, _WITH_UVICORN)):
                return ["uvicorn", "--factory", f"{name}:{factory}", *_UVICORN]
            if gives in _WSGI and depends_on("gunicorn"):
                return ["gunicorn", "--bind", "0.0.0.0:8000", f"{name}:{factory}()"]
    return None


def _factories(tree: ast.Module) -> list[tuple[str, str]]:
    """(function, return type) of each module-level function that can be called without arguments and declares what it
    returns."""
    found = []
    for node in tree.body:
        if not isinstance(node, ast.FunctionDef) or node.returns is None:
            continue
        positional = len(node.args.posonlyargs) + len(node.args.args)
        needed = positional - len(node.args.defaults) + node.args.kw_defaults.count(None)
        gives = node.returns.id if isinstance(node.returns, ast.Name) else getattr(node.returns, "attr", "")
        if not needed:
            found.append((node.name, str(gives)))
    return found


def _made(tree: ast.Module) -> list[tuple[str, str]]:
    """(name, called function) of each assignment at module level: app = FastAPI()."""
    found = []
    for node in tree.body:
        if not isinstance(node, (ast.Assign, ast.AnnAssign)) or not isinstance(node.value, ast.Call):
            continue
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target
        function = node.value.func
        name = function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")
        if isinstance(target, ast.Name):
            found.append((target.id, str(name)))
    return found


def _of_script(modules: dict[str, Path]) -> list[str] | None:
    """A top-level module with code for `__name__ == "__main__"`."""
    for name in sorted(modules, key=lambda name: (name not in ("main", "app", "run"), name)):
        tree = parsed(modules[name]) if "." not in name else None
        if tree and any(isinstance(node, ast.If) and "__main__" in ast.dump(node.test) for node in tree.body):
            return ["python", "-m", name]
    return None


def module_of(command: Sequence[str], modules: dict[str, Path]) -> list[str]:
    """The project's own modules in a command: `python -m shop`, `uvicorn shop.app:app`, `python main.py`, `python -c
    "from shop import main"`."""
    words = {word.partition(":")[0].removesuffix(".py").replace("/", ".") for word in command}
    words |= {name for option, code in pairwise(command) if option == "-c" for name in _imported(code)}
    return [name for name in sorted(words) if name in modules]


def _imported(code: str) -> list[str]:
    try:
        nodes = list(ast.walk(ast.parse(code)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # -c of another program
        return []
    names = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    return names + [node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module]


def port_of(command: Sequence[str], earlier: Sequence[tuple[str, str]], declared: int | None) -> int | None:
    """The port on which the application listens, from the command, the existing Dockerfile, or the settings."""
    named = re.search(r"(?:--port[ =]|--bind[ =]\S*:|-b \S*:)(\d{2,5})\b", " ".join(command))
    exposed = [rest.removesuffix("/tcp") for word, rest in earlier if word == "EXPOSE"]
    exposed = [each for each in exposed if each.isdigit()]
    by_itself = 8000 if list(command[:2]) == ["fastapi", "run"] else None
    return int(named[1]) if named else int(exposed[0]) if exposed else declared or by_itself
