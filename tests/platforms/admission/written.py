"""Policies of contracts, as the command writes them."""

from __future__ import annotations

from functools import cache
from typing import Any

from confcontract.contract.artifact import Contract
from confcontract.platforms.admission.admission_options import AdmissionOptions
from confcontract.platforms.admission.policy_files import export
from confcontract.platforms.export_input import export_input
from confcontract.platforms.exported import Exported
from tests.platforms.admission.engines import EnforcedPolicy, Engine, enforced

IMAGE = "registry.example/shop:1.4.0"
LABEL = "confcontract/name"
FROM_SECRET = {"secretKeyRef": {"name": "secrets", "key": "key"}}


def written(contract: Contract, kind: str = "vap", image: str = IMAGE, **options: Any) -> Exported:
    return export(export_input(contract, {}, image=image), kind, AdmissionOptions(**options))


def policies(exported: Exported) -> list[EnforcedPolicy]:
    return [policy for text in exported.files.values() for policy in enforced(text)]


@cache
def enforced_of(contract: Contract, kind: str = "vap", image: str = IMAGE, **options: Any) -> list[EnforcedPolicy]:
    return policies(written(contract, kind, image, **options))


def refusals(engine: Engine, found: list[EnforcedPolicy], given: Any, old: Any = None, params: Any = None) -> list[str]:
    """Of all policies together."""
    said = [policy.refusals(engine, given, old, params) for policy in found]
    return [message for messages in said for message in messages or ()]


def pod(*containers: dict[str, Any], init: tuple[dict[str, Any], ...] = (), **spec: Any) -> dict[str, Any]:
    return {"containers": list(containers), **({"initContainers": list(init)} if init else {}), **spec}


def container(env: Any = None, **more: Any) -> dict[str, Any]:
    """env: name → value, or → what `valueFrom` says; or a list as the API has it."""
    listed = [_entry(*each) for each in env.items()] if isinstance(env, dict) else env
    return {"name": "app", "image": IMAGE, **({"env": listed} if listed else {}), **more}


def _entry(name: str, value: str | dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "value" if isinstance(value, str) else "valueFrom": value}


def workload(kind: str, spec: dict[str, Any]) -> dict[str, Any]:
    """A pod in an object of some kind."""
    metadata = {"name": "shop", "namespace": "default"}
    template = {"metadata": {"labels": {"app": "shop"}}, "spec": spec}
    if kind == "Pod":
        return {"apiVersion": "v1", "kind": kind, "metadata": metadata, "spec": spec}
    if kind == "CronJob":
        job = {"spec": {"template": template}}
        spec = {"schedule": "0 0 * * *", "jobTemplate": job}
        return {"apiVersion": "batch/v1", "kind": kind, "metadata": metadata, "spec": spec}
    version = "batch/v1" if kind == "Job" else "apps/v1"
    return {"apiVersion": version, "kind": kind, "metadata": metadata, "spec": {"template": template}}


def data_object(kind: str, data: dict[str, str], name: str = "shop") -> dict[str, Any]:
    """A ConfigMap or a Secret with the contract's label."""
    metadata = {"name": "settings", "labels": {LABEL: name}}
    return {"apiVersion": "v1", "kind": kind, "metadata": metadata, **({"data": data} if data else {})}
