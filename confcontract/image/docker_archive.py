"""Reads the archives that `docker save`, `podman save` and `skopeo copy ... docker-archive:` write.

Their layers have no digests of their own. They are verified against the digests of the uncompressed layers in the
configuration.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from typing import Any

from confcontract.image.archive_files import ArchiveFiles
from confcontract.image.decompressed import decompressed
from confcontract.image.entry import Image, ImageLayer, LayerEntry
from confcontract.image.image_fault import COPY_AGAIN, ImageFault
from confcontract.image.manifests import CONFIG_BYTES, DOCUMENT_BYTES, instructions_of
from confcontract.image.tar_entries import tar_entries
from confcontract.image.verified import VerifiedStream, digest_of_bytes, drain, is_digest, json_object, whole

_MANIFEST = "manifest.json"
_BY_DIGEST = re.compile(r"(?:\S+/)?([0-9a-f]{64})(?:\.json)?")


def image_saved(path: str, name: str, stack: ExitStack) -> Image:
    """name: REPO:TAG if the archive holds several images, or "". Raises ImageFault."""
    files = ArchiveFiles(path, stack)
    if _MANIFEST not in files:
        is_oci = "index.json" in files
        hint = f"it is an OCI layout: write oci-archive:{path}" if is_oci else "name the file that docker save wrote"
        raise ImageFault(
            f"{path} is not an archive of docker save: it has no {_MANIFEST}", hint, code="image-not-found"
        )
    content = whole(files.open(_MANIFEST), DOCUMENT_BYTES, _MANIFEST)
    entry = _named(json_object(b'{"images":%s}' % content, _MANIFEST)["images"], name)
    config_name, names = entry.get("Config"), entry.get("Layers")
    if not isinstance(config_name, str) or not isinstance(names, list):
        raise ImageFault(f"{_MANIFEST} names no configuration or no layers", COPY_AGAIN)
    raw = files.open(config_name)
    known = _BY_DIGEST.fullmatch(config_name)
    if known:  # the file is named by its digest
        raw = VerifiedStream(raw, f"sha256:{known[1]}", None, "the configuration")
    text = whole(raw, CONFIG_BYTES, "the configuration")
    config = json_object(text, "the configuration")
    rootfs = config.get("rootfs")
    digests = rootfs.get("diff_ids") if isinstance(rootfs, dict) else None
    if not isinstance(digests, list) or len(digests) != len(names) or not all(map(is_digest, digests)):
        raise ImageFault("the configuration does not name the digests of the layers", COPY_AGAIN)
    made = zip(names, digests, instructions_of(config, len(names)), range(1, len(names) + 1), strict=True)
    layers = [_layer(files, str(file), *rest) for file, *rest in made]
    return Image("", config, layers, digest_of_bytes(text))


def _layer(files: ArchiveFiles, file: str, digest: Any, instruction: Any, number: Any) -> ImageLayer:
    name = f"layer {number} ({digest[:19]}...)"

    def entries() -> Iterator[LayerEntry]:
        tar = VerifiedStream(decompressed(files.open(file), name), digest, None, name)
        yield from tar_entries(tar, name)
        drain(tar)

    return ImageLayer(digest, files.size(file) if file in files else None, instruction, entries)


def _named(images: Any, name: str) -> Mapping[str, Any]:
    if not isinstance(images, list) or not all(isinstance(each, dict) for each in images):
        raise ImageFault(f"{_MANIFEST} has no list of images", COPY_AGAIN)
    tags: Sequence[list[str]] = [_tags(each.get("RepoTags")) for each in images]
    fitting = [each for each, own in zip(images, tags, strict=True) if not name or _fits(own, name)]
    if len(fitting) == 1:
        return dict(fitting[0])
    known = ", ".join(sorted({tag for own in tags for tag in own})) or "none"
    what = f"there is no image {name} in it" if name else f"it holds {len(fitting)} images"
    raise ImageFault(what, f"name one; there are: {known}", code="image-not-found")


def _tags(found: Any) -> list[str]:
    return [str(tag) for tag in found] if isinstance(found, list) else []


def _fits(tags: list[str], name: str) -> bool:
    return any(tag == name or tag.endswith("/" + name) for tag in tags)
