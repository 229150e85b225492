"""Programs of the lock file that tests here run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.repositories import ALONE


def tool(name: str) -> str:
    """Its path. Skips the test where it is not installed, which continuous integration does not accept."""
    path = Path(sys.executable).parent / name
    if not path.exists():
        pytest.skip(f"{name} is not installed: make install")
    return str(path)


def run_tool(name: str, *arguments: str, cwd: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    """With the programs of this environment on PATH, and nothing of GitHub's, GitLab's or git's of who runs the tests."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("GIT", "RUNNER_", "CI"))}
    environ = kept | ALONE | environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    command = [tool(name), *arguments]
    return subprocess.run(command, cwd=cwd, env=environ, capture_output=True, text=True, timeout=300)
