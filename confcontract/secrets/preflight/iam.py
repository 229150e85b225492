"""`confcontract secrets policy` for AWS: the least IAM policy (JSON) with which a boot reads what its contract needs.

What is not known is a wildcard: the account, the region where neither AWS_REGION nor an ARN says it, and the six
characters that AWS puts after the name of a secret.
"""

from __future__ import annotations

from confcontract.contract.schemes import AWS_PARAMETERS, AWS_SECRETS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from confcontract.contract.reference import Reference
    from confcontract.secrets.preflight.needed import Needed

_PARTITIONS = {"cn-": "aws-cn", "us-gov-": "aws-us-gov"}
_ANY_SUFFIX = "-??????"


def iam_policy(needed: Sequence[Needed], region: str) -> dict[str, Any]:
    """The document. region: where boot asks, "" if that is not known."""
    references = [each for item in needed for each in item.references]
    secrets = sorted({_arn(each, region) for each in references if each.scheme == AWS_SECRETS})
    parameters = sorted({_arn(each, region) for each in references if each.scheme == AWS_PARAMETERS})
    current = {each.mount_path for each in references if each.scheme == AWS_SECRETS and not each.label}
    statements = []
    if secrets:
        statements.append(_statement("ReadSecrets", "secretsmanager:GetSecretValue", secrets))
    if len(current) > 1:
        # gives nothing by itself: each secret needs the permission above. It can't be bound to some of them.
        statements.append(_statement("AskForSecretsTogether", "secretsmanager:BatchGetSecretValue", "*"))
    if parameters:
        statements.append(_statement("ReadParameters", "ssm:GetParameters", parameters))
    return {"Version": "2012-10-17", "Statement": statements}


def _statement(sid: str, action: str, resource: str | list[str]) -> dict[str, Any]:
    return {"Sid": sid, "Effect": "Allow", "Action": action, "Resource": resource}


def _arn(reference: Reference, region: str) -> str:
    name = reference.mount_path
    if name.startswith("arn:"):
        whole = reference.scheme == AWS_PARAMETERS or (len(name) > 7 and name[-7] == "-")
        return name if whole else f"{name}{_ANY_SUFFIX}"
    partition = next((of for beginning, of in _PARTITIONS.items() if region.startswith(beginning)), "aws")
    where = f"{region or '*'}:*"
    if reference.scheme == AWS_PARAMETERS:
        return f"arn:{partition}:ssm:{where}:parameter/{name.lstrip('/')}"
    return f"arn:{partition}:secretsmanager:{where}:secret:{name}{_ANY_SUFFIX}"
