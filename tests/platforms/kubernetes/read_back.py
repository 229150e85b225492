"""What Kubernetes would make of objects: the environment and the files of a container, by its documented rules."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml  # type: ignore[import-untyped]

from tests.platforms.reading_back import Got

Object = dict[str, Any]


@dataclass(frozen=True)
class Container:
    """environment: name → value. files: path in the container → content. args: as the process would get them."""

    environment: dict[str, str]
    files: dict[str, str]
    args: list[str]


def objects_of(files: Mapping[str, str]) -> list[Object]:
    """Of all files of an export, but for that of kustomize."""
    texts = [text for name, text in files.items() if name != "kustomization.yaml" and name.endswith(".yaml")]
    return [each for text in texts for each in yaml.load_all(text, yaml.CSafeLoader)]


def one(objects: Sequence[Object], kind: str, name: str | None = None) -> Object:
    (found,) = [each for each in objects if each["kind"] == kind and name in (None, each["metadata"]["name"])]
    return found


def template_of(workload: Object) -> Object:
    found: Object = workload["spec"]["template"]
    return found


def container_of(workload: Object, objects: Sequence[Object], secrets: Mapping[str, Mapping[str, str]]) -> Container:
    """secrets: name of a Secret → key → value, as somebody has filled it."""
    spec = template_of(workload)["spec"]
    (container,) = spec["containers"]
    maps = {each["metadata"]["name"]: each["data"] for each in objects if each["kind"] == "ConfigMap"}
    environment: dict[str, str] = {}
    for source in container.get("envFrom", ()):
        environment |= maps[source["configMapRef"]["name"]]
    for entry in container["env"]:
        if "value" in entry:
            environment[entry["name"]] = expanded(entry["value"], environment)
        else:
            reference = entry["valueFrom"]["secretKeyRef"]
            if not reference.get("optional") or reference["key"] in secrets[reference["name"]]:
                environment[entry["name"]] = secrets[reference["name"]][reference["key"]]
    files: dict[str, str] = {}
    volumes = {each["name"]: each for each in spec["volumes"]}
    for mount in container["volumeMounts"]:
        for name, content in _content(volumes[mount["name"]], maps, secrets).items():
            files[f"{mount['mountPath']}/{name}"] = content
    return Container(environment, files, [expanded(each, environment) for each in container.get("args", ())])


def from_kubernetes(files: Mapping[str, str]) -> Got:
    """Of secrets, which variables the container expects of a Secret."""
    objects = objects_of(files)
    deployment = one(objects, "Deployment")
    (container,) = template_of(deployment)["spec"]["containers"]
    asked = {each["name"]: each["valueFrom"]["secretKeyRef"] for each in container["env"] if "valueFrom" in each}
    filled = {each["name"]: {other["key"]: "" for other in asked.values()} for each in asked.values()}
    environ = container_of(deployment, objects, filled).environment
    return Got({name: value for name, value in environ.items() if name not in asked}, tuple(asked))


def _content(
    volume: Object, maps: Mapping[str, Mapping[str, str]], secrets: Mapping[str, Mapping[str, str]]
) -> Mapping[str, str]:
    if "configMap" in volume:
        return maps[volume["configMap"]["name"]]
    return {
        item["path"]: secrets[source["secret"]["name"]][item["key"]]
        for source in volume.get("projected", {}).get("sources", ())
        for item in source["secret"]["items"]
    }


def expanded(text: str, environment: Mapping[str, str]) -> str:
    """$(NAME), and $$ for $."""

    def one(found: re.Match[str]) -> str:
        if found[0] == "$$":
            return "$"
        return environment.get(found[1], found[0])

    return re.sub(r"\$\$|\$\(([^)]*)\)", one, text)
