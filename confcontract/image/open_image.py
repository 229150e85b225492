"""Opens an image by its reference, in skopeo's syntax."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from confcontract.image.entry import Image
from confcontract.image.image_fault import ImageFault
from confcontract.report.errors import ImageUnusable, UsageError
from confcontract.report.problem import Problem

# The prefixes of references and what follows them. contract/anywhere.py lists those that contracts may be read from.
BEGINNINGS = {
    "oci:": "oci:DIR[:TAG]",
    "oci-archive:": "oci-archive:FILE[:TAG]",
    "docker-archive:": "docker-archive:FILE[:REPO:TAG]",
    "containers-storage:": "containers-storage:REF",
    "docker:": "docker://HOST/REPO:TAG[@DIGEST]",
}


@contextmanager
def open_image(reference: str, platform: str | None = None) -> Iterator[Image]:
    """Opens the image for the duration of the context. platform: such as `linux/arm64`, or None for that of the
    machine.

    Raises UsageError if the reference is malformed, and ImageUnusable for any fault of the image, also while its layers
    are read. Both name the reference.
    """
    try:
        with ExitStack() as stack:
            yield _opened(reference, platform, stack)
    except ImageFault as fault:
        message = f"{reference}: {fault.what}"
        raise ImageUnusable(Problem(fault.code, message, source=reference, hint=fault.hint, source_said=True)) from None


def _opened(reference: str, platform: str | None, stack: ExitStack) -> Image:
    head, colon, rest = reference.partition(":")
    if head + colon not in BEGINNINGS:
        raise UsageError(
            Problem(
                "usage", f"{reference} is not a reference to an image", hint=f"write {', '.join(BEGINNINGS.values())}"
            )
        )
    if head == "docker":
        return _in_registry(rest, platform, stack)
    path, _, name = rest.partition(":")
    if head == "containers-storage" and path:
        return _in_storage(rest, platform, stack)
    if not path:
        raise UsageError(
            Problem("usage", f"{reference} does not name an image", hint=f"write {BEGINNINGS[head + colon]}")
        )
    if head == "docker-archive":
        from confcontract.image.docker_archive import image_saved

        return _alone(image_saved(path, name, stack), platform)
    from confcontract.image.oci_layout import image_in_archive, image_in_folder

    return (image_in_folder if head == "oci" else image_in_archive)(path, name, platform, stack)


def _in_registry(rest: str, platform: str | None, stack: ExitStack) -> Image:
    from confcontract.image.registry import image_in_registry, parsed

    where = parsed(rest.removeprefix("//")) if rest.startswith("//") else None
    if where is None:  # the reference is not shown, since it may hold a password
        hint = "write docker://HOST/REPO:TAG, or docker://HOST/REPO@sha256:...; log in with skopeo login"
        raise UsageError(Problem("usage", "a reference that begins with docker: is malformed", hint=hint))
    return image_in_registry(where, platform, stack)


def _in_storage(name: str, platform: str | None, stack: ExitStack) -> Image:
    import os

    from confcontract.image.containers_storage import image_in_storage

    return _alone(image_in_storage(name, os.environ, stack), platform)


def _alone(image: Image, platform: str | None) -> Image:
    """Returns an image from a source that has no index."""
    from confcontract.image.platforms import refuse_other

    refuse_other(image.config, platform)
    return image
