"""Secrets from AWS Secrets Manager (`aws-sm:`) and AWS Systems Manager Parameter Store (`aws-ssm:`), by boto3.

`configured` returns whether AWS is configured here; `aws_reader.AwsReader` fetches. Importing this package is cheap:
boto3, which comes with `confcontract[aws]`, is imported when it is needed.

boto3 finds the credentials, in its own order: the AWS_ variables, a profile, a web identity (EKS), the role of the task
(ECS), of the machine. It reads the environment of the process itself. These variables are also used:

  AWS_REGION, else AWS_DEFAULT_REGION, else the profile's    where to ask; for an ARN the region in it
  AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SECRETS_MANAGER, AWS_ENDPOINT_URL_SSM   another address than AWS's own
  AWS_CA_BUNDLE, HTTPS_PROXY, NO_PROXY                       as boto3 takes them

None of it is removed from the application's environment, as VAULT_ is: an application that uses AWS has the same
identity, and needs the same variables.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

# Any of these configures AWS. Keys alone don't, because they name no region.
_NAMED_BY = (
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_CONFIG_FILE",
    "AWS_ENDPOINT_URL",
    "AWS_ENDPOINT_URL_SECRETS_MANAGER",
    "AWS_ENDPOINT_URL_SSM",
)


def configured(environ: Mapping[str, str]) -> bool:
    """Whether the environment, or a file with profiles in the default place, configures a region of AWS."""
    if any(environ.get(name) for name in _NAMED_BY):
        return True
    import os

    home = environ.get("HOME", "")
    return bool(home) and os.path.isfile(os.path.join(home, ".aws", "config"))
