"""Computes the environment that Kubernetes would give a container, by the rules of kubelet.

envFrom is evaluated first, and later entries override earlier ones. Then env, in its order, overrides all of it; if a
name occurs twice, the last one wins. `$(NAME)` refers to variables that are already set. k8s.io/kubernetes,
pkg/kubelet/kubelet_pods.go, makeEnvironment.
"""

from __future__ import annotations

import re
from dataclasses import replace

from confcontract.manifests.data_lookup import DataObjects, said, secret_key, why_key_absent
from confcontract.manifests.manifest_node import Node
from confcontract.manifests.shown_name import shown_name
from confcontract.manifests.variable_references import expand
from confcontract.manifests.workload import DataObject, FilePlace, GivenVariable, ManifestProblem, Origin, UnseenSource
from confcontract.report.problem import INFO, WARNING, Problem

_NAME = re.compile(r"[-._a-zA-Z][-._a-zA-Z0-9]*\Z")
_DIGIT_FIRST = re.compile(r"[-._a-zA-Z0-9]+\Z")
_RELAXED = re.compile(r"[ -<>-~]+\Z")  # printable, without =
_RELAXED_SINCE = "1.32"
_ORIGINS = {"ConfigMap": Origin.CONFIG_MAP, "Secret": Origin.SECRET}
_FIELDS = {  # what the API server knows about a pod before it runs
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "spec.nodeName",
    "spec.serviceAccountName",
    "status.hostIP",
    "status.hostIPs",
    "status.podIP",
    "status.podIPs",
}


