"""ExternalSecret objects of the External Secrets Operator (external-secrets.io/v1), from references."""

from __future__ import annotations

import re

from confcontract.contract.schemes import AWS_PARAMETERS, AWS_SECRETS, VAULT
from confcontract.platforms.kubernetes.object_names import object_name
from confcontract.platforms.kubernetes.secret_objects import SecretObjects, impossible, once, one_reference
from confcontract.platforms.kubernetes.vault_paths import NotLocated, VaultPaths
from confcontract.platforms.workload_options import KINDS_OF_STORE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from confcontract.contract.reference import Reference
    from confcontract.platforms.kubernetes.needed_keys import NeededSecret

API = "external-secrets.io/v1"
REFRESH = "5m"  # as often as a supervisor looks
# scheme → the suffix of the object's name, and the default name of the store
_STORES = {
    VAULT: ("vault", "vault"),
    AWS_SECRETS: ("aws-secrets", "aws-secrets-manager"),
    AWS_PARAMETERS: ("aws-parameters", "aws-parameter-store"),
}
_VERSION_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def external_secrets(
    secrets: Iterable[NeededSecret],
    name: str,
    store: str | None,
    environ: Mapping[str, str],
    metadata: Mapping[str, Any],
) -> SecretObjects:
    """One object for each store. name: of the contract's objects. environ: boot's, which may move paths of Vault.
    metadata: labels and annotations of the objects and of the Secrets that they create.
    """
    made = SecretObjects()
    paths = VaultPaths(environ)
    entries: dict[str, list[dict[str, Any]]] = {}
    for secret in once(secrets):
        reference = one_reference(secret, made.problems)
        if reference is None:
            continue
        if reference.scheme not in _STORES:
            made.problems.append(
                impossible(
                    secret.variable,
                    "is in a store that the export for External Secrets does not support",
                    "use --secrets boot",
                )
            )
            continue
        try:
            remote = _remote(reference, paths)
        except NotLocated as wrong:
            made.problems.append(impossible(secret.variable, str(wrong), wrong.hint))
            continue
        suffix, _ = _STORES[reference.scheme]
        made.places[secret.variable] = object_name(name, suffix), secret.variable
        entries.setdefault(reference.scheme, []).append({"secretKey": secret.variable, "remoteRef": remote})
    for scheme, data in entries.items():
        suffix, usual = _STORES[scheme]
        kind, _, called = (store or usual).rpartition("/")
        made.objects.append(
            {
                "apiVersion": API,
                "kind": "ExternalSecret",
                "metadata": {"name": object_name(name, suffix), **metadata},
                "spec": {
                    "refreshInterval": REFRESH,
                    "secretStoreRef": {"kind": kind or KINDS_OF_STORE[0], "name": called},
                    "target": {
                        "name": object_name(name, suffix),
                        "creationPolicy": "Owner",
                        "template": {"metadata": dict(metadata)},
                    },
                    "data": data,
                },
            }
        )
    return made


def _remote(reference: Reference, paths: VaultPaths) -> dict[str, str]:
    if reference.scheme == VAULT:
        path = paths.locate(reference)
        if path.is_made:
            raise NotLocated(
                "is made by Vault, which External Secrets supports only by a generator with Vault's address and login",
                "use --secrets vault-secrets-operator or boot",
            )
        remote = {"key": path.whole, "property": reference.key}
        return remote if reference.version is None else {**remote, "version": str(reference.version)}
    remote = {"key": reference.mount_path}
    if reference.key:
        # the operator treats it as a path into JSON, but tries one with dots as a key first
        remote["property"] = re.sub(r"([\\*?|#@{}\[\]()!])", r"\\\1", reference.key)
    if reference.label:
        is_id = reference.scheme == AWS_SECRETS and _VERSION_ID.fullmatch(reference.label)
        remote["version"] = f"uuid/{reference.label}" if is_id else reference.label
    return remote
