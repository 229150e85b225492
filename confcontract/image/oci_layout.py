"""An OCI image layout: a folder (`oci:`) or an archive of one (`oci-archive:`)."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import Any, Protocol

from confcontract.image.archive_files import ArchiveFiles
from confcontract.image.entry import ByteStream, Image
from confcontract.image.file_source import opened
from confcontract.image.image_fault import COPY_AGAIN, ImageFault
from confcontract.image.manifests import DOCUMENT_BYTES, described, image_of
from confcontract.image.verified import VerifiedStream, json_object, whole

TAG = "org.opencontainers.image.ref.name"
INDEX_FILE = "index.json"


class LayoutFiles(Protocol):
    def __contains__(self, name: str) -> bool: ...

    def open(self, name: str) -> ByteStream: ...


class FolderFiles:
    def __init__(self, path: str, stack: ExitStack) -> None:
        self._path = path
        self._stack = stack

    def __contains__(self, name: str) -> bool:
        from confcontract.host.folder import at

        return os.path.lexists(at(os.path.join(self._path, name)))

    def open(self, name: str) -> ByteStream:
        file = opened(os.path.join(self._path, name), COPY_AGAIN)
        self._stack.callback(file.close)
        return file


class LayoutBlobs:
    """Callers check digests first, so no digest leads out of the folder."""

    def __init__(self, files: LayoutFiles) -> None:
        self._files = files

    def blob(self, digest: str) -> ByteStream:
        return self._files.open(f"blobs/{digest.replace(':', '/')}")

    document = blob


def image_in_folder(path: str, tag: str, platform: str | None, stack: ExitStack) -> Image:
    """Raises ImageFault."""
    return _image(FolderFiles(path, stack), tag, platform, f"{path} is not an OCI layout: it has no {INDEX_FILE}")


def image_in_archive(path: str, tag: str, platform: str | None, stack: ExitStack) -> Image:
    """Raises ImageFault."""
    files = ArchiveFiles(path, stack)
    what = f"{path} is not an archive of an OCI layout: it has no {INDEX_FILE}"
    if INDEX_FILE not in files and "manifest.json" in files:
        raise ImageFault(what, f"it is one of Docker's: write docker-archive:{path}")
    return _image(files, tag, platform, what)


def _image(files: LayoutFiles, tag: str, platform: str | None, without: str) -> Image:
    if INDEX_FILE not in files:
        hint = "name the folder that 'skopeo copy ... oci:DIR' or 'buildah push ... oci:DIR' wrote"
        raise ImageFault(without, hint, code="image-not-found")
    index = json_object(whole(files.open(INDEX_FILE), DOCUMENT_BYTES, INDEX_FILE), INDEX_FILE)
    manifests = index.get("manifests")
    if not isinstance(manifests, list) or not all(isinstance(each, dict) for each in manifests):
        raise ImageFault(f"{INDEX_FILE} has no list of manifests", COPY_AGAIN)
    entry = _tagged(manifests, tag)
    source = LayoutBlobs(files)
    digest, size = described(entry, "the manifest")
    stream = VerifiedStream(source.blob(digest), digest, size, "the manifest")
    return image_of(source, whole(stream, DOCUMENT_BYTES, "the manifest"), digest, platform)


def _tagged(manifests: Sequence[Mapping[str, Any]], tag: str) -> Mapping[str, Any]:
    """Raises ImageFault."""
    noted = [each.get("annotations") for each in manifests]
    names = [str(each.get(TAG, "")) if isinstance(each, dict) else "" for each in noted]
    images = [each for each in manifests if "artifactType" not in each]  # artifacts attached to an image are not images
    fitting = [each for each, name in zip(manifests, names, strict=True) if name == tag] if tag else images
    if len(fitting) == 1:
        return fitting[0]
    known = ", ".join(sorted({name for name in names if name})) or "none"
    if not images:
        raise ImageFault("it holds no image", "copy one into it", code="image-not-found")
    if not fitting:
        raise ImageFault(f"there is no tag {tag}", f"its tags: {known}", code="image-not-found")
    what = f"{len(fitting)} images have the tag {tag}" if tag else f"it holds {len(fitting)} images"
    raise ImageFault(what, f"name one by its tag; there are: {known}", code="image-not-found")
