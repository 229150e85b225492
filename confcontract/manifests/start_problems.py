"""Problems of a container that does not start boot, or whose boot has no command to start."""

from __future__ import annotations

from confcontract.contract.artifact import Contract
from confcontract.manifests.boot_command import boot_arguments
from confcontract.manifests.workload import Container
from confcontract.report.problem import WARNING, Problem


def without_command() -> Problem:
    hint = "write it after --: confcontract boot -- COMMAND ARG..., or name a role that has one"
    return Problem("usage", "there is no command to start", hint=hint)


def bypassed(contract: Contract, container: Container) -> Problem:
    """container: as in the manifest."""
    image = contract.image
    if container.command is not None:
        message = "the command replaces the image's entry point, and does not start confcontract boot"
        hint = "give it as the arguments instead (args; in Compose command), or write confcontract boot -- before it"
    elif image is not None and boot_arguments([*image.entrypoint, *image.command]) is not None:
        message = "the arguments replace the image's CMD, which starts confcontract boot"
        hint = "write confcontract boot -- before them, or make it the ENTRYPOINT of the image"
    else:
        message = "the image does not start by confcontract boot"
        hint = "make it the ENTRYPOINT of the image: confcontract boot --"
    return Problem("boot-bypassed", message, severity=WARNING, hint=hint)
