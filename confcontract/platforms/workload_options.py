"""Options of an export that starts something, in addition to the contract and its values."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from enum import Enum


class SecretsBy(Enum):
    """Who fetches the secrets that the contract has references for. SECRET: someone else puts them into a Secret."""

    BOOT = "boot"
    EXTERNAL_SECRETS = "external-secrets"
    VAULT_OPERATOR = "vault-secrets-operator"
    SECRET = "secret"


KINDS_OF_STORE = ("SecretStore", "ClusterSecretStore")  # of External Secrets
CONFCONTRACT = "python -I -m confcontract"
USER = 10001  # as in the Dockerfile that `confcontract init` writes


@dataclass(frozen=True, slots=True)
class WorkloadOptions:
    """secrets: None if boot fetches what the values configure a store for, and the rest is in a Secret. store: the
    SecretStore (KIND/NAME for another kind) or the VaultAuth. name: of the objects; default: the contract's. container:
    the one that a patch changes. user: the number of the user and group. confcontract: how the image starts it.
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
        """The first words of the command of each probe. Raises ValueError for unclosed quotes."""
        return shlex.split(self.confcontract)
