"""ConfigMaps and Secrets: their keys, and which of them can be environment variables."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator

from confcontract.manifests.manifest_node import Node
from confcontract.manifests.workload import DataKey, DataObject

_KEY = re.compile(r"(?!\.\.)[-._a-zA-Z0-9]{1,253}\Z")  # IsConfigMapKey of k8s.io/apimachinery


def read_config_map(node: Node) -> DataObject:
    keys: dict[str, DataKey] = {}
    for name, value in _keys(node.get("binaryData")):
        text = value.text()
        keys[name] = _of_bytes(value, text, "it is in binaryData, which sets no environment variables")
    for name, value in _keys(node.get("data")):
        text = value.text() if value else ""
        keys[name] = DataKey(text, None if text is None else text.encode("utf-8", "surrogateescape"), value.place)
    return _object(node, "ConfigMap", keys)


def read_secret(node: Node) -> DataObject:
    keys: dict[str, DataKey] = {}
    for name, value in _keys(node.get("data")):
        keys[name] = _of_bytes(value, value.text() if value else "")
    for name, value in _keys(node.get("stringData")):  # stringData overrides data
        text = value.text() if value else ""
        keys[name] = DataKey(text, None if text is None else text.encode("utf-8", "surrogateescape"), value.place)
    return _object(node, "Secret", keys)


def _keys(node: Node) -> Iterator[tuple[str, Node]]:
    """Leaves out keys that Kubernetes refuses. They are reported without their names, which may be values."""
    for name, value in node.entries():
        if _KEY.match(name) and name != ".":
            yield name, value
        else:
            message = f"{node.called} has a key that Kubernetes refuses"
            value.tell(
                "manifest-malformed", message, hint="a key has letters, digits, -, _ and . only, and no .. in front"
            )


def _of_bytes(node: Node, text: str | None, never: str | None = None) -> DataKey:
    """never: the reason why the key never sets a variable."""
    if text is None:
        return DataKey(None, None, node.place, "it is not valid for Kubernetes")
    try:
        content = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        node.malformed("is not base64", hint="encode it, or write the text under stringData in a Secret")
        return DataKey(None, None, node.place, "it is not base64")
    if never:
        return DataKey(None, content, node.place, never)
    try:
        return DataKey(content.decode("utf-8"), content, node.place)
    except UnicodeDecodeError:
        return DataKey(None, content, node.place, "it is not UTF-8 text, which a variable's value must be")


def _object(node: Node, kind: str, keys: dict[str, DataKey]) -> DataObject:
    metadata = node.get("metadata")
    labels = {name: text for name, value in metadata.get("labels").entries() if (text := value.text()) is not None}
    name, namespace = metadata.get("name").text() or "", metadata.get("namespace").text()
    return DataObject(kind, name, namespace, keys, labels, node.place)
