"""Images made in memory: layers as tars, their documents, and the folder or archive that holds them."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar"
PLATFORM = {"os": "linux", "architecture": "amd64"}


def member(name: str, content: bytes | None = None, **facts: Any) -> tuple[tarfile.TarInfo, bytes]:
    """A file; with `link` a symbolic link, with `hard` a hard link; without content a directory."""
    info = tarfile.TarInfo(name)
    info.mode = facts.get("mode", 0o755 if content is None else 0o644)
    if "link" in facts:
        info.type, info.linkname = tarfile.SYMTYPE, facts["link"]
    elif "hard" in facts:
        info.type, info.linkname = tarfile.LNKTYPE, facts["hard"]
    elif content is None:
        info.type = tarfile.DIRTYPE
    info.size = len(content or b"")
    return info, content or b""


def tar(*members: tuple[tarfile.TarInfo, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for info, content in members:
            archive.addfile(info, io.BytesIO(content))
    return out.getvalue()


def files(**by_path: bytes) -> bytes:
    return tar(*(member(name.replace("__", "/"), content) for name, content in by_path.items()))


def digest(content: bytes) -> str:
    return "sha256:" + hashlib.sha256(content).hexdigest()


class Layout:
    """An OCI layout in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "blobs/sha256").mkdir(parents=True)
        (folder / "oci-layout").write_text('{"imageLayoutVersion":"1.0.0"}')
        self.entries: list[dict[str, Any]] = []
        self.write()

    def blob(self, content: bytes, kind: str, **more: Any) -> dict[str, Any]:
        """Its descriptor."""
        (self.folder / "blobs" / digest(content).replace(":", "/")).write_bytes(content)
        return {"mediaType": kind, "digest": digest(content), "size": len(content), **more}

    def document(self, data: Any, kind: str, **more: Any) -> dict[str, Any]:
        return self.blob(json.dumps(data).encode(), kind, **more)

    def image(
        self,
        layers: Sequence[bytes],
        *,
        kinds: Sequence[str] = (),
        labels: Mapping[str, str] | None = None,
        env: Sequence[str] = (),
        config: Mapping[str, Any] | None = None,
        platform: Mapping[str, str] = PLATFORM,
        annotations: Mapping[str, str] | None = None,
        layer_annotations: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        """Its manifest's descriptor. Layers are what is stored: kinds are their media types."""
        plain = [gzip.decompress(each) if each[:2] == b"\x1f\x8b" else each for each in layers]
        made = {
            **platform,
            "config": {"Labels": dict(labels or {}), "Env": list(env)},
            "rootfs": {"type": "layers", "diff_ids": [digest(each) for each in plain]},
            "history": [{"created_by": f"COPY {number} / # buildkit"} for number in range(len(layers))],
            **(config or {}),
        }
        named = kinds or [LAYER + ("+gzip" if each[:2] == b"\x1f\x8b" else "") for each in layers]
        of_layers = {"annotations": dict(layer_annotations)} if layer_annotations else {}
        manifest = {
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": self.document(made, CONFIG),
            "layers": [self.blob(each, kind, **of_layers) for each, kind in zip(layers, named, strict=True)],
            **({"annotations": dict(annotations)} if annotations else {}),
        }
        return self.document(manifest, MANIFEST, platform=dict(platform))

    def tag(self, descriptor: Mapping[str, Any], name: str = "") -> None:
        noted = {"annotations": {"org.opencontainers.image.ref.name": name}} if name else {}
        self.entries.append({**descriptor, **noted})
        self.write()

    def write(self) -> None:
        (self.folder / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": self.entries}))

    def archive(self, file: Path) -> Path:
        with tarfile.open(file, "w") as archive:
            archive.add(self.folder, ".")
        return file


def layout(folder: Path, *layers: bytes, **facts: Any) -> str:
    """The reference of a new layout with one image."""
    made = Layout(folder)
    made.tag(made.image(layers, **facts))
    return f"oci:{folder}"


def saved(file: Path, *layers: bytes, tags: Sequence[str] = ("shop:1",), links: bool = False) -> str:
    """The reference of a new archive as `docker save` writes it."""
    config = json.dumps(
        {**PLATFORM, "config": {}, "rootfs": {"type": "layers", "diff_ids": [digest(each) for each in layers]}}
    ).encode()
    name = hashlib.sha256(config).hexdigest() + ".json"
    places = [f"{number}/layer.tar" for number in range(len(layers))]
    manifest = [{"Config": name, "RepoTags": list(tags), "Layers": places}]
    content = [
        member(f"real{place[0]}.tar" if links else place, each) for place, each in zip(places, layers, strict=True)
    ]
    content += [member(place, link=f"../real{place[0]}.tar") for place in places if links]
    content += [member(name, config), member("manifest.json", json.dumps(manifest).encode())]
    file.write_bytes(tar(*content))
    return f"docker-archive:{file}"
