"""What the image itself sets (ENV, ENTRYPOINT, CMD), below all that a manifest says: known where the contract was read
from an image."""

from __future__ import annotations

from dataclasses import replace

from confcontract.contract.image_defaults import ImageDefaults
from confcontract.manifests.workload import Container, GivenVariable, Origin


def over_image(container: Container, image: ImageDefaults) -> Container:
    """The container with these below its own. `$(NAME)` of Kubernetes does not see the image's variables."""
    own = {each.name for each in container.environment}
    given = [_given(container, entry) for entry in image.variables if entry.partition("=")[0] not in own | {""}]
    command = image.entrypoint if container.command is None else container.command
    args = container.args
    if not args and not container.command:  # an entry point of the container's own takes the image's CMD away
        args = image.command
    return replace(container, environment=(*given, *container.environment), command=command, args=args or ())


def _given(container: Container, entry: str) -> GivenVariable:
    name, _, value = entry.partition("=")
    why = next((each.why for each in container.unseen_sources if name.startswith(each.prefix)), "")
    said = "ENV of the image"
    return GivenVariable(name, value, Origin.IMAGE, container.place, said=said, may_be_replaced=why)
