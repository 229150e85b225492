"""Resolves the first document of an image, an index or a manifest, to its configuration and layers.

Formats: OCI image specification 1.1, and Docker's image manifest version 2, schema 2, with its lists.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from confcontract.image.decompressed import decompressed
from confcontract.image.entry import ByteStream, Image, ImageLayer, LayerEntry
from confcontract.image.image_fault import BUILD_AGAIN, COPY_AGAIN, ImageFault
from confcontract.image.platforms import chosen, refuse_other
from confcontract.image.tar_entries import tar_entries
from confcontract.image.verified import VerifiedStream, drain, is_digest, json_object, whole

MANIFESTS = (
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
)
INDEXES = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
)
CONFIGS = ("application/vnd.oci.image.config.v1+json", "application/vnd.docker.container.image.v1+json")
_TARS = (
    "application/vnd.oci.image.layer.v1.tar",
    "application/vnd.oci.image.layer.nondistributable.v1.tar",
    "application/vnd.docker.image.rootfs.diff.tar",
    "application/vnd.docker.image.rootfs.foreign.diff.tar",
)
_LAYERS = {start + end for start in _TARS for end in ("", "+gzip", "+zstd", ".gzip", ".zstd")}
DOCUMENT_BYTES = 4 * 1024 * 1024  # the limit that registries have for a manifest
CONFIG_BYTES = 16 * 1024 * 1024
_DEPTH = 3  # of nested indexes
_MOST_LAYERS = 1000  # the kernel mounts at most 500


class BlobSource(Protocol):
    """Reads an image's documents and layers by their digests. Their content is not verified yet."""

    def document(self, digest: str) -> ByteStream: ...

    def blob(self, digest: str) -> ByteStream: ...


def image_of(source: BlobSource, content: bytes, digest: str, platform: str | None) -> Image:
    """content, digest: of the first document; the content must have this digest. Raises ImageFault."""
    named = ""
    for _ in range(_DEPTH):
        data = json_object(content, "the manifest")
        kind = _kind(data)
        if named in (*MANIFESTS, *INDEXES) and (named in INDEXES) != (kind in INDEXES):
            raise ImageFault(f"the manifest is of media type {kind[:100]!a}, but is listed as {named}", BUILD_AGAIN)
        if kind in MANIFESTS:
            image = _image(source, data, digest)
            if not named:
                refuse_other(image.config, platform)
            return image
        if kind not in INDEXES:
            raise _unknown(kind, data)
        entry = chosen(_list(data, "manifests"), platform)
        name, size = described(entry, "the manifest")
        content = whole(VerifiedStream(source.document(name), name, size, "the manifest"), DOCUMENT_BYTES, "it")
        digest, named = name, str(entry.get("mediaType"))
    raise ImageFault(f"more than {_DEPTH - 1} indexes refer to each other", BUILD_AGAIN)


def described(entry: Mapping[str, Any], what: str) -> tuple[str, int]:
    """Returns digest and size of a descriptor. Raises ImageFault."""
    digest, size = entry.get("digest"), entry.get("size")
    if not is_digest(digest):
        raise ImageFault(f"{what} has no SHA-256 or SHA-512 digest in the reference to it", COPY_AGAIN)
    if not isinstance(size, int) or isinstance(size, bool) or size < 0:
        raise ImageFault(f"{what} is named without its size", COPY_AGAIN)
    return str(digest), size


def _kind(data: Mapping[str, Any]) -> str:
    """Determines the kind by the media type, which is optional. Raises ImageFault if the document could be read as both
    kinds."""
    if "manifests" in data and ("config" in data or "layers" in data):
        what = "the manifest describes both one image and an index of several, so tools may read it differently"
        raise ImageFault(what, f"do not trust it; {BUILD_AGAIN}")
    kind = data.get("mediaType")
    if isinstance(kind, str) and kind:
        return kind
    return MANIFESTS[0] if "config" in data else INDEXES[0] if "manifests" in data else ""


