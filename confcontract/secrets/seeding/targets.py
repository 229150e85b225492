"""The target for a scheme."""

from __future__ import annotations

from confcontract.contract.schemes import AWS_SECRETS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from confcontract.secrets.seeding.target import SeedTarget


def target_for(scheme: str, environ: Mapping[str, str], seconds: float) -> SeedTarget:
    """seconds: for each look and each write. It is not called if nothing could be read: see `make_plan`."""
    if scheme == AWS_SECRETS:
        from confcontract.secrets.seeding.aws_target import AwsTarget

        return AwsTarget(environ, seconds)
    from confcontract.secrets.seeding.vault_target import VaultTarget

    return VaultTarget(environ, seconds)
