"""A contract from a container image in any place. The image is read, not run.

The contract is located as boot locates it: by the label, by the image's CONFCONTRACT_PATH, else at the path that bake
and boot share.
"""

from __future__ import annotations

from confcontract.contract.artifact import DEFAULT_PATH, Contract
from confcontract.contract.artifact_file import MAX_BYTES
from confcontract.contract.image_defaults import ImageDefaults

TYPE_CHECKING = False
if TYPE_CHECKING:
    from confcontract.image.entry import Image

BEGINNINGS = ("oci:", "oci-archive:", "docker-archive:", "docker:", "containers-storage:")
PATH_LABEL = "confcontract.path"
DIGEST_LABEL = "confcontract.digest"
PATH_VARIABLE = "CONFCONTRACT_PATH"


class ContractInImage:
    """path: where it was found, after following links. layer: the number of its layer, 0 for the oldest."""

    __slots__ = ("contract", "layer", "path")

    def __init__(self, contract: Contract, path: str, layer: int) -> None:
        self.contract = contract
        self.path = path
        self.layer = layer


def load(reference: str) -> Contract:
    """Raises UsageError if the reference is malformed, ImageUnusable if the image can't be read or has no contract, and
    ContractUnusable if the file is not a contract."""
    from confcontract.image.open_image import open_image

    with open_image(reference) as image:
        return contract_in(image, reference).contract


def contract_in(image: Image, reference: str) -> ContractInImage:
    """reference: the image's name in messages. Raises ImageFault, which `open_image` handles, and ContractUnusable."""
    from confcontract.image.find_file import find_file
    from confcontract.image.image_fault import ImageFault

    path, named_by = where(image)
    found = find_file(image.layers, path, MAX_BYTES)
    if found is None:
        what = f"the image has no contract: there is no file {path}" + (f", which {named_by} names" if named_by else "")
        hint = f"bake one when the image is built, at {DEFAULT_PATH} or where the label {PATH_LABEL} says"
        raise ImageFault(what, hint, code="image-without-contract")
    contract = Contract.from_bytes(found.content, f"{reference} {found.path}")
    contract.image = ImageDefaults(image.variables, image.words("Entrypoint"), image.words("Cmd"))
    return ContractInImage(contract, found.path, found.layer)


def where(image: Image) -> tuple[str, str]:
    """The path of the contract in the image, and the label or variable that names it; "" if neither does."""
    if label := image.labels.get(PATH_LABEL):
        return label, f"the label {PATH_LABEL}"
    for entry in image.variables:
        name, _, value = entry.partition("=")
        if name == PATH_VARIABLE and value:
            return value, f"the image's {PATH_VARIABLE}"
    return DEFAULT_PATH, ""
