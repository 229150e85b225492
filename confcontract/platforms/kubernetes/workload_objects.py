"""The workload of a process: a Deployment, or a Job for a role that ends on its own; or a patch for an existing
Deployment.
"""

from __future__ import annotations

import json
from hashlib import sha256

from confcontract.platforms.contract_labels import NAME
from confcontract.platforms.kubernetes.container_spec import TMP, container, environment, grace_seconds, volumes
from confcontract.platforms.kubernetes.object_names import object_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from confcontract.platforms.kubernetes.container_spec import ContainerParts

RESTART = "confcontract/restart-checksum"
APP, COMPONENT = "app.kubernetes.io/name", "app.kubernetes.io/component"


def deployment(parts: ContainerParts, name: str, metadata: Mapping[str, Any], account: str | None) -> dict[str, Any]:
    """metadata: labels and annotations of the contract's objects. account: the service account that boot uses to log
    in; None if the pod needs none.
    """
    selects = _selects(parts, metadata)
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, **_with(metadata, selects)},
        "spec": {
            "selector": {"matchLabels": selects},
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}},
            "template": {
                "metadata": _of_pod(parts, metadata, selects),
                "spec": pod(parts, account),
            },
        },
    }


def job(parts: ContainerParts, name: str, metadata: Mapping[str, Any], account: str | None) -> dict[str, Any]:
    """Kubernetes does not allow changes to a Job, so every change gives it another name."""
    selects = _selects(parts, metadata)
    template = {
        "metadata": _of_pod(parts, metadata, selects),
        "spec": {**pod(parts, account), "restartPolicy": "Never"},
    }
    digest = sha256(json.dumps(template, sort_keys=True).encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": object_name(name, digest), **_with(metadata, selects)},
        "spec": {"backoffLimit": 4, "template": template},
    }


def _of_pod(parts: ContainerParts, metadata: Mapping[str, Any], selects: Mapping[str, str]) -> dict[str, Any]:
    """Only the labels that don't change: a new version of a contract alone restarts nothing."""
    labels = {NAME: metadata["labels"][NAME], **selects}
    return {"labels": labels, "annotations": {RESTART: parts.places.checksum}}


def pod(parts: ContainerParts, account: str | None) -> dict[str, Any]:
    user = parts.options.user
    return {
        **({} if account is None else {"serviceAccountName": account}),
        "automountServiceAccountToken": account is not None,
        "enableServiceLinks": False,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": user,
            "runAsGroup": user,
            "fsGroup": user,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "terminationGracePeriodSeconds": grace_seconds(parts),
        "containers": [container(parts)],
        "volumes": volumes(parts),
    }


def patch(parts: ContainerParts, name: str, account: str | None) -> dict[str, Any]:
    """A strategic-merge patch for a Deployment of this name: what the contract knows of it, and nothing else.

    Lists of variables, volumes and mounts are merged by name. `envFrom` would replace the existing one, so each
    variable is listed; `$patch: replace` removes its other sources. /tmp is left as it is.
    """
    made = container(parts)
    variables = [
        {"name": key, "valueFrom": {"configMapKeyRef": {"name": parts.config, "key": key}}}
        for key in sorted(parts.places.config)
    ]
    made["env"] = [_replaced(each) for each in (*variables, *environment(parts))]
    for of_workload in ("image", "envFrom"):
        made.pop(of_workload, None)
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        made[probe] = {"$patch": "replace", **made[probe]}  # the existing probe may be of another kind
    made["volumeMounts"] = [each for each in made["volumeMounts"] if each["name"] != TMP]
    whole = pod(parts, account)
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name},
        "spec": {
            "template": {
                "metadata": {"annotations": {RESTART: parts.places.checksum}},
                "spec": {
                    **{key: value for key, value in whole.items() if account or key != "automountServiceAccountToken"},
                    "containers": [made],
                    "volumes": [each for each in whole["volumes"] if each["name"] != TMP],
                },
            }
        },
    }


def _replaced(variable: dict[str, Any]) -> dict[str, Any]:
    if "value" in variable:
        return {**variable, "valueFrom": None}
    return {"name": variable["name"], "value": None, "valueFrom": {"$patch": "replace", **variable["valueFrom"]}}


def _selects(parts: ContainerParts, metadata: Mapping[str, Any]) -> dict[str, str]:
    component = {COMPONENT: parts.process.label} if parts.process.label else {}
    return {APP: metadata["labels"][APP], **component}


def _with(metadata: Mapping[str, Any], labels: Mapping[str, str]) -> dict[str, Any]:
    return {**metadata, "labels": {**metadata["labels"], **labels}}
