"""The files that ConfigMaps and Secrets provide in a container."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import replace

from confcontract.manifests.data_lookup import DataObjects, said, secret_key, why_key_absent
from confcontract.manifests.manifest_node import Node
from confcontract.manifests.workload import ContainerFile, DataObject, ManifestProblem, Mount
from confcontract.report.problem import Problem

_EMPTY = ("emptyDir",)


class Volume:
    """files: by their path in the volume. unseen: why there may be others; None if these are all."""

    def __init__(self) -> None:
        self.files: dict[str, ContainerFile] = {}
        self.unseen: str | None = None


def read_volumes(
    pod: Node, data: DataObjects, namespace: str | None, found: list[ManifestProblem]
) -> dict[str, Volume]:
    """Name → volume."""
    volumes = {}
    for node in pod.get("volumes").items():
        name = node.get("name").text()
        if not name:
            node.malformed("has no name")
            continue
        volumes[name] = _volume(node, data, namespace, found)
    return volumes


def _volume(node: Node, data: DataObjects, namespace: str | None, found: list[ManifestProblem]) -> Volume:
    volume = Volume()
    sources = [each for each in node.entries() if each[0] != "name"]
    for kind, source in sources:
        if kind == "projected":
            for each in source.get("sources").items():
                for inner_kind, inner in each.entries():
                    _add(volume, inner_kind, inner, data, namespace, found)
        else:
            _add(volume, kind, source, data, namespace, found)
    return volume


def _add(
    volume: Volume, kind: str, source: Node, data: DataObjects, namespace: str | None, found: list[ManifestProblem]
) -> None:
    if kind in ("configMap", "secret"):
        object_kind = "ConfigMap" if kind == "configMap" else "Secret"
        name = source.get("secretName").text() if kind == "secret" else None
        name = name or source.get("name").text() or ""
        held = data.find(object_kind, name, namespace)
        if held is None:
            volume.unseen = data.why_absent(object_kind, name)
            return
        if held.open:
            volume.unseen = held.open
        for path, file in _files(source, held, found, namespace):
            volume.files[path] = file
    elif kind in _EMPTY:
        volume.unseen = volume.unseen or "it is an empty volume that other containers may fill"
    else:
        volume.unseen = f"what a volume of the kind {kind} holds is not in the manifests"


def _files(
    source: Node, held: DataObject, found: list[ManifestProblem], namespace: str | None
) -> Iterator[tuple[str, ContainerFile]]:
    wanted = [*source.get("items").items()]
    optional = source.get("optional").truth()
    if not wanted:
        for key in held.keys:
            yield key, _file(held, key, namespace)
        return
    for item in wanted:
        key, path = item.get("key").text() or "", item.get("path").text() or ""
        if key in held.keys:
            yield path, _file(held, key, namespace)
        elif held.open:
            whole = secret_key(held.kind, held, held.name, key, namespace)
            yield path, ContainerFile(path, None, item.place, held.open, held.kind == "Secret", said(held, key), whole)
        elif not optional:
            what, hint = why_key_absent(held, key)
            problem = Problem("manifest-key-missing", f"{what}: the container would not start", hint=hint)
            found.append(ManifestProblem(problem, item.place))


def _file(held: DataObject, key: str, namespace: str | None) -> ContainerFile:
    entry = held.keys[key]
    unseen = entry.unseen if entry.content is None else None
    whole = secret_key(held.kind, held, held.name, key, namespace)
    return ContainerFile(key, entry.content, entry.place, unseen, held.kind == "Secret", said(held, key), whole)


def read_mounts(container: Node, volumes: Mapping[str, Volume]) -> tuple[Mount, ...]:
    mounts = []
    for node in container.get("volumeMounts").items():
        name, path = node.get("name").text() or "", node.get("mountPath").text() or ""
        inner = node.get("subPath").text() or ""
        volume = volumes.get(name)
        if not path.startswith("/") or volume is None:
            if volume is None and name:
                node.malformed(f"mounts {name}, but there is no such volume")
            continue
        if node.get("subPathExpr"):
            mounts.append(Mount(path, (), "which part of the volume is known only when the pod runs", node.place))
            continue
        mounts.append(Mount(path, tuple(_mounted(volume, path, inner.strip("/"))), volume.unseen, node.place))
    return tuple(mounts)


def _mounted(volume: Volume, path: str, inner: str) -> Iterator[ContainerFile]:
    for name, file in volume.files.items():
        if not inner:
            where = posixpath.join(path, name)
        elif name == inner:
            where = path
        elif name.startswith(f"{inner}/"):
            where = posixpath.join(path, name[len(inner) + 1 :])
        else:
            continue
        yield replace(file, path=posixpath.normpath(where))
