"""The sources of the base beside those that are checked out, and an environment in which Python finds the former.

An installation that is editable leads to the checkout, wherever Python is started: the base would be compared with
itself. So the folders of the checkout that Python searches are put before all others, as they are at the base.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from github_action.base_revision import git
from github_action.job import NoBase, NotCompared

# Nothing is imported: a package is found by its first name alone. The working directory comes first, as for bake.
_FIND = """
import importlib.util, json, os, sys
sys.path.insert(0, os.getcwd())
spec = importlib.util.find_spec(sys.argv[1])
found = None if spec is None else list(spec.submodule_search_locations or ()) or [spec.origin]
print(json.dumps({"path": sys.path, "found": found}))
"""


@contextmanager
def sources_at(revision: str, reference: str, temporary: str) -> Iterator[tuple[str, dict[str, str]]]:
    """A folder to bake in, and its environment. Raises NotCompared; NoBase where the base lacks a module."""
    top = git("rev-parse", "--show-toplevel") or os.getcwd()
    prefix = git("rev-parse", "--show-prefix") or ""
    place = os.path.realpath(os.path.join(temporary, f"confcontract-sources-{revision}"))
    if not os.path.isdir(place) and git("worktree", "add", "--quiet", "--force", "--detach", place, revision) is None:
        raise NotCompared(f"git can't check out {revision} into {place}: see whether 'git worktree add' works there")
    try:
        folder = os.path.join(place, prefix)
        if not os.path.isdir(folder):
            raise NoBase(f"the folder {prefix} is not in the base, {revision[:12]}")
        environ = dict(os.environ)
        for each in reference.removeprefix("python:").split(","):
            environ = _environ(each.partition(":")[0], top, place, folder, environ)
        yield folder, environ
    finally:
        git("worktree", "remove", "--force", place)


def _environ(module: str, top: str, place: str, folder: str, environ: dict[str, str]) -> dict[str, str]:
    first, *rest = module.split(".")
    path, found = _find(first, None, environ)
    top = os.path.realpath(top)
    inside = [each for each in found if _is_in(each, top)]
    if not inside:
        where = f"is imported from {found[0]}" if found else "was not found"
        raise NotCompared(
            f"{first} {where}, not from the checkout, so that it can't be baked as it is at the base: install it with "
            "pip install --editable, or set PYTHONPATH to its folder"
        )
    at_base = [os.path.join(place, os.path.relpath(os.path.realpath(each), top)) for each in inside]
    if not any(_has(each, rest) for each in at_base):
        raise NoBase(f"the module {module} is not in the base")
    searched = [each for each in path[1:] if each and _is_in(each, top)]
    moved = [os.path.join(place, os.path.relpath(os.path.realpath(each), top)) for each in searched]
    known = environ.get("PYTHONPATH", "").split(os.pathsep)
    environ = {**environ, "PYTHONPATH": os.pathsep.join([each for each in dict.fromkeys([*moved, *known]) if each])}
    _, found = _find(first, folder, environ)
    if not found or not _is_in(found[0], place):
        raise NotCompared(
            f"{first} is imported from {found[0] if found else 'nowhere'}, not from the sources of the base: "
            "set PYTHONPATH to the folder that holds it"
        )
    return environ


def _find(name: str, cwd: str | None, environ: dict[str, str]) -> tuple[list[str], list[str]]:
    command = [sys.executable, "-P", "-c", _FIND, name]
    done = subprocess.run(command, cwd=cwd, env=environ, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotCompared(f"Python can't look for {name}: {''.join(done.stderr.strip().splitlines()[-1:])}")
    told = json.loads(done.stdout.splitlines()[-1])
    return told["path"], [each for each in told["found"] or () if each]


def _has(place: str, rest: list[str]) -> bool:
    """place: a package's folder, or the file of a module."""
    path = os.path.join(place, *rest)
    return os.path.isfile(path) or os.path.isfile(f"{path}.py") or os.path.isdir(path)


def _is_in(path: str, folder: str) -> bool:
    path = os.path.realpath(path)
    inner = os.path.relpath(path, folder)
    virtual = f"{os.sep}site-packages{os.sep}" in f"{path}{os.sep}"  # an environment that lies in the checkout
    return not virtual and inner != ".." and not inner.startswith(f"..{os.sep}")
