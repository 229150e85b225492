"""Adapts the start command to the image, where neither the project nor its package manager is installed."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from confcontract.report.errors import UsageError
from confcontract.report.problem import Problem

_RUNNERS = (("uv", "run"), ("poetry", "run"), ("pdm", "run"))
_ABOUT_LOCK = ("--frozen", "--locked", "--no-sync", "--no-dev", "--")  # the image has only what is locked
_NAME = r"[^\W\d]\w*(?:\.[^\W\d]\w*)*"
# https://packaging.python.org/specifications/entry-points/, with extras, which have no effect any more
_TARGET = re.compile(rf"(?P<module>{_NAME})\s*:\s*(?P<function>{_NAME})\s*(?:\[[^\]]*\])?")


def own_scripts(pyproject: Mapping[str, Mapping[str, object]]) -> dict[str, str]:
    """Command → MODULE:FUNCTION of the project's scripts, from [project.scripts] and [tool.poetry.scripts]."""
    poetry = pyproject.get("tool", {}).get("poetry")
    tables = [poetry.get("scripts") if isinstance(poetry, dict) else None, pyproject.get("project", {}).get("scripts")]
    found = [pair for table in tables if isinstance(table, dict) for pair in table.items()]
    return {name: target for name, target in found if isinstance(target, str)}


def command_in_image(command: Sequence[str], scripts: Mapping[str, str], modules: Collection[str]) -> list[str]:
    """Replaces a script of the project by the call that an installer writes into it. Raises UsageError if its module is
    not in the project."""
    words = _without_runner(command)
    folder, slash, program = words[0].rpartition("/")
    target = scripts.get(program)
    if target is None or (slash and folder.rpartition("/")[2] != "bin"):
        return words
    found = _TARGET.fullmatch(target.strip())
    if found is None or found["module"] not in modules:
        what = f"the command {program} is a script of pyproject.toml for {target}, which is not in the project"
        hint = 'name what it starts with --command, as in --command "python -m shop"'
        raise UsageError(Problem("usage", what, hint=hint))
    outermost = found["function"].partition(".")[0]
    call = f"from {found['module']} import {outermost}; sys.exit({found['function']}())"
    return ["python", "-c", f"import sys; sys.argv[0] = {program!r}; {call}", *words[1:]]


def _without_runner(command: Sequence[str]) -> list[str]:
    """Turns `uv run shop` into `shop`. Raises UsageError if the runner has further options."""
    words = list(command)
    if tuple(words[:2]) not in _RUNNERS:
        return words
    manager, rest = words[0], words[2:]
    while rest and rest[0] in _ABOUT_LOCK:
        rest = rest[1:]
    if not rest or (rest[0].startswith("-") and rest[0] != "-m"):
        hint = "name with --command what it starts there"
        raise UsageError(Problem("usage", f"the command is started by {manager}, which is not in the image", hint=hint))
    return ["python", *rest] if rest[0] == "-m" or rest[0].endswith(".py") else rest