def _unknown(kind: str, data: Mapping[str, Any]) -> ImageFault:
    if data.get("schemaVersion") == 1:
        hint = "pull it and push it again with a current tool"
        return ImageFault("the manifest is of Docker's schema 1, which is obsolete", hint)
    return ImageFault(f"the manifest is of an unknown media type, {kind[:100]!a}", "name a container image")


def _image(source: BlobSource, data: Mapping[str, Any], digest: str) -> Image:
    described_config = data.get("config")
    if not isinstance(described_config, dict):
        raise ImageFault("the manifest names no configuration", COPY_AGAIN)
    kind = str(described_config.get("mediaType"))
    if kind not in CONFIGS:
        what = f"it is not a container image: its configuration is of media type {kind[:100]!a}"
        raise ImageFault(what, "name an image")
    name, size = described(described_config, "the configuration")
    stream = VerifiedStream(source.blob(name), name, size, "the configuration")
    config = json_object(whole(stream, CONFIG_BYTES, "the configuration"), "the configuration")
    entries = _list(data, "layers")
    instructions = instructions_of(config, len(entries))
    made = zip(entries, instructions, _uncompressed(config, len(entries)), range(1, len(entries) + 1), strict=True)
    layers = [_layer(source, *each) for each in made]
    places: list[tuple[str, Mapping[str, Any]]] = [
        ("the manifest", data),
        ("the configuration's descriptor", described_config),
    ]
    places += [(f"layer {number}", each) for number, each in enumerate(entries, 1)]
    return Image(digest, config, layers, name, [each for place in places for each in _annotations(*place)])


def _annotations(where: str, document: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    found = document.get("annotations")
    for name, value in found.items() if isinstance(found, dict) else ():
        yield where, str(name), str(value)


def _uncompressed(config: Mapping[str, Any], layers: int) -> list[str]:
    """The digests of the uncompressed layers. All are "" if their number differs from that of the layers; a malformed
    one is ""."""
    rootfs = config.get("rootfs")
    found = rootfs.get("diff_ids") if isinstance(rootfs, dict) else None
    if not isinstance(found, list) or len(found) != layers:
        return [""] * layers
    return [each if is_digest(each) else "" for each in found]


def _layer(
    source: BlobSource, entry: Mapping[str, Any], instruction: str, uncompressed: str, number: int
) -> ImageLayer:
    kind = str(entry.get("mediaType"))
    if kind not in _LAYERS:
        raise ImageFault(f"layer {number} is of an unknown media type, {kind[:100]!a}", BUILD_AGAIN)
    digest, size = described(entry, f"layer {number}")
    name = f"layer {number} ({digest[:19]}...)"

    def entries(hold: bool = False) -> Iterator[LayerEntry]:
        stored = VerifiedStream(source.blob(digest), digest, size, name)
        tar = decompressed(stored, name)
        if hold:
            tar = VerifiedStream(tar, uncompressed, None, f"{name}, uncompressed,")
        yield from tar_entries(tar, name)
        drain(tar)
        drain(stored)  # the digest is known only at the end of the layer

    def held_entries() -> Iterator[LayerEntry]:
        if not uncompressed:
            what = "the configuration does not name the digest of each uncompressed layer (rootfs.diff_ids)"
            raise ImageFault(what, f"do not trust it; {BUILD_AGAIN}", code="image-digest")
        return entries(hold=True)

    return ImageLayer(digest, size, instruction, entries, held_entries)


def instructions_of(config: Mapping[str, Any], layers: int) -> list[str]:
    """The instruction that made each layer. All are "" if the history does not match the layers."""
    history = config.get("history")
    made = [
        str(each.get("created_by") or "")
        for each in (history if isinstance(history, list) else [])
        if isinstance(each, dict) and each.get("empty_layer") is not True
    ]
    return made if len(made) == layers else [""] * layers


def _list(data: Mapping[str, Any], member: str) -> Sequence[Mapping[str, Any]]:
    found = data.get(member)
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise ImageFault(f"the manifest has no list of {member}", COPY_AGAIN)
    if len(found) > _MOST_LAYERS:
        raise ImageFault(f"the manifest lists more than {_MOST_LAYERS} {member}", BUILD_AGAIN)
    return found
