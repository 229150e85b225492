"""What the image itself sets (ENV, ENTRYPOINT, CMD). A policy can't see it; it is known if the contract was read from
an image.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from confcontract.contract.image_defaults import ImageDefaults
from confcontract.manifests.boot_settings import CONF_DIR, ROLE, boot_settings
from confcontract.manifests.over_image import over_image
from confcontract.manifests.workload import Container, FilePlace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from confcontract.contract.artifact import Contract

# Variables that point boot to files with values.
LEADING = (
    "CONFCONTRACT_CONF_FILES",
    "CONFCONTRACT_MOUNTED_SECRETS",
    "CREDENTIALS_DIRECTORY",
    "SERVICE_BINDING_ROOT",
)


@dataclass(frozen=True, slots=True)
class SetByImage:
    """names: its variables that are not empty. role: in its variables. role_of_entrypoint: in its ENTRYPOINT, which
    outranks variables. role_of_line: in ENTRYPOINT and CMD. has_files: whether it points boot to files with values.
    starts: whether it starts boot, if that is known.
    """

    names: frozenset[str] = frozenset()
    role: str | None = None
    role_of_entrypoint: str | None = None
    role_of_line: str | None = None
    has_files: bool = False
    starts: bool | None = None


def set_by_image(contract: Contract) -> SetByImage:
    if contract.image is None:
        return SetByImage()
    container = over_image(_CONTAINER, contract.image)
    boot = boot_settings(container)
    names = frozenset(name for name, value in container.values.items() if value)
    files = boot.env_files or boot.conf_files or boot.mounted_secrets or boot.conf_dir != CONF_DIR
    entrypoint = over_image(_CONTAINER, ImageDefaults((), contract.image.entrypoint))
    return SetByImage(
        names,
        container.values.get(ROLE) or None,
        boot_settings(entrypoint).role,
        boot_settings(replace(container, environment=())).role,
        bool(files) or not names.isdisjoint(LEADING),
        boot.starts,
    )


_CONTAINER = Container("", None, None, None, (), (), (), (), False, FilePlace(""))  # one that changes nothing
