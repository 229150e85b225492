"""The steps that remain for people after the files are written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from confcontract.project.dockerfile_text import WHEELS
from confcontract.project.locked import own_requirements
from confcontract.project.proposed_files import OWN_MAKEFILE
from confcontract.project.smoke_text import VALUES
from confcontract.project.workflow_text import PATH

if TYPE_CHECKING:
    from collections.abc import Sequence

    from confcontract.project.image_plan import ImagePlan


def next_steps(plan: ImagePlan, files: Sequence[str], left: Sequence[str]) -> list[str]:
    """One step per line."""
    steps = []
    if left:
        steps.append(f"see the differences above; --force accepts the proposed {', '.join(left)}")
    for name, why in plan.environment.secret.items():
        steps.append(f"give {name} at run time: it is left out of the image, since {why}")
    if plan.not_started:
        steps.append(
            f"look at what {plan.not_started} does, which the image doesn't start: put it into a job, a role or a check"
        )
    if plan.not_found:
        steps.append(f"look at the command: {plan.not_found} is not a module of the project; --command names another")
    if not plan.lock.has_confcontract:
        file, needed = plan.lock.made_from or plan.lock.file, own_requirements()
        steps.append(
            f"add confcontract to {file}; if your package index doesn't have it, put its wheel into {WHEELS}/ and add "
            f"to {file} what it depends on{': ' if needed else ''}{', '.join(needed)}"
        )
    if plan.lock.command:
        by = " (pip install pip-tools)" if plan.lock.command.startswith("pip-compile ") else ""
        steps.append(f"make lock: {plan.lock.command}{by}")
    if OWN_MAKEFILE in files:
        steps.append(f"add the line `include {OWN_MAKEFILE}` to your Makefile")
    steps.append(f"write values for a test into {VALUES}")
    steps.append("make image" + ("" if plan.base else f" BASE=python:{plan.python}-slim-bookworm@sha256:…"))
    steps.append("make smoke")
    steps.append(f"make a key for releases: the first lines of {PATH} say how")
    return ["", "next:", *(f"  {step}" for step in steps)]
