"""What the operators' resource definitions allow of the fields that exports use: External Secrets 2.9 (external-secrets.io/v1)
and Vault Secrets Operator 1.4 (secrets.hashicorp.com/v1beta1). An API server refuses, or drops, all else."""

from __future__ import annotations

from typing import Any

from jsonschema import Draft202012Validator

Schema = dict[str, Any]

_TEXT: Schema = {"type": "string"}
_FLAG: Schema = {"type": "boolean"}
_TEXTS: Schema = {"type": "object", "additionalProperties": _TEXT}
_NAME: Schema = {"type": "string", "pattern": r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$"}
_DURATION: Schema = {"type": "string", "pattern": r"^[0-9]+(\.[0-9]+)?[smh]$"}


def _only(needed: str = "", **fields: Schema) -> Schema:
    return {"type": "object", "properties": fields, "required": needed.split(), "additionalProperties": False}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


_EXTERNAL_SECRET = _only(
    refreshInterval=_TEXT,
    secretStoreRef=_only(kind={"enum": ["SecretStore", "ClusterSecretStore"]}, name=_NAME),
    target=_only(
        name=_NAME,
        creationPolicy={"enum": ["Owner", "Orphan", "Merge", "None", "CreateOrMerge"]},
        template=_only(metadata=_only(labels=_TEXTS, annotations=_TEXTS)),
    ),
    data=_list(
        _only(
            "secretKey remoteRef",
            secretKey={"type": "string", "pattern": "^[-._a-zA-Z0-9]{1,253}$"},
            remoteRef=_only("key", key=_TEXT, property=_TEXT, version=_TEXT),
        )
    ),
)
_OF_VAULT: dict[str, Schema] = {
    "vaultAuthRef": _TEXT,
    "namespace": _TEXT,
    "mount": _TEXT,
    "path": _TEXT,
    "refreshAfter": _DURATION,
    "rolloutRestartTargets": _list(
        _only("kind name", kind={"enum": ["Deployment", "DaemonSet", "StatefulSet", "argo.Rollout"]}, name=_TEXT)
    ),
    "destination": _only(
        "name",
        name=_TEXT,
        create=_FLAG,
        transformation=_only(excludeRaw=_FLAG, includes=_list(_TEXT), excludes=_list(_TEXT)),
    ),
}
_STATIC = _only(
    "mount path type destination",
    **_OF_VAULT,
    type={"enum": ["kv-v1", "kv-v2"]},
    version={"type": "integer", "minimum": 0},
)
_DYNAMIC = _only(
    "mount path destination",
    **_OF_VAULT,
    params=_TEXTS,
    requestHTTPMethod={"enum": ["GET", "POST", "PUT"]},
    revoke=_FLAG,
    allowStaticCreds=_FLAG,
)
_SPECS = {
    ("external-secrets.io/v1", "ExternalSecret"): _EXTERNAL_SECRET,
    ("secrets.hashicorp.com/v1beta1", "VaultStaticSecret"): _STATIC,
    ("secrets.hashicorp.com/v1beta1", "VaultDynamicSecret"): _DYNAMIC,
}


def of_an_operator(made: Schema) -> bool:
    return made["apiVersion"].partition("/")[0] in {api.partition("/")[0] for api, _ in _SPECS}


def faults(made: Schema) -> list[str]:
    """Of an object of an operator."""
    whole = _only(
        "apiVersion kind metadata spec",
        apiVersion=_TEXT,
        kind=_TEXT,
        metadata={"type": "object"},
        spec=_SPECS[made["apiVersion"], made["kind"]],
    )
    return [f"{each.json_path}: {each.message}" for each in Draft202012Validator(whole).iter_errors(made)]
