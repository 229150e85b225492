"""Starts images with docker, or podman, which takes the same options."""

from __future__ import annotations

import json
import os
import subprocess
import uuid
from collections.abc import Mapping, Sequence

from confcontract.smoke.container_engine import ask

READ_ONLY = ("--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL", "--security-opt", "no-new-privileges")  # noqa: S108
LONGEST = 60_000  # bytes; both programs read an env file line of this length as one line


class DockerEngine:
    """docker, or podman, which takes the same options."""

    def __init__(self, program: str, image: str) -> None:
        self._program = program
        self._image = image
        self._started: list[str] | None = None

    def started(self) -> Sequence[str]:
        if self._started is None:
            asked = "[{{json .Config.Entrypoint}}, {{json .Config.Cmd}}]"
            told = ask([self._program, "image", "inspect", "--format", asked, self._image])
            try:
                found = json.loads(told.stdout)
            except ValueError:
                found = []
            self._started = [word for each in found or () for word in ([each] if isinstance(each, str) else each or ())]
        return self._started

    def start(self, environ: Mapping[str, str]) -> tuple[str, subprocess.Popen[bytes]]:
        name = f"smoke-{uuid.uuid4().hex[:12]}"
        command = [self._program, "run", "--rm", "--name", name, "--network", "host", "--sig-proxy=false", *READ_ONLY]
        # The engine's own program also reads variables, such as DOCKER_HOST. The container's variables are passed in a
        # file, which no other process can open.
        lines = {key: value for key, value in environ.items() if _is_line(f"{key}={value}")}
        others = {key: value for key, value in environ.items() if key not in lines}
        file = os.memfd_create("smoke.env")
        try:
            text = "".join(f"{key}={value}\n" for key, value in lines.items())
            os.write(file, text.encode("utf-8", "surrogateescape"))
            process = subprocess.Popen(
                [
                    *(*command, "--env-file", f"/proc/self/fd/{file}"),
                    *(word for key in others for word in ("--env", key)),  # values would show in the process list
                    self._image,
                ],
                env={**os.environ, **others},
                pass_fds=(file,),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
            )
        finally:
            os.close(file)
        return name, process

    def run_in(self, name: str, *command: str) -> subprocess.CompletedProcess[bytes]:
        return ask([self._program, "exec", name, *command])

    def signal(self, name: str, signal: str) -> None:
        ask([self._program, "kill", "--signal", signal, name])

    def close(self) -> None:
        pass


def _is_line(text: str) -> bool:
    """Whether an env file can hold the text."""
    try:
        return len(text.splitlines()) < 2 and len(text.encode("utf-8")) < LONGEST
    except UnicodeEncodeError:  # docker refuses a file that is not UTF-8
        return False
