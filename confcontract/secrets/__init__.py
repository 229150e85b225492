"""Stores of secrets, and which of them reads what: `vault:` and `bao:` are read from Vault or OpenBao.

Whoever boots or rotates asks here, and speaks to what it gets as to a `SecretStore`. Another store of confcontract's
own would be chosen here. Importing this package imports none of them.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from confcontract.secrets.store import SecretStore


def is_configured(environ: Mapping[str, str]) -> bool:
    """Whether the environment names a store. None is made for it."""
    from confcontract.secrets.vault.server import configured

    return configured(environ)


def store_for(
    environ: Mapping[str, str],
    *,
    deadline_seconds: float,
    progress: Callable[[str], object],
    log: Callable[[dict[str, object]], None],
    keeps_login: bool,
) -> SecretStore:
    """The store that reads all references of a verdict; nothing is asked of it yet.

    deadline_seconds: for one `read` and the `create` after it. progress: gets a line for a person while something is
    awaited. log: gets a record for each attempt that failed. keeps_login: what we logged in for outlasts `close`, since
    somebody looks after it.
    """
    from confcontract.secrets.vault.reader import VaultReader

    return VaultReader(
        environ, deadline_seconds=deadline_seconds, progress=progress, log=log, revoke_token=not keeps_login
    )
