"""Chooses the engine that starts an image here."""

from __future__ import annotations

import shutil

from confcontract.report.errors import UsageError
from confcontract.report.problem import Problem
from confcontract.smoke.container_engine import ENGINES, TRANSPORTS, ContainerEngine
from confcontract.smoke.docker_engine import DockerEngine
from confcontract.smoke.runc_engine import NEEDS, RuncEngine


def engine_for(name: str | None, image: str, path: str | None = None) -> ContainerEngine:
    """name: one of ENGINES, or None for the first one installed. Raises UsageError if there is none."""
    wanted = ENGINES if name is None else (name,)
    # runc starts images from a folder or a file in skopeo's notation, which no daemon knows
    transport = image.partition(":")[0] in TRANSPORTS
    for each in wanted:
        if each == "runc" and all(shutil.which(program, path=path) for program in NEEDS):
            return RuncEngine(image)
        # Uses the absolute path, since the image's PATH, which an env file may set, leads elsewhere.
        if each != "runc" and not transport and (program := shutil.which(each, path=path)):
            return DockerEngine(program, image)
    asked = f"{name} can't start {image}" if name else f"nothing here can start {image}"
    hint = (
        f"install docker, podman, or {', '.join(NEEDS[:-1])} and {NEEDS[-1]}; an image in a folder or file needs these"
    )
    raise UsageError(Problem("usage", asked, hint=hint))
