"""Reads an image from the storage of podman, buildah and CRI-O on this machine: `containers-storage:REF`.

The digests of the manifest and the configuration are verified. Layers are stored as folders, which have no digest, so
their files are read unverified. Supported drivers: overlay, whose folders hold differences, and vfs, whose folders hold
all files.
"""

from __future__ import annotations

import os
import re
import tomllib
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from typing import Any

from confcontract.image.entry import Image, ImageLayer, LayerEntry
from confcontract.image.file_source import opened
from confcontract.image.folder_entries import folder_entries
from confcontract.image.image_fault import COPY_AGAIN, ImageFault
from confcontract.image.manifests import CONFIG_BYTES, DOCUMENT_BYTES, instructions_of
from confcontract.image.verified import VerifiedStream, is_digest, json_object, whole

DRIVERS = ("overlay", "vfs")
_INDEX_BYTES = 256 * 1024 * 1024
_PLACE = re.compile(r"\[(?:(?P<driver>\w+)@)?(?P<root>[^\]+:]+)(?:\+[^\]]*)?\](?P<name>.*)")
_ID = re.compile(r"[0-9a-f]{64}")
_HINT = "see 'podman images'; as an ordinary user run this in 'podman unshare' or 'buildah unshare'"


def image_in_storage(reference: str, environ: Mapping[str, str], stack: ExitStack) -> Image:
    """reference: NAME[:TAG] or an id, optionally with `[DRIVER@ROOT]` before it. Raises ImageFault."""
    placed = _PLACE.fullmatch(reference)
    root, driver, name = (placed["root"], placed["driver"], placed["name"]) if placed else (None, None, reference)
    root, driver = _storage(root, driver, environ)
    entry = _named(_list(f"{root}/{driver}-images/images.json", stack), name)
    folder = f"{root}/{driver}-images/{_id(entry)}"
    digest = str(entry.get("digest"))
    config_digest = f"sha256:{_id(entry)}"
    if is_digest(digest):
        raw = VerifiedStream(_file(f"{folder}/manifest", stack), digest, None, "the manifest")
        described = json_object(whole(raw, DOCUMENT_BYTES, "the manifest"), "the manifest").get("config")
        config_digest = str((described if isinstance(described, dict) else {}).get("digest"))
    if not is_digest(config_digest):
        raise ImageFault("the manifest names no configuration", COPY_AGAIN)
    file = f"{folder}/={b64encode(config_digest.encode()).decode()}"
    stream = VerifiedStream(_file(file, stack), config_digest, None, "the configuration")
    config = json_object(whole(stream, CONFIG_BYTES, "the configuration"), "the configuration")
    chain = _chain(_list(f"{root}/{driver}-layers/layers.json", stack), str(entry.get("layer") or ""))
    made = zip(chain, instructions_of(config, len(chain)), strict=True)
    layers = [_layer(root, driver, layer, instruction) for layer, instruction in made]
    return Image(digest if is_digest(digest) else "", config, layers, config_digest)


def _layer(root: str, driver: str, layer: Mapping[str, Any], instruction: str) -> ImageLayer:
    place = f"{root}/overlay/{_id(layer)}/diff" if driver == "overlay" else f"{root}/vfs/dir/{_id(layer)}"
    size = layer.get("diff-size")

    def entries() -> Iterator[LayerEntry]:
        return folder_entries(place, whole_image=driver == "vfs")

    return ImageLayer(
        str(layer.get("diff-digest") or ""), size if isinstance(size, int) else None, instruction, entries
    )


def _storage(root: str | None, driver: str | None, environ: Mapping[str, str]) -> tuple[str, str]:
    """The storage that containers-storage.conf(5) names. If nothing names a driver, the one that holds images is
    used."""
    home = environ.get("HOME") or os.path.expanduser("~")
    is_root = os.geteuid() == 0
    own = os.path.join(environ.get("XDG_CONFIG_HOME") or f"{home}/.config", "containers/storage.conf")
    if root is None:
        stated = _stated(environ.get("CONTAINERS_STORAGE_CONF") or ("/etc/containers/storage.conf" if is_root else own))
        data = environ.get("XDG_DATA_HOME") or f"{home}/.local/share"
        default = "/var/lib/containers/storage" if is_root else f"{data}/containers/storage"
        root, driver = str(stated.get("graphroot") or default), driver or str(stated.get("driver") or "")
    driver = driver or environ.get("STORAGE_DRIVER") or ""
    if not driver:
        driver = next((each for each in DRIVERS if os.path.exists(f"{root}/{each}-images/images.json")), DRIVERS[0])
    if driver not in DRIVERS:
        raise ImageFault(f"the storage's driver {driver} is not supported", "push the image to oci-archive:FILE")
    return root, driver


def _stated(path: str) -> Mapping[str, Any]:
    try:
        with open(path, "rb") as file:
            storage = tomllib.load(file).get("storage")
    except FileNotFoundError:
        return {}
    except (OSError, ValueError):
        raise ImageFault(f"{path} can't be read as TOML", "correct the file") from None
    return storage if isinstance(storage, dict) else {}


def _named(images: Sequence[Mapping[str, Any]], name: str) -> Mapping[str, Any]:
    tagged = name if ":" in name.rpartition("/")[2] else f"{name}:latest"
    for each in images:
        known = each.get("names")
        names = [str(own) for own in known] if isinstance(known, list) else []
        if any(own in (name, tagged) or own.endswith(f"/{tagged}") for own in names):
            return each
    found = [each for each in images if len(name) >= 12 and str(each.get("id")).startswith(name)]
    if len(found) == 1:
        return found[0]
    raise ImageFault(f"there is no image {name} in this storage", _HINT, code="image-not-found")


def _chain(layers: Sequence[Mapping[str, Any]], newest: str) -> list[Mapping[str, Any]]:
    """The layers, oldest first."""
    known = {str(each.get("id")): each for each in layers}
    chain: list[Mapping[str, Any]] = []
    while newest:
        if newest not in known or len(chain) > len(known):
            raise ImageFault("the storage does not have all layers of the image", COPY_AGAIN)
        chain.insert(0, known[newest])
        newest = str(known[newest].get("parent") or "")
    return chain


def _id(entry: Mapping[str, Any]) -> str:
    """An id that is safe as the name of a folder."""
    found = str(entry.get("id"))
    if not _ID.fullmatch(found):
        raise ImageFault("the storage has an entry without an id", COPY_AGAIN)
    return found


def _list(path: str, stack: ExitStack) -> list[Mapping[str, Any]]:
    content = whole(_file(path, stack), _INDEX_BYTES, path)
    found = json_object(b'{"all":%s}' % content, path)["all"]
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise ImageFault(f"{path} has no list", COPY_AGAIN)
    return found


def _file(path: str, stack: ExitStack) -> Any:
    file = opened(path, _HINT)
    stack.callback(file.close)
    return file
