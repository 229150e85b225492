"""A contract baked in memory: `python:MODULE:OBJECT`, or `python:MODULE:OBJECT,MODULE:OBJECT` for several classes.

Bake imports the application, which must not see our modules, our streams or an open contract. So bake runs in a process
of its own (author/bake_process.py), which answers through a file in memory.
"""

from __future__ import annotations

import os
import sys

from confcontract.contract.artifact import Contract
from confcontract.report import errors
from confcontract.report.errors import BakeRefused, ConfcontractError, UsageError
from confcontract.report.problem import Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import IO, Any

BEGINNING = "python:"
UNVERSIONED = "0"  # the version that bake writes if none is given
_PROGRAM = "import sys; sys.path.append(sys.argv.pop(1)); from confcontract.author.bake_process import main; main()"


def load(reference: str) -> Contract:
    """Raises UsageError and BakeRefused, like bake."""
    return baked(_objects(reference))


def load_called(name: str, reference: str) -> Contract:
    """Like `load`, with another name for the application."""
    return baked(_objects(reference), name)


def is_unnamed(reference: str, contract: Contract) -> bool:
    """Whether the application's name is only the package's name, because the class declares none."""
    if not reference.startswith(BEGINNING) or contract.version != UNVERSIONED:
        return False
    package = _objects(reference)[0].partition(":")[0].partition(".")[0]
    return contract.name == package.strip("_")


def _objects(reference: str) -> list[str]:
    objects = reference.removeprefix(BEGINNING).split(",")
    if "" in objects:
        hint = "write python:MODULE:OBJECT, for example python:shop.settings:Settings; several with commas between"
        raise UsageError(Problem("usage", f"{reference} names no settings class", hint=hint))
    return objects


def baked(module_objects: list[str], name: str | None = None, version: str | None = None) -> Contract:
    """The contract that `confcontract bake` would write here. Its stdout is dropped, its stdin is empty, its stderr is
    ours.

    name, version: as the options of bake. Raises UsageError and BakeRefused.
    """
    import json
    import subprocess

    place = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    flags = subprocess._args_from_interpreter_flags()  # type: ignore[attr-defined]
    with _answer() as answer:
        done = subprocess.run(
            [sys.executable, *flags, "-P", "-c", _PROGRAM, place, str(answer.fileno())],
            input=json.dumps({"objects": module_objects, "name": name, "version": version}).encode(),
            stdout=subprocess.DEVNULL,
            pass_fds=[answer.fileno()],
            check=False,
        )
        answer.seek(0)
        head, _, content = answer.read().partition(b"\n")
    what = BEGINNING + ",".join(module_objects)
    if not head:
        ended = f"signal {-done.returncode}" if done.returncode < 0 else f"exit code {done.returncode}"
        hint = f"see what happens in: confcontract bake {' '.join(module_objects)} -o DIR"
        raise BakeRefused(Problem("bake-refused", f"{what}: importing it ended the process with {ended}", hint=hint))
    told = json.loads(head)
    problems = [Problem(**{**each, "source": each["source"] or what}) for each in told["problems"]]
    if told["raised"]:
        kind: type[ConfcontractError] = getattr(errors, told["raised"])
        raise kind(*problems)
    contract = Contract.from_bytes(content, what)
    contract.warnings = problems
    return contract


def _answer() -> IO[Any]:
    """A file that another process can write to."""
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("contract"), "w+b")
    import tempfile

    return tempfile.TemporaryFile()
