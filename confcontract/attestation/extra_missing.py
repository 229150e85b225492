"""The error for a missing package of the extra `confcontract[attest]`."""

from __future__ import annotations

from confcontract.report.errors import ConfigurationInvalid
from confcontract.report.problem import Problem


def extra_missing(package: str, purpose: str) -> ConfigurationInvalid:
    message = f"{package} is not installed, which is needed to {purpose}"
    return ConfigurationInvalid(Problem("release-unsupported", message, hint="install confcontract[attest]"))
