"""Secrets that a controller creates from another object: their keys, as far as that object defines them."""

from __future__ import annotations

from collections.abc import Iterator

from confcontract.manifests.manifest_node import Node
from confcontract.manifests.workload import DataKey, DataObject, FilePlace

# Kind → the field with the name of the Secret, if it differs from that of the object.
MAKES_SECRET: dict[str, tuple[str, ...]] = {
    "ExternalSecret": ("spec", "target", "name"),
    "SealedSecret": ("spec", "template", "metadata", "name"),
    "VaultStaticSecret": ("spec", "destination", "name"),
    "VaultDynamicSecret": ("spec", "destination", "name"),
    "VaultPKISecret": ("spec", "destination", "name"),
    "Certificate": ("spec", "secretName"),
}


def made_secret(node: Node, kind: str) -> DataObject:
    """The Secret that a controller creates from the object."""
    metadata = node.get("metadata")
    name = metadata.get("name").text() or ""
    made = node.get(*MAKES_SECRET[kind]).text() or name
    why = f"Secret {made} is made by {kind} {name}, and its values are not in the manifests"
    keys = {key: DataKey(None, None, place, why) for key, place in _keys(node, kind)}
    open_ = "" if _says_all(node, kind) else why
    return DataObject("Secret", made, metadata.get("namespace").text(), keys, {}, node.place, open=open_)


def _keys(node: Node, kind: str) -> Iterator[tuple[str, FilePlace]]:
    if kind == "ExternalSecret":
        for each in node.get("spec", "data").items():
            if key := each.get("secretKey").text():
                yield key, each.get("secretKey").place
    elif kind == "SealedSecret":
        for key, value in node.get("spec", "encryptedData").entries():
            yield key, value.place


def _says_all(node: Node, kind: str) -> bool:
    """Whether the object lists all keys of the Secret."""
    if kind == "ExternalSecret":
        target = node.get("spec", "target")
        return not (
            node.get("spec", "dataFrom") or target.get("template") or target.get("creationPolicy").value == "Merge"
        )
    return kind == "SealedSecret" and not node.get("spec", "template", "data")
