"""What the image itself sets (ENV), below all that a manifest says: known where the contract was read from an image."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from confcontract.manifests.workload import Container, GivenVariable, Origin


def over_image(container: Container, variables: Sequence[str]) -> Container:
    """The container with these below its own. variables: NAME=value. `$(NAME)` of Kubernetes does not see them."""
    own = {each.name for each in container.environment}
    given = [_given(container, entry) for entry in variables if entry.partition("=")[0] not in own | {""}]
    return replace(container, environment=(*given, *container.environment))


def _given(container: Container, entry: str) -> GivenVariable:
    name, _, value = entry.partition("=")
    why = next((each.why for each in container.unseen_sources if name.startswith(each.prefix)), "")
    said = "ENV of the image"
    return GivenVariable(name, value, Origin.IMAGE, container.place, said=said, may_be_replaced=why)
