"""Programs of platforms, as judges: in the environment of the tests, or installed by .ci/run."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HELM = "4.1.4"  # as .ci/run fetches it


def tool(name: str) -> str:
    """The path of a program; the test is skipped where it is not installed."""
    beside = Path(sys.executable).parent / name
    found = str(beside) if beside.exists() else shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def helm() -> str:
    """Of the release that the tests were written for."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    fetched = cache / "confcontract" / f"helm-{HELM}" / "helm"
    if fetched.exists():
        return str(fetched)
    found = shutil.which("helm")
    if found is None:
        pytest.skip(f"helm is not installed; .ci/run fetches it to {fetched}")
    return found


def valid_for_kubernetes(*files: Path) -> str:
    """What kubernetes-validate says of objects; a failure where it finds something wrong."""
    done = run_tool(tool("kubernetes-validate"), "--strict", *map(str, files))
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def run_tool(*command: str, given: str | None = None, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """given: standard input. What it says of the environment is its own: only PATH and HOME are passed on."""
    environ = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(command, input=given or "", env=environ, cwd=cwd, capture_output=True, text=True, timeout=120)
