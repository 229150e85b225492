"""The engines of Vault that are distinguished by how their paths are read and written."""

from __future__ import annotations

KV1 = "kv1"
KV2 = "kv2"
# The private storage of each token: read as it is, never written.
CUBBYHOLE = "cubbyhole"
# Vault's identities: read as they are (identity/oidc/token/ROLE returns a token that others verify), never written.
IDENTITY = "identity"
# sys/ and auth/: Vault's own, with boot's own token in it. Neither read nor written.
OWN = "vaults-own"
# Any other engine (database, pki, ...): its paths are read as they are, and written with parameters.
AS_IT_IS = "as-it-is"
# Credentials that an engine rotates itself: reading them creates nothing, and there is no lease.
_ROTATED_BY_VAULT = frozenset({"static-creds", "static-cred"})


def is_rotated_by_vault(path: str) -> bool:
    """Whether a path of an engine that creates credentials returns one that Vault stores and rotates."""
    return not _ROTATED_BY_VAULT.isdisjoint(path.split("/"))
