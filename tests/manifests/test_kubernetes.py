"""What a container would get, by the rules of kubelet."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent, indent

import pytest

from confcontract.manifests.read_manifests import read_manifests
from confcontract.manifests.workload import Container, GivenVariable, Manifests, Origin
from tests.manifests.shop import deployment

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: shop, namespace: prod, labels: {app: shop}}
spec:
  containers:
  - name: app
    image: registry.example/shop:1.2
"""
CONFIG = """\
---
apiVersion: v1
kind: ConfigMap
metadata: {name: shop, namespace: prod}
data:
  SHOP_PORT: "80"
  SHOP_HOST: shop.example
---
apiVersion: v1
kind: Secret
metadata: {name: shop}
stringData: {SHOP_TOKEN: sealed}
data: {SHOP_KEY: c2VhbGVk}
"""


def read(folder: Path, text: str) -> Manifests:
    file = folder / "manifests.yaml"
    file.write_text(text, encoding="utf-8")
    return read_manifests([file])


def container(folder: Path, inner: str, around: str = CONFIG) -> Container:
    [workload] = read(folder, POD + indent(dedent(inner).rstrip("\n") + "\n", "    ") + around).workloads
    return workload.containers[0]


def given(container: Container) -> dict[str, GivenVariable]:
    return {each.name: each for each in container.environment}


def test_env_replaces_envfrom_and_of_envfrom_the_later_one_counts(tmp_path: Path) -> None:
    found = container(
        tmp_path,
        """\
        env:
        - {name: SHOP_PORT, value: "90"}
        envFrom:
        - configMapRef: {name: other}
        - configMapRef: {name: shop}
        """,
        CONFIG
        + "---\n{apiVersion: v1, kind: ConfigMap, metadata: {name: other}, data: {SHOP_HOST: no, SHOP_X: '1'}}\n",
    )
    assert found.values == {"SHOP_PORT": "90", "SHOP_HOST": "shop.example", "SHOP_X": "1"}


def test_a_prefix_stands_before_every_key(tmp_path: Path) -> None:
    found = container(tmp_path, "envFrom: [{prefix: MY_, secretRef: {name: shop}}]")
    assert found.values == {"MY_SHOP_TOKEN": "sealed", "MY_SHOP_KEY": "sealed"}
    assert all(each.secret and each.origin is Origin.SECRET for each in found.environment)


def test_a_name_that_begins_with_a_digit_counts_since_1_32(tmp_path: Path) -> None:
    data = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: digits}\ndata: {1A: x, '2.b': y}\n"
    inner = "envFrom: [{configMapRef: {name: digits}}]\nenv: [{name: 3C, value: z}]"
    (tmp_path / "shop.yaml").write_text(deployment(inner) + data)
    manifests = read_manifests([tmp_path / "shop.yaml"])
    [found] = manifests.workloads[0].containers
    assert found.values == {"1A": "x", "2.b": "y", "3C": "z"}
    told = [(each.problem.severity, each.problem.message.partition("before")[2]) for each in found.found]
    assert told == [("info", " Kubernetes 1.32"), ("info", " Kubernetes 1.32")]
    assert [each.problem.severity for each in manifests.problems] == ["warning"]


def test_only_what_stands_before_is_expanded(tmp_path: Path) -> None:
    found = container(
        tmp_path,
        """\
        envFrom: [{configMapRef: {name: shop}}]
        env:
        - {name: EARLY, value: $(LATE)}
        - {name: LATE, value: "$(SHOP_HOST):$(SHOP_PORT)"}
        - {name: AFTER, value: $(LATE)}
        - {name: LATE, value: x}
        """,
    )
    values = found.values
    assert (values["EARLY"], values["AFTER"], values["LATE"]) == ("$(LATE)", "shop.example:80", "x")
    assert [each.problem.code for each in found.found] == ["name-twice"]


def test_a_value_that_refers_to_a_secret_is_one(tmp_path: Path) -> None:
    found = container(
        tmp_path,
        """\
        env:
        - {name: TOKEN, valueFrom: {secretKeyRef: {name: shop, key: SHOP_TOKEN}}}
        - {name: URL, value: "https://x:$(TOKEN)@y"}
        """,
    )
    assert found.values["URL"] == "https://x:sealed@y"
    assert given(found)["URL"].secret
    assert "sealed" not in repr(found)


