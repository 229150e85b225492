"""The container of a process: its environment, its probes, and its restrictions."""

from __future__ import annotations

import math
from dataclasses import dataclass

from confcontract.platforms.kubernetes.expansion import literal
from confcontract.platforms.stopping import seconds_of_boot

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from confcontract.platforms.export_input import Process
    from confcontract.platforms.kubernetes.needed_keys import NeededSecret
    from confcontract.platforms.kubernetes.value_places import ValuePlaces
    from confcontract.platforms.workload_options import WorkloadOptions

LIVE_FOLDER = "/etc/confcontract/live"  # files of the ConfigMap that may change while the application runs
SECRETS_FOLDER = "/etc/confcontract/secrets"  # and those of Secrets
TMP = "tmp"  # the volume for what the application may leave while it runs
RUNTIME = "CONFCONTRACT_RUNTIME_DIR"
RUNTIME_FOLDER = "/run/confcontract"
ROLE = "CONFCONTRACT_ROLE"
SUPERVISE = "CONFCONTRACT_SUPERVISE"
_BOOT_WAITS = 60  # seconds, unless CONFCONTRACT_TIMEOUT says otherwise: boot/options.py
_GRACE = 30
_AFTER_GRACE = 20  # time for a supervisor after the application has ended: to end remaining processes and revoke leases
_PERIOD = 5


@dataclass(frozen=True, slots=True)
class ContainerParts:
    """The parts of a container. name: of the container. config, live: names of ConfigMaps; live is None if no value is
    a file. secrets: those it needs, with the Secret and key of each. of_boot: boot's own variables.
    """

    name: str
    image: str | None
    process: Process
    places: ValuePlaces
    config: str
    live: str | None
    secrets: Sequence[tuple[NeededSecret, str, str]]
    of_boot: Mapping[str, str]
    options: WorkloadOptions

    @property
    def secret_files(self) -> list[tuple[NeededSecret, str, str]]:
        return [each for each in self.secrets if each[0].is_file]

    @property
    def is_supervised(self) -> bool:
        """Whether a value may change while the application runs, or the values turn the supervisor on."""
        told = self.of_boot.get(SUPERVISE, "")
        if told:
            return told.lower() in ("1", "true")
        return not self.process.runs_once and bool(self.live or self.secret_files)

    @property
    def runtime_folder(self) -> str:
        return self.of_boot.get(RUNTIME) or RUNTIME_FOLDER


def container(parts: ContainerParts) -> dict[str, Any]:
    made: dict[str, Any] = {"name": parts.name}
    if parts.image is not None:
        made["image"] = parts.image
    if parts.process.command:
        made["args"] = [literal(each) for each in parts.process.command]
    made["envFrom"] = [{"configMapRef": {"name": parts.config}}]
    made["env"] = environment(parts)
    if not parts.process.runs_once:
        made |= probes(parts.options.probing, startup_seconds(parts.of_boot))
    made["securityContext"] = {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "readOnlyRootFilesystem": True,
    }
    made["volumeMounts"] = mounts(parts)
    return made


def environment(parts: ContainerParts) -> list[dict[str, Any]]:
    """Variables that are not in the ConfigMap, by name."""
    found: dict[str, dict[str, Any]] = {}

    def add(name: str, value: str) -> None:
        found[name] = {"name": name, "value": literal(value)}

    if parts.process.role is not None:
        add(ROLE, parts.process.role)
    if RUNTIME not in parts.of_boot:
        add(RUNTIME, RUNTIME_FOLDER)
    if parts.is_supervised and SUPERVISE not in parts.of_boot:
        add(SUPERVISE, "1")
    of_role = parts.process.environment
    for name, value in parts.places.literal.items():
        if name in of_role:
            add(name, value)
    for name in parts.places.live:
        add(f"{name}_FILE", f"{LIVE_FOLDER}/{name}")
    for secret, called, key in parts.secrets:
        if secret.is_file:
            add(f"{secret.variable}_FILE", f"{SECRETS_FOLDER}/{secret.variable}")
        else:
            optional = {"optional": True} if secret.is_optional else {}
            reference = {"secretKeyRef": {"name": called, "key": key, **optional}}
            found[secret.variable] = {"name": secret.variable, "valueFrom": reference}
    return [found[name] for name in sorted(found)]


def probes(command: Sequence[str], startup: int) -> dict[str, Any]:
    """command: the words before `probe`. startup: seconds that boot may take."""

    def probe(*asked: str, failures: int, period: int) -> dict[str, Any]:
        return {
            "exec": {"command": [*command, "probe", *asked]},
            "periodSeconds": period,
            "timeoutSeconds": _PERIOD,
            "failureThreshold": failures,
        }

    return {
        "startupProbe": probe("startup", failures=math.ceil(startup / _PERIOD), period=_PERIOD),
        "readinessProbe": probe("ready", "--timeout", str(_PERIOD - 1), failures=3, period=10),
        "livenessProbe": probe("live", failures=3, period=10),
    }


def startup_seconds(of_boot: Mapping[str, str]) -> int:
    """boot ends at its deadline and reports why, so it must not be killed earlier."""
    return math.ceil(seconds_of_boot(of_boot, "CONFCONTRACT_TIMEOUT", _BOOT_WAITS)) + 30


def grace_seconds(parts: ContainerParts) -> int:
    if not parts.is_supervised:
        return _GRACE
    return math.ceil(seconds_of_boot(parts.of_boot, "CONFCONTRACT_GRACE", _GRACE)) + _AFTER_GRACE


def mounts(parts: ContainerParts) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {"name": "confcontract", "mountPath": parts.runtime_folder},
        {"name": TMP, "mountPath": "/tmp"},  # noqa: S108 - the container's
    ]
    if parts.live is not None:
        found.append({"name": "confcontract-live", "mountPath": LIVE_FOLDER, "readOnly": True})
    if parts.secret_files:
        found.append({"name": "confcontract-secrets", "mountPath": SECRETS_FOLDER, "readOnly": True})
    return [
        each for number, each in enumerate(found) if each["mountPath"] not in [a["mountPath"] for a in found[:number]]
    ]


def volumes(parts: ContainerParts) -> list[dict[str, Any]]:
    """Volumes in memory for boot's probe data, and for files of the running application."""
    mounted = {each["name"] for each in mounts(parts)}
    found: list[dict[str, Any]] = [
        {"name": "confcontract", "emptyDir": {"medium": "Memory", "sizeLimit": "4Mi"}},
        {"name": TMP, "emptyDir": {"medium": "Memory", "sizeLimit": "64Mi"}},
        {"name": "confcontract-live", "configMap": {"name": parts.live or parts.config}},
        {"name": "confcontract-secrets", "projected": {"defaultMode": 0o440, "sources": _secret_sources(parts)}},
    ]
    return [each for each in found if each["name"] in mounted]


def _secret_sources(parts: ContainerParts) -> list[dict[str, Any]]:
    items: dict[str, list[dict[str, str]]] = {}
    for secret, called, key in parts.secret_files:
        items.setdefault(called, []).append({"key": key, "path": secret.variable})
    return [{"secret": {"name": called, "items": items[called]}} for called in sorted(items)]
