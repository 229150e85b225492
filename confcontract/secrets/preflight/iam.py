"""`confcontract secrets policy` for AWS: the smallest IAM policy (JSON) that lets boot read what its contract needs.

Unknown parts are wildcards: the account, the region if neither AWS_REGION nor an ARN contains it, and the six
characters that AWS appends to the name of a secret.
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
    """The document. region: boot's, "" if it is not known."""
    references = [each for item in needed for each in item.references]
    secrets = sorted({_arn(each, region) for each in references if each.scheme == AWS_SECRETS})
    parameters = sorted({_arn(each, region) for each in references if each.scheme == AWS_PARAMETERS})
    current = {each.mount_path for each in references if each.scheme == AWS_SECRETS and not each.label}
    statements = []
    if secrets:
        statements.append(_statement("ReadSecrets", "secretsmanager:GetSecretValue", secrets))
    if len(current) > 1:
        # grants nothing alone: each secret needs the permission above. It can't be limited to some secrets.
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
