"""Starts a bundle before anyone relies on it, with an empty environment, as in an image without anything else."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from confcontract.bundle.no_bundle import impossible

if TYPE_CHECKING:
    from collections.abc import Sequence

SECONDS = 120
# Loads every module with its imports, and validates one value.
_PROGRAM = """
import sys
sys.path.append({packages!r})
for name in sys.argv[1:]:
    __import__(name)
from confcontract.contract.engine import Validator
assert Validator({{"type": "int"}}).validate_python("1") == 1
outside = [file for module in [*sys.modules.values()] if (file := getattr(module, "__file__", None))
           and not file.startswith({folder!r})]
print(*outside)
"""
_COMMAND = "import sys; sys.path.append({packages!r}); from confcontract.__main__ import start; sys.exit(start())"


def try_out(folder: Path, at: str, packages: str, loader: str, modules: Sequence[str]) -> None:
    """packages, loader: paths in the folder. modules: the modules to load.

    Raises ConfigurationInvalid (exit 78), with the output, if the bundle does not start or uses files outside of
    itself.
    """
    packages = str(folder / packages)
    if folder == Path(at):
        python = [str(folder / "bin/python3")]
        command = [str(folder / "bin/confcontract")]
    else:  # the bundle's own paths do not exist here yet, so its loader is called explicitly
        python = [str(folder / loader), "--library-path", str(folder / "lib"), str(folder / "bin/python3")]
        command = [*python, "-IS", "-c", _COMMAND.format(packages=packages)]
    program = _PROGRAM.format(packages=packages, folder=f"{folder}/")
    used = _said([*python, "-IS", "-c", program, *modules]).strip()
    if used:
        raise impossible(f"it would use files outside of it: {used[:300]}", "please report this defect in confcontract")
    _said([*command, "--version"])


def _said(command: Sequence[str]) -> str:
    try:
        done = subprocess.run(command, env={}, cwd="/", capture_output=True, text=True, timeout=SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise impossible(f"the bundle does not start: {error}", "please report this defect in confcontract") from None
    if done.returncode:
        last = (done.stderr.strip().splitlines() or [f"it ended with {done.returncode}"])[-1]
        raise impossible(f"the bundle does not start: {last[:300]}", "please report this defect in confcontract")
    return done.stdout
