"""Finds the pod template of a Deployment, a Job or another object, and reads its containers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from confcontract.manifests.container_environment import EnvironmentReader
from confcontract.manifests.container_mounts import Volume, read_mounts, read_volumes
from confcontract.manifests.data_lookup import DataObjects
from confcontract.manifests.manifest_node import Node
from confcontract.manifests.variable_references import expand
from confcontract.manifests.workload import Container, ContainerProbe, ManifestProblem, ProbeKind, Workload

_TEMPLATE = ("spec", "template")
# Kind → the path of its pod template.
KINDS: dict[str, tuple[str, ...]] = {
    "Deployment": _TEMPLATE,
    "StatefulSet": _TEMPLATE,
    "DaemonSet": _TEMPLATE,
    "ReplicaSet": _TEMPLATE,
    "ReplicationController": _TEMPLATE,
    "Job": _TEMPLATE,
    "CronJob": ("spec", "jobTemplate", "spec", "template"),
    "Pod": (),
    "PodTemplate": ("template",),
}
_PROBES = ("startupProbe", "readinessProbe", "livenessProbe")
_LISTS = (("initContainers", True), ("containers", False))


def has_pod(value: Any) -> bool:
    """Whether an object of an unknown kind has a pod template at the usual place, such as a Rollout of Argo, a Service
    of Knative, or a CloneSet of OpenKruise."""
    for key in (*_TEMPLATE, "spec", "containers"):
        value = value.get(key) if isinstance(value, dict) else None
    return isinstance(value, list)


def read_workload(node: Node, data: DataObjects) -> Workload:
    kind = node.get("kind").text() or ""
    template = node.get(*KINDS.get(kind, _TEMPLATE))
    namespace = node.get("metadata", "namespace").text()
    metadata = template.get("metadata")
    labels = {name: text for name, value in metadata.get("labels").entries() if (text := value.text()) is not None}
    pod = template.get("spec")
    if not pod:
        template.malformed("has no spec, so there are no containers")
    volume_problems: list[ManifestProblem] = []
    volumes = read_volumes(pod, data, namespace, volume_problems)
    fields = _fields(template, namespace, is_pod=kind == "Pod")
    links = pod.get("enableServiceLinks")
    has_links = not links or links.truth()
    containers = []
    for member, init in _LISTS:
        for each in pod.get(member).items():
            reader = EnvironmentReader(data, namespace, fields)
            containers.append(_container(each, reader, volumes, volume_problems, init=init, links=has_links))
    name = node.get("metadata", "name").text() or node.get("metadata", "generateName").text() or "without a name"
    return Workload(kind, name, namespace, tuple(containers), node.place, labels)


def _fields(template: Node, namespace: str | None, *, is_pod: bool) -> dict[str, str]:
    """fieldPath → value, for the fields that the manifest defines."""
    metadata = template.get("metadata")
    fields: dict[str, str] = {}
    if namespace:
        fields["metadata.namespace"] = namespace
    if is_pod and (name := metadata.get("name").text()):
        fields["metadata.name"] = name
    account = template.get("spec", "serviceAccountName").text()
    if account:
        fields["spec.serviceAccountName"] = account
    for kind in ("labels", "annotations"):
        for name, value in metadata.get(kind).entries():
            if (text := value.text()) is not None:
                fields[f"metadata.{kind}['{name}']"] = text
    return fields


def _container(
    node: Node,
    reader: EnvironmentReader,
    volumes: Mapping[str, Volume],
    volume_problems: list[ManifestProblem],
    *,
    init: bool,
    links: bool,
) -> Container:
    reader.read(node)
    ports = {}
    for port in node.get("ports").items():
        name, number = port.get("name").text(), port.get("containerPort").number()
        if number is not None:
            ports[name or str(number)] = number
    return Container(
        name=node.get("name").text() or "without a name",
        image=node.get("image").text(),
        command=_expanded(node.get("command").texts(), reader),
        args=_expanded(node.get("args").texts(), reader),
        environment=tuple(reader.given.values()),
        unseen_sources=tuple(reader.unseen_sources),
        probes=tuple(probe for name in _PROBES if (probe := _probe(name, node.get(name))) is not None),
        mounts=read_mounts(node, volumes),
        init=init,
        place=node.place,
        ports=ports,
        service_links=links,
        found=(*reader.found, *volume_problems),
        working_dir=node.get("workingDir").text(),
    )


def _expanded(words: tuple[str, ...] | None, reader: EnvironmentReader) -> tuple[str, ...] | None:
    """Expands `$(NAME)` in the command as kubelet does. References to secrets and to unseen values stay as written. An
    empty list counts as none."""

    def look_up(name: str) -> str | None:
        given = reader.given.get(name)
        return given.value if given is not None and not given.secret else None

    return tuple(expand(word, look_up) for word in words) if words else None


def _probe(name: str, node: Node) -> ContainerProbe | None:
    if not node:
        return None
    command = node.get("exec")
    if command:
        return ContainerProbe(name, ProbeKind.COMMAND, command.place, command.get("command").texts() or ())
    for kind in (ProbeKind.HTTP, ProbeKind.TCP, ProbeKind.GRPC):
        asked = node.get(kind.value)
        if asked:
            port = asked.get("port")
            number = port.number()
            path = asked.get("path").text() or "/" if kind is ProbeKind.HTTP else ""
            return ContainerProbe(
                name,
                kind,
                (port if port else asked).place,
                port=number if number is not None else port.text(),
                path=path,
            )
    return None
