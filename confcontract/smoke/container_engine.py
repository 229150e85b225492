"""What starts images here: docker, podman, or umoci and runc. What each of them does is in `ContainerEngine`."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from typing import Protocol

from confcontract.report.errors import UsageError
from confcontract.report.problem import Problem

ENGINES = ("docker", "podman", "runc")
TRANSPORTS = ("oci", "oci-archive", "docker-archive", "containers-storage", "dir", "docker")  # names of skopeo's
PATIENCE = 60.0  # seconds for a command of the engine itself


class ContainerEngine(Protocol):
    """One image, and containers of it that run in the foreground: read-only, with the network of this machine."""

    def started(self) -> Sequence[str]:
        """The words of the command that the image starts, entry point first; none where they can't be had."""

    def start(self, environ: Mapping[str, str]) -> tuple[str, subprocess.Popen[bytes]]:
        """Its name, and the process whose end and exit code are the container's; what it says is on stdout."""

    def run_in(self, name: str, *command: str) -> subprocess.CompletedProcess[bytes]:
        """A command inside a container that runs, as its user."""

    def signal(self, name: str, signal: str) -> None:
        """To process 1 of the container. One that has ended already is none of this method's business."""

    def close(self) -> None:
        """Whatever was laid on disk for it is removed."""


def ask(words: Sequence[str], patience: float = PATIENCE) -> subprocess.CompletedProcess[bytes]:
    """What a command of the engine says. Raises UsageError where it does not end in time (seconds)."""
    try:
        return subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, timeout=patience, check=False)
    except subprocess.TimeoutExpired:
        message = f"{words[0]} has not answered within {patience:g} s"
        raise UsageError(Problem("usage", message, hint="look whether its daemon is well")) from None


def said(what: Sequence[str], done: subprocess.CompletedProcess[bytes]) -> UsageError:
    """The error of an image that can't be had or unpacked."""
    lines = done.stderr.decode(errors="replace").strip().splitlines()
    why = lines[-1][:500] if lines else f"exit code {done.returncode}"
    return UsageError(Problem("usage", f"{what[0]} can't read the image: {why}", hint="check its name"))
