"""Which engines of Vault are distinguished: how a path of each is read and written to."""

from __future__ import annotations

KV1 = "kv1"
KV2 = "kv2"
# What every token has to itself: read as it is, never written to.
CUBBYHOLE = "cubbyhole"
# Who is who to Vault: read as it is (identity/oidc/token/ROLE gives a token that others verify), never written to.
IDENTITY = "identity"
# sys/ and auth/: Vault's own, with boot's own token in it. Neither read nor written to.
OWN = "vaults-own"
# Any other engine (database, pki, ...): its paths are read as they are, and written to with parameters.
AS_IT_IS = "as-it-is"
# What engines hand out that rotate it themselves: reading it creates nothing, and there is no lease.
_ROTATED_BY_VAULT = frozenset({"static-creds", "static-cred"})


def is_rotated_by_vault(path: str) -> bool:
    """Whether a path of an engine that creates credentials gives one that Vault keeps, and changes by itself."""
    return not _ROTATED_BY_VAULT.isdisjoint(path.split("/"))