def test_what_is_not_among_the_manifests_is_not_seen(tmp_path: Path) -> None:
    found = container(
        tmp_path,
        """\
        envFrom:
        - configMapRef: {name: shop}
        - secretRef: {name: shop-secrets, optional: true}
        env:
        - {name: A, valueFrom: {configMapKeyRef: {name: shpo, key: A}}}
        - {name: B, valueFrom: {fieldRef: {fieldPath: status.podIP}}}
        - {name: C, valueFrom: {resourceFieldRef: {resource: limits.cpu}}}
        - {name: D, value: "$(B):1"}
        - {name: E, valueFrom: {fieldRef: {fieldPath: "metadata.labels['app']"}}}
        - {name: F, valueFrom: {fieldRef: {fieldPath: metadata.namespace}}}
        - {name: G, value: $(FROM_SECRET)}
        """,
    )
    unseen = {each.name: each.unseen for each in found.environment if each.value is None}
    assert unseen == {
        "A": "ConfigMap shpo is not among the manifests; did you mean shop?",
        "B": "status.podIP is known when the pod runs",
        "C": "it is limits.cpu of the container, which depends on the node",
        "D": "it refers to B: status.podIP is known when the pod runs",
        "G": "it refers to FROM_SECRET: Secret shop-secrets is not among the manifests, and optional",
    }
    assert (given(found)["E"].value, given(found)["F"].value) == ("shop", "prod")
    [source] = found.unseen_sources
    assert (source.prefix, source.place.line) == ("", 10)
    assert given(found)["SHOP_PORT"].may_be_replaced


def test_a_key_that_is_not_there_is_wrong_unless_it_is_optional(tmp_path: Path) -> None:
    found = container(
        tmp_path,
        """\
        env:
        - {name: A, valueFrom: {configMapKeyRef: {name: shop, key: SHOP_PROT}}}
        - {name: B, valueFrom: {configMapKeyRef: {name: shop, key: B, optional: true}}}
        """,
    )
    [told] = found.found
    assert (told.problem.code, told.problem.variable, told.problem.hint) == (
        "manifest-key-missing",
        "A",
        "did you mean SHOP_PORT?",
    )
    assert "B" not in given(found)


@pytest.mark.parametrize(
    ("value", "problem"),
    [("8080", "a number"), ("yes", "true or false"), ("0x1F", "a number"), ("1.5", "a number"), ("1:30", None)]
    + [("2024-01-01", None), ("~", None), ("'8080'", None), ("plain", None)],
)
def test_only_text_is_a_value(tmp_path: Path, value: str, problem: str | None) -> None:
    manifests = read(tmp_path, POD + f"    env:\n    - {{name: A, value: {value}}}\n")
    [found] = manifests.workloads[0].containers[0].environment
    assert found.value == ("" if value == "~" else value.strip("'"))
    told = [each.problem.message for each in manifests.problems]
    path = "spec.containers[0].env[0].value"
    assert told == ([f"{path} is {problem}, where Kubernetes accepts only text"] if problem else [])


def test_files_of_a_mount_are_at_their_paths(tmp_path: Path) -> None:
    found = container(
        tmp_path,
        """\
        volumeMounts:
        - {name: all, mountPath: /run/secrets}
        - {name: one, mountPath: /etc/shop/port, subPath: port}
        """,
        "  volumes:\n  - {name: all, secret: {secretName: shop}}\n"
        "  - {name: one, configMap: {name: shop, items: [{key: SHOP_PORT, path: port}]}}\n" + CONFIG,
    )
    files = {file.path: file.content for mount in found.mounts for file in mount.files}
    assert files == {
        "/run/secrets/SHOP_KEY": b"sealed",
        "/run/secrets/SHOP_TOKEN": b"sealed",
        "/etc/shop/port": b"80",
    }


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob", "Rollout"])
def test_pods_are_found_in_every_kind_and_in_lists(tmp_path: Path, kind: str) -> None:
    pod = "{spec: {initContainers: [{name: i}], containers: [{name: a}, {name: b}]}}"
    spec = f"{{jobTemplate: {{spec: {{template: {pod}}}}}}}" if kind == "CronJob" else f"{{template: {pod}}}"
    object_ = f"{{apiVersion: apps/v1, kind: {kind}, metadata: {{name: x}}, spec: {spec}}}"
    manifests = read(tmp_path, f"apiVersion: v1\nkind: List\nitems:\n- {object_}\n")
    [workload] = manifests.workloads
    assert [(each.name, each.init) for each in workload.containers] == [("i", True), ("a", False), ("b", False)]
    assert manifests.problems == ()


def test_a_secret_that_a_controller_makes_has_the_keys_that_it_says(tmp_path: Path) -> None:
    external = """\
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: made}
spec: {target: {name: shop-made}, data: [{secretKey: SHOP_TOKEN, remoteRef: {key: x}}]}
"""
    inner = """\
        envFrom: [{secretRef: {name: shop-made}}]
        env: [{name: A, valueFrom: {secretKeyRef: {name: shop-made, key: SHOP_TOKNE}}}]
    """
    found = container(tmp_path, inner, external)
    assert given(found)["SHOP_TOKEN"].unseen == (
        "Secret shop-made is made by ExternalSecret made, and its values are not in the manifests"
    )
    assert found.unseen_sources == ()
    assert [each.problem.hint for each in found.found] == ["did you mean SHOP_TOKEN?"]
    open_ = external.replace("data: [", "dataFrom: [{extract: {key: y}}], data: [")
    found = container(tmp_path, inner, open_)
    assert (len(found.unseen_sources), found.found) == (1, ())
