"""docker, or podman, which takes the same options."""

from __future__ import annotations

import os
import subprocess
import uuid
from collections.abc import Mapping

from confcontract.smoke.container_engine import ask

READ_ONLY = ("--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL", "--security-opt", "no-new-privileges")  # noqa: S108


class DockerEngine:
    """docker, or podman, which takes the same options."""

    def __init__(self, program: str, image: str) -> None:
        self._program = program
        self._image = image

    def start(self, environ: Mapping[str, str]) -> tuple[str, subprocess.Popen[bytes]]:
        name = f"smoke-{uuid.uuid4().hex[:12]}"
        names = [word for each in environ for word in ("--env", each)]  # values would show in the list of processes
        command = [self._program, "run", "--rm", "--name", name, "--network", "host", "--sig-proxy=false", *READ_ONLY]
        process = subprocess.Popen(
            [*command, *names, self._image],
            env={**os.environ, **environ},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        return name, process

    def run_in(self, name: str, *command: str) -> subprocess.CompletedProcess[bytes]:
        return ask([self._program, "exec", name, *command])

    def signal(self, name: str, signal: str) -> None:
        ask([self._program, "kill", "--signal", signal, name])

    def close(self) -> None:
        pass
