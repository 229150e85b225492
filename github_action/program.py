"""The confcontract that compares: the one that is installed, or one in an environment of its own."""

from __future__ import annotations

import os
import subprocess
import sys

from github_action.job import Job, NotCompared

_VERSION = "import confcontract; print(confcontract.__version__)"


def program(job: Job) -> list[str]:
    """The beginning of a command line. Raises NotCompared where confcontract can't be installed."""
    wanted = job.given("VERSION")
    found = subprocess.run([sys.executable, "-P", "-c", _VERSION], capture_output=True, text=True, check=False)
    installed = found.stdout.strip() if found.returncode == 0 else None
    if installed and wanted in ("", installed):
        return _command(sys.executable)
    if job.given("CONTRACT").startswith("python:"):
        version = f"confcontract {wanted}".rstrip()
        has = f"; it has {installed}" if installed else ""
        raise NotCompared(
            f"{version} is not installed for {sys.executable}{has}: to bake {job.given('CONTRACT')}, install it there, "
            "together with the application"
        )
    what = f"confcontract=={wanted}" if wanted else os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    place = os.path.join(job.temporary, "confcontract-program")
    python = os.path.join(place, "bin", "python")
    for command in ([sys.executable, "-m", "venv", place], [python, "-m", "pip", "install", "--quiet", what]):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            last = (done.stderr or done.stdout).strip().splitlines()[-1:]
            raise NotCompared(f"{what} could not be installed: {''.join(last)}")
    return _command(python)


def _command(python: str) -> list[str]:
    return [python, "-P", "-m", "confcontract"]
