"""What may be said of an export that is to be started, beyond the contract and its values."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from enum import Enum


class SecretsBy(Enum):
    """Who fetches the secrets that the contract has references for. SECRET: somebody else puts them into a Secret."""

    BOOT = "boot"
    EXTERNAL_SECRETS = "external-secrets"
    VAULT_OPERATOR = "vault-secrets-operator"
    SECRET = "secret"


CONFCONTRACT = "python -I -m confcontract"
USER = 10001  # as in the Dockerfile that `confcontract init` writes


@dataclass(frozen=True, slots=True)
class WorkloadOptions:
    """secrets: None where boot fetches what the values configure a store for, and the rest is in a Secret. store: the
    SecretStore (KIND/NAME for another kind) or the VaultAuth. name: of the objects; else the contract's. container: of
    a patch, which one is meant. user: the number of the user and group. confcontract: how the image starts it.
    """

    secrets: SecretsBy | None = None
    store: str | None = None
    secret: str | None = None
    name: str | None = None
    container: str | None = None
    user: int = USER
    confcontract: str = CONFCONTRACT

    @property
    def probing(self) -> list[str]:
        """The beginning of the command of each probe. Raises ValueError for quotes that are not closed."""
        return shlex.split(self.confcontract)
