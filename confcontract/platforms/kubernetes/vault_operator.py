"""VaultStaticSecret and VaultDynamicSecret of the Vault Secrets Operator (secrets.hashicorp.com/v1beta1).

One object for each path and kind of change: a new value that is reloaded must not restart the workload, which an
object's `rolloutRestartTargets` would do.

The Secret keeps the keys of the path. Templates could rename them to the variables, but they yield an empty text for a
missing key, and numbers in another form than boot; without them, a pod does not start without its key.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from confcontract.contract.schemes import VAULT
from confcontract.platforms.kubernetes.object_names import is_key, object_name
from confcontract.platforms.kubernetes.secret_objects import SecretObjects, impossible, once, one_reference
from confcontract.platforms.kubernetes.value_places import Effect
from confcontract.platforms.kubernetes.vault_paths import NotLocated, VaultPath, VaultPaths
from confcontract.report.problem import WARNING, Problem
from confcontract.secrets.vault.engine_kinds import KV1

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from confcontract.contract.reference import Reference
    from confcontract.platforms.kubernetes.needed_keys import NeededSecret

API = "secrets.hashicorp.com/v1beta1"
REFRESH = "5m"  # as often as a supervisor looks
_WITHOUT_LEASE = ("issue", "sign")  # of the PKI engine, unless its role says `generate_lease`
_TTL = re.compile(r"(\d+)([smh]?)")
_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600}


@dataclass(frozen=True, slots=True)
class _Object:
    path: VaultPath
    version: int | None
    parameters: tuple[tuple[str, str], ...]
    restarts: bool


def vault_secrets(
    secrets: Iterable[NeededSecret],
    name: str,
    auth: str | None,
    environ: Mapping[str, str],
    metadata: Mapping[str, Any],
    changes: Mapping[str, Effect],
    users: Mapping[str, list[str]],
) -> SecretObjects:
    """name: of the contract's objects. auth: the VaultAuth; None for the operator's own. environ: boot's. metadata:
    labels and annotations, of the objects alone: the Secrets' keys are not the contract's. changes: variable → what a
    new value requires. users: variable → Deployments that have it.
    """
    made = SecretObjects()
    paths = VaultPaths(environ)
    found: dict[_Object, list[tuple[NeededSecret, Reference]]] = {}
    for secret in once(secrets):
        reference = one_reference(secret, made.problems)
        if reference is None:
            continue
        if reference.scheme != VAULT:
            problem = impossible(secret.variable, "is not in Vault", "use --secrets external-secrets or boot")
            made.problems.append(problem)
            continue
        try:
            path = paths.locate(reference)
        except NotLocated as wrong:
            made.problems.append(impossible(secret.variable, str(wrong), wrong.hint))
            continue
        if not is_key(reference.key):
            hint = "use --secrets external-secrets or boot, or rename the key"
            made.problems.append(impossible(secret.variable, "has a key in Vault that no Secret can have", hint))
            continue
        restarts = changes[secret.variable] is Effect.RESTART
        key = _Object(path, reference.version, reference.parameters, restarts)
        found.setdefault(key, []).append((secret, reference))
    names = _names(name, list(found))
    namespace = environ.get("VAULT_NAMESPACE") or environ.get("BAO_NAMESPACE")
    for each, wanted in found.items():
        made.places.update((secret.variable, (names[each], reference.key)) for secret, reference in wanted)
        spec: dict[str, Any] = {
            **({"vaultAuthRef": auth} if auth else {}),
            **({"namespace": namespace} if namespace else {}),
            "mount": each.path.mount,
            **_of_engine(each),
            "destination": _destination(names[each], wanted),
        }
        if _is_without_lease(each) and _refresh_after(each) is None:
            made.problems += [_not_renewed(secret.variable) for secret, _ in wanted]
        targets = sorted({target for secret, _ in wanted for target in users.get(secret.variable, ())})
        if each.restarts and targets:
            spec["rolloutRestartTargets"] = [{"kind": "Deployment", "name": target} for target in targets]
        made.objects.append(
            {
                "apiVersion": API,
                "kind": "VaultDynamicSecret" if each.path.is_made else "VaultStaticSecret",
                "metadata": {"name": names[each], **metadata},
                "spec": spec,
            }
        )
    return made


def _of_engine(each: _Object) -> dict[str, Any]:
    if not each.path.is_made:
        told = {"type": "kv-v1" if each.path.engine == KV1 else "kv-v2", "path": each.path.path}
        return {**told, **({} if each.version is None else {"version": each.version}), "refreshAfter": REFRESH}
    if each.parameters:
        refresh = _refresh_after(each) if _is_without_lease(each) else None
        return {
            "path": each.path.path,
            "requestHTTPMethod": "PUT",
            "params": dict(each.parameters),
            "revoke": True,
            **({"refreshAfter": refresh} if refresh else {}),
        }
    if each.path.is_rotated:
        return {"path": each.path.path, "allowStaticCreds": True}
    return {"path": each.path.path, "revoke": True}


def _is_without_lease(each: _Object) -> bool:
    return each.path.is_made and each.path.path.partition("/")[0] in _WITHOUT_LEASE


def _refresh_after(each: _Object) -> str | None:
    """Two thirds of the time that a certificate is valid; None where the reference does not say how long that is."""
    found = _TTL.fullmatch(dict(each.parameters).get("ttl", ""))
    return f"{int(found[1]) * _SECONDS[found[2]] * 2 // 3}s" if found and int(found[1]) else None


def _not_renewed(variable: str) -> Problem:
    return Problem(
        "export-assumed",
        "is a certificate, which has no lease as a rule: the operator would not fetch a new one before it expires",
        variable=variable,
        severity=WARNING,
        hint="add the parameter ttl to the reference, such as ?ttl=24h, or set spec.refreshAfter in an overlay",
    )


def _destination(name: str, wanted: list[tuple[NeededSecret, Reference]]) -> dict[str, Any]:
    """Only the keys of the path that the contract needs."""
    keys = sorted({reference.key for _, reference in wanted})
    includes = [f"^{re.escape(key)}$" for key in keys]
    return {"name": name, "create": True, "transformation": {"excludeRaw": True, "includes": includes}}


def _names(name: str, objects: list[_Object]) -> dict[_Object, str]:
    """The shortest names that still differ."""
    told = {each: [each.path.path] + ([] if each.restarts else ["live"]) for each in objects}
    found: dict[_Object, str] = {}
    for each in objects:
        same = [other for other in objects if told[other] == told[each]]
        details = (
            [str(each.version or ""), *(f"{key}-{value}" for key, value in each.parameters)] if len(same) > 1 else []
        )
        mount = [each.path.mount] if len(same) > 1 else []
        found[each] = object_name(name, *mount, *told[each], *details)
    return found
