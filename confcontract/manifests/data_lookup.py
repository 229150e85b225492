"""Finds the ConfigMap or Secret that a pod refers to, and explains why it is missing from the manifests."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from confcontract.manifests.workload import DataObject, SecretKey
from confcontract.report.did_you_mean import Known, closest


class DataObjects:
    """ConfigMaps and Secrets by kind, namespace and name."""

    def __init__(self, objects: Iterable[DataObject]) -> None:
        self._found: dict[tuple[str, str], list[DataObject]] = {}
        for each in objects:
            self._found.setdefault((each.kind, each.name), []).append(each)
        self._known: dict[str, Known] = {}
        self._near: dict[tuple[str, str], str | None] = {}

    def find(self, kind: str, name: str, namespace: str | None) -> DataObject | None:
        """Returns the object of the same namespace. If one of the two has none, it is assumed to have the other's."""
        for each in reversed(self._found.get((kind, name), [])):
            if each.namespace == namespace or None in (each.namespace, namespace):
                return each
        return None

    def why_absent(self, kind: str, name: str) -> str:
        elsewhere = [each.namespace for each in self._found.get((kind, name), [])]
        if elsewhere:
            return f"{kind} {name} is not among the manifests for this namespace, but for {elsewhere[0]}"
        near = self._closest(kind, name)
        guess = f"; did you mean {near}?" if near else ""
        return f"{kind} {name} is not among the manifests{guess}"

    def _closest(self, kind: str, name: str) -> str | None:
        """Caches the search, since there may be thousands of names, and thousands of missing ones."""
        if kind not in self._known:
            self._known[kind] = Known(each for known, each in self._found if known == kind)
        if (kind, name) not in self._near:
            self._near[kind, name] = self._known[kind].closest(name)
        return self._near[kind, name]


def why_key_absent(data: DataObject, key: str) -> tuple[str, str | None]:
    """The problem, and the remedy."""
    near = closest(key, data.keys)
    return f"{data.kind} {data.name} has no key {key}", f"did you mean {near}?" if near else _listed(data.keys)


def _listed(keys: Iterable[str]) -> str:
    names: Sequence[str] = sorted(keys)
    if not names:
        return "add the key: it has none"
    return f"add the key, or use one that is there: {', '.join(names[:8])}" + (" and others" if len(names) > 8 else "")


def secret_key(kind: str, data: DataObject | None, name: str, key: str, namespace: str | None) -> SecretKey | None:
    """None if the kind is not Secret. namespace: of the pod."""
    if kind != "Secret":
        return None
    return SecretKey(namespace or (data.namespace if data is not None else None), name, key)


def said(data: DataObject, key: str) -> str:
    return f"{data.kind} {data.name}, key {key}"
