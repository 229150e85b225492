"""The engines that start images here: docker, podman, or umoci and runc. `ContainerEngine` describes their
operations."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from typing import Protocol

from confcontract.report.errors import UsageError
from confcontract.report.problem import Problem

ENGINES = ("docker", "podman", "runc")
TRANSPORTS = ("oci", "oci-archive", "docker-archive", "containers-storage", "dir", "docker")  # as in skopeo
PATIENCE = 60.0  # seconds for a command of the engine itself


class ContainerEngine(Protocol):
    """One image, and its foreground containers: read-only, with the network of this machine."""

    def started(self) -> Sequence[str]:
        """The words of the command that the image starts, entry point first; none if they can't be read."""

    def start(self, environ: Mapping[str, str]) -> tuple[str, subprocess.Popen[bytes]]:
        """Returns the container's name, and the process that ends with the container and its exit code; stdout has its
        output."""

    def run_in(self, name: str, *command: str) -> subprocess.CompletedProcess[bytes]:
        """Runs a command inside a running container, as its user."""

    def signal(self, name: str, signal: str) -> None:
        """Sends the signal to process 1 of the container. A container that has already ended is ignored."""

    def close(self) -> None:
        """Removes all files created for the image."""


def ask(words: Sequence[str], patience: float = PATIENCE) -> subprocess.CompletedProcess[bytes]:
    """Returns the output of an engine command. Raises UsageError on timeout (seconds)."""
    try:
        return subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, timeout=patience, check=False)
    except subprocess.TimeoutExpired:
        message = f"{words[0]} has not answered within {patience:g} s"
        raise UsageError(Problem("usage", message, hint="check that its daemon is running")) from None


def said(what: Sequence[str], done: subprocess.CompletedProcess[bytes]) -> UsageError:
    """The error for an image that can't be fetched or unpacked."""
    lines = done.stderr.decode(errors="replace").strip().splitlines()
    why = lines[-1][:500] if lines else f"exit code {done.returncode}"
    return UsageError(Problem("usage", f"{what[0]} can't read the image: {why}", hint="check its name"))
