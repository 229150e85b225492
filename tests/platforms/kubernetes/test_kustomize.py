"""kustomize reads what is exported: as a base of an overlay, and as a component that patches what is there."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]
from kubernetes_validate import validate  # type: ignore[import-untyped]

from confcontract.platforms.exported import Exported
from tests.platforms.kubernetes.exported import exported, objects
from tests.platforms.kubernetes.read_back import Object, container_of, one, template_of
from tests.support.tools import run_tool, tool

VALUES = {"SHOP_PORT": "80", "SHOP_GREETING": "it's $(SHOP_PORT)\n yes", "SHOP_BANNER": " sale"}
FILLED = {"shop": {"SHOP_PASSWORD": "p", "SHOP_SIGNING_KEY": "k", "SHOP_API_TOKEN": "t"}}


def written(made: Exported, folder: Path) -> None:
    folder.mkdir(parents=True)
    for name, text in made.files.items():
        (folder / name).write_text(text)


def built(folder: Path) -> list[Object]:
    done = run_tool(tool("kubectl"), "kustomize", str(folder))
    assert done.returncode == 0, done.stderr
    return [*yaml.safe_load_all(done.stdout)]


def kustomization(folder: Path, **content: Any) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "kustomization.yaml").write_text(yaml.safe_dump(content))


def test_an_overlay_gives_image_namespace_and_values(tmp_path: Path) -> None:
    written(exported(VALUES, image=None), tmp_path / "base")
    digest = "sha256:" + "a" * 64
    values = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "shop"}, "data": {"SHOP_NOTE": "here"}}
    kustomization(
        tmp_path / "east",
        namespace="shop-east",
        resources=["../base"],
        images=[{"name": "shop", "newName": "registry.example.com/shop", "digest": digest}],
        patches=[{"patch": yaml.safe_dump(values)}],
        replicas=[{"name": "shop-web", "count": 3}],
    )
    made = built(tmp_path / "east")
    assert {each["metadata"]["namespace"] for each in made} == {"shop-east"}
    deployment = one(made, "Deployment")
    (container,) = template_of(deployment)["spec"]["containers"]
    assert container["image"] == f"registry.example.com/shop@{digest}"
    assert deployment["spec"]["replicas"] == 3
    read = container_of(deployment, made, FILLED)
    assert read.environment["SHOP_GREETING"] == VALUES["SHOP_GREETING"]
    assert read.environment["SHOP_NOTE"] == "here"
    assert read.files["/etc/confcontract/live/SHOP_BANNER"] == " sale"


PRESENT = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop-web}
spec:
  selector: {matchLabels: {app: shop}}
  template:
    metadata: {labels: {app: shop}}
    spec:
      containers:
        - name: proxy
          image: proxy@sha256:1
        - name: app
          image: shop@sha256:2
          ports: [{containerPort: 80}]
          envFrom: [{configMapRef: {name: theirs}}]
          env:
            - {name: SHOP_GREETING, value: old}
            - {name: SHOP_PASSWORD, value: hunter2}
            - {name: SHOP_API_TOKEN, valueFrom: {configMapKeyRef: {name: theirs, key: token}}}
            - {name: CONFCONTRACT_ROLE, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
            - {name: THEIRS, value: kept}
          livenessProbe: {httpGet: {path: /, port: 80}, periodSeconds: 1}
          volumeMounts: [{name: scratch, mountPath: /tmp}]
      volumes: [{name: scratch, emptyDir: {}}]
"""


@pytest.fixture(scope="module")
def patched(tmp_path_factory: pytest.TempPathFactory) -> list[Object]:
    folder = tmp_path_factory.mktemp("patched")
    written(exported(VALUES, kind="patch", role="web", container="app"), folder / "contract")
    (folder / "theirs.yaml").write_text(PRESENT)
    kustomization(folder, resources=["theirs.yaml"], components=["contract"])
    return built(folder)


def test_a_component_patches_the_deployment_that_is_there(patched: list[Object]) -> None:
    deployment = one(patched, "Deployment")
    validate(deployment, "1.37", strict=True)
    proxy, app = sorted(template_of(deployment)["spec"]["containers"], key=lambda each: str(each["name"]), reverse=True)
    assert proxy == {"name": "proxy", "image": "proxy@sha256:1"}
    assert (app["image"], app["ports"], app["envFrom"]) == (
        "shop@sha256:2",
        [{"containerPort": 80}],
        [{"configMapRef": {"name": "theirs"}}],
    )
    assert "httpGet" not in app["livenessProbe"]
    assert {"name": "scratch", "mountPath": "/tmp"} in app["volumeMounts"]


def test_what_the_contract_says_of_a_variable_takes_the_place_of_what_was_there(patched: list[Object]) -> None:
    app = next(each for each in template_of(one(patched, "Deployment"))["spec"]["containers"] if each["name"] == "app")
    told: Mapping[str, Any] = {each["name"]: {**each, "name": None} for each in app["env"]}
    assert told["THEIRS"]["value"] == "kept"
    assert told["SHOP_GREETING"]["valueFrom"] == {"configMapKeyRef": {"name": "shop", "key": "SHOP_GREETING"}}
    assert "value" not in told["SHOP_GREETING"]
    for name in ("SHOP_PASSWORD", "SHOP_API_TOKEN"):
        assert told[name] == {"name": None, "valueFrom": {"secretKeyRef": {"name": "shop", "key": name}}}
    assert told["CONFCONTRACT_ROLE"] == {"name": None, "value": "web"}


def test_all_of_it_as_one_text_has_only_what_kubectl_applies() -> None:
    text = exported(VALUES).as_one
    assert text is not None
    assert {each["kind"] for each in yaml.safe_load_all(text)} == {"ConfigMap", "Deployment", "Job"}
    assert [*yaml.safe_load_all(text)] == objects(VALUES)


def test_what_kustomize_would_lose_and_what_no_config_map_holds_is_reported(tmp_path: Path) -> None:
    made = exported({"SHOP_GREETING": "a\x7fb", "SHOP_NOTE": "a\x1b\u2028\U0001f600b"})
    assert [(each.variable, each.severity) for each in made.problems if each.code == "export-impossible"] == [
        ("SHOP_GREETING", "warning")
    ]
    written(made, tmp_path / "base")
    assert run_tool(tool("kubectl"), "kustomize", str(tmp_path / "base")).returncode != 0

    rates = {f"SHOP_RATES__{number}": "1" + "0" * 120_000 for number in range(9)}
    words = [each.message for each in exported(rates).problems if each.severity == "error"]
    assert words == ["the values are larger than the 1 MiB that a ConfigMap holds"]
