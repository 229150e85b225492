"""Adds the settings of the image (ENV, ENTRYPOINT, CMD) with lower precedence than those of a manifest. They are known
if the contract was read from an image."""

from __future__ import annotations

from dataclasses import replace

from confcontract.contract.image_defaults import ImageDefaults
from confcontract.manifests.workload import Container, GivenVariable, Origin


def over_image(container: Container, image: ImageDefaults) -> Container:
    """Adds these settings below the container's own. `$(NAME)` in Kubernetes can't refer to the image's variables."""
    own = {each.name for each in container.environment}
    given = [_given(container, entry) for entry in image.variables if entry.partition("=")[0] not in own | {""}]
    command = image.entrypoint if container.command is None else container.command
    args = container.args
    if not args and not container.command:  # a command of the container overrides ENTRYPOINT and also drops CMD
        args = image.command
    return replace(container, environment=(*given, *container.environment), command=command, args=args or ())


def _given(container: Container, entry: str) -> GivenVariable:
    name, _, value = entry.partition("=")
    why = next((each.why for each in container.unseen_sources if name.startswith(each.prefix)), "")
    said = "ENV of the image"
    return GivenVariable(name, value, Origin.IMAGE, container.place, said=said, may_be_replaced=why)