class EnvironmentReader:
    """Reads the environment of one container. metadata: the fields of the pod's template that fieldRef can refer to."""

    def __init__(self, data: DataObjects, namespace: str | None, metadata: dict[str, str]) -> None:
        self._data = data
        self._namespace = namespace
        self._metadata = metadata
        self.given: dict[str, GivenVariable] = {}
        self.unseen_sources: list[UnseenSource] = []
        self.found: list[ManifestProblem] = []

    def read(self, container: Node) -> None:
        for each in container.get("envFrom").items():
            self._from(each)
        seen: dict[str, FilePlace] = {}
        for each in container.get("env").items():
            name = each.get("name").text()
            if not name:
                each.malformed("has no name")
                continue
            if not _NAME.match(name) and not self._is_relaxed(name, each):
                continue
            if name in seen:
                first = seen[name]
                message = f"is in env twice, and the last one is used; the first is in line {first.line}"
                problem = Problem("name-twice", message, variable=name, severity=WARNING, hint="keep one of them")
                self.found.append(ManifestProblem(problem, each.place))
            seen[name] = each.place
            self._one(name, each)

    def _is_relaxed(self, name: str, node: Node) -> bool:
        """Whether only older Kubernetes releases refuse the name. A name with other characters may hold a value."""
        shown = f"{shown_name(name)!r}"
        if not _RELAXED.match(name):
            node.tell("manifest-malformed", f"{shown} can't be the name of an environment variable")
            return False
        is_plain = _DIGIT_FIRST.match(name) is not None
        unchecked = "" if is_plain else ", and is not checked"
        message = f"{shown} is a name that Kubernetes refuses before {_RELAXED_SINCE}{unchecked}"
        node.tell("manifest-malformed", message, hint="use letters, digits and _ only", severity=WARNING)
        return is_plain

    def _from(self, node: Node) -> None:
        prefix = node.get("prefix").text() or ""
        for kind, member in (("ConfigMap", "configMapRef"), ("Secret", "secretRef")):
            reference = node.get(member)
            if reference.value is None:
                continue
            name, optional = reference.get("name").text(), reference.get("optional").truth()
            if not name:
                reference.malformed("names nothing", hint=f"add the name of the {kind}")
                continue
            data = self._data.find(kind, name, self._namespace)
            if data is None or data.open:
                why = data.open if data is not None else self._data.why_absent(kind, name)
                why += ", and optional" if optional else ""
                hint = f"name the file of the {kind} with another --manifest" if data is None else ""
                self._hide(prefix, why, reference.place, hint)
            if data is not None:
                self._all_of(data, prefix)

    def _hide(self, prefix: str, why: str, place: FilePlace, hint: str) -> None:
        """Marks the variables that this source may override as uncertain."""
        self.unseen_sources.append(UnseenSource(prefix, why, place, hint))
        for name, given in self.given.items():
            if name.startswith(prefix):
                self.given[name] = replace(given, may_be_replaced=why)

    def _all_of(self, data: DataObject, prefix: str) -> None:
        skipped = []
        for key, value in data.keys.items():
            name = prefix + key
            if data.kind == "ConfigMap" and value.unseen and value.content is not None:
                continue  # binaryData
            if not _NAME.match(name):
                skipped.append((name, value.place))
                if not _DIGIT_FIRST.match(name):
                    continue
            self._put(
                GivenVariable(
                    name,
                    value.value,
                    _ORIGINS[data.kind],
                    value.place,
                    value.unseen,
                    data.kind == "Secret",
                    said(data, key),
                    key=secret_key(data.kind, data, data.name, key, self._namespace),
                )
            )
        for name, place in skipped:
            message = (
                f"{data.kind} {data.name}: {shown_name(name)!r} can't name an environment variable, and is left out"
                + (f" before Kubernetes {_RELAXED_SINCE}" if _DIGIT_FIRST.match(name) else "")
            )
            problem = Problem("manifest-ignored", message, severity=INFO, hint="nothing, if it is read as a file")
            self.found.append(ManifestProblem(problem, place))

    def _put(self, given: GivenVariable) -> None:
        self.given.pop(given.name, None)
        self.given[given.name] = given

    def _one(self, name: str, node: Node) -> None:
        value, source = node.get("value"), node.get("valueFrom")
        text = value.text() if value else None
        if text and source:
            node.malformed("has both value and valueFrom, which Kubernetes refuses", hint="keep one of them")
        if text:
            self._put(self._expanded(name, text, value.place))
        elif source:
            self._put_from(name, source)
        else:
            self._put(GivenVariable(name, "", Origin.PLAIN, (value if value else node).place))

    def _expanded(self, name: str, text: str, place: FilePlace) -> GivenVariable:
        used: list[GivenVariable] = []

        def look_up(other: str) -> str | None:
            given = self.given.get(other)
            if given is None:
                return None
            used.append(given)
            return given.value or ""

        value = expand(text, look_up)
        hidden = [each for each in used if each.value is None]
        secret = any(each.secret for each in used)
        whole = used[0].key if used and text == f"$({used[0].name})" else None
        if hidden:
            why = f"it refers to {hidden[0].name}: {hidden[0].unseen}"
            return GivenVariable(name, None, Origin.EXPANDED, place, why, secret, key=whole)
        if self.unseen_sources and (unknown := self._refers_to_unseen(text)):
            return GivenVariable(name, None, Origin.EXPANDED, place, f"it refers to {unknown[0]}: {unknown[1]}", secret)
        return GivenVariable(name, value, Origin.EXPANDED if used else Origin.PLAIN, place, None, secret, key=whole)

    def _refers_to_unseen(self, text: str) -> tuple[str, str] | None:
        """A referenced name that an unseen source may define, with the reason."""
        names: list[str] = []

        def note(name: str) -> None:
            names.append(name)

        expand(text, note)
        for name in names:
            given = self.given.get(name)
            if given is not None and given.may_be_replaced:
                return name, given.may_be_replaced
            for source in self.unseen_sources:
                if given is None and name.startswith(source.prefix):
                    return name, source.why
        return None

    def _put_from(self, name: str, source: Node) -> None:
        kinds = [*source.entries()]
        if len(kinds) != 1:
            source.malformed("must name exactly one source")
        for member, reference in kinds[:1]:
            if member in ("configMapKeyRef", "secretKeyRef"):
                self._put_key(name, "ConfigMap" if member == "configMapKeyRef" else "Secret", reference)
            elif member == "fieldRef":
                self._put(self._field(name, reference))
            elif member == "resourceFieldRef":
                what = reference.get("resource").text() or "a resource"
                why = f"it is {what} of the container, which depends on the node"
                self._put(GivenVariable(name, None, Origin.RESOURCE, reference.place, why))
            elif member == "fileKeyRef":
                why = "it is read from a file in a volume when the container starts"
                self._put(GivenVariable(name, None, Origin.VOLUME_FILE, reference.place, why))
            else:
                reference.malformed("is not a known source of values")

    def _put_key(self, name: str, kind: str, reference: Node) -> None:
        object_name, key = reference.get("name").text() or "", reference.get("key").text()
        optional = reference.get("optional").truth()
        if not key:
            reference.malformed("names no key", hint=f"add the key of the {kind}")
            return
        data = self._data.find(kind, object_name, self._namespace)
        found = data.keys.get(key) if data is not None else None
        place = reference.get("key").place
        origin, secret = _ORIGINS[kind], kind == "Secret"
        if data is None or (found is None and data.open):
            why = data.open if data is not None else self._data.why_absent(kind, object_name)
            why += ", and optional" if optional else ""
            whole = secret_key(kind, data, object_name, key, self._namespace)
            said_ = f"{kind} {object_name}, key {key}"
            self._put(GivenVariable(name, None, origin, place, why, secret, said_, key=whole))
        elif found is None and not optional:
            what, hint = why_key_absent(data, key)
            problem = Problem(
                "manifest-key-missing", f"{what}: the container would not start", variable=name, hint=hint
            )
            self.found.append(ManifestProblem(problem, place))
            self._put(GivenVariable(name, None, origin, place, what, secret, said(data, key)))
        elif found is not None and found.value is None and found.content is not None:
            hint = "mount it as a file, or write text under the key"
            problem = Problem("manifest-malformed", f"{said(data, key)}: {found.unseen}", variable=name, hint=hint)
            self.found.append(ManifestProblem(problem, place))
            self._put(GivenVariable(name, None, origin, place, found.unseen, secret, said(data, key)))
        elif found is not None:
            unseen = None if found.value is not None else found.unseen
            whole = secret_key(kind, data, object_name, key, self._namespace)
            self._put(GivenVariable(name, found.value, origin, found.place, unseen, secret, said(data, key), key=whole))

    def _field(self, name: str, reference: Node) -> GivenVariable:
        path = reference.get("fieldPath").text() or ""
        place = reference.get("fieldPath").place
        if path in self._metadata:
            return GivenVariable(name, self._metadata[path], Origin.FIELD, place, said=path)
        if path.partition("[")[0] not in ("metadata.labels", "metadata.annotations") and path not in _FIELDS:
            reference.malformed(f"names {path or 'nothing'}, which is not a field that can set a variable")
        return GivenVariable(name, None, Origin.FIELD, place, f"{path} is known when the pod runs", said=path)
