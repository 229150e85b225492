"""A settings class, and manifests for it."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent, indent

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract.contract.artifact import Contract
from confcontract.manifests.container_verdict import ContainerVerdict, judge_container
from confcontract.manifests.read_manifests import read_manifests


class Shop(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_", env_nested_delimiter="__")

    host: str
    port: int = Field(8000, le=65535)
    token: SecretStr
    key: SecretStr = SecretStr("in-the-code")
    workers: int = 1
    labels: dict[str, str] = {}
    title: str = "a shop"


CANARY = "canary-5f0e1c77"
POD = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop}
spec:
  selector: {matchLabels: {app: shop}}
  template:
    metadata: {labels: {app: shop}}
    spec:
      enableServiceLinks: false
      containers:
      - name: app
        image: registry.example/shop:1.2
"""
DATA = f"""\
---
apiVersion: v1
kind: ConfigMap
metadata: {{name: shop}}
data:
  SHOP_HOST: shop.example
---
apiVersion: v1
kind: Secret
metadata: {{name: shop}}
stringData:
  SHOP_TOKEN: {CANARY}
  SHOP_KEY: {CANARY}
---
apiVersion: v1
kind: Secret
metadata: {{name: wrong}}
stringData:
  number: {CANARY}
"""
GOOD = """\
envFrom:
- configMapRef: {name: shop}
- secretRef: {name: shop}
"""


def deployment(inner: str, *, pod: str = "", data: str = DATA) -> str:
    """inner: of the container. pod: of the pod's spec, behind the containers."""
    return POD + indent(dedent(inner).rstrip("\n") + "\n", " " * 8) + indent(dedent(pod), " " * 6) + data


def judged(contract: Contract, folder: Path, text: str) -> ContainerVerdict:
    """The verdict on the one container of a file."""
    file = folder / "shop.yaml"
    file.write_text(text, encoding="utf-8")
    manifests = read_manifests([file])
    assert manifests.problems == ()
    [workload] = manifests.workloads
    return judge_container(contract, workload, workload.containers[0])


def told(verdict: ContainerVerdict) -> list[tuple[str, str, str | None]]:
    """Severity, or that it can't be verified; code; variable."""
    return [
        (each.problem.severity if each.verifiable else "unverifiable", each.problem.code, each.problem.variable)
        for each in verdict.problems
    ]
