"""values.yaml of a chart, and its schema."""

from __future__ import annotations

import re

from confcontract.platforms.comments import about, comment
from confcontract.platforms.helm.value_schema import DRAFT, config_schema
from confcontract.platforms.written_yaml import scalar, to_yaml

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from confcontract.contract.artifact import Contract

_IMAGE = re.compile(r"(?P<repository>.+?)(?::(?P<tag>[\w][\w.-]{0,127}))?(?:@(?P<digest>sha256:[0-9a-f]{64}))?")
_TEXT = {"type": "string"}
_LIST = {"type": "array", "items": {"type": "object"}}


_COMMENTS = {
    "stores": ("Where External Secrets reads: the SecretStore or ClusterSecretStore for each kind of store.",),
    "vaultAuth": ('The VaultAuth by which Vault\'s operator logs in. "" is its default one.',),
    "serviceAccount": (
        "Boot logs in to a secret store with its token.",
        "create: whether the chart makes it. automount: whether pods get the token.",
        "name: default is the name of the release if the chart makes it, or else the account default.",
    ),
    "replicas": ("Pods of each role. null leaves the number to an autoscaler.",),
    "podAnnotations": ("Further annotations of all pods.",),
    "env": ("Further variables of all containers, as Kubernetes has them. They outrank config.",),
    "volumes": ("Further volumes of all pods, such as a certificate that boot needs, as Kubernetes has them.",),
    "volumeMounts": ("Where containers have them.",),
    "imagePullSecrets": ("For a registry that needs a login: [{name: NAME}].",),
    "fullnameOverride": ("What the names of all objects begin with. Default: the release and the chart.",),
}


def chart_values(
    contract: Contract,
    image: str | None,
    config: Mapping[str, str],
    boot: Mapping[str, str],
    more: Mapping[str, Any],
    comments: Mapping[str, Sequence[str]],
) -> str:
    """config: of the application. boot: what boot itself reads. more: other values that the templates use. comments: on
    these, a line each.
    """
    head = [*comment(f"Values of {contract.name} {contract.version}, {contract.digest}."), ""]
    parts = {"image": image_parts(image)}
    lines = [*comment("The image. The digest names one and the same for ever; a tag can move.")]
    lines += to_yaml(parts).splitlines()
    lines += ["", *comment("Settings, by the names that the contract has. Not here: secrets.")]
    lines += ["config:" if config else "config: {}"]
    variables = {variable["name"]: variable for variable in contract.variables}
    for name in sorted(config):
        lines += comment(about(variables[name]), "  ") if name in variables else []
        lines.append(f"  {scalar(name)}: {_value(config[name])}")
    lines += ["", *comment("What boot itself reads, such as VAULT_ADDR.")]
    lines += to_yaml({"boot": {name: boot[name] for name in sorted(boot)}}).splitlines()
    for name, value in more.items():
        lines += ["", *(line for text in comments.get(name, ()) for line in comment(text))]
        lines += to_yaml({name: value}).splitlines()
    return "\n".join([*head, *lines]) + "\n"


def comments_of(secret_keys: Sequence[str], role: str) -> dict[str, tuple[str, ...]]:
    """Comments on further values. secret_keys: of the Secret that operators fill. role: for an example."""
    example = f"{scalar(role)}: {{requests: {{cpu: 100m, memory: 128Mi}}, limits: {{memory: 256Mi}}}}"
    return {
        **_COMMENTS,
        "secret": (
            "The Secret that you fill, in the namespace of the release. Default: the name of the release.",
            f"Its keys: {', '.join(secret_keys)}." if secret_keys else "No key of it is required.",
        ),
        "resources": ("Requests and limits of each role's container, for example:", example),
    }


def _value(text: str) -> str:
    """Always quoted, because a value is a text, whatever it looks like."""
    written = scalar(text)
    return written if written.startswith('"') else f'"{written}"'


def image_parts(image: str | None) -> dict[str, str]:
    found = _IMAGE.fullmatch(image or "")
    parts = found.groupdict() if found else {"repository": image, "tag": None, "digest": None}
    return {name: parts[name] or "" for name in ("repository", "tag", "digest")} | {"pullPolicy": "IfNotPresent"}


def values_schema(
    contract: Contract, roles: Mapping[str, bool], *, by_boot: bool, stores: tuple[str, ...], by_operator: bool
) -> dict[str, Any]:
    """roles: name in the values → whether it keeps running. stores: of External Secrets."""
    staying = {name: {"type": "integer", "minimum": 0} for name, stays in roles.items() if stays}
    store = _object({"kind": _TEXT, "name": {**_TEXT, "minLength": 1}}, required=["name"])
    properties: dict[str, Any] = {
        "image": _object(
            {
                "repository": _TEXT,
                "tag": _TEXT,
                "digest": {**_TEXT, "pattern": "^(sha256:[0-9a-f]{64})?$"},
                "pullPolicy": {"enum": ["Always", "IfNotPresent", "Never"]},
            }
        ),
        "imagePullSecrets": _LIST,
        "config": config_schema(contract, by_boot=by_boot),
        "boot": {
            "type": "object",
            "patternProperties": {"^(VAULT|BAO|CONFCONTRACT|AWS)_[A-Z0-9_]+$": _TEXT},
            "propertyNames": {"not": {"pattern": "(_TOKEN|_SECRET_ID|_PASSWORD|_JWT|_ACCESS_KEY)$"}},  # credentials
            "additionalProperties": False,
        },
        "secret": _object({"name": _TEXT}),
        "replicas": _object(staying),
        "resources": _object({name: {"type": "object"} for name in roles}),
        "serviceAccount": _object({"create": {"type": "boolean"}, "automount": {"type": "boolean"}, "name": _TEXT}),
        "podAnnotations": {"type": "object", "additionalProperties": _TEXT},
        "env": _LIST,
        "volumes": _LIST,
        "volumeMounts": _LIST,
        "fullnameOverride": _TEXT,
        "global": {"type": "object"},
        **({"stores": _object(dict.fromkeys(stores, store))} if stores else {}),
        **({"vaultAuth": _TEXT} if by_operator else {}),
    }
    return {
        "$schema": DRAFT,
        "$comment": f"{contract.name} {contract.version}, {contract.digest}",
        **_object(properties),
    }


def _object(properties: Mapping[str, Any], required: list[str] | None = None) -> dict[str, Any]:
    more = {"required": required} if required else {}
    return {"type": "object", "properties": dict(properties), **more, "additionalProperties": False}
